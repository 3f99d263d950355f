//! Permits, first come, first served.

use super::announced::{Announced, Ended, Lazily, Owner, block_on};
use crate::backend::{Call, Callee};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore as Tokio, TryAcquireError};

const WHAT: &str = "semaphore";

const ACQUIRE: Call = Call::takes(&"acquire");
const ACQUIRE_MANY: Call = Call::takes(&"acquire_many");
const TRY_ACQUIRE: Call = Call::takes(&"try_acquire");
const CANCEL: Call = Call::takes(&"cancel");
const RELEASE: Call = Call::takes(&"release");
const ADD_PERMITS: Call = Call::changes(&"add_permits");
const FORGET_PERMITS: Call = Call::changes(&"forget_permits");
const FORGET: Call = Call::looks(&"forget");
const CLOSE: Call = Call::changes(&"close");
const IS_CLOSED: Call = Call::looks(&"is_closed");
const AVAILABLE_PERMITS: Call = Call::looks(&"available_permits");

/// [`tokio::sync::Semaphore`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::sync::Semaphore;
/// use conccheck::{Checker, task};
///
/// static LIMIT: Semaphore = Semaphore::const_new(2);
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let _one = LIMIT.acquire().await.unwrap();
///         let _other = LIMIT.acquire().await.unwrap();
///         assert!(LIMIT.try_acquire().is_err());
///     });
/// });
/// ```
pub struct Semaphore {
    callee: Callee,
    permits: usize,
    tokio: Lazily<Tokio>,
}

impl Owner for Semaphore {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl Semaphore {
    /// The most permits that a semaphore can have.
    pub const MAX_PERMITS: usize = Tokio::MAX_PERMITS;

    /// A semaphore with so many permits.
    ///
    /// # Panics
    /// If there are more than [`Semaphore::MAX_PERMITS`].
    #[track_caller]
    pub fn new(permits: usize) -> Self {
        Semaphore { callee: Callee::new(WHAT), permits, tokio: Lazily::made(Tokio::new(permits)) }
    }

    /// As [`Semaphore::new`], in a `const` or a static.
    ///
    /// # Panics
    /// As [`Semaphore::new`].
    #[track_caller]
    pub const fn const_new(permits: usize) -> Self {
        assert!(permits <= Self::MAX_PERMITS, "there are more permits than a semaphore can have");
        Semaphore { callee: Callee::new(WHAT), permits, tokio: Lazily::unmade() }
    }

    /// How many permits there are to be had.
    #[track_caller]
    pub fn available_permits(&self) -> usize {
        self.call(AVAILABLE_PERMITS, || self.tokio().available_permits())
    }

    /// Adds permits, which go to those who wait first.
    ///
    /// # Panics
    /// If there are more than [`Semaphore::MAX_PERMITS`] then.
    #[track_caller]
    pub fn add_permits(&self, count: usize) {
        self.call(ADD_PERMITS, || self.tokio().add_permits(count));
    }

    /// Takes up to `count` permits out for good; how many there were.
    #[track_caller]
    pub fn forget_permits(&self, count: usize) -> usize {
        self.call(FORGET_PERMITS, || self.tokio().forget_permits(count))
    }

    /// Waits for a permit.
    ///
    /// # Errors
    /// When the semaphore is closed.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> {
        let place = Location::caller();
        async move {
            let acquired = self.tokio().acquire();
            let permit = Announced::new(self, ACQUIRE, Some(CANCEL), place, acquired).await?;
            Ok(SemaphorePermit(Ended::new(self, RELEASE, place, permit)))
        }
    }

    /// Waits for so many permits at once. Who comes later waits meanwhile, even for fewer.
    ///
    /// # Errors
    /// When the semaphore is closed.
    #[track_caller]
    pub fn acquire_many(
        &self,
        count: u32,
    ) -> impl Future<Output = Result<SemaphorePermit<'_>, AcquireError>> {
        let place = Location::caller();
        async move {
            let acquired = self.tokio().acquire_many(count);
            let permit = Announced::new(self, ACQUIRE_MANY, Some(CANCEL), place, acquired).await?;
            Ok(SemaphorePermit(Ended::new(self, RELEASE, place, permit)))
        }
    }

    /// Takes a permit if there is one.
    ///
    /// # Errors
    /// When there is none, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        self.try_acquire_many(1)
    }

    /// Takes so many permits if they are there.
    ///
    /// # Errors
    /// When they are not, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many(&self, count: u32) -> Result<SemaphorePermit<'_>, TryAcquireError> {
        let permit = self.try_call(TRY_ACQUIRE, || self.tokio().try_acquire_many(count))?;
        Ok(SemaphorePermit(Ended::new(self, RELEASE, Location::caller(), permit)))
    }

    /// Waits for a permit, outside of async code.
    ///
    /// # Errors
    /// When the semaphore is closed.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_acquire(&self) -> Result<SemaphorePermit<'_>, AcquireError> {
        self.blocking_acquire_many(1)
    }

    /// Waits for so many permits, outside of async code.
    ///
    /// # Errors
    /// When the semaphore is closed.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_acquire_many(&self, count: u32) -> Result<SemaphorePermit<'_>, AcquireError> {
        let place = Location::caller();
        let acquired = self.tokio().acquire_many(count);
        let acquired = Announced::new(self, ACQUIRE_MANY, Some(CANCEL), place, acquired);
        let permit = block_on(|| self.tokio().blocking_acquire_many(count), acquired)?;
        Ok(SemaphorePermit(Ended::new(self, RELEASE, place, permit)))
    }

    /// As [`Semaphore::acquire`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When the semaphore is closed.
    #[track_caller]
    pub fn acquire_owned(
        self: Arc<Self>,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> {
        let place = Location::caller();
        async move {
            let acquired = self.tokio().clone().acquire_owned();
            let permit = Announced::new(&self, ACQUIRE, Some(CANCEL), place, acquired).await?;
            Ok(OwnedSemaphorePermit(Ended::new(self, RELEASE, place, permit)))
        }
    }

    /// As [`Semaphore::acquire_many`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When the semaphore is closed.
    #[track_caller]
    pub fn acquire_many_owned(
        self: Arc<Self>,
        count: u32,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> {
        let place = Location::caller();
        async move {
            let acquired = self.tokio().clone().acquire_many_owned(count);
            let permit = Announced::new(&self, ACQUIRE_MANY, Some(CANCEL), place, acquired).await?;
            Ok(OwnedSemaphorePermit(Ended::new(self, RELEASE, place, permit)))
        }
    }

    /// As [`Semaphore::try_acquire`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When there is none, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        self.try_acquire_many_owned(1)
    }

    /// As [`Semaphore::try_acquire_many`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When they are not there, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire_many_owned(
        self: Arc<Self>,
        count: u32,
    ) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        let permit = self.try_call(TRY_ACQUIRE, || self.tokio().clone().try_acquire_many_owned(count))?;
        Ok(OwnedSemaphorePermit(Ended::new(self, RELEASE, Location::caller(), permit)))
    }

    /// As [`Semaphore::blocking_acquire`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When the semaphore is closed.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_acquire_owned(self: Arc<Self>) -> Result<OwnedSemaphorePermit, AcquireError> {
        self.blocking_acquire_many_owned(1)
    }

    /// As [`Semaphore::blocking_acquire_many`], for a permit that keeps the semaphore alive.
    ///
    /// # Errors
    /// When the semaphore is closed.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_acquire_many_owned(
        self: Arc<Self>,
        count: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        let place = Location::caller();
        let acquired = self.tokio().clone().acquire_many_owned(count);
        let acquired = Announced::new(&self, ACQUIRE_MANY, Some(CANCEL), place, acquired);
        let for_real = || self.tokio().clone().blocking_acquire_many_owned(count);
        let permit = block_on(for_real, acquired)?;
        Ok(OwnedSemaphorePermit(Ended::new(self, RELEASE, place, permit)))
    }

    /// Gives out no more permits; who waits gets an error.
    #[track_caller]
    pub fn close(&self) {
        self.call(CLOSE, || self.tokio().close());
    }

    /// Whether it is closed.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.call(IS_CLOSED, || self.tokio().is_closed())
    }

    fn tokio(&self) -> &Arc<Tokio> {
        self.tokio.get(|| Tokio::new(self.permits))
    }
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").finish_non_exhaustive()
    }
}

/// A permit, or several; dropping it gives them back.
#[must_use = "the permit is given back at once when it is dropped"]
pub struct SemaphorePermit<'a>(Ended<&'a Semaphore, tokio::sync::SemaphorePermit<'a>>);

/// As [`SemaphorePermit`], of a semaphore that it keeps alive.
#[must_use = "the permit is given back at once when it is dropped"]
pub struct OwnedSemaphorePermit(Ended<Arc<Semaphore>, tokio::sync::OwnedSemaphorePermit>);

/// What both kinds of permits can do.
macro_rules! permit {
    ($permit:ident $(<$life:lifetime>)?, $owner:ty) => {
        impl $(<$life>)? $permit $(<$life>)? {
            /// Keeps the permits from the semaphore for good.
            #[track_caller]
            pub fn forget(self) {
                self.0.owner().call(FORGET, || {});
                self.0.into_inner().forget();
            }

            /// Takes another's permits over.
            ///
            /// # Panics
            /// If they are another semaphore's.
            #[track_caller]
            pub fn merge(&mut self, other: Self) {
                assert!(
                    std::ptr::eq::<Semaphore>(&**self.0.owner(), &**other.0.owner()),
                    "permits of two semaphores cannot be merged"
                );
                self.0.get_mut().merge(other.0.into_inner());
            }

            /// Splits so many permits off; `None` if there are not as many.
            #[track_caller]
            pub fn split(&mut self, count: usize) -> Option<Self> {
                let split = self.0.get_mut().split(count)?;
                Some($permit(Ended::new(self.0.owner().clone(), RELEASE, Location::caller(), split)))
            }

            /// Whose permits these are.
            pub fn semaphore(&self) -> $owner {
                self.0.owner()
            }

            /// How many permits these are.
            pub fn num_permits(&self) -> usize {
                self.0.get().num_permits()
            }
        }

        impl $(<$life>)? fmt::Debug for $permit $(<$life>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = f.debug_struct(stringify!($permit));
                text.field("permits", &self.num_permits()).finish_non_exhaustive()
            }
        }
    };
}

permit!(SemaphorePermit<'a>, &Semaphore);
permit!(OwnedSemaphorePermit, &Arc<Semaphore>);
