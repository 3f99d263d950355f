//! Waiting for a condition. Under a checker a timed wait is a wait, which under native may also end because its time
//! is up, and moves the clock then.

use super::mutex::{MutexGuard, Reacquired};
use crate::backend::clock::Deadline;
use crate::backend::{self, Held, Signal};
use crate::time::Instant;
use std::fmt;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

/// [`std::sync::Condvar`], under every backend.
///
/// Whom `notify_one` wakes differs: under native each waiter in some execution; under shuttle any, as the
/// scheduler likes; under loom always the one that waits longest; for real, whom the operating system
/// likes.
pub struct Condvar {
    signal: Signal,
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
    pub fn new() -> Self {
        Condvar { signal: Signal::new() }
    }

    /// Unlocks, waits for a notification, and locks again.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        backend::compound(|| {
            let (guard, ()) = guard.release_while(|data, held| match held {
                Held::Real => (Reacquired::Data(self.signal.real().wait(data)), ()),
                held => {
                    drop(data);
                    (Reacquired::Held(self.signal.wait(held)), ())
                }
            });
            guard
        })
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
        let release = |data, held| match held {
            Held::Real => match self.signal.real().wait_timeout(data, timeout) {
                Ok((data, result)) => (Reacquired::Data(Ok(data)), WaitTimeoutResult(result.timed_out())),
                Err(poisoned) => {
                    let (data, result) = poisoned.into_inner();
                    (Reacquired::Data(Err(PoisonError::new(data))), WaitTimeoutResult(result.timed_out()))
                }
            },
            held => {
                drop(data);
                let Some(deadline) = deadline else {
                    return (Reacquired::Held(self.signal.wait(held)), WaitTimeoutResult(false));
                };
                let (held, is_over) = self.signal.wait_timeout(held);
                if is_over {
                    deadline.pass();
                }
                (Reacquired::Held(held), WaitTimeoutResult(is_over))
            }
        };
        let (guard, result) = backend::compound(|| guard.release_while(release));
        match guard {
            Ok(guard) => Ok((guard, result)),
            Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), result))),
        }
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
        self.signal.notify_one();
    }

    /// Wakes all waiters.
    #[track_caller]
    pub fn notify_all(&self) {
        self.signal.notify_all();
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
