//! The guards of a [`RwLock`] that they keep alive.

use super::super::announced::{Changing, Ended, Owner, Parting, Place, gives_data, gives_data_to_change};
use super::{DOWNGRADE, RwLock, TokioMapped, TokioRead, TokioWrite, UNLOCK, try_downgrade};
use std::panic::Location;
use std::sync::Arc;

/// As [`RwLockReadGuard`](super::RwLockReadGuard), of a lock that it keeps alive.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct OwnedRwLockReadGuard<T: ?Sized + 'static, U: ?Sized + 'static = T>(
    Ended<Arc<RwLock<T>>, TokioRead<'static, U>>,
);

/// As [`RwLockWriteGuard`](super::RwLockWriteGuard), of a lock that it keeps alive.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct OwnedRwLockWriteGuard<T: ?Sized + 'static>(
    Ended<Arc<RwLock<T>>, Changing<TokioWrite<'static, T>>>,
);

/// As [`RwLockMappedWriteGuard`](super::RwLockMappedWriteGuard), of a lock that it keeps alive.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct OwnedRwLockMappedWriteGuard<T: ?Sized + 'static, U: ?Sized + 'static = T>(
    Ended<Arc<RwLock<T>>, Changing<TokioMapped<'static, U>>>,
);

impl<T: ?Sized + 'static, U: ?Sized + 'static> OwnedRwLockReadGuard<T, U> {
    /// Tokio's guard is one of the lock's own, which lives as long as the `Arc`.
    pub(super) fn new(lock: Arc<RwLock<T>>, place: Place, guard: TokioRead<'static, U>) -> Self {
        OwnedRwLockReadGuard(Ended::new(lock, UNLOCK, place, guard))
    }

    /// The lock that this is the guard of.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.0.owner()
    }

    /// A guard of the part that `part` gives.
    pub fn map<F, V: ?Sized>(this: Self, part: F) -> OwnedRwLockReadGuard<T, V>
    where
        F: FnOnce(&U) -> &V,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        let mapped = TokioRead::map(this.0.into_inner(), |data| parting.of(part, data));
        OwnedRwLockReadGuard::new(lock, place, mapped)
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, V: ?Sized>(this: Self, part: F) -> Result<OwnedRwLockReadGuard<T, V>, Self>
    where
        F: FnOnce(&U) -> Option<&V>,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        match TokioRead::try_map(this.0.into_inner(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(OwnedRwLockReadGuard::new(lock, place, mapped)),
            Err(guard) => Err(OwnedRwLockReadGuard::new(lock, place, guard)),
        }
    }
}

impl<T: ?Sized + 'static> OwnedRwLockWriteGuard<T> {
    /// As [`OwnedRwLockReadGuard::new`].
    pub(super) fn new(lock: Arc<RwLock<T>>, place: Place, guard: TokioWrite<'static, T>) -> Self {
        OwnedRwLockWriteGuard(Changing::ended(lock, UNLOCK, place, guard))
    }

    /// The lock that this is the guard of.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.0.owner()
    }

    /// Shares what one had alone; nobody writes in between.
    #[track_caller]
    pub fn downgrade(self) -> OwnedRwLockReadGuard<T> {
        let (lock, place) = (self.0.owner().clone(), Location::caller());
        let guard = self.0.into_inner().into_guard();
        let guard = lock.call(DOWNGRADE, || guard.downgrade());
        OwnedRwLockReadGuard::new(lock, place, guard)
    }

    /// A guard of the part that `part` gives.
    pub fn map<F, U: ?Sized>(this: Self, part: F) -> OwnedRwLockMappedWriteGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        let mapped = TokioWrite::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        OwnedRwLockMappedWriteGuard::new(lock, place, mapped)
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, U: ?Sized>(this: Self, part: F) -> Result<OwnedRwLockMappedWriteGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        match TokioWrite::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(OwnedRwLockMappedWriteGuard::new(lock, place, mapped)),
            Err(guard) => Err(OwnedRwLockWriteGuard::new(lock, place, guard)),
        }
    }

    /// Shares the part that `part` gives.
    #[track_caller]
    pub fn downgrade_map<F, U: ?Sized>(this: Self, part: F) -> OwnedRwLockReadGuard<T, U>
    where
        F: FnOnce(&T) -> &U,
    {
        match Self::try_downgrade_map(this, |data| Some(part(data))) {
            Ok(guard) => guard,
            Err(_) => unreachable!("a part was given"),
        }
    }

    /// Shares the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    #[track_caller]
    pub fn try_downgrade_map<F, U: ?Sized>(this: Self, part: F) -> Result<OwnedRwLockReadGuard<T, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let (lock, taken, place) = (this.0.owner().clone(), this.0.place(), Location::caller());
        match try_downgrade(&*lock, taken, place, this.0.into_inner().into_guard(), part) {
            Ok(guard) => Ok(OwnedRwLockReadGuard::new(lock, place, guard)),
            Err(guard) => Err(OwnedRwLockWriteGuard::new(lock, taken, guard)),
        }
    }

    /// The same, as a guard of a part that is all of it.
    pub fn into_mapped(this: Self) -> OwnedRwLockMappedWriteGuard<T> {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let mapped = TokioWrite::into_mapped(this.0.into_inner().into_guard());
        OwnedRwLockMappedWriteGuard::new(lock, place, mapped)
    }
}

impl<T: ?Sized + 'static, U: ?Sized + 'static> OwnedRwLockMappedWriteGuard<T, U> {
    fn new(lock: Arc<RwLock<T>>, place: Place, guard: TokioMapped<'static, U>) -> Self {
        OwnedRwLockMappedWriteGuard(Changing::ended(lock, UNLOCK, place, guard))
    }

    /// The lock that this is the guard of.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.0.owner()
    }

    /// A guard of the part that `part` gives.
    pub fn map<F, V: ?Sized>(this: Self, part: F) -> OwnedRwLockMappedWriteGuard<T, V>
    where
        F: FnOnce(&mut U) -> &mut V,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        let mapped = TokioMapped::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        OwnedRwLockMappedWriteGuard::new(lock, place, mapped)
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, V: ?Sized>(this: Self, part: F) -> Result<OwnedRwLockMappedWriteGuard<T, V>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut V>,
    {
        let (lock, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*lock, UNLOCK, place);
        match TokioMapped::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(OwnedRwLockMappedWriteGuard::new(lock, place, mapped)),
            Err(guard) => Err(OwnedRwLockMappedWriteGuard::new(lock, place, guard)),
        }
    }
}

gives_data!(OwnedRwLockReadGuard [T: ?Sized + 'static, U: ?Sized + 'static] [T, U] U, this => this.0.get());
gives_data_to_change!(OwnedRwLockWriteGuard [T: ?Sized + 'static] [T] T);
gives_data_to_change!(OwnedRwLockMappedWriteGuard [T: ?Sized + 'static, U: ?Sized + 'static] [T, U] U);
