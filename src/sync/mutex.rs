//! Mutual exclusion. The backend's lock decides who holds it; data and poison are std's.

use crate::backend::{self, Held, Lock};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// [`std::sync::Mutex`], under every backend.
pub struct Mutex<T: ?Sized> {
    lock: Lock,
    data: std::sync::Mutex<T>,
}

/// Access to a [`Mutex`]'s data; dropping it unlocks.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    // In this order: whoever is let in by dropping `held` must find the data free.
    data: std::sync::MutexGuard<'a, T>,
    held: Held<'a>,
    mutex: &'a Mutex<T>,
}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Mutex { lock: Lock::new(), data: std::sync::Mutex::new(value) }
    }

    /// The data.
    ///
    /// # Errors
    /// As every access, when a task panicked while it held the lock.
    pub fn into_inner(self) -> LockResult<T> {
        self.data.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until no other task holds the lock, and takes it.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it held the lock.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let held = self.lock.acquire();
        self.guard(held)
    }

    /// Takes the lock if no task holds it.
    ///
    /// # Errors
    /// `WouldBlock` when a task holds it; the guard, wrapped, when a task panicked while it did.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let Some(held) = self.lock.try_acquire() else {
            return Err(TryLockError::WouldBlock);
        };
        match self.data.try_lock() {
            Ok(data) => Ok(MutexGuard { data, held, mutex: self }),
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
            Err(TryLockError::Poisoned(poisoned)) => {
                let guard = MutexGuard { data: poisoned.into_inner(), held, mutex: self };
                Err(TryLockError::Poisoned(PoisonError::new(guard)))
            }
        }
    }

    /// Whether a task panicked while it held the lock.
    pub fn is_poisoned(&self) -> bool {
        self.data.is_poisoned()
    }

    /// Forgets that a task panicked while it held the lock.
    pub fn clear_poison(&self) {
        self.data.clear_poison();
    }

    /// The data, without locking: nobody else can have it.
    ///
    /// # Errors
    /// As every access, when a task panicked while it held the lock.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.data.get_mut()
    }

    /// Wraps the backend's permission, just got, and the data.
    fn guard<'a>(&'a self, held: Held<'a>) -> LockResult<MutexGuard<'a, T>> {
        match self.data.lock() {
            Ok(data) => Ok(MutexGuard { data, held, mutex: self }),
            Err(poisoned) => {
                Err(PoisonError::new(MutexGuard { data: poisoned.into_inner(), held, mutex: self }))
            }
        }
    }

    /// loom's own lock breaks when its holder panics.
    fn refuse_poison_under_loom(&self) {
        if self.data.is_poisoned() && backend::current() == backend::Backend::Loom {
            backend::unsupported("a mutex whose holder panicked", "check this program under shuttle");
        }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Gives the lock up, as one step with whatever `wait` does first, and takes it back after it.
    pub(super) fn release_while<R>(
        self,
        wait: impl FnOnce(std::sync::MutexGuard<'a, T>, Held<'a>) -> (Reacquired<'a, T>, R),
    ) -> (LockResult<MutexGuard<'a, T>>, R) {
        let mutex = self.mutex;
        let (reacquired, result) = wait(self.data, self.held);
        let guard = match reacquired {
            Reacquired::Held(held) => mutex.guard(held),
            Reacquired::Data(Ok(data)) => Ok(MutexGuard { data, held: Held::Real, mutex }),
            Reacquired::Data(Err(poisoned)) => {
                Err(PoisonError::new(MutexGuard { data: poisoned.into_inner(), held: Held::Real, mutex }))
            }
        };
        (guard, result)
    }
}

/// What a wait hands back: a checker, its permission; std, the data.
pub(super) enum Reacquired<'a, T: ?Sized> {
    Held(Held<'a>),
    Data(LockResult<std::sync::MutexGuard<'a, T>>),
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.data.fmt(f)
    }
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
