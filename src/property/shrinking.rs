//! How much may be tried to make a failing case smaller, and what was.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How much may be tried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) attempts_max: u32,
    pub(super) time_max: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { attempts_max: 500, time_max: Duration::from_secs(10) }
    }
}

/// Attempts at smaller cases, within a budget.
pub(super) struct Shrinking {
    budget: Budget,
    begun: Instant,
    /// Of each smaller case that was tried, whether it failed too and was taken.
    pub(super) path: Vec<bool>,
}

impl Shrinking {
    pub(super) fn new(budget: Budget) -> Self {
        Shrinking { budget, begun: Instant::now(), path: Vec::new() }
    }

    /// Tries a case, if the budget allows.
    pub(super) fn attempt(&mut self, fails: impl FnOnce() -> bool) -> ControlFlow<(), bool> {
        if self.attempts() >= self.budget.attempts_max || self.elapsed() >= self.budget.time_max {
            return ControlFlow::Break(());
        }
        let fails = fails();
        self.path.push(fails);
        ControlFlow::Continue(fails)
    }

    pub(super) fn attempts(&self) -> u32 {
        u32::try_from(self.path.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

/// Takes the same way again: the attempts come to what they came to.
pub(super) fn again(path: &[bool]) -> impl FnMut() -> ControlFlow<(), bool> {
    let mut path = path.iter();
    move || path.next().map_or(ControlFlow::Break(()), |&fails| ControlFlow::Continue(fails))
}
