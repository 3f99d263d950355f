//! Who runs next: the strategies by name, with what fixes them; and those of the native engine, a file
//! each. What the others do is their backend's.

mod dfs;
mod dpor;
mod pct;
mod pos;
mod random;
mod replay;
mod sampler;
pub(crate) mod shrink;

#[cfg(test)]
mod tests;

pub(crate) use dfs::Dfs;
pub(crate) use dpor::{Dpor, Frontier};
pub(crate) use replay::Replay;

use crate::Backend;
use crate::engine::Scheduler;
use pct::Pct;
use pos::Pos;
use random::Random;
use sampler::Sampler;

/// Who chooses the schedules under [`Backend::Native`] and [`Backend::Shuttle`]. The other backends
/// choose themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// One execution of each trace class: optimal dynamic partial-order reduction (Abdulla, Aronsson,
    /// Jonsson, Sagonas, JACM 2017). Native only.
    Dpor,
    /// Each choice uniformly at random.
    Random {
        /// Fixes all choices.
        seed: u64,
    },
    /// Random priorities that change at a few random points: probabilistic concurrency testing
    /// (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
    Pct {
        /// Fixes all choices.
        seed: u64,
        /// The number of ordering constraints that a bug needs.
        depth: usize,
    },
    /// Each operation gets a random priority, and one that waits for the same object as the operation before
    /// it a new one: partial order sampling (Yuan, Yang, Gu, CAV 2018). Native only.
    Pos {
        /// Fixes all choices.
        seed: u64,
    },
    /// All schedules, one after another, without any reduction.
    Dfs,
}

/// The native engine's scheduler of that name.
pub(crate) fn scheduler(strategy: Strategy) -> Box<dyn Scheduler> {
    match strategy {
        Strategy::Dpor => Box::new(Dpor::new()),
        Strategy::Dfs => Box::new(Dfs::default()),
        Strategy::Random { seed } => Box::new(Sampler::new(Random, seed)),
        Strategy::Pct { seed, depth } => Box::new(Sampler::new(Pct::new(depth), seed)),
        Strategy::Pos { seed } => Box::new(Sampler::new(Pos::default(), seed)),
    }
}

impl Strategy {
    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Dpor => "dpor",
            Strategy::Random { .. } => "random",
            Strategy::Pct { .. } => "pct",
            Strategy::Pos { .. } => "pos",
            Strategy::Dfs => "dfs",
        }
    }

    /// One of each.
    pub(crate) fn examples() -> [Strategy; 5] {
        let seed = 0;
        [
            Strategy::Dpor,
            Strategy::Dfs,
            Strategy::Random { seed },
            Strategy::Pct { seed, depth: 3 },
            Strategy::Pos { seed },
        ]
    }

    /// Whether the backend has it.
    pub(crate) fn is_of(self, backend: Backend) -> bool {
        match backend {
            Backend::Native => true,
            Backend::Shuttle => {
                matches!(self, Strategy::Random { .. } | Strategy::Pct { .. } | Strategy::Dfs)
            }
            Backend::Real | Backend::Loom => false,
        }
    }

    /// What fixes its choices, if it makes any.
    pub fn seed(self) -> Option<u64> {
        match self {
            Strategy::Random { seed } | Strategy::Pct { seed, .. } | Strategy::Pos { seed } => Some(seed),
            Strategy::Dpor | Strategy::Dfs => None,
        }
    }
}
