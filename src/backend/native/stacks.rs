//! The stacks that no exploration has: each takes all of them, and puts back what it has when it is over. To the system
//! they are dear, so as long as an exploration of several parts goes on, all are kept for its next part.

use crate::engine::Stacks;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many are kept for nobody in particular: what a deep recursion has touched of them is memory.
const KEPT: usize = 32;

#[derive(Default)]
pub(super) struct Pool {
    stacks: Stacks,
    /// How many explorations are to go on.
    keepers: usize,
}

/// How many are kept for the next part: a process may have 65,530 mappings of memory, and a stack is two.
const KEPT_MEANWHILE: usize = 16_384;

/// As long as this is there, stacks are not given back to the system.
pub(super) struct Keeper(());

pub(super) fn pool() -> MutexGuard<'static, Pool> {
    static POOL: Mutex<Pool> = Mutex::new(Pool { stacks: Stacks::new(), keepers: 0 });
    POOL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An exploration begins that has several parts.
pub(super) fn keep() -> Keeper {
    pool().keepers += 1;
    Keeper(())
}

impl Pool {
    pub(super) fn take(&mut self) -> Stacks {
        std::mem::take(&mut self.stacks)
    }

    pub(super) fn put_back(&mut self, stacks: Stacks) {
        self.stacks.add(stacks);
        self.trim();
    }

    fn trim(&mut self) {
        self.stacks.truncate(if self.keepers == 0 { KEPT } else { KEPT_MEANWHILE });
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        let mut pool = pool();
        pool.keepers -= 1;
        pool.trim();
    }
}
