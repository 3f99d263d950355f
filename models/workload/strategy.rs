//! Workloads that proptest draws: small ones, whose failures shrink to the fewest jobs and steps.

use super::{Job, Sharing, Step, Workload};
use proptest::prelude::*;
use std::time::Duration;

/// How large a drawn workload gets, and what its jobs may do.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Jobs: 1 to this many.
    pub jobs_max: usize,
    /// Steps of a job: none to this many.
    pub steps_max: usize,
    /// Workers: 1 to this many.
    pub workers_max: usize,
    /// Terms of a `cpu` step: none to this many.
    pub cpu_terms_max: u64,
    /// Milliseconds of an `io` step: none to this many.
    pub io_millis_max: u64,
    /// Whether jobs update shared cells, each update in one step.
    pub shared_safe: bool,
    /// Whether jobs update shared cells so that updates can be lost.
    pub shared_racy: bool,
    /// Whether jobs may fail.
    pub failures: bool,
}

impl Default for Limits {
    /// Small enough to explore all interleavings, and every model has to agree on the results.
    fn default() -> Self {
        Limits {
            jobs_max: 3,
            steps_max: 3,
            workers_max: 2,
            cpu_terms_max: 3,
            io_millis_max: 2,
            shared_safe: true,
            shared_racy: false,
            failures: true,
        }
    }
}

/// Any workload within `limits`. It shrinks towards one job that does nothing, on one worker.
///
/// ```
/// use conccheck::models::workload::{Limits, any_workload};
/// use proptest::prelude::*;
///
/// proptest!(|(workload in any_workload(&Limits { jobs_max: 2, ..Limits::default() }))| {
///     prop_assert!((1..=2).contains(&workload.jobs.len()));
///     prop_assert!(workload.workers.is_some_and(|workers| workers <= 2));
/// });
/// ```
pub fn any_workload(limits: &Limits) -> impl Strategy<Value = Workload> + use<> {
    let jobs = prop::collection::vec(any_steps(limits), 1..=limits.jobs_max);
    (jobs, 1..=limits.workers_max).prop_map(|(jobs, workers)| Workload {
        name: "drawn".to_string(),
        about: "drawn by proptest".to_string(),
        workers: Some(workers),
        jobs: jobs
            .into_iter()
            .enumerate()
            .map(|(index, steps)| Job { name: format!("job {}", index + 1), steps })
            .collect(),
    })
}

fn any_steps(limits: &Limits) -> impl Strategy<Value = Vec<Step>> + use<> {
    prop::collection::vec(any_step(limits), 0..=limits.steps_max)
}

/// One of the kinds that `limits` allow, the plainest first: a step shrinks towards it.
fn any_step(limits: &Limits) -> BoxedStrategy<Step> {
    let mut kinds = vec![
        (4, (0..=limits.cpu_terms_max).prop_map(Step::Cpu).boxed()),
        (2, (0..=limits.io_millis_max).prop_map(|ms| Step::Io(Duration::from_millis(ms))).boxed()),
    ];
    if limits.shared_safe {
        kinds.push((3, any_update(Sharing::Safe)));
    }
    if limits.shared_racy {
        kinds.push((3, any_update(Sharing::Racy)));
    }
    if limits.failures {
        kinds.push((1, (1..=2).prop_map(|number| Step::Fail(format!("failure {number}"))).boxed()));
    }
    prop::strategy::Union::new_weighted(kinds).boxed()
}

/// An update of one of two cells, so that jobs meet at one and also pass each other.
fn any_update(sharing: Sharing) -> BoxedStrategy<Step> {
    (prop::sample::select(vec!["a", "b"]), 1..=3_i64)
        .prop_map(move |(cell, add)| Step::Shared { cell: cell.to_string(), add, sharing })
        .boxed()
}
