//! How many threads are at one place at once: what several programs show of a lock or a pool.

use crate::sync::atomic::{AtomicUsize, Ordering};
use std::fmt;

/// How many threads are inside, and the most that ever were. Shown as `at most 2 at once`.
#[derive(Default)]
pub(super) struct MostAtOnce {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl MostAtOnce {
    /// Goes in, and comes out again.
    pub fn pass(&self) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

impl fmt::Display for MostAtOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} at once", self.most.load(Ordering::SeqCst))
    }
}
