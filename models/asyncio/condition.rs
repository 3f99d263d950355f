//! Waiting for a condition under a lock. Port of CPython's `asyncio.Condition`.

use super::cancellation::catch_cancelled;
use super::lock::Lock;
use super::waiters::Waiters;

/// A lock, and a line of those who wait until another task tells them to look again.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Condition, create_task, run};
/// use std::{cell::Cell, rc::Rc};
///
/// run(async {
///     let shared = Rc::new((Condition::new(), Cell::new(false)));
///     let waiting = create_task({
///         let shared = shared.clone();
///         async move {
///             let mut held = shared.0.acquire().await;
///             held.wait_for(|| shared.1.get()).await;
///         }
///     });
///     let held = shared.0.acquire().await;
///     shared.1.set(true);
///     held.notify_all();
///     drop(held);
///     waiting.await.unwrap();
/// });
/// ```
#[derive(Default)]
pub struct Condition {
    lock: Lock,
    waiters: Waiters,
}

impl Condition {
    /// With a lock that nobody holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether somebody holds the lock.
    pub fn locked(&self) -> bool {
        self.lock.locked()
    }

    /// Takes the lock, as [`Lock::acquire`].
    pub async fn acquire(&self) -> ConditionGuard<'_> {
        self.lock.take().await;
        ConditionGuard { condition: self, holds: true }
    }

    /// Whoever calls this holds the lock.
    pub(super) fn notify_all_unchecked(&self) {
        self.waiters.wake(usize::MAX);
    }
}

/// Holds the lock of a [`Condition`]; releases it when dropped.
#[must_use = "the lock is released when this is dropped"]
pub struct ConditionGuard<'c> {
    condition: &'c Condition,
    /// Not while it waits.
    holds: bool,
}

impl ConditionGuard<'_> {
    /// Releases the lock, waits until somebody notifies, and takes the lock again: also if the task is cancelled
    /// meanwhile, however often, which it raises after that. Who was notified and is cancelled hands that on.
    pub async fn wait(&mut self) {
        let condition = self.condition;
        self.holds = false;
        condition.lock.release();
        let mut caught = catch_cancelled(async { condition.waiters.join().woken().await }).await.err();
        loop {
            match catch_cancelled(condition.lock.take()).await {
                Ok(()) => break,
                Err(again) => caught = Some(again),
            }
        }
        self.holds = true;
        if let Some(error) = caught {
            // It may have been notified: another is then, which may be once too often.
            condition.waiters.wake(1);
            error.raise().await
        }
    }

    /// Waits as often as it takes until `predicate` is true, which is called with the lock held.
    pub async fn wait_for(&mut self, mut predicate: impl FnMut() -> bool) {
        while !predicate() {
            self.wait().await;
        }
    }

    /// Wakes as many as `count` who wait, in the order of coming; they take the lock when it is released.
    pub fn notify(&self, count: usize) {
        self.condition.waiters.wake(count);
    }

    /// Wakes all who wait.
    pub fn notify_all(&self) {
        self.condition.waiters.wake(usize::MAX);
    }
}

impl Drop for ConditionGuard<'_> {
    fn drop(&mut self) {
        if self.holds {
            self.condition.lock.release();
        }
    }
}
