//! The rows of a measurement: one per model, and one more where the interpreter lock matters.

use super::limit::Capacity;
use super::statistics::{median, median_absolute_deviation};
use crate::models::Model;
use std::fmt;
use std::time::Duration;

/// Less growth of memory than this tells nothing: what earlier runs left is used again without counting.
const MEMORY_MIN: u64 = 2_000_000;

/// Whether threads share an interpreter lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gil {
    /// One thread computes at a time.
    On,
    /// All cores compute.
    Off,
}

/// Which rows there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GilChoice {
    /// The models that Python has, each as under its interpreter lock.
    On,
    /// All models, none under a lock.
    Off,
    /// All models without a lock; threads and pool, where it can be contended, also with it.
    Both,
}

/// What a row measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The model.
    pub model: Model,
    /// The interpreter lock.
    pub gil: Gil,
}

/// One model's runs of one workload.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is run.
    pub variant: Variant,
    /// How many workers run the jobs.
    pub workers: usize,
    /// What no schedule on these workers can beat.
    pub limit: Duration,
    /// How far it is.
    pub state: RowState,
    /// The most memory that was resident in a run, over what was resident before the workload's first;
    /// of the run that needed the least, because earlier rows leave memory behind.
    pub(super) peak_bytes: Option<u64>,
}

/// What came of a row's runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowState {
    /// It was run: as often as there are samples, which may be none yet.
    Measured {
        /// How long each run took.
        samples: Vec<Duration>,
        /// Runs whose results were not the sequential ones.
        differing: usize,
    },
    /// It would take absurdly long: its limit stands for it.
    Computed(Absurd),
    /// The model could not run it.
    Failed(String),
}

/// Why a row is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absurd {
    /// It takes many times longer than the fastest model would.
    NextToTheFastest,
    /// It takes longer than anyone waits who did not ask for it.
    UnlessAskedFor,
}

impl fmt::Display for Absurd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Absurd::NextToTheFastest => {
                "computed, not run: it takes more than 20 s and ten times as long as the fastest model"
            }
            Absurd::UnlessAskedFor => {
                "computed, not run: it takes more than a minute; --runs or --model runs it all the same"
            }
        })
    }
}

impl Variant {
    /// The rows for `models`, in their order.
    pub fn all(models: &[Model], choice: GilChoice) -> Vec<Variant> {
        let of = |model| match choice {
            GilChoice::Off => vec![Gil::Off],
            GilChoice::On if matches!(model, Model::Rayon | Model::Tokio) => vec![],
            GilChoice::On => vec![Gil::On],
            GilChoice::Both if matches!(model, Model::Threads | Model::Pool) => vec![Gil::Off, Gil::On],
            GilChoice::Both => vec![Gil::Off],
        };
        models
            .iter()
            .flat_map(|&model| of(model).into_iter().map(move |gil| Variant { model, gil }))
            .collect()
    }

    /// How many workers `job_count` jobs get, where a pool has `pool_workers`.
    pub fn workers(self, job_count: usize, pool_workers: usize) -> usize {
        match self.model {
            Model::Sequential | Model::Asyncio => 1,
            Model::Threads => job_count,
            Model::Pool | Model::Rayon | Model::Processes | Model::Tokio => pool_workers,
        }
    }

    /// What those workers amount to on a machine with `cores`.
    pub fn capacity(self, workers: usize, cores: usize) -> Capacity {
        let one_computes =
            self.gil == Gil::On && matches!(self.model, Model::Sequential | Model::Threads | Model::Pool);
        Capacity {
            workers: match self.model {
                Model::Threads | Model::Asyncio | Model::Tokio => None,
                Model::Sequential | Model::Pool | Model::Rayon | Model::Processes => Some(workers),
            },
            cores: if one_computes { 1 } else { workers.min(cores) },
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lock = if self.gil == Gil::On { " + GIL" } else { "" };
        write!(f, "{}{lock}", self.model.name())
    }
}

impl Row {
    /// The middle of the runs, or what was computed for them; `None` before the first run.
    pub fn seconds(&self) -> Option<Duration> {
        match &self.state {
            RowState::Measured { samples, .. } => median(samples),
            RowState::Computed(_) => Some(self.limit),
            RowState::Failed(_) => None,
        }
    }

    /// The spread of the runs.
    pub fn spread(&self) -> Option<Duration> {
        median_absolute_deviation(self.samples())
    }

    /// How long each run took.
    pub fn samples(&self) -> &[Duration] {
        if let RowState::Measured { samples, .. } = &self.state { samples } else { &[] }
    }

    /// Whether the row was run, as far as it went.
    pub fn is_measured(&self) -> bool {
        !self.samples().is_empty()
    }

    /// Whether every run had the sequential results; `None` when there was no run.
    pub fn same_result(&self) -> Option<bool> {
        match &self.state {
            RowState::Measured { samples, differing } if !samples.is_empty() => Some(*differing == 0),
            RowState::Measured { .. } | RowState::Computed(_) => None,
            RowState::Failed(_) => Some(false),
        }
    }

    /// How far a run made this process's resident memory grow, in bytes. `None` where the system does not
    /// tell, for processes, whose memory is not in this one, and below two megabytes, which tells nothing.
    pub fn memory(&self) -> Option<u64> {
        self.peak_bytes.filter(|&bytes| self.is_measured() && bytes >= MEMORY_MIN)
    }

    /// How much of the possible was reached: 1 is the limit.
    pub fn of_limit(&self) -> Option<f64> {
        let seconds = median(self.samples())?.as_secs_f64();
        (seconds > 0.0).then(|| self.limit.as_secs_f64() / seconds)
    }
}
