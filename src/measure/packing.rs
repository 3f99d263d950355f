//! How soon a number of workers can finish jobs of known durations, each job on one worker: the
//! least makespan on identical machines. Knows nothing of what the jobs do.

use std::time::Duration;

/// More jobs than this are bounded, not packed.
const JOBS_EXACT_MAX: usize = 20;
/// Steps of the search; when they are used up, the bound is the answer.
const SEARCH_STEPS_MAX: u32 = 200_000;

/// No assignment of the jobs to `workers` finishes before this. For few jobs it is exactly when the
/// best one finishes; for many, or when the search takes too long, a lower bound of that.
///
/// ```
/// use conccheck::measure::least_makespan;
/// use std::time::Duration;
///
/// let seconds = |list: &[u64]| list.iter().copied().map(Duration::from_secs).collect::<Vec<_>>();
/// assert_eq!(least_makespan(&seconds(&[1, 2, 1]), 2), Duration::from_secs(2));
/// // No worker is ever idle in a best packing of these, and still one has to do three twos.
/// assert_eq!(least_makespan(&seconds(&[2, 2, 2, 2, 2]), 2), Duration::from_secs(6));
/// ```
///
/// # Panics
/// When there are no workers.
pub fn least_makespan(jobs: &[Duration], workers: usize) -> Duration {
    assert!(workers > 0, "jobs need a worker");
    let mut longest_first = jobs.to_vec();
    longest_first.sort_unstable_by(|a, b| b.cmp(a));
    let bound = lower_bound(&longest_first, workers);
    if jobs.len() > JOBS_EXACT_MAX {
        return bound;
    }
    let mut search = Search {
        jobs: &longest_first,
        bound,
        best: Duration::MAX,
        loads: vec![Duration::ZERO; workers.min(jobs.len())],
        steps_left: SEARCH_STEPS_MAX,
    };
    search.place(0);
    if search.steps_left == 0 { bound } else { search.best }
}

/// The largest of three facts. One worker does the longest job; one does at least the mean of all
/// work; and of the `k * workers + 1` longest jobs some worker gets `k + 1`, which take at least as
/// long as the `k + 1` shortest of them.
fn lower_bound(longest_first: &[Duration], workers: usize) -> Duration {
    let longest = longest_first.first().copied().unwrap_or_default();
    let total: Duration = longest_first.iter().sum();
    // Rounded up: a bound that is a nanosecond short would send the search looking for it.
    let mean = nanoseconds(total.as_nanos().div_ceil(workers as u128));
    let pigeonhole = (1..)
        .take_while(|k| k * workers < longest_first.len())
        .map(|k| longest_first[k * workers - k..=k * workers].iter().sum())
        .max()
        .unwrap_or_default();
    longest.max(mean).max(pigeonhole)
}

fn nanoseconds(count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or(u64::MAX))
}

/// A depth-first search with branch and bound: each job in turn goes to each worker.
struct Search<'a> {
    jobs: &'a [Duration],
    bound: Duration,
    best: Duration,
    loads: Vec<Duration>,
    steps_left: u32,
}

impl Search<'_> {
    /// Places the jobs from `index` on, given the loads so far.
    fn place(&mut self, index: usize) {
        if index == self.jobs.len() {
            self.best = self.loads.iter().copied().max().unwrap_or_default();
            return;
        }
        // The least loaded first: the first leaf is then the greedy packing.
        let mut order: Vec<usize> = (0..self.loads.len()).collect();
        order.sort_by_key(|&worker| self.loads[worker]);
        order.dedup_by_key(|worker| self.loads[*worker]);
        for worker in order {
            let load = self.loads[worker] + self.jobs[index];
            if self.best <= self.bound || self.steps_left == 0 || load >= self.best {
                return;
            }
            self.steps_left -= 1;
            let before = std::mem::replace(&mut self.loads[worker], load);
            self.place(index + 1);
            self.loads[worker] = before;
        }
    }
}
