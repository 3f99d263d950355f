//! Notifications without a message: one that is kept until somebody waits, or for all who wait now.

use super::announced::{Announced, Lazily, Owner};
use crate::backend::{Call, Callee};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::Notify as Tokio;

const WHAT: &str = "notify";

// Which calls of `notify_waiters` it hears of is decided here.
const CREATE: Call = Call::looks(&"notified");
const NOTIFIED: Call = Call::tries(&"notified");
const ENABLE: Call = Call::tries(&"enable");
const CANCEL: Call = Call::passes_on(&"cancel");
const NOTIFY_ONE: Call = Call::changes(&"notify_one");
const NOTIFY_LAST: Call = Call::changes(&"notify_last");
const NOTIFY_WAITERS: Call = Call::changes(&"notify_waiters");

/// [`tokio::sync::Notify`](Tokio), under every backend.
///
/// ```
/// use conccheck::tokio::{sync::Notify, task::spawn};
/// use conccheck::{Checker, task::Runtime};
/// use std::sync::Arc;
///
/// Checker::new().check(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let ready = Arc::new(Notify::new());
///         let notifying = ready.clone();
///         spawn(async move { notifying.notify_one() }); // is kept if nobody waits yet
///         ready.notified().await;
///     });
/// });
/// ```
pub struct Notify {
    callee: Callee,
    tokio: Lazily<Tokio>,
}

impl Owner for Notify {
    fn callee(&self) -> Option<&Callee> {
        Some(&self.callee)
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

impl Notify {
    /// Nobody is notified yet.
    #[track_caller]
    pub fn new() -> Self {
        Notify { callee: Callee::new(WHAT), tokio: Lazily::made(Tokio::new()) }
    }

    /// As [`Notify::new`], in a `const` or a static.
    #[track_caller]
    pub const fn const_new() -> Self {
        Notify { callee: Callee::new(WHAT), tokio: Lazily::unmade() }
    }

    /// Waits to be notified. Calls of [`Notify::notify_waiters`] are heard of from here on, those of the others from
    /// the first poll on, or [`Notified::enable`].
    #[track_caller]
    pub fn notified(&self) -> Notified<'_> {
        let notified = self.call(CREATE, || self.tokio().notified());
        Notified { inner: Announced::new(self, NOTIFIED, Some(CANCEL), Location::caller(), notified) }
    }

    /// As [`Notify::notified`], for a future that keeps this alive.
    #[track_caller]
    pub fn notified_owned(self: Arc<Self>) -> OwnedNotified {
        let notified = self.call(CREATE, || self.tokio().clone().notified_owned());
        OwnedNotified { inner: Announced::new(self, NOTIFIED, Some(CANCEL), Location::caller(), notified) }
    }

    /// Notifies the one who has waited longest; or who waits next, if nobody does. Several that nobody waits for are
    /// one.
    #[track_caller]
    pub fn notify_one(&self) {
        self.call(NOTIFY_ONE, || self.tokio().notify_one());
    }

    /// As [`Notify::notify_one`], the one who came last.
    #[track_caller]
    pub fn notify_last(&self) {
        self.call(NOTIFY_LAST, || self.tokio().notify_last());
    }

    /// Notifies all who wait now; who waits later hears nothing of it.
    #[track_caller]
    pub fn notify_waiters(&self) {
        self.call(NOTIFY_WAITERS, || self.tokio().notify_waiters());
    }

    fn tokio(&self) -> &Arc<Tokio> {
        self.tokio.get(Tokio::new)
    }
}

impl Default for Notify {
    #[track_caller]
    fn default() -> Self {
        Notify::new()
    }
}

impl UnwindSafe for Notify {}
impl RefUnwindSafe for Notify {}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notify").finish_non_exhaustive()
    }
}

/// Both kinds of futures.
macro_rules! notified {
    ($(#[$doc:meta])* $name:ident [$($life:lifetime)?] $owner:ty, $tokio:ty) => {
        pin_project! {
            $(#[$doc])*
            #[must_use = "futures do nothing unless they are awaited"]
            pub struct $name$(<$life>)? {
                #[pin]
                inner: Announced<$owner, $tokio>,
            }
        }

        impl$(<$life>)? $name$(<$life>)? {
            /// Waits from here on, without a poll. Whether it is notified already.
            #[track_caller]
            pub fn enable(self: Pin<&mut Self>) -> bool {
                self.project().inner.with(ENABLE, Location::caller(), |notified| notified.enable())
            }
        }

        impl$(<$life>)? Future for $name$(<$life>)? {
            type Output = ();

            fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
                self.project().inner.poll(context)
            }
        }

        impl$(<$life>)? fmt::Debug for $name$(<$life>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

notified! {
    /// Ends when its [`Notify`] notifies it. Dropped before that, it passes on what was for it alone.
    Notified ['a] &'a Notify, tokio::sync::futures::Notified<'a>
}
notified! {
    /// As [`Notified`], of a [`Notify`] that it keeps alive.
    OwnedNotified [] Arc<Notify>, tokio::sync::futures::OwnedNotified
}
