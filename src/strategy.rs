//! The choice of who chooses: strategies by name, with what fixes them. What they do is the backend's.

/// Who chooses the schedules under [`Backend::Shuttle`](crate::Backend::Shuttle). The other backends choose themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
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
    /// All schedules, one after another, without any reduction.
    Dfs,
}

impl Strategy {
    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Random { .. } => "random",
            Strategy::Pct { .. } => "pct",
            Strategy::Dfs => "dfs",
        }
    }

    /// What fixes its choices, if it makes any.
    pub fn seed(self) -> Option<u64> {
        match self {
            Strategy::Random { seed } | Strategy::Pct { seed, .. } => Some(seed),
            Strategy::Dfs => None,
        }
    }
}
