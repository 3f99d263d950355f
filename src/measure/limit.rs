//! What no schedule of a workload's jobs can beat.
//!
//! A job is done in order by one worker, so it takes at least the time it computes and the time it
//! waits. Therefore no run ends before
//!
//! * the longest job has ended, however many workers there are;
//! * all computing is done, on the cores that can compute at the same time: one where the model
//!   has one thread or its threads share an interpreter lock;
//! * the best packing of whole jobs onto the workers is through, where the workers are fewer than
//!   the jobs and a job keeps its worker while it waits.
//!
//! Each of the three holds for every schedule, so their largest does. It is a limit, not a forecast:
//! starting workers, switching and handing over results come on top.

use super::packing::least_makespan;
use std::time::Duration;

/// What one job takes at least.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobTime {
    /// Computing, alone on a core.
    pub cpu: Duration,
    /// Waiting, as scaled.
    pub wait: Duration,
}

/// What a model has to run jobs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Workers that a job keeps to itself until it is done; `None` when there is one for every job.
    pub workers: Option<usize>,
    /// Cores that can compute at the same time.
    pub cores: usize,
}

impl JobTime {
    /// Both together.
    pub fn total(self) -> Duration {
        self.cpu + self.wait
    }
}

/// The time below which no schedule of these jobs ends.
///
/// ```
/// use conccheck::measure::{Capacity, JobTime, limit};
/// use std::time::Duration;
///
/// let wait = |seconds| JobTime { wait: Duration::from_secs(seconds), cpu: Duration::ZERO };
/// let downloads = [wait(1), wait(2), wait(1)];
/// let threads = Capacity { workers: None, cores: 2 };
/// let sequential = Capacity { workers: Some(1), cores: 1 };
/// assert_eq!(limit(&downloads, threads), Duration::from_secs(2));
/// assert_eq!(limit(&downloads, sequential), Duration::from_secs(4));
/// ```
///
/// # Panics
/// When the capacity has no worker or no core.
pub fn limit(jobs: &[JobTime], capacity: Capacity) -> Duration {
    let longest = jobs.iter().map(|job| job.total()).max().unwrap_or_default();
    let cpu: Duration = jobs.iter().map(|job| job.cpu).sum();
    let computing = cpu.div_f64(capacity.cores as f64);
    let packing = capacity.workers.map_or(Duration::ZERO, |workers| {
        least_makespan(&jobs.iter().map(|job| job.total()).collect::<Vec<_>>(), workers)
    });
    longest.max(computing).max(packing)
}
