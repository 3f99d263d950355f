//! Time, with the names and paths of `std::time`.
pub use std::time::*;
