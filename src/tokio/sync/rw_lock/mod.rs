//! Many readers or one writer across awaits, first come, first served: who waits to write keeps later readers out.

mod owned;

pub use self::owned::{OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard};

use super::announced::{
    Announced, Changing, Ended, Owner, Part, Parting, Place, block_on, gives_data, gives_data_to_change,
};
use crate::backend::{self, Call, Callee, SharedHome};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::{
    RwLock as Tokio, RwLockMappedWriteGuard as TokioMapped, RwLockReadGuard as TokioRead,
    RwLockWriteGuard as TokioWrite, TryLockError,
};

const WHAT: &str = "rwlock";

const READ: Call = Call::takes(&"read");
const WRITE: Call = Call::takes(&"write");
const TRY_READ: Call = Call::takes(&"try_read");
const TRY_WRITE: Call = Call::takes(&"try_write");
const CANCEL: Call = Call::takes(&"cancel");
const UNLOCK: Call = Call::takes(&"unlock");
const DOWNGRADE: Call = Call::takes(&"downgrade");

/// [`tokio::sync::RwLock`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::{sync::RwLock, task::spawn};
/// use conccheck::{Checker, task::Runtime};
/// use std::sync::Arc;
///
/// let report = Checker::new().explore(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let name = Arc::new(RwLock::new("old"));
///         let renaming = name.clone();
///         let other = spawn(async move { *renaming.write().await = "new" });
///         let seen = *name.read().await;
///         other.await.unwrap();
///         seen
///     })
/// });
/// assert_eq!(report.outcomes().count(), 2);
/// ```
pub struct RwLock<T: ?Sized> {
    callee: Callee,
    tokio: SharedHome<Tokio<T>>,
}

impl<T: ?Sized> Owner for RwLock<T> {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl<T> RwLock<T> {
    /// An unlocked lock.
    #[track_caller]
    pub fn new(value: T) -> Self {
        RwLock { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::new(value)) }
    }

    /// As [`RwLock::new`], for at most so many readers at a time.
    ///
    /// # Panics
    /// If there are more than tokio can count.
    #[track_caller]
    pub fn with_max_readers(value: T, readers_max: u32) -> Self {
        let tokio = SharedHome::new(Tokio::with_max_readers(value, readers_max));
        RwLock { callee: Callee::new(WHAT), tokio }
    }

    /// As [`RwLock::new`], in a `const` or a static.
    #[track_caller]
    pub const fn const_new(value: T) -> Self {
        RwLock { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new(value)) }
    }

    /// As [`RwLock::with_max_readers`], in a `const` or a static.
    ///
    /// # Panics
    /// As that.
    #[track_caller]
    pub const fn const_with_max_readers(value: T, readers_max: u32) -> Self {
        let tokio = SharedHome::new(Tokio::const_with_max_readers(value, readers_max));
        RwLock { callee: Callee::new(WHAT), tokio }
    }

    /// The data.
    pub fn into_inner(self) -> T {
        self.tokio.into_inner().into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until nobody writes, and nobody waits to write who came before.
    #[track_caller]
    pub fn read(&self) -> impl Future<Output = RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        async move {
            let guard = Announced::new(self, READ, Some(CANCEL), place, self.tokio.get().read()).await;
            RwLockReadGuard(Ended::new(Part(&self.callee), UNLOCK, place, guard))
        }
    }

    /// Waits until nobody reads or writes.
    #[track_caller]
    pub fn write(&self) -> impl Future<Output = RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        async move {
            let guard = Announced::new(self, WRITE, Some(CANCEL), place, self.tokio.get().write()).await;
            RwLockWriteGuard::new(Part(&self.callee), place, guard)
        }
    }

    /// As [`RwLock::read`], outside of async code.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_read(&self) -> RwLockReadGuard<'_, T> {
        let place = Location::caller();
        let read = Announced::new(self, READ, Some(CANCEL), place, self.tokio.get().read());
        let guard = block_on(|| self.tokio.get().blocking_read(), read);
        RwLockReadGuard(Ended::new(Part(&self.callee), UNLOCK, place, guard))
    }

    /// As [`RwLock::write`], outside of async code.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_write(&self) -> RwLockWriteGuard<'_, T> {
        let place = Location::caller();
        let write = Announced::new(self, WRITE, Some(CANCEL), place, self.tokio.get().write());
        let guard = block_on(|| self.tokio.get().blocking_write(), write);
        RwLockWriteGuard::new(Part(&self.callee), place, guard)
    }

    /// Enters if nobody writes or waits to.
    ///
    /// # Errors
    /// When somebody does.
    #[track_caller]
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        let guard = self.try_call(TRY_READ, || self.tokio.get().try_read())?;
        Ok(RwLockReadGuard(Ended::new(Part(&self.callee), UNLOCK, Location::caller(), guard)))
    }

    /// Enters if nobody reads or writes.
    ///
    /// # Errors
    /// When somebody does.
    #[track_caller]
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        let guard = self.try_call(TRY_WRITE, || self.tokio.get().try_write())?;
        Ok(RwLockWriteGuard::new(Part(&self.callee), Location::caller(), guard))
    }

    /// The data, without locking: nobody else can have it.
    pub fn get_mut(&mut self) -> &mut T {
        self.tokio.get_mut().get_mut()
    }
}

impl<T: ?Sized + 'static> RwLock<T> {
    /// As [`RwLock::read`], for a guard that keeps the lock alive.
    #[track_caller]
    pub fn read_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockReadGuard<T>> {
        let place = Location::caller();
        async move {
            // SAFETY: what borrows from it is dropped before this `Arc`, or with the guard.
            let tokio = unsafe { self.outlived() };
            let guard = Announced::new(&*self, READ, Some(CANCEL), place, tokio.read()).await;
            OwnedRwLockReadGuard::new(self, place, guard)
        }
    }

    /// As [`RwLock::write`], for a guard that keeps the lock alive.
    #[track_caller]
    pub fn write_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockWriteGuard<T>> {
        let place = Location::caller();
        async move {
            // SAFETY: as above.
            let tokio = unsafe { self.outlived() };
            let guard = Announced::new(&*self, WRITE, Some(CANCEL), place, tokio.write()).await;
            OwnedRwLockWriteGuard::new(self, place, guard)
        }
    }

    /// As [`RwLock::try_read`], for a guard that keeps the lock alive.
    ///
    /// # Errors
    /// When somebody writes or waits to.
    #[track_caller]
    pub fn try_read_owned(self: Arc<Self>) -> Result<OwnedRwLockReadGuard<T>, TryLockError> {
        // SAFETY: as above.
        let tokio = unsafe { self.outlived() };
        let guard = self.try_call(TRY_READ, || tokio.try_read())?;
        Ok(OwnedRwLockReadGuard::new(self, Location::caller(), guard))
    }

    /// As [`RwLock::try_write`], for a guard that keeps the lock alive.
    ///
    /// # Errors
    /// When somebody reads or writes.
    #[track_caller]
    pub fn try_write_owned(self: Arc<Self>) -> Result<OwnedRwLockWriteGuard<T>, TryLockError> {
        // SAFETY: as above.
        let tokio = unsafe { self.outlived() };
        let guard = self.try_call(TRY_WRITE, || tokio.try_write())?;
        Ok(OwnedRwLockWriteGuard::new(self, Location::caller(), guard))
    }

    /// Tokio's lock, for a guard that goes with an `Arc` of this.
    ///
    /// # Safety
    /// What borrows from it is gone before this is.
    unsafe fn outlived(&self) -> &'static Tokio<T> {
        // SAFETY: an `Arc` does not move what it has, and the caller sees to the rest.
        unsafe { &*std::ptr::from_ref(self.tokio.get()) }
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
    /// As tokio's: it tries to read, which is an operation, and shows the data if it can.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => text.field("data", &&*guard),
            Err(_) => text.field("data", &format_args!("<locked>")),
        };
        text.finish()
    }
}

/// Shared access to a [`RwLock`]'s data, or a part of it; dropping it gives it back.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct RwLockReadGuard<'a, T: ?Sized>(Ended<Part<'a>, TokioRead<'a, T>>);

/// Exclusive access to a [`RwLock`]'s data; dropping it gives it back.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct RwLockWriteGuard<'a, T: ?Sized>(Ended<Part<'a>, Changing<TokioWrite<'a, T>>>);

/// Exclusive access to a part of a [`RwLock`]'s data; dropping it gives it back.
#[must_use = "the lock is given back at once when its guard is dropped"]
pub struct RwLockMappedWriteGuard<'a, T: ?Sized>(Ended<Part<'a>, Changing<TokioMapped<'a, T>>>);

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    /// A guard of the part that `part` gives.
    pub fn map<F, U: ?Sized>(this: Self, part: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        let mapped = TokioRead::map(this.0.into_inner(), |data| parting.of(part, data));
        RwLockReadGuard(Ended::new(owner, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, U: ?Sized>(this: Self, part: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        match TokioRead::try_map(this.0.into_inner(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(RwLockReadGuard(Ended::new(owner, UNLOCK, place, mapped))),
            Err(guard) => Err(RwLockReadGuard(Ended::new(owner, UNLOCK, place, guard))),
        }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    fn new(owner: Part<'a>, place: Place, guard: TokioWrite<'a, T>) -> Self {
        RwLockWriteGuard(Changing::ended(owner, UNLOCK, place, guard))
    }

    /// Shares what one had alone; nobody writes in between.
    #[track_caller]
    pub fn downgrade(self) -> RwLockReadGuard<'a, T> {
        let (owner, place) = (*self.0.owner(), Location::caller());
        let guard = self.0.into_inner().into_guard();
        let guard = owner.call(DOWNGRADE, || guard.downgrade());
        RwLockReadGuard(Ended::new(owner, UNLOCK, place, guard))
    }

    /// A guard of the part that `part` gives.
    pub fn map<F, U: ?Sized>(this: Self, part: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        let mapped = TokioWrite::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, U: ?Sized>(this: Self, part: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        match TokioWrite::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, mapped))),
            Err(guard) => Err(RwLockWriteGuard::new(owner, place, guard)),
        }
    }

    /// Shares the part that `part` gives.
    #[track_caller]
    pub fn downgrade_map<F, U: ?Sized>(this: Self, part: F) -> RwLockReadGuard<'a, U>
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
    pub fn try_downgrade_map<F, U: ?Sized>(this: Self, part: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let (owner, taken, place) = (*this.0.owner(), this.0.place(), Location::caller());
        match try_downgrade(owner, taken, place, this.0.into_inner().into_guard(), part) {
            Ok(guard) => Ok(RwLockReadGuard(Ended::new(owner, UNLOCK, place, guard))),
            Err(guard) => Err(RwLockWriteGuard::new(owner, taken, guard)),
        }
    }

    /// The same, as a guard of a part that is all of it.
    pub fn into_mapped(this: Self) -> RwLockMappedWriteGuard<'a, T> {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let mapped = TokioWrite::into_mapped(this.0.into_inner().into_guard());
        RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, mapped))
    }
}

impl<'a, T: ?Sized> RwLockMappedWriteGuard<'a, T> {
    /// A guard of the part that `part` gives.
    pub fn map<F, U: ?Sized>(this: Self, part: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        let mapped = TokioMapped::map(this.0.into_inner().into_guard(), |data| parting.of(part, data));
        RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, mapped))
    }

    /// A guard of the part that `part` gives, if it gives one.
    ///
    /// # Errors
    /// This guard, if it does not.
    pub fn try_map<F, U: ?Sized>(this: Self, part: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let (owner, place) = (*this.0.owner(), this.0.place());
        let parting = Parting::new(owner, UNLOCK, place);
        match TokioMapped::try_map(this.0.into_inner().into_guard(), |data| parting.of(part, data)) {
            Ok(mapped) => Ok(RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, mapped))),
            Err(guard) => Err(RwLockMappedWriteGuard(Changing::ended(owner, UNLOCK, place, guard))),
        }
    }
}

/// Shares what `guard` has alone, if `part` gives a part of it: tokio decides, and what of it is the user's code has the lock alone.
fn try_downgrade<'a, T: ?Sized, U: ?Sized>(
    owner: impl Owner,
    taken: Place,
    place: Place,
    guard: TokioWrite<'a, T>,
    part: impl FnOnce(&T) -> Option<&U>,
) -> Result<TokioRead<'a, U>, TokioWrite<'a, T>> {
    let parting = Parting::new(&owner, UNLOCK, taken);
    let mut is_shared = false;
    let downgraded = TokioWrite::try_downgrade_map(guard, |data| {
        let given = parting.of(part, data);
        is_shared = given.is_some();
        if is_shared {
            // From here on it is tokio's code.
            owner.announce(DOWNGRADE, place);
            backend::begin_call();
        }
        given
    });
    if is_shared {
        backend::end_call();
    }
    downgraded
}

gives_data!(RwLockReadGuard ['a, T: ?Sized] ['a, T] T, this => this.0.get());
gives_data_to_change!(RwLockWriteGuard ['a, T: ?Sized] ['a, T] T);
gives_data_to_change!(RwLockMappedWriteGuard ['a, T: ?Sized] ['a, T] T);
