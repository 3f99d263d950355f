//! A line of waiters, each a future that is ended when its turn comes: what locks, events, conditions and semaphores have in common.

use super::future::LoopFuture;
use std::cell::RefCell;
use std::collections::VecDeque;

/// Who waits, in the order of coming; those who were woken and have not run yet are in it too.
#[derive(Default)]
pub(super) struct Waiters(RefCell<VecDeque<LoopFuture<()>>>);

impl Waiters {
    /// Joins the line; leaves it when dropped.
    pub(super) fn join(&self) -> Waiter<'_> {
        let future = LoopFuture::new();
        self.0.borrow_mut().push_back(future.clone());
        Waiter { line: self, future }
    }

    /// Whether nobody waits but those who were cancelled.
    pub(super) fn all_are_cancelled(&self) -> bool {
        self.0.borrow().iter().all(LoopFuture::is_cancelled)
    }

    /// Wakes the first of the line, unless it was woken.
    pub(super) fn wake_first(&self) {
        let first = self.0.borrow().front().cloned();
        first.into_iter().for_each(|first| first.set_result(()));
    }

    /// Wakes the first `count` of those who were not; how many that were.
    pub(super) fn wake(&self, count: usize) -> usize {
        let asleep: Vec<_> =
            self.0.borrow().iter().filter(|future| !future.is_done()).take(count).cloned().collect();
        asleep.iter().for_each(|future| future.set_result(()));
        asleep.len()
    }
}

/// A place in the line.
pub(super) struct Waiter<'w> {
    line: &'w Waiters,
    future: LoopFuture<()>,
}

impl Waiter<'_> {
    pub(super) async fn woken(&self) {
        self.future.wait().await;
    }

    /// Whether its turn has come, and it was not cancelled.
    pub(super) fn was_woken(&self) -> bool {
        self.future.is_done() && !self.future.is_cancelled()
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut line = self.line.0.borrow_mut();
        // Mostly the first.
        if let Some(place) = line.iter().position(|other| other.is(&self.future)) {
            line.remove(place);
        }
    }
}
