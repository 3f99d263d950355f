//! conccheck: concurrency models, run for real and explored.

pub mod panic;
#[cfg(feature = "models")]
pub mod process;
pub mod sync;
pub mod task;
pub mod thread;
pub mod time;

#[cfg(feature = "check")]
mod backend;
#[cfg(feature = "check")]
mod checker;
#[cfg(feature = "check")]
pub mod report;

#[cfg(feature = "models")]
#[path = "../models/mod.rs"]
pub mod models;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod measure;

#[cfg(feature = "check")]
pub use self::{
    backend::{Backend, Progress, UnknownBackend},
    checker::{Checker, SettingsError, Strategy, check},
    report::{Incomplete, Outcome, Report, Seen, Verdict},
};
