//! One value, of which receivers see the newest.
//!
//! tokio has the value under a lock, which a [`Ref`] holds and which `send_modify` holds while the user's code runs. Inside
//! a check there is a lock of the checker's beside it, so that others wait where they can be seen to: a [`Ref`] that is
//! kept while somebody sends is a deadlock that is found. Receivers that wait are woken in the order of their spawning,
//! where tokio draws lots.
//!
//! ```
//! use conccheck::tokio::{sync::watch, task::spawn};
//! use conccheck::{Checker, task::Runtime};
//!
//! Checker::new().check(|| {
//!     Runtime::multi_thread(2).block_on(async {
//!         let (sender, mut receiver) = watch::channel(0);
//!         spawn(async move { sender.send(1).unwrap() });
//!         receiver.changed().await.unwrap();
//!         assert_eq!(*receiver.borrow(), 1);
//!     });
//! });
//! ```

use super::announced::{Announced, Ended, Owner, Shared};
use crate::backend::{self, Call, HeldRead, HeldWrite, RwTurns};
use std::fmt;
use std::future::{Future, poll_fn};
use std::ops::Deref;
use std::panic::Location;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use tokio::sync::watch;

pub mod error {
    //! What goes wrong, as in `tokio::sync::watch::error`.

    pub use tokio::sync::watch::error::{RecvError, SendError};
}

const WHAT: &str = "watch";

const SEND: Call = Call::changes(&"send");
/// Whether there is a receiver: where one is cloned, there is one before too.
const ANYBODY: Call = Call::looks(&"receiver_count");
const CHANGED: Call = Call::takes(&"changed");
const WAIT_FOR: Call = Call::takes(&"wait_for");
const CANCEL: Call = Call::takes(&"cancel");
const HAS_CHANGED: Call = Call::looks(&"has_changed");
const MARK_UNCHANGED: Call = Call::looks(&"mark_unchanged");
const CLOSED: Call = Call::takes(&"closed");
const IS_CLOSED: Call = Call::looks(&"is_closed");
const SUBSCRIBE: Call = Call::changes(&"subscribe");
/// There are more, seen by who counts them alone.
const CLONE: Call = Call::counts(&"clone");
const COUNT: Call = Call::takes(&"count");
const DROP_SENDER: Call = Call::changes(&"drop sender");
const DROP_RECEIVER: Call = Call::changes(&"drop receiver");

/// Who may have the value, inside a check.
type Turns = Option<Arc<RwTurns>>;

/// A channel whose value is `first`.
#[track_caller]
pub fn channel<T>(first: T) -> (Sender<T>, Receiver<T>) {
    let (shared, place) = (Shared::new(WHAT), Location::caller());
    let turns = turns(&shared);
    let (sender, receiver) = watch::channel(first);
    (
        Sender { end: Ended::new(shared.clone(), DROP_SENDER, place, sender), turns: turns.clone() },
        Receiver { end: Ended::new(shared, DROP_RECEIVER, place, receiver), turns },
    )
}

/// Changes the value. When the last is dropped, the channel is closed.
pub struct Sender<T> {
    end: Ended<Shared, watch::Sender<T>>,
    turns: Turns,
}

/// Sees the value, and whether it has changed.
pub struct Receiver<T> {
    end: Ended<Shared, watch::Receiver<T>>,
    turns: Turns,
}

/// The value, which nobody changes meanwhile.
pub struct Ref<'a, T> {
    // In this order: tokio's lock is free when the next may have it.
    inner: watch::Ref<'a, T>,
    #[allow(dead_code, reason = "held for what dropping it does")]
    turn: Option<HeldRead<'a>>,
}

// No closures in these: the place is the caller's.

#[track_caller]
fn turns(shared: &Shared) -> Turns {
    if shared.is_checked() { Some(Arc::new(RwTurns::new())) } else { None }
}

#[track_caller]
fn read(turns: &Turns) -> Option<HeldRead<'_>> {
    let turns = turns.as_ref()?;
    Some(turns.read().unwrap_or_else(PoisonError::into_inner))
}

#[track_caller]
fn write(turns: &Turns) -> Option<HeldWrite<'_>> {
    let turns = turns.as_ref()?;
    Some(turns.write().unwrap_or_else(PoisonError::into_inner))
}

impl<T> Ref<'_, T> {
    /// Whether it was new to the receiver.
    pub fn has_changed(&self) -> bool {
        self.inner.has_changed()
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T: fmt::Debug> fmt::Debug for Ref<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T> Sender<T> {
    /// A channel without a receiver, whose value is `first`.
    #[track_caller]
    pub fn new(first: T) -> Self {
        let shared = Shared::new(WHAT);
        let turns = turns(&shared);
        Sender { end: Ended::new(shared, DROP_SENDER, Location::caller(), watch::Sender::new(first)), turns }
    }

    /// Makes this the value.
    ///
    /// # Errors
    /// The value, when there is no receiver.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), error::SendError<T>> {
        // tokio's own two steps: others may come between them, and what was there before has its end when others may
        // have the value.
        if self.end.owner().call(ANYBODY, || self.end.get().receiver_count()) == 0 {
            return Err(error::SendError(value));
        }
        drop(self.send_replace(value));
        Ok(())
    }

    /// Changes the value, whether or not there is a receiver.
    #[track_caller]
    pub fn send_modify<F>(&self, modify: F)
    where
        F: FnOnce(&mut T),
    {
        self.send_if_modified(|value| {
            modify(value);
            true
        });
    }

    /// Changes the value; receivers hear of it if `modify` says so. Whether it did.
    #[track_caller]
    pub fn send_if_modified<F>(&self, modify: F) -> bool
    where
        F: FnOnce(&mut T) -> bool,
    {
        let place = Location::caller();
        let _turn = write(&self.turns);
        let is_modified = self.end.get().send_if_modified(|value| {
            let is_modified = modify(value);
            if is_modified {
                // Others run while the user's code does. From here on it is tokio's.
                self.end.owner().announce(SEND, place);
                backend::begin_call();
            }
            is_modified
        });
        if is_modified {
            backend::draw_order();
            backend::end_call();
        }
        is_modified
    }

    /// Makes this the value, whether or not there is a receiver; what it was.
    #[track_caller]
    pub fn send_replace(&self, value: T) -> T {
        let _turn = write(&self.turns);
        self.end.owner().call(SEND, || {
            let before = self.end.get().send_replace(value);
            backend::draw_order();
            before
        })
    }

    /// The value.
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let turn = read(&self.turns);
        Ref { inner: self.end.get().borrow(), turn }
    }

    /// Whether there is no receiver.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.end.owner().call(IS_CLOSED, || self.end.get().is_closed())
    }

    /// Waits until there is no receiver.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            Announced::new(self.end.owner(), CLOSED, Some(CANCEL), place, self.end.get().closed()).await;
        }
    }

    /// A receiver, to which the value is not new.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        let shared = self.end.owner().clone();
        let receiver = shared.call(SUBSCRIBE, || self.end.get().subscribe());
        let turns = self.turns.clone();
        Receiver { end: Ended::new(shared, DROP_RECEIVER, Location::caller(), receiver), turns }
    }

    /// How many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        self.end.owner().call(COUNT, || self.end.get().receiver_count())
    }

    /// How many senders there are.
    #[track_caller]
    pub fn sender_count(&self) -> usize {
        self.end.owner().call(COUNT, || self.end.get().sender_count())
    }

    /// Whether both change one value.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.end.get().same_channel(other.end.get())
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let shared = self.end.owner().clone();
        let sender = shared.call(CLONE, || self.end.get().clone());
        let turns = self.turns.clone();
        Sender { end: Ended::new(shared, DROP_SENDER, Location::caller(), sender), turns }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let (shared, place) = (self.end.owner().clone(), self.end.place());
        if let Some(sender) = self.end.take() {
            shared.end(DROP_SENDER, place, || {
                drop(sender);
                backend::draw_order();
            });
        }
    }
}

impl<T: Default> Default for Sender<T> {
    #[track_caller]
    fn default() -> Self {
        Sender::new(T::default())
    }
}

impl<T> Receiver<T> {
    /// The value; whether it is new does not change.
    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        let turn = read(&self.turns);
        Ref { inner: self.end.get().borrow(), turn }
    }

    /// The value, which is not new from here on.
    #[track_caller]
    pub fn borrow_and_update(&mut self) -> Ref<'_, T> {
        let turn = read(&self.turns);
        Ref { inner: self.end.get_mut().borrow_and_update(), turn }
    }

    /// Whether the value is new.
    ///
    /// # Errors
    /// When all senders are gone.
    #[track_caller]
    pub fn has_changed(&self) -> Result<bool, error::RecvError> {
        self.end.owner().call(HAS_CHANGED, || self.end.get().has_changed())
    }

    /// Whether all senders are gone.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.end.owner().call(IS_CLOSED, || self.end.get().is_closed())
    }

    /// Makes the value new to this receiver.
    pub fn mark_changed(&mut self) {
        self.end.get_mut().mark_changed();
    }

    /// The value is not new from here on.
    #[track_caller]
    pub fn mark_unchanged(&mut self) {
        let shared = self.end.owner().clone();
        shared.call(MARK_UNCHANGED, || self.end.get_mut().mark_unchanged());
    }

    /// Waits for a new value, which is not new then.
    ///
    /// # Errors
    /// When there is none and all senders are gone.
    #[track_caller]
    pub fn changed(&mut self) -> impl Future<Output = Result<(), error::RecvError>> {
        let place = Location::caller();
        async move {
            let shared = self.end.owner().clone();
            Announced::new(shared, CHANGED, Some(CANCEL), place, self.end.get_mut().changed()).await
        }
    }

    /// Waits for a value that is `wanted`; the one that is there counts.
    ///
    /// # Errors
    /// When it is not, and all senders are gone.
    #[track_caller]
    pub fn wait_for(
        &mut self,
        wanted: impl FnMut(&T) -> bool,
    ) -> impl Future<Output = Result<Ref<'_, T>, error::RecvError>> {
        let place = Location::caller();
        async move {
            let (shared, turns) = (self.end.owner().clone(), &self.turns);
            let waited = self.end.get_mut().wait_for(wanted);
            let mut waited = pin!(Announced::open(shared, WAIT_FOR, Some(CANCEL), place, waited));
            poll_fn(|context| {
                let turn = read(turns);
                match waited.as_mut().poll(context) {
                    Poll::Ready(Ok(inner)) => Poll::Ready(Ok(Ref { inner, turn })),
                    Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
                    Poll::Pending => Poll::Pending,
                }
            })
            .await
        }
    }

    /// Whether both see one value.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.end.get().same_channel(other.end.get())
    }
}

impl<T> Clone for Receiver<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let shared = self.end.owner().clone();
        let receiver = shared.call(CLONE, || self.end.get().clone());
        let turns = self.turns.clone();
        Receiver { end: Ended::new(shared, DROP_RECEIVER, Location::caller(), receiver), turns }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
