//! Threads, with the names and paths of `std::thread`.
pub use std::thread::*;
