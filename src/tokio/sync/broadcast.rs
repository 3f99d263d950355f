//! Many senders, and each receiver gets all messages; one that is slow loses the oldest.
//!
//! tokio clones and drops messages while it holds a lock of its own. A message that does something there that a checker
//! sees would have others run into that lock. So inside a check a message is behind an `Arc` of the checker's, from which
//! receivers clone when the lock is free, and of which it is never tokio that lets go.
//!
//! ```
//! use conccheck::tokio::{sync::broadcast, task::spawn};
//! use conccheck::{Checker, task::Runtime};
//!
//! Checker::new().check(|| {
//!     Runtime::multi_thread(2).block_on(async {
//!         let (sender, mut receiver) = broadcast::channel(2);
//!         let mut other = sender.subscribe();
//!         let other = spawn(async move { other.recv().await.unwrap() });
//!         sender.send("hello").unwrap();
//!         assert_eq!((receiver.recv().await.unwrap(), other.await.unwrap()), ("hello", "hello"));
//!     });
//! });
//! ```

use super::announced::{Announced, Ended, Owner, Shared, is_real};
use crate::backend::{Call, Callee};
use crate::sync::Arc as CheckedArc;
use crate::task;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use tokio::sync::broadcast;

pub mod error {
    //! What goes wrong, as in `tokio::sync::broadcast::error`.

    pub use tokio::sync::broadcast::error::{RecvError, SendError, TryRecvError};
}

const WHAT: &str = "broadcast";

const SEND: Call = Call::tries(&"send");
const SUBSCRIBE: Call = Call::changes(&"subscribe");
const RESUBSCRIBE: Call = Call::changes(&"resubscribe");
const RECV: Call = Call::tries(&"recv");
const TRY_RECV: Call = Call::tries(&"try_recv");
const CANCEL: Call = Call::takes(&"cancel");
const CLOSED: Call = Call::takes(&"closed");
const IS_CLOSED: Call = Call::looks(&"is_closed");
const LEN: Call = Call::looks(&"len");
const RECEIVER_COUNT: Call = Call::looks(&"receiver_count");
const CLONE: Call = Call::counts(&"clone");
const COUNT: Call = Call::takes(&"strong_count");
const DOWNGRADE: Call = Call::counts(&"downgrade");
const UPGRADE: Call = Call::takes(&"upgrade");
const DROP_SENDER: Call = Call::changes(&"drop sender");
const DROP_WEAK: Call = Call::counts(&"drop weak sender");
const DROP_RECEIVER: Call = Call::changes(&"drop receiver");

/// A message as tokio has it.
#[derive(Clone)]
enum Message<T> {
    Plain(T),
    Kept(Arc<Slot<T>>),
}

/// A message, of which owners that are no part of the channel may be left when that has it no more.
struct Slot<T> {
    message: CheckedArc<T>,
    /// That of the machine on which the tasks of the execution run.
    home: ThreadId,
}

// SAFETY: several tasks look at the message, but on one thread of the machine, which `Slot::message` sees to. What else is
// done with it moves it, as a drop does.
unsafe impl<T: Send> Send for Slot<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Slot<T> {}

impl<T> Slot<T> {
    fn new(message: T) -> Self {
        Slot { message: CheckedArc::new(message), home: thread::current().id() }
    }

    /// An owner of the message, who stays on this thread.
    fn message(&self) -> CheckedArc<T> {
        assert!(
            self.home == thread::current().id(),
            "a broadcast channel that was made inside a check is used by a thread that is no part of it"
        );
        self.message.clone()
    }
}

/// What a receiver has got.
enum Got<T> {
    Plain(T),
    Kept(CheckedArc<T>),
}

/// What the ends of a channel share.
struct Channel<T> {
    shared: Shared,
    /// The messages that tokio has, and those that it had until now. None for real.
    kept: Option<Arc<Mutex<Messages<T>>>>,
}

/// Messages, which end when this does if they have no other owner.
type Messages<T> = Vec<Arc<Slot<T>>>;

impl<T> Channel<T> {
    #[track_caller]
    fn new() -> Self {
        let shared = Shared::new(WHAT);
        let kept = shared.is_checked().then(Arc::default);
        Channel { shared, kept }
    }

    fn kept(&self) -> Option<MutexGuard<'_, Messages<T>>> {
        self.kept.as_ref().map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What tokio has, in the shape that it has it.
    fn keep(&self, message: T) -> Message<T> {
        let Some(mut kept) = self.kept() else { return Message::Plain(message) };
        let slot = Arc::new(Slot::new(message));
        kept.push(slot.clone());
        Message::Kept(slot)
    }

    /// A message that tokio would not have.
    fn take_back(&self, message: Message<T>) -> T {
        let slot = match message {
            Message::Plain(message) => return message,
            Message::Kept(slot) => slot,
        };
        self.kept().into_iter().for_each(|mut kept| kept.retain(|other| !Arc::ptr_eq(other, &slot)));
        let Slot { message, .. } = Arc::into_inner(slot).expect("nobody else has it");
        CheckedArc::into_inner(message).expect("nobody else has it")
    }

    /// What tokio gives. To be done at one go with that.
    fn got<E>(&self, received: Result<Message<T>, E>) -> (Result<Got<T>, E>, Messages<T>) {
        let got = received.map(|message| match message {
            Message::Plain(message) => Got::Plain(message),
            Message::Kept(slot) => Got::Kept(slot.message()),
        });
        (got, self.gone())
    }

    /// The messages that tokio has no more. To be asked at one go with what it did.
    fn gone(&self) -> Messages<T> {
        let Some(mut kept) = self.kept() else { return Messages::new() };
        kept.extract_if(.., |slot| Arc::strong_count(slot) == 1).collect()
    }
}

impl<T> Clone for Channel<T> {
    fn clone(&self) -> Self {
        Channel { shared: self.shared.clone(), kept: self.kept.clone() }
    }
}

impl<T> Owner for Channel<T> {
    fn callee(&self) -> Option<&Callee> {
        self.shared.callee()
    }

    fn what(&self) -> &'static str {
        WHAT
    }
}

/// A channel that has so many messages for the slowest receiver; tokio rounds that up.
///
/// # Panics
/// If that is zero, or too many.
#[track_caller]
pub fn channel<T: Clone>(room: usize) -> (Sender<T>, Receiver<T>) {
    let (channel, place) = (Channel::new(), Location::caller());
    let (sender, receiver) = broadcast::channel(room);
    (
        Sender(Ended::new(channel.clone(), DROP_SENDER, place, sender)),
        Receiver(Ended::new(channel, DROP_RECEIVER, place, receiver)),
    )
}

/// Sends messages. When the last is dropped, the channel is closed.
pub struct Sender<T>(Ended<Channel<T>, broadcast::Sender<Message<T>>>);

/// A sender that does not keep the channel open.
pub struct WeakSender<T>(Ended<Channel<T>, broadcast::WeakSender<Message<T>>>);

/// Gets all messages that are sent since it was made.
pub struct Receiver<T>(Ended<Channel<T>, broadcast::Receiver<Message<T>>>);

impl<T> Sender<T> {
    /// A channel without a receiver, with room as [`channel`] has.
    ///
    /// # Panics
    /// As that.
    #[track_caller]
    pub fn new(room: usize) -> Self {
        Sender(Ended::new(Channel::new(), DROP_SENDER, Location::caller(), broadcast::Sender::new(room)))
    }

    /// Sends a message to all receivers; how many these are.
    ///
    /// # Errors
    /// The message, when there is no receiver.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<usize, error::SendError<T>> {
        let channel = self.0.owner();
        let mut gone = Messages::new();
        let sent = channel.try_call(SEND, || {
            let sent = self.0.get().send(channel.keep(message));
            gone = channel.gone();
            sent
        });
        sent.map_err(|error::SendError(message)| error::SendError(channel.take_back(message)))
    }

    /// A receiver of what is sent from here on.
    #[track_caller]
    pub fn subscribe(&self) -> Receiver<T> {
        let channel = self.0.owner().clone();
        let receiver = channel.call(SUBSCRIBE, || self.0.get().subscribe());
        Receiver(Ended::new(channel, DROP_RECEIVER, Location::caller(), receiver))
    }

    /// A weak one.
    #[track_caller]
    #[must_use = "it keeps nothing open by itself"]
    pub fn downgrade(&self) -> WeakSender<T> {
        let channel = self.0.owner().clone();
        let weak = channel.call(DOWNGRADE, || self.0.get().downgrade());
        WeakSender(Ended::new(channel, DROP_WEAK, Location::caller(), weak))
    }

    /// How many messages some receiver has not got yet.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.0.owner().call(LEN, || self.0.get().len())
    }

    /// Whether all receivers have got all messages.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.0.owner().call(LEN, || self.0.get().is_empty())
    }

    /// How many receivers there are.
    #[track_caller]
    pub fn receiver_count(&self) -> usize {
        self.0.owner().call(RECEIVER_COUNT, || self.0.get().receiver_count())
    }

    /// Whether both send to the same receivers.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.0.get().same_channel(other.0.get())
    }

    /// Waits until all receivers are gone.
    #[track_caller]
    pub fn closed(&self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            Announced::new(self.0.owner(), CLOSED, Some(CANCEL), place, self.0.get().closed()).await;
        }
    }

    /// How many senders there are.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().strong_count())
    }

    /// How many weak senders there are.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().weak_count())
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let channel = self.0.owner().clone();
        let sender = channel.call(CLONE, || self.0.get().clone());
        Sender(Ended::new(channel, DROP_SENDER, Location::caller(), sender))
    }
}

impl<T> WeakSender<T> {
    /// A sender, if there is one still.
    #[track_caller]
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let channel = self.0.owner().clone();
        let sender = channel.call(UPGRADE, || self.0.get().upgrade())?;
        Some(Sender(Ended::new(channel, DROP_SENDER, Location::caller(), sender)))
    }

    /// How many senders there are.
    #[track_caller]
    pub fn strong_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().strong_count())
    }

    /// How many weak senders there are.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().weak_count())
    }
}

impl<T> Clone for WeakSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        let channel = self.0.owner().clone();
        let weak = channel.call(CLONE, || self.0.get().clone());
        WeakSender(Ended::new(channel, DROP_WEAK, Location::caller(), weak))
    }
}

impl<T> Receiver<T> {
    /// How many messages there are for this receiver, lost ones included.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.0.owner().call(LEN, || self.0.get().len())
    }

    /// Whether there is none for it.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.0.owner().call(LEN, || self.0.get().is_empty())
    }

    /// Whether both get what the same senders send.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.0.get().same_channel(other.0.get())
    }

    /// Whether all senders are gone.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.0.owner().call(IS_CLOSED, || self.0.get().is_closed())
    }

    /// How many senders there are.
    #[track_caller]
    pub fn sender_strong_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().sender_strong_count())
    }

    /// How many weak senders there are.
    #[track_caller]
    pub fn sender_weak_count(&self) -> usize {
        self.0.owner().call(COUNT, || self.0.get().sender_weak_count())
    }
}

impl<T: Clone> Receiver<T> {
    /// Waits for the next message.
    ///
    /// # Errors
    /// `Lagged` with the number of messages that were lost; `Closed` when all senders are gone and nothing is left.
    #[track_caller]
    pub fn recv(&mut self) -> impl Future<Output = Result<T, error::RecvError>> {
        let place = Location::caller();
        async move {
            let channel = self.0.owner().clone();
            let received = async { channel.got(self.0.get_mut().recv().await) };
            own(Announced::new(&channel, RECV, Some(CANCEL), place, received).await)
        }
    }

    /// The next message, if it is there.
    ///
    /// # Errors
    /// As [`Receiver::recv`]; `Empty` when it is not there.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, error::TryRecvError> {
        let channel = self.0.owner().clone();
        let mut gone = Messages::new();
        let got = channel.try_call(TRY_RECV, || {
            let (got, no_more) = channel.got(self.0.get_mut().try_recv());
            gone = no_more;
            got
        });
        own((got, gone))
    }

    /// As [`Receiver::recv`], outside of async code.
    ///
    /// # Errors
    /// As [`Receiver::recv`].
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_recv(&mut self) -> Result<T, error::RecvError> {
        if is_real() {
            let received = self.0.get_mut().blocking_recv();
            return own(self.0.owner().got(received));
        }
        task::wait_blocking(self.recv())
    }

    /// Another receiver, of what is sent from here on.
    #[track_caller]
    #[must_use = "it gets only what is sent while it is there"]
    pub fn resubscribe(&self) -> Self {
        let channel = self.0.owner().clone();
        let receiver = channel.call(RESUBSCRIBE, || self.0.get().resubscribe());
        Receiver(Ended::new(channel, DROP_RECEIVER, Location::caller(), receiver))
    }
}

/// The receiver's own copy.
fn own<T: Clone, E>((got, gone): (Result<Got<T>, E>, Messages<T>)) -> Result<T, E> {
    let message = got.map(|got| match got {
        Got::Plain(message) => message,
        Got::Kept(message) => T::clone(&message),
    });
    drop(gone);
    message
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let (channel, place) = (self.0.owner().clone(), self.0.place());
        if let Some(receiver) = self.0.take() {
            let _gone = channel.end(DROP_RECEIVER, place, || {
                drop(receiver);
                channel.gone()
            });
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
