//! A meeting point. Under a checker it is a count under the facade's mutex and condvar.

use super::{Condvar, Mutex};
use crate::backend::{self, Backend};
use std::fmt;

/// [`std::sync::Barrier`], under every backend.
pub struct Barrier(Inner);

enum Inner {
    Real(std::sync::Barrier),
    Checked(Box<Checked>),
}

struct Checked {
    size: usize,
    round: Mutex<Round>,
    complete: Condvar,
}

#[derive(Default)]
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
    pub fn new(size: usize) -> Self {
        Barrier(match backend::current() {
            Backend::Real => Inner::Real(std::sync::Barrier::new(size)),
            _ => Inner::Checked(backend::compound(|| {
                Box::new(Checked { size, round: Mutex::default(), complete: Condvar::new() })
            })),
        })
    }

    /// Waits until all tasks are here.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        match &self.0 {
            Inner::Real(barrier) => {
                backend::expect_real("a barrier");
                BarrierWaitResult(barrier.wait().is_leader())
            }
            Inner::Checked(barrier) => backend::compound(|| barrier.wait()),
        }
    }
}

impl Checked {
    fn wait(&self) -> BarrierWaitResult {
        let mut now = self.round.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        now.arrived += 1;
        if now.arrived >= self.size {
            now.arrived = 0;
            now.number += 1;
            self.complete.notify_all();
            return BarrierWaitResult(true);
        }
        let mine = now.number;
        while now.number == mine {
            now = self.complete.wait(now).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        BarrierWaitResult(false)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}
