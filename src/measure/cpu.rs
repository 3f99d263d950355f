//! How long the computing of each job takes alone on a core: the median of samples that are taken
//! in every round of runs, because the speed of a machine drifts and the rows are medians of the same
//! rounds. The fastest sample would promise a speed that the machine does not keep up.

use super::limit::JobTime;
use super::statistics::median;
use crate::models::gil::Attached;
use crate::models::workload::{Context, Job, LocalCells, Step, Workload};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Terms of the sum that tells the speed of this machine.
const PROBE_TERMS: u64 = 200_000;
/// A sample computes for about this long, repeating what is over sooner.
const SAMPLE_MIN: Duration = Duration::from_millis(10);
/// One round of samples stops after this.
const ROUND_MAX: Duration = Duration::from_millis(300);
/// Samples of one computation in a round, at most.
const ROUND_SAMPLES: u32 = 3;

/// The samples of each different computation among a workload's jobs.
pub struct CpuTimes {
    /// The samples of all rounds, by the terms of the job's `cpu` steps. Without any, the time
    /// is told from the speed.
    samples: BTreeMap<Vec<u64>, Vec<Duration>>,
    seconds_per_term: f64,
}

impl CpuTimes {
    /// Finds the computations of `workload` and estimates each from the speed of this machine.
    pub fn new(workload: &Workload) -> Self {
        let samples = workload
            .jobs
            .iter()
            .map(cpu_terms)
            .filter(|terms| !terms.is_empty())
            .map(|terms| (terms, vec![]));
        let seconds_per_term = sample(&[PROBE_TERMS], SAMPLE_MIN).as_secs_f64() / PROBE_TERMS as f64;
        CpuTimes { samples: samples.collect(), seconds_per_term }
    }

    /// Samples every computation for one more round, as far as a fraction of a second gets.
    pub fn sample_all(&mut self) {
        let mut left = ROUND_MAX;
        for (terms, samples) in &mut self.samples {
            let once = median(samples).unwrap_or_else(|| estimate(terms, self.seconds_per_term));
            let expected = once.max(SAMPLE_MIN);
            let count = (1..=ROUND_SAMPLES).take_while(|&count| expected * count <= left).last().unwrap_or(0);
            samples.extend((0..count).map(|_| sample(terms, SAMPLE_MIN)));
            left = left.saturating_sub(expected * count);
        }
    }

    /// What each job takes at least, its waits multiplied by `time_scale`.
    pub fn job_times(&self, workload: &Workload, time_scale: f64) -> Vec<JobTime> {
        let times = workload.jobs.iter().map(|job| JobTime {
            cpu: self.of(&cpu_terms(job)),
            wait: steps_done(job).map(|step| scaled_wait(step, time_scale)).sum(),
        });
        times.collect()
    }

    fn of(&self, terms: &[u64]) -> Duration {
        let sampled = self.samples.get(terms).and_then(|samples| median(samples));
        sampled.unwrap_or_else(|| estimate(terms, self.seconds_per_term))
    }
}

/// The steps that the job gets to.
fn steps_done(job: &Job) -> impl Iterator<Item = &Step> {
    job.steps.iter().take_while(|step| !matches!(step, Step::Fail(_)))
}

fn cpu_terms(job: &Job) -> Vec<u64> {
    steps_done(job).filter_map(|step| if let Step::Cpu(terms) = step { Some(*terms) } else { None }).collect()
}

fn scaled_wait(step: &Step, time_scale: f64) -> Duration {
    if let Step::Io(wait) = step { wait.mul_f64(time_scale) } else { Duration::ZERO }
}

fn estimate(terms: &[u64], seconds_per_term: f64) -> Duration {
    Duration::from_secs_f64(seconds_per_term * terms.iter().sum::<u64>() as f64)
}

/// Does the `cpu` steps of these terms on this thread, for at least `at_least`; what they take once.
fn sample(terms: &[u64], at_least: Duration) -> Duration {
    let job = Job { name: "sample".to_string(), steps: terms.iter().copied().map(Step::Cpu).collect() };
    let context = Context { time_scale: 0.0, cells: Arc::new(LocalCells::new([])) };
    // Opaque, so that the sample is the code that the models run, not one made for no lock at all.
    let interpreter = std::hint::black_box(Attached::unlocked());
    let start = CpuInstant::now();
    let mut repeats = 0_u32;
    let mut elapsed = Duration::ZERO;
    while elapsed < at_least {
        // In batches that double, so that looking at the clock costs nothing next to a short step.
        let batch = repeats.max(1);
        for _ in 0..batch {
            std::hint::black_box(job.perform(&context, &interpreter));
        }
        repeats += batch;
        elapsed = start.elapsed();
    }
    elapsed.div_f64(f64::from(repeats)).max(Duration::from_nanos(1))
}

/// A moment by the clock that counts only while this thread computes, where the system has one.
struct CpuInstant {
    thread_time: Option<Duration>,
    wall: Instant,
}

impl CpuInstant {
    fn now() -> Self {
        CpuInstant { thread_time: thread_time(), wall: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        match (self.thread_time, thread_time()) {
            (Some(start), Some(now)) => now.saturating_sub(start),
            _ => self.wall.elapsed(),
        }
    }
}

#[cfg(target_os = "linux")]
fn thread_time() -> Option<Duration> {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).ok().map(Duration::from)
}

#[cfg(not(target_os = "linux"))]
fn thread_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn computing(terms: u64) -> Workload {
        let jobs = vec![Job { name: "sum".to_string(), steps: vec![Step::Cpu(terms)] }];
        Workload { name: "sums".to_string(), about: String::new(), workers: None, jobs }
    }

    #[test]
    fn the_shortest_computation_takes_some_time_and_the_longest_is_only_estimated() {
        for (terms, at_least) in [(1, 1e-9), (1_000, 1e-7), (1_000_000_000_000, 60.0)] {
            let workload = computing(terms);
            let mut times = CpuTimes::new(&workload);
            times.sample_all();
            let [time] = times.job_times(&workload, 1.0)[..] else { panic!("one job") };
            assert!(time.cpu.as_secs_f64() >= at_least, "{terms} terms in {:?}", time.cpu);
        }
    }
}
