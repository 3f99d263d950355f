//! A value that is made once, by an async function.

use super::announced::{Announced, Owner, Place, is_real};
use crate::backend::{Call, Callee, SharedHome};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use tokio::sync::{OnceCell as Tokio, SetError};

const WHAT: &str = "once cell";

const GET: Call = Call::looks(&"get");
const INITIALIZED: Call = Call::looks(&"initialized");
const SET: Call = Call::tries(&"set");
const GET_OR_INIT: Call = Call::takes(&"get_or_init");
const GET_OR_TRY_INIT: Call = Call::takes(&"get_or_try_init");
const INITIALIZE: Call = Call::changes(&"initialize");
const CANCEL: Call = Call::takes(&"cancel");

/// [`tokio::sync::OnceCell`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::{sync::OnceCell, task::spawn};
/// use conccheck::{Checker, task::Runtime};
///
/// static ANSWER: OnceCell<u32> = OnceCell::const_new();
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let other = spawn(async { *ANSWER.get_or_init(|| async { 1 }).await });
///         let answer = *ANSWER.get_or_init(|| async { 2 }).await;
///         assert_eq!(other.await.unwrap(), answer);
///     });
/// });
/// ```
pub struct OnceCell<T> {
    callee: Callee,
    tokio: SharedHome<Tokio<T>>,
}

impl<T> Owner for OnceCell<T> {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl<T> OnceCell<T> {
    /// An empty cell.
    #[track_caller]
    pub fn new() -> Self {
        OnceCell::const_new()
    }

    /// As [`OnceCell::new`], in a `const` or a static.
    #[track_caller]
    pub const fn const_new() -> Self {
        OnceCell { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new()) }
    }

    /// A cell that has this value, if it is one.
    #[track_caller]
    pub fn new_with(value: Option<T>) -> Self {
        OnceCell { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::new_with(value)) }
    }

    /// A cell that has this value, in a `const` or a static.
    #[track_caller]
    pub const fn const_new_with(value: T) -> Self {
        OnceCell { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new_with(value)) }
    }

    /// Whether it has a value.
    #[track_caller]
    pub fn initialized(&self) -> bool {
        self.call(INITIALIZED, || self.tokio.get().initialized())
    }

    /// The value, if there is one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        self.call(GET, || self.tokio.get().get())
    }

    /// The value, if there is one, which nobody else can have.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.tokio.get_mut().get_mut()
    }

    /// Gives it its value.
    ///
    /// # Errors
    /// When it has one, or somebody is about to make one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), SetError<T>> {
        self.try_call(SET, || self.tokio.get().set(value))
    }

    /// The value, which `make` makes if there is none. Who comes meanwhile waits; if `make` panics or is cancelled, the
    /// next has a try.
    #[track_caller]
    pub fn get_or_init<F, Fut>(&self, make: F) -> impl Future<Output = &T>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = T>,
    {
        let place = Location::caller();
        async move {
            let got = self.tokio.get().get_or_init(|| self.initialize(make, place));
            Announced::open(self, GET_OR_INIT, Some(CANCEL), place, got).await
        }
    }

    /// As [`OnceCell::get_or_init`]; after an error of `make` the next has a try.
    ///
    /// # Errors
    /// That of `make`.
    #[track_caller]
    pub fn get_or_try_init<E, F, Fut>(&self, make: F) -> impl Future<Output = Result<&T, E>>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, E>>,
    {
        let place = Location::caller();
        async move {
            let got = self.tokio.get().get_or_try_init(|| self.initialize(make, place));
            Announced::open(self, GET_OR_TRY_INIT, Some(CANCEL), place, got).await
        }
    }

    /// What `make` makes; tokio does what has to be done with that at once.
    async fn initialize<R, Fut: Future<Output = R>>(&self, make: impl FnOnce() -> Fut, place: Place) -> R {
        if is_real() {
            return make().await;
        }
        let begun = Begun { owner: self, place };
        let made = make().await;
        std::mem::forget(begun);
        self.announce(INITIALIZE, place);
        made
    }

    /// The value, if there is one.
    pub fn into_inner(self) -> Option<T> {
        self.tokio.into_inner().into_inner()
    }

    /// The value, if there is one; the cell is empty then.
    pub fn take(&mut self) -> Option<T> {
        self.tokio.get_mut().take()
    }
}

/// Somebody makes the value; if that has no end, the next is let in.
struct Begun<'a, T> {
    owner: &'a OnceCell<T>,
    place: Place,
}

impl<T> Drop for Begun<'_, T> {
    fn drop(&mut self) {
        self.owner.end(CANCEL, self.place, || {});
    }
}

impl<T> Default for OnceCell<T> {
    #[track_caller]
    fn default() -> Self {
        OnceCell::new()
    }
}

impl<T> From<T> for OnceCell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        OnceCell::new_with(Some(value))
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        OnceCell::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for OnceCell<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceCell<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceCell").field("value", &self.get()).finish()
    }
}
