//! rayon's pool beside ours: the data-parallel way, which steals work instead of taking it from one
//! queue. Its threads are rayon's own, not the facade's, so it is for real runs only: no checker sees
//! them. Nor does it run under an interpreter's lock; `Setting::gil` says nothing to it.

use super::{Context, Results, Setting, Workload, workers};
use crate::models::gil::Attached;
use ::rayon::prelude::*;
use std::io;
use std::sync::Arc;

/// Does the jobs of `workload` on `setting.workers` threads of rayon's, without a GIL.
///
/// # Errors
/// The operating system's, if it refuses a thread.
///
/// # Panics
/// If `setting.workers` is zero.
pub fn run_rayon(workload: &Workload, setting: &Setting) -> io::Result<Results> {
    let cells = Arc::new(workload.cells());
    let context = Context { time_scale: setting.time_scale, cells: cells.clone() };
    let threads = ::rayon::ThreadPoolBuilder::new().num_threads(workers(setting).get());
    let pool = threads.build().map_err(io::Error::other)?;
    let answer = |job: &super::super::workload::Job| job.answer(&context, &Attached::unlocked());
    // One job at a time: rayon would else put neighbours in one piece of work, and jobs that wait
    // would wait one after another.
    let answers = pool.install(|| workload.jobs.par_iter().with_max_len(1).map(answer).collect());
    Ok(Results { answers, cells: cells.values() })
}
