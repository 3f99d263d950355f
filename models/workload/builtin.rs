//! The workloads that come with conccheck. Each shows one thing that decides between the models:
//! waiting, computing, a few jobs or thousands.

use super::{Job, Step, Workload};
use std::time::Duration;

impl Workload {
    /// All built-in workloads, the plainest first.
    ///
    /// ```
    /// use conccheck::models::workload::Workload;
    ///
    /// let names: Vec<String> = Workload::builtin().into_iter().map(|workload| workload.name).collect();
    /// assert_eq!(names, ["downloads", "pages", "squares", "gather", "crowd", "mixed"]);
    /// ```
    pub fn builtin() -> Vec<Workload> {
        vec![downloads(), pages(), squares(), gather(), crowd(), mixed()]
    }
}

fn downloads() -> Workload {
    workload("downloads", "three downloads that take 1, 2 and 1 s", None, waits("file", &[1.0, 2.0, 1.0]))
}

fn pages() -> Workload {
    workload("pages", "five fetches of 1 s on three workers", Some(3), waits("page", &[1.0; 5]))
}

/// Each sum is taken twice: in Rust one is over in some 25 ms, of which starting a thread or a
/// process, which this is to be compared with, would be a large part.
fn squares() -> Workload {
    let jobs = numbered("sum", 4, |_| vec![Step::Cpu(5_000_000); 2]);
    workload(
        "squares",
        "four sums of the squares below 5,000,000, each taken twice: only computing",
        None,
        jobs,
    )
}

fn gather() -> Workload {
    workload(
        "gather",
        "three requests that take 0.5, 1 and 1.5 s",
        Some(3),
        waits("request", &[0.5, 1.0, 1.5]),
    )
}

fn crowd() -> Workload {
    workload("crowd", "ten thousand connections, each waiting 1 s", None, waits("connection", &[1.0; 10_000]))
}

fn mixed() -> Workload {
    let jobs = numbered("request", 6, |_| vec![io(0.2), Step::Cpu(1_000_000), io(0.1), Step::Cpu(500_000)]);
    workload("mixed", "six requests that wait, compute, wait and compute again", Some(3), jobs)
}

fn workload(name: &str, about: &str, workers: Option<usize>, jobs: Vec<Job>) -> Workload {
    Workload { name: name.to_string(), about: about.to_string(), workers, jobs }
}

/// One job per wait, in seconds.
fn waits(name: &str, seconds: &[f64]) -> Vec<Job> {
    numbered(name, seconds.len(), |index| vec![io(seconds[index])])
}

fn numbered(name: &str, count: usize, steps: impl Fn(usize) -> Vec<Step>) -> Vec<Job> {
    (0..count).map(|index| Job { name: format!("{name} {}", index + 1), steps: steps(index) }).collect()
}

fn io(seconds: f64) -> Step {
    Step::Io(Duration::from_secs_f64(seconds))
}
