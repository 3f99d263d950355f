//! What is tried beside dpor where nobody chose a strategy: samples. In a tree that is too large, dpor comes late to a
//! fault that lies far from where it began, though chance may meet it in the tenth execution.
//!
//! A small program never gets here, unless executions of it did not end: dpor learns nothing from those. What samples see of one that dpor finishes is no news, and not counted.

use super::explore::explore_alone;
use crate::backend::any_value::Body;
use crate::backend::search::Search;
use crate::strategy::{Strategy, scheduler};

/// After so many steps of dpor there are samples for the first time, and again whenever it has had twice as many: so
/// that they never take much of what there is.
pub(crate) const STEPS: u64 = 20_000;
/// Executions of each strategy in a round.
const EXECUTIONS: u64 = 100;
/// What pct looks for: more is rarely needed.
const DEPTH: usize = 3;

/// The rounds of samples of one exploration.
pub(super) struct Rounds {
    /// After so many steps comes the next.
    steps: u64,
    seed: u64,
}

impl Rounds {
    pub(super) fn new() -> Self {
        Rounds { steps: STEPS, seed: 0 }
    }

    /// Samples, if dpor has come to its end without any and there was an execution that had none.
    pub(super) fn end(&mut self, search: &mut Search, body: &Body) {
        if search.sampled == 0 && search.has_endless() {
            // Nobody else has anything to do.
            self.sample(search, body, u64::MAX);
        }
    }

    /// Samples, if it is time for that.
    pub(super) fn go_on(&mut self, search: &mut Search, body: &Body) {
        if search.events >= self.steps {
            self.sample(search, body, search.events);
        }
    }

    /// Samples of each strategy, which have so many steps and not many more.
    fn sample(&mut self, search: &mut Search, body: &Body, events_max: u64) {
        let seed = self.seed;
        (self.steps, self.seed) = (2 * search.events, seed + 1);
        for strategy in
            [Strategy::Pos { seed }, Strategy::Random { seed }, Strategy::Pct { seed, depth: DEPTH }]
        {
            let Some(part) = search.part(EXECUTIONS, events_max) else { return };
            let (sampled, ()) = explore_alone(part, || scheduler(strategy), body, (), |(), _, _| ());
            search.add_samples(sampled);
        }
    }
}
