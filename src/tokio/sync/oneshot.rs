//! One message, once.
//!
//! ```
//! use conccheck::tokio::{sync::oneshot, task::spawn};
//! use conccheck::{Checker, task::Runtime};
//!
//! Checker::new().check(|| {
//!     Runtime::multi_thread(2).block_on(async {
//!         let (sender, receiver) = oneshot::channel();
//!         spawn(async move { sender.send(42).unwrap() });
//!         assert_eq!(receiver.await, Ok(42));
//!     });
//! });
//! ```

use super::announced::{Announced, Ended, Owner, Shared, is_real, poll_unconstrained};
use crate::backend::Call;
use crate::task;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::sync::oneshot as tokio_oneshot;

pub use self::error::RecvError;

pub mod error {
    //! What goes wrong, as in `tokio::sync::oneshot::error`.

    pub use tokio::sync::oneshot::error::{RecvError, TryRecvError};
}

const WHAT: &str = "oneshot";

const SEND: Call = Call::tries(&"send");
const CLOSED: Call = Call::takes(&"closed");
const IS_CLOSED: Call = Call::looks(&"is_closed");
const CANCEL: Call = Call::takes(&"cancel");
const RECV: Call = Call::tries(&"recv");
const TRY_RECV: Call = Call::tries(&"try_recv");
const CLOSE: Call = Call::changes(&"close");
const IS_EMPTY: Call = Call::looks(&"is_empty");
const DROP_SENDER: Call = Call::changes(&"drop sender");
const DROP_RECEIVER: Call = Call::changes(&"drop receiver");

/// A channel for one message.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (shared, place) = (Shared::new(WHAT), Location::caller());
    let (sender, receiver) = tokio_oneshot::channel();
    (
        Sender(Ended::new(shared.clone(), DROP_SENDER, place, sender)),
        Receiver(Ended::new(shared, DROP_RECEIVER, place, receiver)),
    )
}

/// Sends the message. Dropping it without tells the receiver that none comes.
pub struct Sender<T>(Ended<Shared, tokio_oneshot::Sender<T>>);

/// Gets the message, as a future. Dropping it tells the sender that nobody waits.
#[must_use = "futures do nothing unless they are awaited"]
pub struct Receiver<T>(Ended<Shared, tokio_oneshot::Receiver<T>>);

impl<T> Sender<T> {
    /// Sends the message.
    ///
    /// # Errors
    /// The message, when the receiver is gone or closed.
    #[track_caller]
    pub fn send(self, message: T) -> Result<(), T> {
        let shared = self.0.owner().clone();
        let sender = self.0.into_inner();
        shared.try_call(SEND, || sender.send(message))
    }

    /// Waits until the receiver is gone or closed.
    #[track_caller]
    pub fn closed(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let shared = self.0.owner().clone();
            Announced::new(shared, CLOSED, Some(CANCEL), place, self.0.get_mut().closed()).await;
        }
    }

    /// As [`Sender::closed`], for who writes a future.
    #[track_caller]
    pub fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let shared = self.0.owner().clone();
        let closed = poll_fn(|context| self.0.get_mut().poll_closed(context));
        shared.poll(CLOSED, Location::caller(), || poll_unconstrained(pin!(closed), context))
    }

    /// Whether the receiver is gone or closed.
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        self.0.owner().call(IS_CLOSED, || self.0.get().is_closed())
    }
}

impl<T> Receiver<T> {
    /// Lets nothing more in; what was sent before can be had still.
    #[track_caller]
    pub fn close(&mut self) {
        let shared = self.0.owner().clone();
        shared.call(CLOSE, || self.0.get_mut().close());
    }

    /// The message, if it is there.
    ///
    /// # Errors
    /// When it is not, or none will come.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, error::TryRecvError> {
        let shared = self.0.owner().clone();
        shared.try_call(TRY_RECV, || self.0.get_mut().try_recv())
    }

    /// Waits for the message, outside of async code.
    ///
    /// # Errors
    /// When none will come.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_recv(self) -> Result<T, RecvError> {
        if is_real() {
            return self.0.into_inner().blocking_recv();
        }
        task::wait_blocking(self)
    }

    /// Whether there is no message.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.0.owner().call(IS_EMPTY, || self.0.get().is_empty())
    }

    /// Whether the message was taken, or it was found that none comes.
    pub fn is_terminated(&self) -> bool {
        self.0.get().is_terminated()
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let shared = self.0.owner().clone();
        let place = Location::caller();
        shared.poll(RECV, place, || poll_unconstrained(Pin::new(self.0.get_mut()), context))
    }
}

impl<T: fmt::Debug> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
