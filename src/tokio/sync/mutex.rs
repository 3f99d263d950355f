//! Mutual exclusion across awaits, first come, first served.

use super::announced::{
    Announced, Changing, Ended, Owner, Part, Parting, Place, block_on, gives_data_to_change,
};
use crate::backend::{Call, Callee, SharedHome};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::{MappedMutexGuard as TokioMapped, Mutex as Tokio, MutexGuard as TokioGuard, TryLockError};

const WHAT: &str = "mutex";

const LOCK: Call = Call::takes(&"lock");
const TRY_LOCK: Call = Call::takes(&"try_lock");
const CANCEL: Call = Call::takes(&"cancel");
const UNLOCK: Call = Call::takes(&"unlock");

/// [`tokio::sync::Mutex`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::{sync::Mutex, task::spawn};
/// use conccheck::{Checker, task::Runtime};
///
/// static TOTAL: Mutex<u32> = Mutex::const_new(0);
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let other = spawn(async { *TOTAL.lock().await += 1 });
///         *TOTAL.lock().await += 1;
///         other.await.unwrap();
///         assert_eq!(*TOTAL.lock().await, 2); // each execution begins with zero
///     });
/// });
/// ```
pub struct Mutex<T: ?Sized> {
    callee: Callee,
    tokio: SharedHome<Tokio<T>>,
}

impl<T: ?Sized> Owner for Mutex<T> {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl<T> Mutex<T> {
    /// An unlocked mutex.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Mutex { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::new(value)) }
    }

    /// As [`Mutex::new`], in a `const` or a static.
    #[track_caller]
    pub const fn const_new(value: T) -> Self {
        Mutex { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new(value)) }
    }

    /// The data.
    pub fn into_inner(self) -> T {
        self.tokio.into_inner().into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until no other task holds the lock, and takes it.
    #[track_caller]
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, T>> {
        let place = Location::caller();
        async move {
            let guard = Announced::new(self, LOCK, Some(CANCEL), place, self.tokio.get().lock()).await;
            MutexGuard::new(self, place, guard)
        }
    }

    /// As [`Mutex::lock`], outside of async code.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
        let place = Location::caller();
        let lock = Announced::new(self, LOCK, Some(CANCEL), place, self.tokio.get().lock());
        MutexGuard::new(self, place, block_on(|| self.tokio.get().blocking_lock(), lock))
    }

    /// Takes the lock if no task holds it.
    ///
    /// # Errors
    /// When a task holds it.
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        let guard = self.try_call(TRY_LOCK, || self.tokio.get().try_lock())?;
        Ok(MutexGuard::new(self, Location::caller(), guard))
    }

    /// The data, without locking: nobody else can have it.
    pub fn get_mut(&mut self) -> &mut T {
        self.tokio.get_mut().get_mut()
    }
}

impl<T: ?Sized + 'static> Mutex<T> {
    /// As [`Mutex::lock`], for a guard that keeps the mutex alive.
    #[track_caller]
    pub fn lock_owned(self: Arc<Self>) -> impl Future<Output = OwnedMutexGuard<T>> {
        let place = Location::caller();
        async move {
            // SAFETY: what borrows from it is dropped before this `Arc`, or with the guard.
            let tokio = unsafe { self.outlived() };
            let guard = Announced::new(&*self, LOCK, Some(CANCEL), place, tokio.lock()).await;
            OwnedMutexGuard::new(self, place, guard)
        }
    }

    /// As [`Mutex::blocking_lock`], for a guard that keeps the mutex alive.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        let place = Location::caller();
        // SAFETY: as above.
        let tokio = unsafe { self.outlived() };
        let lock = Announced::new(&*self, LOCK, Some(CANCEL), place, tokio.lock());
        let guard = block_on(|| tokio.blocking_lock(), lock);
        OwnedMutexGuard::new(self, place, guard)
    }

    /// As [`Mutex::try_lock`], for a guard that keeps the mutex alive.
    ///
    /// # Errors
    /// When a task holds the lock.
    #[track_caller]
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        // SAFETY: as above.
        let tokio = unsafe { self.outlived() };
        let guard = self.try_call(TRY_LOCK, || tokio.try_lock())?;
        Ok(OwnedMutexGuard::new(self, Location::caller(), guard))
    }

    /// Tokio's mutex, for a guard that goes with an `Arc` of this.
    ///
    /// # Safety
    /// What borrows from it is gone before this is.
    unsafe fn outlived(&self) -> &'static Tokio<T> {
        // SAFETY: an `Arc` does not move what it has, and the caller sees to the rest.
        unsafe { &*std::ptr::from_ref(self.tokio.get()) }
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
    /// As tokio's: it tries to take the lock, which is an operation, and shows the data if it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => text.field("data", &&*guard),
            Err(_) => text.field("data", &format_args!("<locked>")),
        };
        text.finish()
    }
}

/// Access to a [`Mutex`]'s data; dropping it unlocks.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized>(Ended<&'a Mutex<T>, Changing<TokioGuard<'a, T>>>);

/// As [`MutexGuard`], of a mutex that it keeps alive.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct OwnedMutexGuard<T: ?Sized + 'static>(Ended<Arc<Mutex<T>>, Changing<TokioGuard<'static, T>>>);

/// Access to a part of a [`Mutex`]'s data; dropping it unlocks.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct MappedMutexGuard<'a, T: ?Sized>(Ended<Part<'a>, Changing<TokioMapped<'a, T>>>);

/// As [`MappedMutexGuard`], of a mutex that it keeps alive.
#[must_use = "the mutex unlocks at once when its guard is dropped"]
pub struct OwnedMappedMutexGuard<T: ?Sized + 'static, U: ?Sized + 'static = T>(
    Ended<Arc<Mutex<T>>, Changing<TokioMapped<'static, U>>>,
);

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    fn new(mutex: &'a Mutex<T>, place: Place, guard: TokioGuard<'a, T>) -> Self {
        MutexGuard(Changing::ended(mutex, UNLOCK, place, guard))
    }

    /// The mutex that this is the guard of.
    pub fn mutex(this: &Self) -> &'a Mutex<T> {
        this.0.owner()
    }

    /// A guard of the part that `part` gives.
    pub fn map<U: ?Sized, F>(this: Self, part: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (owner, place) = (Part(&this.0.owner().callee), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        let mapped = TokioGuard::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        MappedMutexGuard(Changing::ended(owner, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<U: ?Sized, F>(this: Self, part: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (mutex, place) = (Self::mutex(&this), this.0.place());
        let parting = Parting::new(Part(&mutex.callee), UNLOCK, place);
        match TokioGuard::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(MappedMutexGuard(Changing::ended(Part(&mutex.callee), UNLOCK, place, mapped))),
            Err(guard) => Err(MutexGuard::new(mutex, place, guard)),
        }
    }
}

impl<'a, T: ?Sized> MappedMutexGuard<'a, T> {
    /// A guard of the part that `part` gives.
    pub fn map<U, F>(this: Self, part: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        let mapped = TokioMapped::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        MappedMutexGuard(Changing::ended(owner, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<U, F>(this: Self, part: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        match TokioMapped::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(MappedMutexGuard(Changing::ended(owner, UNLOCK, place, mapped))),
            Err(guard) => Err(MappedMutexGuard(Changing::ended(owner, UNLOCK, place, guard))),
        }
    }
}

impl<T: ?Sized + 'static> OwnedMutexGuard<T> {
    fn new(mutex: Arc<Mutex<T>>, place: Place, guard: TokioGuard<'static, T>) -> Self {
        OwnedMutexGuard(Changing::ended(mutex, UNLOCK, place, guard))
    }

    /// The mutex that this is the guard of.
    pub fn mutex(this: &Self) -> &Arc<Mutex<T>> {
        this.0.owner()
    }

    /// A guard of the part that `part` gives.
    pub fn map<U: ?Sized, F>(this: Self, part: F) -> OwnedMappedMutexGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (mutex, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*mutex, UNLOCK, place);
        let mapped = TokioGuard::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        OwnedMappedMutexGuard(Changing::ended(mutex, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<U: ?Sized, F>(this: Self, part: F) -> Result<OwnedMappedMutexGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (mutex, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*mutex, UNLOCK, place);
        match TokioGuard::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(OwnedMappedMutexGuard(Changing::ended(mutex, UNLOCK, place, mapped))),
            Err(guard) => Err(OwnedMutexGuard::new(mutex, place, guard)),
        }
    }
}

impl<T: ?Sized + 'static, U: ?Sized + 'static> OwnedMappedMutexGuard<T, U> {
    /// A guard of the part that `part` gives.
    pub fn map<S, F>(this: Self, part: F) -> OwnedMappedMutexGuard<T, S>
    where
        F: FnOnce(&mut U) -> &mut S,
    {
        let (mutex, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*mutex, UNLOCK, place);
        let mapped = TokioMapped::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        OwnedMappedMutexGuard(Changing::ended(mutex, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<S, F>(this: Self, part: F) -> Result<OwnedMappedMutexGuard<T, S>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut S>,
    {
        let (mutex, place) = (this.0.owner().clone(), this.0.place());
        let parting = Parting::new(&*mutex, UNLOCK, place);
        match TokioMapped::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(OwnedMappedMutexGuard(Changing::ended(mutex, UNLOCK, place, mapped))),
            Err(guard) => Err(OwnedMappedMutexGuard(Changing::ended(mutex, UNLOCK, place, guard))),
        }
    }
}

gives_data_to_change!(MutexGuard ['a, T: ?Sized] ['a, T] T);
gives_data_to_change!(MappedMutexGuard ['a, T: ?Sized] ['a, T] T);
gives_data_to_change!(OwnedMutexGuard [T: ?Sized + 'static] [T] T);
gives_data_to_change!(OwnedMappedMutexGuard [T: ?Sized + 'static, U: ?Sized + 'static] [T, U] U);
