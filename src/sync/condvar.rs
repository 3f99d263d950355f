//! Waiting for a condition. Under a checker a timed wait is a wait, which under native may also end because its time
//! is up, and moves the clock then.

use super::MutexGuard;
use crate::backend::clock::Deadline;
use crate::backend::{self, Condition};
use crate::time::Instant;
use std::fmt;
use std::sync::LockResult;
use std::time::Duration;

/// [`std::sync::Condvar`], under every backend.
///
/// Whom `notify_one` wakes differs: under native each waiter in some execution; under shuttle any, as the
/// scheduler likes; under loom always the one that waits longest; for real, whom the operating system
/// likes.
pub struct Condvar {
    condition: Condition,
}

/// Whether a timed wait ended because its time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// True when the time was up; never under shuttle and loom, where timeouts do not fire; under native
    /// in some executions, as often in each as [`Checker::timeouts_max`](crate::Checker::timeouts_max) says.
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// A condition that nobody waits for.
    #[track_caller]
    pub const fn new() -> Self {
        Condvar { condition: Condition::new() }
    }

    /// Unlocks, waits for a notification, and locks again.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        backend::compound(|| guard.release_while(|held| (self.condition.wait(held), ())).0)
    }

    /// Waits as long as `condition` holds.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn wait_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'a, T>> {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits for a notification, or until `timeout` has passed.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let deadline = Deadline::after(timeout);
        backend::wait_with_timeout();
        let wait = |held| {
            let Some(deadline) = deadline else {
                return (self.condition.wait(held), WaitTimeoutResult(false));
            };
            let (held, is_over) = self.condition.wait_timeout(held, timeout);
            if is_over {
                deadline.pass();
            }
            (held, WaitTimeoutResult(is_over))
        };
        let (guard, result) = backend::compound(|| guard.release_while(wait));
        backend::map_guard(guard, |guard| (guard, result))
    }

    /// Waits as long as `condition` holds, or until `timeout` has passed.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn wait_timeout_while<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let begun = Instant::now();
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let left = timeout.saturating_sub(begun.elapsed());
            let (reacquired, result) = self.wait_timeout(guard, left)?;
            guard = reacquired;
            if result.timed_out() {
                let holds = condition(&mut *guard);
                return Ok((guard, WaitTimeoutResult(holds)));
            }
        }
    }

    /// Wakes one waiter, if there is one.
    #[track_caller]
    pub fn notify_one(&self) {
        self.condition.notify_one();
    }

    /// Wakes all waiters.
    #[track_caller]
    pub fn notify_all(&self) {
        self.condition.notify_all();
    }
}

impl Default for Condvar {
    fn default() -> Self {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
