//! Many readers or one writer. The backend's lock decides who holds it, and keeps the poison; the data is here.

use super::mutex::show;
use super::shallow::Shallow;
use crate::backend::{HeldRead, HeldWrite, Home, RwTurns, map_guard, try_map_guard};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::{LockResult, TryLockResult};

/// [`std::sync::RwLock`], under every backend.
pub struct RwLock<T: ?Sized> {
    turns: RwTurns,
    data: Home<T>,
}

// SAFETY: as std's: a writer has the data alone, and readers share it, wherever it is.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

/// Shared access to a [`RwLock`]'s data.
#[must_use = "the lock unlocks at once when its guard is dropped"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    _held: HeldRead<'a>,
    data: *const T,
}

// SAFETY: it gives what `&T` gives.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}

/// Exclusive access to a [`RwLock`]'s data.
#[must_use = "the lock unlocks at once when its guard is dropped"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    held: HeldWrite<'a>,
    data: *mut T,
    /// What it was like before this guard gave it out to be changed.
    before: Option<Shallow>,
    lock: std::marker::PhantomData<&'a RwLock<T>>,
}

// SAFETY: it gives what `&T` gives.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<T> RwLock<T> {
    /// An unlocked lock.
    #[track_caller]
    pub const fn new(value: T) -> Self {
        RwLock { turns: RwTurns::new(), data: Home::new(value) }
    }

    /// The data.
    ///
    /// # Errors
    /// As every access, when a task panicked while it was writing.
    pub fn into_inner(self) -> LockResult<T> {
        let RwLock { mut turns, data } = self;
        turns.wrap_exclusively(data.into_inner())
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until no task writes, and takes shared access.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it was writing.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        map_guard(self.turns.read(), |held| self.read_guard(held))
    }

    /// Waits until no task reads or writes, and takes exclusive access.
    ///
    /// # Errors
    /// The guard, wrapped, when a task panicked while it was writing.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        map_guard(self.turns.write(), |held| self.write_guard(held))
    }

    /// Takes shared access if no task writes.
    ///
    /// # Errors
    /// `WouldBlock` when a task writes; the guard, wrapped, when a task panicked while it did.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        try_map_guard(self.turns.try_read(), |held| self.read_guard(held))
    }

    /// Takes exclusive access if no task reads or writes.
    ///
    /// # Errors
    /// `WouldBlock` when a task has access; the guard, wrapped, when a task panicked while writing.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        try_map_guard(self.turns.try_write(), |held| self.write_guard(held))
    }

    /// Whether a task panicked while it was writing. To native this is an operation, as it is to std: tasks may
    /// come before or after it.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.turns.is_poisoned()
    }

    /// Forgets that a task panicked while it was writing.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.turns.clear_poison();
    }

    /// The data, without locking: nobody else can have it.
    ///
    /// # Errors
    /// As every access, when a task panicked while it was writing.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.turns.wrap_exclusively(self.data.get_mut())
    }

    fn read_guard<'a>(&self, held: HeldRead<'a>) -> RwLockReadGuard<'a, T> {
        RwLockReadGuard { _held: held, data: self.data.get() }
    }

    fn write_guard<'a>(&self, held: HeldWrite<'a>) -> RwLockWriteGuard<'a, T> {
        RwLockWriteGuard { held, data: self.data.get(), before: None, lock: std::marker::PhantomData }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// Shares what the guard had alone: no other task writes in between.
    #[track_caller]
    pub fn downgrade(mut guard: Self) -> RwLockReadGuard<'a, T> {
        guard.settle();
        let guard = std::mem::ManuallyDrop::new(guard);
        // SAFETY: it is taken once, since the guard is not dropped.
        let held = unsafe { std::ptr::read(&raw const guard.held) };
        RwLockReadGuard { _held: held.downgrade(), data: guard.data }
    }

    /// Tells those who wait for a change that there is one, if there is.
    fn settle(&mut self) {
        if let Some(before) = self.before.take() {
            before.tell_change(&**self);
        }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: nobody writes while there are readers.
        unsafe { &*self.data }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: a writer has the data alone.
        unsafe { &*self.data }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.before.is_none() {
            self.before = Shallow::of(&**self);
        }
        // SAFETY: as above.
        unsafe { &mut *self.data }
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        self.settle();
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    /// As std's: it tries to read, which is an operation, and shows the data if it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show("RwLock", self.try_read(), || self.is_poisoned(), f)
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
