//! Mutual exclusion. The backend's lock decides who holds it, and keeps the poison; the data is here.

use super::shallow::Shallow;
use crate::backend::{Held, Home, Lock, map_guard, try_map_guard};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{LockResult, TryLockError, TryLockResult};

/// [`std::sync::Mutex`], under every backend.
///
/// ```
/// use conccheck::{Checker, sync::Mutex, thread};
///
/// static TOTAL: Mutex<u32> = Mutex::new(0);
///
/// Checker::new().check(|| {
///     let other = thread::spawn(|| *TOTAL.lock().unwrap() += 1);
///     *TOTAL.lock().unwrap() += 1;
///     other.join().unwrap();
///     assert_eq!(*TOTAL.lock().unwrap(), 2); // each execution begins with zero
/// });
/// ```
pub struct Mutex<T: ?Sized> {
    lock: Lock,
    data: Home<T>,
}

// SAFETY: as std's: whoever has the lock has the data alone, wherever it is.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

/// Access to a [`Mutex`]'s data; dropping it unlocks.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    held: Held<'a>,
    mutex: &'a Mutex<T>,
    data: *mut T,
    /// What it was like before this guard gave it out to be changed.
    before: Option<Shallow>,
}

// SAFETY: it gives what `&T` gives.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        Mutex { lock: Lock::new(), data: Home::new(value) }
    }

    /// One that is a part of what users call that.
    #[track_caller]
    pub(super) const fn part_of(what: &'static str, value: T) -> Self {
        Mutex { lock: Lock::part_of(Some(what)), data: Home::new(value) }
    }

    /// The data.
    ///
    /// # Errors
    /// As every access, when a task panicked while it held the lock.
    pub fn into_inner(self) -> LockResult<T> {
        let Mutex { mut lock, data } = self;
        lock.wrap_exclusively(data.into_inner())
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until no other task holds the lock, and takes it.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        map_guard(self.lock.acquire(), |held| self.guard(held))
    }

    /// Takes the lock if no task holds it.
    ///
    /// # Errors
    /// `WouldBlock` when a task holds it; the guard, wrapped, when a task panicked while it did.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        try_map_guard(self.lock.try_acquire(), |held| self.guard(held))
    }

    /// Whether a task panicked while it held the lock. To native this is an operation, as it is to std: tasks may
    /// come before or after it.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.lock.is_poisoned()
    }

    /// Forgets that a task panicked while it held the lock.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.lock.clear_poison();
    }

    /// The data, without locking: nobody else can have it.
    ///
    /// # Errors
    /// As every access, when a task panicked while it held the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.lock.wrap_exclusively(self.data.get_mut())
    }

    /// Notes that it is for real what this is part of.
    #[track_caller]
    pub(super) fn expect_real(&self) {
        self.lock.expect_real();
    }

    fn guard<'a>(&'a self, held: Held<'a>) -> MutexGuard<'a, T> {
        MutexGuard { held, mutex: self, data: self.data.get(), before: None }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Gives the lock up for as long as `wait` does, which takes it back.
    #[track_caller]
    pub(super) fn release_while<R>(
        mut self,
        wait: impl FnOnce(Held<'a>) -> (LockResult<Held<'a>>, R),
    ) -> (LockResult<Self>, R) {
        self.settle();
        let guard = std::mem::ManuallyDrop::new(self);
        // SAFETY: it is taken once, since the guard is not dropped.
        let (held, mutex) = unsafe { (std::ptr::read(&raw const guard.held), guard.mutex) };
        let (held, result) = wait(held);
        (map_guard(held, |held| mutex.guard(held)), result)
    }

    /// Tells those who wait for a change that there is one, if there is.
    fn settle(&mut self) {
        if let Some(before) = self.before.take() {
            before.tell_change(&**self);
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: whoever has the lock has the data.
        unsafe { &*self.data }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.before.is_none() {
            self.before = Shallow::of(&**self);
        }
        // SAFETY: as above.
        unsafe { &mut *self.data }
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.settle();
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    /// As std's: it tries to take the lock, which is an operation, and shows the data if it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show("Mutex", self.try_lock(), || self.is_poisoned(), f)
    }
}

/// Shows a lock's data, if it is free, and whether it is poisoned.
pub(super) fn show<G: Deref<Target: fmt::Debug>>(
    name: &str,
    tried: TryLockResult<G>,
    is_poisoned: impl FnOnce() -> bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut text = f.debug_struct(name);
    match tried {
        Ok(guard) => text.field("data", &&*guard),
        Err(TryLockError::Poisoned(poisoned)) => text.field("data", &&**poisoned.get_ref()),
        Err(TryLockError::WouldBlock) => text.field("data", &format_args!("<locked>")),
    };
    text.field("poisoned", &is_poisoned());
    text.finish_non_exhaustive()
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
