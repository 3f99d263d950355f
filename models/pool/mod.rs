//! The pool model.
