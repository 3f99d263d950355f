//! Many readers or one writer. The backend's lock decides who holds it; data and poison are std's.

use crate::backend::{self, HeldRead, HeldWrite, RwTurns};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// [`std::sync::RwLock`], under every backend.
pub struct RwLock<T: ?Sized> {
    turns: RwTurns,
    data: std::sync::RwLock<T>,
}

/// Shared access to a [`RwLock`]'s data.
#[must_use = "the lock unlocks at once when its guard is dropped"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    // In this order: whoever is let in by dropping `_held` must find the data free.
    data: std::sync::RwLockReadGuard<'a, T>,
    _held: HeldRead<'a>,
}

/// Exclusive access to a [`RwLock`]'s data.
#[must_use = "the lock unlocks at once when its guard is dropped"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    data: std::sync::RwLockWriteGuard<'a, T>,
    _held: HeldWrite<'a>,
}

impl<T> RwLock<T> {
    /// An unlocked lock.
    #[track_caller]
    pub fn new(value: T) -> Self {
        RwLock { turns: RwTurns::new(), data: std::sync::RwLock::new(value) }
    }

    /// The data.
    ///
    /// # Errors
    /// As every access, when a task panicked while it was writing.
    pub fn into_inner(self) -> LockResult<T> {
        self.data.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no task writes, and takes shared access.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it was writing.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let _held = self.turns.read();
        match self.data.read() {
            Ok(data) => Ok(RwLockReadGuard { data, _held }),
            Err(poisoned) => Err(PoisonError::new(RwLockReadGuard { data: poisoned.into_inner(), _held })),
        }
    }

    /// Waits until no task reads or writes, and takes exclusive access.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it was writing.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let _held = self.turns.write();
        match self.data.write() {
            Ok(data) => Ok(RwLockWriteGuard { data, _held }),
            Err(poisoned) => Err(PoisonError::new(RwLockWriteGuard { data: poisoned.into_inner(), _held })),
        }
    }

    /// Takes shared access if no task writes.
    ///
    /// # Errors
    /// `WouldBlock` when a task writes; the guard, wrapped, when a task panicked while it did.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let Some(_held) = self.turns.try_read() else {
            return Err(TryLockError::WouldBlock);
        };
        match self.data.try_read() {
            Ok(data) => Ok(RwLockReadGuard { data, _held }),
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
            Err(TryLockError::Poisoned(poisoned)) => {
                let guard = RwLockReadGuard { data: poisoned.into_inner(), _held };
                Err(TryLockError::Poisoned(PoisonError::new(guard)))
            }
        }
    }

    /// Takes exclusive access if no task reads or writes.
    ///
    /// # Errors
    /// `WouldBlock` when a task has access; the guard, wrapped, when a task panicked while writing.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        self.refuse_poison_under_loom();
        let Some(_held) = self.turns.try_write() else {
            return Err(TryLockError::WouldBlock);
        };
        match self.data.try_write() {
            Ok(data) => Ok(RwLockWriteGuard { data, _held }),
            Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
            Err(TryLockError::Poisoned(poisoned)) => {
                let guard = RwLockWriteGuard { data: poisoned.into_inner(), _held };
                Err(TryLockError::Poisoned(PoisonError::new(guard)))
            }
        }
    }

    /// Whether a task panicked while it was writing.
    pub fn is_poisoned(&self) -> bool {
        self.data.is_poisoned()
    }

    /// Forgets that a task panicked while it was writing.
    pub fn clear_poison(&self) {
        self.data.clear_poison();
    }

    /// The data, without locking: nobody else can have it.
    ///
    /// # Errors
    /// As every access, when a task panicked while it was writing.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.data.get_mut()
    }

    /// loom's own lock breaks when a writer panics.
    fn refuse_poison_under_loom(&self) {
        if self.data.is_poisoned() && backend::current() == backend::Backend::Loom {
            backend::unsupported(
                "a reader-writer lock whose writer panicked",
                "check this program under shuttle",
            );
        }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.data
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.data.fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
