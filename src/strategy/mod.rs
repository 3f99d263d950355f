//! Who runs next: the strategies by name, with what fixes them; and those of the native engine, a file
//! each. What the others do is their backend's.

mod dfs;
mod dpor;
mod frontier;
mod wakeup;

#[cfg(test)]
mod tests;

pub(crate) use dfs::Dfs;
pub(crate) use dpor::Dpor;
pub(crate) use frontier::Frontier;

use crate::Backend;
use crate::engine::Scheduler;

/// Who chooses the schedules under [`Backend::Native`] and [`Backend::Shuttle`]. The other backends
/// choose themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// One execution of each trace class: optimal dynamic partial-order reduction (Abdulla, Aronsson,
    /// Jonsson, Sagonas, JACM 2017). Native only.
    Dpor,
    /// Each choice uniformly at random. Shuttle only.
    Random {
        /// Fixes all choices.
        seed: u64,
    },
    /// Random priorities that change at a few random points: probabilistic concurrency testing
    /// (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010). Shuttle only.
    Pct {
        /// Fixes all choices.
        seed: u64,
        /// The number of ordering constraints that a bug needs.
        depth: usize,
    },
    /// All schedules, one after another, without any reduction.
    Dfs,
}

/// The native engine's scheduler of that name.
pub(crate) fn scheduler(strategy: Strategy) -> Box<dyn Scheduler> {
    match strategy {
        Strategy::Dfs => Box::new(Dfs::default()),
        _ => Box::new(Dpor::new()),
    }
}

impl Strategy {
    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Dpor => "dpor",
            Strategy::Random { .. } => "random",
            Strategy::Pct { .. } => "pct",
            Strategy::Dfs => "dfs",
        }
    }

    /// Whether the backend has it.
    pub(crate) fn is_of(self, backend: Backend) -> bool {
        match backend {
            Backend::Native => matches!(self, Strategy::Dpor | Strategy::Dfs),
            Backend::Shuttle => self != Strategy::Dpor,
            Backend::Real | Backend::Loom => false,
        }
    }

    /// What fixes its choices, if it makes any.
    pub fn seed(self) -> Option<u64> {
        match self {
            Strategy::Random { seed } | Strategy::Pct { seed, .. } => Some(seed),
            Strategy::Dpor | Strategy::Dfs => None,
        }
    }
}
