//! One job after another on the calling thread: the specification that every other model is compared
//! with. Nothing else runs, so nothing is locked and no order is possible but the one of submission.

use super::Setting;
use super::gil::Attached;
use super::workload::{Context, Results, Workload};
use std::sync::Arc;

/// Does the jobs of `workload` in order; a job that fails is noted, and the next one begins.
pub fn run(workload: &Workload, setting: &Setting) -> Results {
    let cells = Arc::new(workload.cells());
    let context = Context { time_scale: setting.time_scale, cells: cells.clone() };
    let interpreter = Attached::unlocked();
    let answers = workload.jobs.iter().map(|job| job.answer(&context, &interpreter)).collect();
    Results { answers, cells: cells.values() }
}
