//! Shared state, with the names and paths of `std::sync`.
pub use std::sync::*;
