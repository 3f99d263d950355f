//! The models in one table: their names, and how a workload is run under each for real.

use super::workload::{Results, Workload};
use super::{Setting, asyncio, pool, processes, sequential, threads};

/// A way to run the jobs of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// One job after another.
    Sequential,
    /// A thread for each job.
    Threads,
    /// A fixed number of threads that take jobs from a queue.
    Pool,
    /// rayon's work-stealing threads.
    Rayon,
    /// Worker processes that share no memory.
    Processes,
    /// One thread whose tasks switch where they wait.
    Asyncio,
    /// Several threads whose tasks switch where they wait.
    Tokio,
}

/// Why a model could not run a workload. A job that fails is not one: its answer says so.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ModelError(#[from] Box<dyn std::error::Error + Send + Sync>);

impl Model {
    /// Every model, the specification first.
    pub const ALL: [Model; 7] = [
        Model::Sequential,
        Model::Threads,
        Model::Pool,
        Model::Rayon,
        Model::Processes,
        Model::Asyncio,
        Model::Tokio,
    ];

    /// What the command line calls it.
    pub fn name(self) -> &'static str {
        match self {
            Model::Sequential => "sequential",
            Model::Threads => "threads",
            Model::Pool => "pool",
            Model::Rayon => "rayon",
            Model::Processes => "processes",
            Model::Asyncio => "asyncio",
            Model::Tokio => "tokio",
        }
    }

    /// What it is, in a line.
    pub fn about(self) -> &'static str {
        match self {
            Model::Sequential => "one job after another: what every other model is compared with",
            Model::Threads => "a thread for each job, started and joined",
            Model::Pool => "a fixed number of threads and a queue, as Python's ThreadPoolExecutor",
            Model::Rayon => "rayon's work-stealing pool, beside ours",
            Model::Processes => "worker processes that share nothing, as Python's ProcessPoolExecutor",
            Model::Asyncio => "one thread, switching only where a job awaits, as Python's asyncio",
            Model::Tokio => "tokio's several threads, beside asyncio's one",
        }
    }

    /// The model of that [`name`](Model::name).
    pub fn named(name: &str) -> Option<Model> {
        Model::ALL.into_iter().find(|model| model.name() == name)
    }

    /// Runs `workload` under this model.
    ///
    /// # Errors
    /// When the model cannot run it: no thread could be started, a worker process died.
    pub fn run(self, workload: &Workload, setting: &Setting) -> Result<Results, ModelError> {
        match self {
            Model::Sequential => Ok(sequential::run(workload, setting)),
            Model::Threads => threads::run(workload, setting).map_err(cannot_run),
            Model::Pool => pool::run(workload, setting).map_err(cannot_run),
            Model::Rayon => pool::run_rayon(workload, setting).map_err(cannot_run),
            Model::Processes => processes::run(workload, setting).map_err(cannot_run),
            Model::Asyncio => Ok(asyncio::run_workload(workload, setting)),
            Model::Tokio => Ok(asyncio::run_workload_multi_thread(workload, setting)),
        }
    }
}

fn cannot_run(error: impl std::error::Error + Send + Sync + 'static) -> ModelError {
    ModelError(Box::new(error))
}
