//! What a model is given to do, as data: a [`Workload`] is a list of [`Job`]s, a job is a list of
//! [`Step`]s. Knows what a job means and what it results in; leaves to the models when, and on
//! what, jobs run.

mod builtin;
mod cells;
mod file;
mod job;
mod strategy;

pub use cells::{Cells, LocalCells};
pub use file::{CPU_TERMS_MAX, FormError, IO_SECONDS_MAX, JOBS_MAX, WORKERS_MAX};
pub use job::{Context, Done, Job, MODULUS, Sharing, Step};
pub use strategy::{Limits, any_workload};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Jobs to do, and how many workers a pool gets for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// What the command line and the reports call it.
    pub name: String,
    /// One line for `conccheck list`.
    pub about: String,
    /// Workers of a pool; `None` leaves it to the machine: as many as there are cores.
    pub workers: Option<usize>,
    /// What there is to do, in order of submission.
    pub jobs: Vec<Job>,
}

/// How one job ended: what it computed, or the message that it failed with.
pub type Answer = Result<Done, String>;

/// What a run of a workload resulted in. Two models agree when these are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Results {
    /// One answer per job, in order of submission.
    pub answers: Vec<Answer>,
    /// What the shared cells held in the end.
    pub cells: BTreeMap<String, i64>,
}

impl Workload {
    /// The shared cells that the jobs name, each zero.
    pub fn cells(&self) -> LocalCells {
        LocalCells::new(self.jobs.iter().flat_map(|job| &job.steps).filter_map(|step| match step {
            Step::Shared { cell, .. } => Some(cell.clone()),
            _ => None,
        }))
    }
}

impl fmt::Display for Results {
    /// `a=5 b=failed(message) hits:2`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answers = self.answers.iter().map(|answer| match answer {
            Ok(done) => format!("{}={}", done.job, done.sum),
            Err(message) => format!("failed({message})"),
        });
        let cells = self.cells.iter().map(|(cell, value)| format!("{cell}:{value}"));
        f.write_str(&answers.chain(cells).collect::<Vec<_>>().join(" "))
    }
}
