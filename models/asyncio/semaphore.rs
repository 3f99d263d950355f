//! Permits. Port of CPython's `asyncio.Semaphore` as it is since its issue 90155: who came first is served first, also when
//! another who waited is cancelled at the moment at which it was to be served.

use super::errors::ReleasedTooOften;
use super::waiters::{Waiter, Waiters};
use std::cell::Cell;
use std::mem;

/// A number of permits: `async with semaphore` is `let _permit = semaphore.acquire().await`.
#[derive(Default)]
pub struct Semaphore {
    value: Cell<usize>,
    waiters: Waiters,
}

impl Semaphore {
    /// With `value` permits.
    pub fn new(value: usize) -> Self {
        Semaphore { value: Cell::new(value), waiters: Waiters::default() }
    }

    /// Whether who wants a permit now has to wait: none is left, or others came first.
    pub fn locked(&self) -> bool {
        self.value.get() == 0 || !self.waiters.all_are_cancelled()
    }

    /// Takes a permit, once there is one and all who came before have theirs.
    pub async fn acquire(&self) -> SemaphorePermit<'_> {
        if !self.locked() {
            self.value.set(self.value.get() - 1);
            return SemaphorePermit(self);
        }
        let mut waiting = Waiting { semaphore: self, waiter: Some(self.waiters.join()), is_served: false };
        if let Some(waiter) = &waiting.waiter {
            waiter.woken().await;
        }
        waiting.is_served = true;
        SemaphorePermit(self)
    }

    /// Adds a permit, also one that was never taken.
    pub fn release(&self) {
        self.value.set(self.value.get() + 1);
        self.serve(1);
    }

    /// Has as many who wait, at most `count`, take their permits.
    fn serve(&self, count: usize) {
        let served = self.waiters.wake(count);
        self.value.set(self.value.get() - served);
    }
}

/// Who waits for a permit, and gives it back if it leaves without it.
struct Waiting<'s> {
    semaphore: &'s Semaphore,
    waiter: Option<Waiter<'s>>,
    is_served: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let semaphore = self.semaphore;
        let was_woken = self.waiter.take().is_some_and(|waiter| waiter.was_woken());
        if was_woken && !self.is_served {
            semaphore.value.set(semaphore.value.get() + 1);
        }
        // Those who came while others were first.
        semaphore.serve(semaphore.value.get());
    }
}

/// A permit of a [`Semaphore`]; given back when dropped.
#[must_use = "the permit is given back when this is dropped"]
pub struct SemaphorePermit<'s>(&'s Semaphore);

impl SemaphorePermit<'_> {
    /// Keeps the permit for good, or until somebody calls [`release`](Semaphore::release).
    pub fn forget(self) {
        mem::forget(self);
    }
}

impl Drop for SemaphorePermit<'_> {
    fn drop(&mut self) {
        self.0.release();
    }
}

/// A [`Semaphore`] that cannot have more permits than it had at first.
#[derive(Default)]
pub struct BoundedSemaphore {
    semaphore: Semaphore,
    bound: usize,
}

impl BoundedSemaphore {
    /// With `value` permits.
    pub fn new(value: usize) -> Self {
        BoundedSemaphore { semaphore: Semaphore::new(value), bound: value }
    }

    /// As [`Semaphore::locked`].
    pub fn locked(&self) -> bool {
        self.semaphore.locked()
    }

    /// As [`Semaphore::acquire`].
    pub async fn acquire(&self) -> SemaphorePermit<'_> {
        self.semaphore.acquire().await
    }

    /// Adds a permit that was taken and forgotten.
    ///
    /// # Errors
    /// If all are there already.
    pub fn release(&self) -> Result<(), ReleasedTooOften> {
        if self.semaphore.value.get() >= self.bound {
            return Err(ReleasedTooOften);
        }
        self.semaphore.release();
        Ok(())
    }
}
