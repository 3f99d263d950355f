//! A channel that always has room.

use super::super::announced::{Announced, Ended, Owner, Shared, is_real, poll_unconstrained};
use super::receiver::receiver;
use super::sender::sender;
use super::*;
use crate::task;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A channel that always has room.
#[track_caller]
pub fn unbounded_channel<T>() -> (UnboundedSender<T>, UnboundedReceiver<T>) {
    let (shared, place) = (Shared::new(WHAT), Location::caller());
    let (sender, receiver) = mpsc::unbounded_channel();
    (
        UnboundedSender(Ended::new(shared.clone(), DROP_SENDER, place, sender)),
        UnboundedReceiver(Ended::new(shared, DROP_RECEIVER, place, receiver)),
    )
}

sender! {
    /// Sends messages. When the last is dropped, the channel is closed.
    UnboundedSender, WeakUnboundedSender
}
receiver! {
    /// Gets messages, in the order in which they were sent.
    UnboundedReceiver of UnboundedSender
}

impl<T> UnboundedSender<T> {
    /// Sends a message.
    ///
    /// # Errors
    /// The message, when the receiver is gone or closed.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), error::SendError<T>> {
        self.0.owner().try_call(SEND, || self.0.get().send(message))
    }
}
