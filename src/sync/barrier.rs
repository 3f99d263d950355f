//! A meeting point. Under a checker it is a count under the facade's mutex and condvar.

use super::{Condvar, Mutex};
use crate::backend::{self, Backend};
use std::fmt;
use std::sync::PoisonError;

/// [`std::sync::Barrier`], under every backend.
pub struct Barrier {
    real: std::sync::Barrier,
    size: usize,
    /// The checkers'.
    round: Mutex<Round>,
    complete: Condvar,
}

struct Round {
    arrived: usize,
    number: u64,
}

/// Whether this task was the last to arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// True for exactly one of the tasks that met.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// A meeting point of `size` tasks.
    #[track_caller]
    pub const fn new(size: usize) -> Self {
        Barrier {
            real: std::sync::Barrier::new(size),
            size,
            round: Mutex::part_of("a barrier", Round { arrived: 0, number: 0 }),
            complete: Condvar::new(),
        }
    }

    /// Waits until all tasks are here.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        match backend::current() {
            Backend::Real => {
                self.round.expect_real();
                BarrierWaitResult(self.real.wait().is_leader())
            }
            _ => backend::compound(|| self.meet()),
        }
    }

    fn meet(&self) -> BarrierWaitResult {
        let mut now = self.round.lock().unwrap_or_else(PoisonError::into_inner);
        now.arrived += 1;
        if now.arrived >= self.size {
            now.arrived = 0;
            now.number += 1;
            self.complete.notify_all();
            return BarrierWaitResult(true);
        }
        let mine = now.number;
        while now.number == mine {
            now = self.complete.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        BarrierWaitResult(false)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}
