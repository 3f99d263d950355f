//! The threads model.
