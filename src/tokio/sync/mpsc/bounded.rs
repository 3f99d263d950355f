//! A channel with room for so many messages: who sends waits for room, first come, first served.

use super::super::announced::{Announced, Ended, Owner, Shared, is_real, poll_unconstrained};
use super::receiver::receiver;
use super::sender::sender;
use super::*;
use crate::task;
use crate::tokio::time::timeout;
use std::fmt;
use std::future::{Future, poll_fn};
use std::iter::FusedIterator;
use std::panic::Location;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// A channel with room for so many messages.
///
/// # Panics
/// If that is zero, or more than a semaphore's permits.
#[track_caller]
pub fn channel<T>(room: usize) -> (Sender<T>, Receiver<T>) {
    let (shared, place) = (Shared::new(WHAT), Location::caller());
    let (sender, receiver) = mpsc::channel(room);
    (
        Sender(Ended::new(shared.clone(), DROP_SENDER, place, sender)),
        Receiver(Ended::new(shared, DROP_RECEIVER, place, receiver)),
    )
}

sender! {
    /// Sends messages. When the last is dropped, the channel is closed.
    Sender, WeakSender
}
receiver! {
    /// Gets messages, in the order in which they were sent.
    Receiver of Sender
}

impl<T> Receiver<T> {
    /// How much room there is.
    #[track_caller]
    pub fn capacity(&self) -> usize {
        self.0.owner().call(CAPACITY, || self.0.get().capacity())
    }

    /// How much room there is at most.
    pub fn max_capacity(&self) -> usize {
        self.0.get().max_capacity()
    }
}

impl<T> Sender<T> {
    /// Waits for room, and sends a message.
    ///
    /// # Errors
    /// The message, when the receiver is gone or closed.
    #[track_caller]
    pub fn send(&self, message: T) -> impl Future<Output = Result<(), error::SendError<T>>> {
        let place = Location::caller();
        async move {
            let sent = self.0.get().send(message);
            Announced::new(self.0.owner(), SEND, Some(CANCEL), place, sent).await
        }
    }

    /// Sends a message if there is room.
    ///
    /// # Errors
    /// The message, when there is no room, or the receiver is gone or closed.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), error::TrySendError<T>> {
        self.0.owner().try_call(TRY_SEND, || self.0.get().try_send(message))
    }

    /// As [`Sender::send`], but waits for room only so long.
    ///
    /// # Errors
    /// The message, when there was no room in that time, or the receiver is gone or closed.
    ///
    /// # Panics
    /// Where a [`timeout`](crate::tokio::time::timeout) does.
    #[track_caller]
    pub fn send_timeout(
        &self,
        message: T,
        duration: Duration,
    ) -> impl Future<Output = Result<(), error::SendTimeoutError<T>>> {
        let (reserved, place) = (self.reserve(), Location::caller());
        async move {
            match timeout(duration, reserved).await {
                Err(_) => Err(error::SendTimeoutError::Timeout(message)),
                Ok(Err(_)) => Err(error::SendTimeoutError::Closed(message)),
                Ok(Ok(permit)) => {
                    permit.send_at(place, message);
                    Ok(())
                }
            }
        }
    }

    /// As [`Sender::send`], outside of async code.
    ///
    /// # Errors
    /// The message, when the receiver is gone or closed.
    ///
    /// # Panics
    /// Inside a runtime.
    #[track_caller]
    pub fn blocking_send(&self, message: T) -> Result<(), error::SendError<T>> {
        if is_real() {
            return self.0.get().blocking_send(message);
        }
        task::wait_blocking(self.send(message))
    }

    /// Waits for room for a message.
    ///
    /// # Errors
    /// When the receiver is gone or closed.
    #[track_caller]
    pub fn reserve(&self) -> impl Future<Output = Result<Permit<'_, T>, error::SendError<()>>> {
        let place = Location::caller();
        async move {
            let (shared, reserved) = (self.0.owner(), self.0.get().reserve());
            let permit = Announced::new(shared, RESERVE, Some(CANCEL), place, reserved).await?;
            Ok(Permit(Ended::new(shared.clone(), RELEASE, place, permit)))
        }
    }

    /// Waits for room for so many messages.
    ///
    /// # Errors
    /// When the receiver is gone or closed.
    #[track_caller]
    pub fn reserve_many(
        &self,
        count: usize,
    ) -> impl Future<Output = Result<PermitIterator<'_, T>, error::SendError<()>>> {
        let place = Location::caller();
        async move {
            let (shared, reserved) = (self.0.owner(), self.0.get().reserve_many(count));
            let permits = Announced::new(shared, RESERVE, Some(CANCEL), place, reserved).await?;
            Ok(PermitIterator(Ended::new(shared.clone(), RELEASE, place, permits)))
        }
    }

    /// As [`Sender::reserve`], for a permit that has the sender.
    ///
    /// # Errors
    /// When the receiver is gone or closed.
    #[track_caller]
    pub fn reserve_owned(self) -> impl Future<Output = Result<OwnedPermit<T>, error::SendError<()>>> {
        let place = Location::caller();
        async move {
            let shared = self.0.owner().clone();
            let reserved = self.0.into_inner().reserve_owned();
            let permit = Announced::new(&shared, RESERVE, Some(DROP_SENDER), place, reserved).await?;
            Ok(OwnedPermit(Ended::new(shared, DROP_SENDER, place, permit)))
        }
    }

    /// Takes room for a message if there is some.
    ///
    /// # Errors
    /// When there is none, or the receiver is gone or closed.
    #[track_caller]
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, error::TrySendError<()>> {
        let shared = self.0.owner();
        let permit = shared.try_call(TRY_RESERVE, || self.0.get().try_reserve())?;
        Ok(Permit(Ended::new(shared.clone(), RELEASE, Location::caller(), permit)))
    }

    /// Takes room for so many messages if there is.
    ///
    /// # Errors
    /// When there is not, or the receiver is gone or closed.
    #[track_caller]
    pub fn try_reserve_many(&self, count: usize) -> Result<PermitIterator<'_, T>, error::TrySendError<()>> {
        let shared = self.0.owner();
        let permits = shared.try_call(TRY_RESERVE, || self.0.get().try_reserve_many(count))?;
        Ok(PermitIterator(Ended::new(shared.clone(), RELEASE, Location::caller(), permits)))
    }

    /// As [`Sender::try_reserve`], for a permit that has the sender.
    ///
    /// # Errors
    /// The sender, when there is none, or the receiver is gone or closed.
    #[track_caller]
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, error::TrySendError<Self>> {
        let (shared, made_at) = (self.0.owner().clone(), self.0.place());
        let sender = self.0.into_inner();
        let back = |sender| Sender(Ended::new(shared.clone(), DROP_SENDER, made_at, sender));
        match shared.try_call(TRY_RESERVE, || sender.try_reserve_owned()) {
            Ok(permit) => Ok(OwnedPermit(Ended::new(shared, DROP_SENDER, Location::caller(), permit))),
            Err(error::TrySendError::Full(sender)) => Err(error::TrySendError::Full(back(sender))),
            Err(error::TrySendError::Closed(sender)) => Err(error::TrySendError::Closed(back(sender))),
        }
    }

    /// How much room there is.
    #[track_caller]
    pub fn capacity(&self) -> usize {
        self.0.owner().call(CAPACITY, || self.0.get().capacity())
    }

    /// How much room there is at most.
    pub fn max_capacity(&self) -> usize {
        self.0.get().max_capacity()
    }
}

/// Room for a message; dropping it gives it back.
#[must_use = "the room is given back at once when it is dropped"]
pub struct Permit<'a, T>(Ended<Shared, mpsc::Permit<'a, T>>);

/// Room for several messages; dropping it gives back what is left.
#[must_use = "the room is given back at once when it is dropped"]
pub struct PermitIterator<'a, T>(Ended<Shared, mpsc::PermitIterator<'a, T>>);

/// Room for a message, with the sender; dropping it drops both.
#[must_use = "the room is given back at once when it is dropped"]
pub struct OwnedPermit<T>(Ended<Shared, mpsc::OwnedPermit<T>>);

impl<T> Permit<'_, T> {
    /// Sends a message.
    #[track_caller]
    pub fn send(self, message: T) {
        self.send_at(Location::caller(), message);
    }

    fn send_at(self, place: &'static Location<'static>, message: T) {
        let shared = self.0.owner().clone();
        let permit = self.0.into_inner();
        shared.call_at(SENT, place, || permit.send(message));
    }
}

impl<'a, T> Iterator for PermitIterator<'a, T> {
    type Item = Permit<'a, T>;

    fn next(&mut self) -> Option<Self::Item> {
        let permit = self.0.get_mut().next()?;
        Some(Permit(Ended::new(self.0.owner().clone(), RELEASE, self.0.place(), permit)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.get().size_hint()
    }
}

impl<T> ExactSizeIterator for PermitIterator<'_, T> {}
impl<T> FusedIterator for PermitIterator<'_, T> {}

impl<T> OwnedPermit<T> {
    /// Sends a message; the sender is free then.
    #[track_caller]
    pub fn send(self, message: T) -> Sender<T> {
        let shared = self.0.owner().clone();
        let permit = self.0.into_inner();
        let sender = shared.call(SENT, || permit.send(message));
        Sender(Ended::new(shared, DROP_SENDER, Location::caller(), sender))
    }

    /// Gives the room back; the sender is free then.
    #[track_caller]
    pub fn release(self) -> Sender<T> {
        let shared = self.0.owner().clone();
        let permit = self.0.into_inner();
        let sender = shared.call(RELEASE, || permit.release());
        Sender(Ended::new(shared, DROP_SENDER, Location::caller(), sender))
    }

    /// Whether both are for one receiver.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.0.get().same_channel(other.0.get())
    }

    /// Whether that sends to the same receiver.
    pub fn same_channel_as_sender(&self, sender: &Sender<T>) -> bool {
        self.0.get().same_channel_as_sender(sender.0.get())
    }
}

impl<T> fmt::Debug for Permit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for PermitIterator<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermitIterator").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
