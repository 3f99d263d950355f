//! A lock of tasks. Port of CPython's `asyncio.Lock`: first come, first served, and who releases it does not hand it on but
//! wakes the first who waits, which takes it one turn later.

use super::waiters::{Waiter, Waiters};
use std::cell::Cell;

/// A lock that is held over `await`s: `async with lock` is `let _held = lock.acquire().await`.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{Lock, gather, run, sleep};
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let counter = run(async {
///     let shared = Rc::new((Lock::new(), Cell::new(0)));
///     gather([0, 1].map(|_| {
///         let shared = shared.clone();
///         async move {
///             let _held = shared.0.acquire().await;
///             let before = shared.1.get();
///             sleep(Duration::ZERO).await;
///             shared.1.set(before + 1);
///         }
///     }))
///     .await
///     .unwrap();
///     shared.1.get()
/// });
/// assert_eq!(counter, 2);
/// ```
#[derive(Default)]
pub struct Lock {
    is_locked: Cell<bool>,
    waiters: Waiters,
}

impl Lock {
    /// A lock that nobody holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether somebody holds it.
    pub fn locked(&self) -> bool {
        self.is_locked.get()
    }

    /// Takes it, once it is free and all who came before have had it.
    pub async fn acquire(&self) -> LockGuard<'_> {
        self.take().await;
        LockGuard(self)
    }

    /// As `acquire`; who calls it releases.
    pub(super) async fn take(&self) {
        if self.locked() || !self.waiters.all_are_cancelled() {
            let waiting = Waiting { lock: self, waiter: Some(self.waiters.join()) };
            if let Some(waiter) = &waiting.waiter {
                waiter.woken().await;
            }
            // Before it leaves the line, on which the next is woken if the lock is free.
            self.is_locked.set(true);
        }
        self.is_locked.set(true);
    }

    pub(super) fn release(&self) {
        self.is_locked.set(false);
        self.waiters.wake_first();
    }
}

/// Who waits for the lock, and wakes the next when it leaves without having got it.
struct Waiting<'l> {
    lock: &'l Lock,
    waiter: Option<Waiter<'l>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.waiter = None;
        if !self.lock.locked() {
            self.lock.waiters.wake_first();
        }
    }
}

/// Holds a [`Lock`]; releases it when dropped.
#[must_use = "the lock is released when this is dropped"]
pub struct LockGuard<'l>(&'l Lock);

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}
