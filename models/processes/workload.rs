//! Workloads performed by worker processes: a job is data, so it is sent as it is.

use super::ProcessPoolExecutor;
use super::function::{BrokenProcessPool, CallError, Function};
use crate::models::Setting;
use crate::models::gil::Attached;
use crate::models::workload::{Answer, Cells, Context, Job, Results, Workload};
use std::sync::Arc;

/// Performs a job with waits of this scale. Every worker serves it.
pub static PERFORM: Function<(Job, f64), Answer> = Function::with_cells("perform", perform);

/// Runs the workload on `setting.workers` worker processes. The interpreter lock of the setting makes no
/// difference: each process has an interpreter of its own, and one thread that uses it.
///
/// # Errors
/// When a worker does not start, or dies.
pub fn run(workload: &Workload, setting: &Setting) -> Result<Results, BrokenProcessPool> {
    let cells = Arc::new(workload.cells());
    let pool =
        ProcessPoolExecutor::with_cells(setting.workers, setting.worker_process.clone(), &[], cells.clone());
    let futures: Vec<_> = workload
        .jobs
        .iter()
        .map(|job| {
            let doing = format!("performing job `{}`", job.name);
            pool.submit_as(doing, &PERFORM, &(job.clone(), setting.time_scale))
        })
        .collect();

    // A pool that breaks ends every future, so the first one that is asked will say so.
    let answers = futures.iter().map(|future| match future.result() {
        Ok(answer) => Ok(answer),
        Err(CallError::Broken(broken)) => Err(broken),
        Err(refused) => Ok(Err(refused.to_string())),
    });
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    drop(pool);
    Ok(Results { answers, cells: cells.values() })
}

fn perform((job, time_scale): (Job, f64), cells: &Arc<dyn Cells>) -> Answer {
    // A lock that one thread has for itself never makes it wait, so it is left out.
    job.answer(&Context { time_scale, cells: cells.clone() }, &Attached::unlocked())
}
