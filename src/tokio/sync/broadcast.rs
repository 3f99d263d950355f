//! Many senders, and each receiver gets all messages; one that is slow loses the oldest.
//!
//! tokio clones and drops messages while it holds a lock of its own. A message that does something there that a checker
//! sees would have others run into that lock. So inside a check the channel has messages behind an `Arc`, from which
//! receivers clone when the lock is free, and lets go of those that nobody wants any more itself.
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
use crate::backend::Call;
use crate::task;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
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
const CLONE: Call = Call::looks(&"clone");
const COUNT: Call = Call::takes(&"strong_count");
const DOWNGRADE: Call = Call::looks(&"downgrade");
const UPGRADE: Call = Call::takes(&"upgrade");
const DROP_SENDER: Call = Call::changes(&"drop sender");
const DROP_WEAK: Call = Call::looks(&"drop weak sender");
const DROP_RECEIVER: Call = Call::changes(&"drop receiver");

/// A message as tokio has it.
#[derive(Clone)]
enum Message<T> {
    Plain(T),
    Kept(Arc<T>),
}

/// What the ends of a channel share.
struct Channel<T> {
    shared: Shared,
    /// The messages that tokio has, so that it is never tokio that drops the last `Arc`. None for real.
    kept: Option<Arc<Mutex<Vec<Arc<T>>>>>,
}

impl<T> Channel<T> {
    #[track_caller]
    fn new() -> Self {
        let shared = Shared::new(WHAT);
        let kept = shared.is_checked().then(Arc::default);
        Channel { shared, kept }
    }

    /// Drops the messages that tokio has no more.
    fn sweep(&self) {
        let Some(kept) = &self.kept else { return };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let dropped: Vec<Arc<T>> = kept.extract_if(.., |message| Arc::strong_count(message) == 1).collect();
        drop(kept);
        drop(dropped);
    }
}

impl<T> Clone for Channel<T> {
    fn clone(&self) -> Self {
        Channel { shared: self.shared.clone(), kept: self.kept.clone() }
    }
}

impl<T> Owner for Channel<T> {
    fn callee(&self) -> Option<&crate::backend::Callee> {
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
        let Some(kept) = &channel.kept else {
            let plain = Message::Plain(message);
            return channel.try_call(SEND, || self.0.get().send(plain)).map_err(plain_error);
        };
        let message = Arc::new(message);
        let sent = channel.try_call(SEND, || {
            // It is kept before others can get it.
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
            self.0.get().send(Message::Kept(message.clone()))
        });
        let result = match sent {
            Ok(count) => Ok(count),
            Err(error::SendError(refused)) => {
                drop(refused);
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.retain(|other| !Arc::ptr_eq(other, &message));
                drop(kept);
                let message = Arc::into_inner(message).expect("nobody else has it");
                return Err(error::SendError(message));
            }
        };
        drop(message);
        channel.sweep();
        result
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

fn plain_error<T>(error::SendError(message): error::SendError<Message<T>>) -> error::SendError<T> {
    match message {
        Message::Plain(message) => error::SendError(message),
        Message::Kept(_) => unreachable!("it was sent as it was"),
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
            let received = Announced::new(&channel, RECV, Some(CANCEL), place, self.0.get_mut().recv()).await;
            take(&channel, received)
        }
    }

    /// The next message, if it is there.
    ///
    /// # Errors
    /// As [`Receiver::recv`]; `Empty` when it is not there.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, error::TryRecvError> {
        let channel = self.0.owner().clone();
        let received = channel.try_call(TRY_RECV, || self.0.get_mut().try_recv());
        take(&channel, received)
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
            return take(self.0.owner(), received);
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
fn take<T: Clone, E>(channel: &Channel<T>, received: Result<Message<T>, E>) -> Result<T, E> {
    let message = received.map(|message| match message {
        Message::Plain(message) => message,
        Message::Kept(message) => T::clone(&message),
    });
    channel.sweep();
    message
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let (channel, place) = (self.0.owner().clone(), self.0.place());
        if let Some(receiver) = self.0.take() {
            channel.end(DROP_RECEIVER, place, || drop(receiver));
            channel.sweep();
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get().fmt(f)
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get().fmt(f)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.get().fmt(f)
    }
}
