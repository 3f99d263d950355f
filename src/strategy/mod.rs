//! Who runs next: the strategies, of which `registry` has the table; and those of the native engine, a file
//! each. What the others do is their backend's.

mod dfs;
mod dpor;
mod pct;
mod pos;
mod random;
mod registry;
mod replay;
mod sampler;
pub(crate) mod shrink;

#[cfg(all(test, feature = "models"))]
mod sampled;
#[cfg(test)]
mod tests;

pub(crate) use dfs::Dfs;
pub(crate) use dpor::{Dpor, Frontier};
pub(crate) use registry::{DEPTH, Parameters, Reach, Row, SEED, STRATEGIES, names};
pub(crate) use replay::Replay;

use crate::Backend;
use crate::engine::Scheduler;

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
    (strategy.row().scheduler)(strategy.parameters())
}

impl Strategy {
    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What there is to say of it.
    pub(crate) fn row(self) -> &'static Row {
        let is_it = |row: &&Row| (row.make)(self.parameters()) == self;
        STRATEGIES.iter().find(is_it).expect("each strategy has a row")
    }

    /// What fixes it.
    pub(crate) fn parameters(self) -> Parameters {
        let default = Parameters::default();
        match self {
            Strategy::Dpor | Strategy::Dfs => default,
            Strategy::Random { seed } | Strategy::Pos { seed } => Parameters { seed, ..default },
            Strategy::Pct { seed, depth } => Parameters { seed, depth },
        }
    }

    /// Whether the backend has it.
    pub(crate) fn is_of(self, backend: Backend) -> bool {
        self.row().backends.contains(&backend)
    }

    /// What fixes its choices, if it makes any.
    pub fn seed(self) -> Option<u64> {
        self.row().takes(SEED).then_some(self.parameters().seed)
    }
}
