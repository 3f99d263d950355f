//! The pool model: a fixed number of worker threads takes jobs from one queue, after Python's
//! `concurrent.futures`. [`ThreadPoolExecutor`] runs jobs, a [`Future`] is one job's handle,
//! [`as_completed`] and [`wait`] wait for several. Beside it, for real runs, [`run_rayon`].

pub mod as_completed_yields_each_once;
pub mod cancel_before_start;
mod completion;
pub mod every_job_runs;
mod executor;
pub mod failing_job_fails_alone;
mod future;
mod map;
pub mod map_keeps_order;
pub mod never_more_than_max_workers;
pub(super) mod queue;
mod rayon;
pub mod shutdown_cancels_queued;
pub mod shutdown_ends_workers;
pub mod waits_for_own_pool;

pub(super) mod programs;

pub use completion::{AsCompleted, ReturnWhen, Waited, as_completed, wait};
pub use executor::{Queued, SubmitError, ThreadPoolExecutor, Wait};
pub use future::{Future, JobError};
pub use map::{Handle, Map};
pub use rayon::run_rayon;

use super::Setting;
use super::gil::Interpreters;
use super::workload::{Context, Results, Workload};
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// Does the jobs of `workload` on `setting.workers` threads, each under an interpreter's lock while
/// it runs. A worker that waits for work holds no lock.
///
/// # Errors
/// The operating system's, if it refuses even one thread.
///
/// # Panics
/// If `setting.workers` is zero.
pub fn run(workload: &Workload, setting: &Setting) -> io::Result<Results> {
    let cells = Arc::new(workload.cells());
    let context = Context { time_scale: setting.time_scale, cells: cells.clone() };
    let interpreters = Arc::new(Interpreters::new(setting.gil));
    let pool = ThreadPoolExecutor::new(workers(setting));
    let mut futures = Vec::with_capacity(workload.jobs.len());
    for (index, job) in workload.jobs.iter().enumerate() {
        let (job, context, interpreters) = (job.clone(), context.clone(), interpreters.clone());
        // With a lock for each interpreter, a job's fresh one is as good as its worker's: the worker
        // is the only thread that would ever attach to it.
        let body = move || (index, job.answer(&context, &interpreters.interpreter().attach()));
        futures.push(pool.submit(body).map_err(io::Error::from)?);
    }
    // A job catches its own failure, so its future has none; what it answers comes as it ends, and is
    // put in the order of submission.
    let mut answers: Vec<_> = as_completed(futures).filter_map(|future| future.result().ok()).collect();
    answers.sort_by_key(|(index, _)| *index);
    let answers = answers.into_iter().map(|(_, answer)| answer).collect();
    Ok(Results { answers, cells: cells.values() })
}

fn workers(setting: &Setting) -> NonZeroUsize {
    NonZeroUsize::new(setting.workers).expect("a pool needs at least one worker")
}
