//! The concurrency models, each written once on the facade.

pub mod asyncio;
pub mod gil;
mod model;
pub mod pool;
pub mod processes;
pub mod sequential;
pub mod threads;
pub mod workload;

pub use model::{Model, ModelError};

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
