//! The concurrency models, each written once on the facade, and the one table of their programs ([`PROGRAMS`]).
//!
//! `mod.rs` of a folder is the model; each file beside it is a part of it or a program that shows
//! one of its promises, next to a broken twin that breaks it. Folders without a model hold programs of
//! one kind, many of them published, with numbers to compare with: [`litmus`], [`atomics`], [`locks`],
//! [`conditions`], [`channels`], [`structures`], [`reduction`], [`bugs`] and [`tasks`]. [`objects`] are checked
//! against sequential specifications instead, and have a table of their own.

pub mod asyncio;
pub mod atomics;
pub mod bugs;
pub mod channels;
pub mod conditions;
pub mod corpus;
pub mod gil;
pub mod litmus;
pub mod locks;
mod model;
mod most_at_once;
pub mod objects;
pub mod pool;
pub mod processes;
pub mod reduction;
pub mod sequential;
mod spawned;
pub mod structures;
pub mod tasks;
pub mod threads;
pub mod workload;

mod program;
mod programs;

pub use model::{Model, ModelError};
pub use program::{Checked, Expected, Program, Run, Size, SizeError, Traces};
pub use programs::PROGRAMS;

/// How a workload is to be run: what is not the workload's own.
#[derive(Clone)]
pub struct Setting {
    /// Workers of the models that have a fixed number of them.
    pub workers: usize,
    /// Every wait of the workload is multiplied by this.
    pub time_scale: f64,
    /// Which interpreter lock the threads of `threads` and `pool` run under.
    pub gil: gil::Setting,
    /// The command that starts a worker process.
    pub worker_process: processes::Launch,
}
