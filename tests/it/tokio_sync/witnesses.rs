//! A failure is told in the user's words: the calls, the primitive, the lines.
