//! conccheck: concurrency models, run for real and explored.

#[cfg(feature = "check")]
pub mod backend;
pub mod panic;
#[cfg(feature = "models")]
pub mod process;
pub mod sync;
pub mod task;
pub mod thread;
pub mod time;

#[cfg(feature = "models")]
#[path = "../models/mod.rs"]
pub mod models;
