//! A value that is set once, and waited for.

use super::announced::{Announced, Owner};
use crate::backend::{Call, Callee, SharedHome};
use std::fmt;
use std::future::Future;
use std::panic::Location;
use tokio::sync::{SetOnce as Tokio, SetOnceError};

const WHAT: &str = "set once";

const GET: Call = Call::looks(&"get");
const INITIALIZED: Call = Call::looks(&"initialized");
const SET: Call = Call::tries(&"set");
const WAIT: Call = Call::takes(&"wait");
const CANCEL: Call = Call::takes(&"cancel");

/// [`tokio::sync::SetOnce`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::{sync::SetOnce, task::spawn};
/// use conccheck::{Checker, task::Runtime};
///
/// static NAME: SetOnce<&str> = SetOnce::const_new();
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         spawn(async { NAME.set("Ada").unwrap() });
///         assert_eq!(*NAME.wait().await, "Ada");
///     });
/// });
/// ```
pub struct SetOnce<T> {
    callee: Callee,
    tokio: SharedHome<Tokio<T>>,
}

impl<T> Owner for SetOnce<T> {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl<T> SetOnce<T> {
    /// One without a value.
    #[track_caller]
    pub fn new() -> Self {
        SetOnce::const_new()
    }

    /// As [`SetOnce::new`], in a `const` or a static.
    #[track_caller]
    pub const fn const_new() -> Self {
        SetOnce { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new()) }
    }

    /// One that has this value, if it is one.
    #[track_caller]
    pub fn new_with(value: Option<T>) -> Self {
        SetOnce { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::new_with(value)) }
    }

    /// One that has this value, in a `const` or a static.
    #[track_caller]
    pub const fn const_new_with(value: T) -> Self {
        SetOnce { callee: Callee::new(WHAT), tokio: SharedHome::new(Tokio::const_new_with(value)) }
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

    /// Gives it its value.
    ///
    /// # Errors
    /// When it has one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), SetOnceError<T>> {
        self.try_call(SET, || self.tokio.get().set(value))
    }

    /// Waits for the value.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = &T> {
        let place = Location::caller();
        async move { Announced::new(self, WAIT, Some(CANCEL), place, self.tokio.get().wait()).await }
    }

    /// The value, if there is one.
    pub fn into_inner(self) -> Option<T> {
        self.tokio.into_inner().into_inner()
    }
}

impl<T> Default for SetOnce<T> {
    #[track_caller]
    fn default() -> Self {
        SetOnce::new()
    }
}

impl<T> From<T> for SetOnce<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        SetOnce::new_with(Some(value))
    }
}

impl<T: Clone> Clone for SetOnce<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        SetOnce::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for SetOnce<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for SetOnce<T> {}

impl<T: fmt::Debug> fmt::Debug for SetOnce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetOnce").field("value", &self.get()).finish()
    }
}
