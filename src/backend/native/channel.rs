//! Channels under the native engine. The engine knows how many messages there are; the messages
//! themselves are kept here.

use super::object::Object;
use crate::engine::Reply;
use crate::engine::object::ChannelAction as Action;
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) struct NativeSender<T>(Shared<T>);

pub(crate) struct NativeReceiver<T>(Shared<T>);

/// A channel whose sender and receiver are one of each.
#[track_caller]
pub(crate) fn channel<T>(capacity: Option<usize>) -> (NativeSender<T>, NativeReceiver<T>) {
    let shared = Shared {
        object: Object::channel(capacity),
        capacity,
        made_at: Location::caller(),
        messages: Arc::default(),
    };
    (NativeSender(shared.clone()), NativeReceiver(shared))
}

struct Shared<T> {
    object: Object,
    capacity: Option<usize>,
    made_at: &'static Location<'static>,
    /// Those that were not taken, by their numbers.
    messages: Arc<Mutex<VecDeque<(usize, T)>>>,
}

impl<T> Shared<T> {
    fn messages(&self) -> MutexGuard<'_, VecDeque<(usize, T)>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message whose sending was just performed.
    fn put(&self, message: T) -> usize {
        let number = self.object.sent_count();
        self.messages().push_back((number, message));
        number
    }

    fn take(&self) -> T {
        let (_, message) = self.messages().pop_front().expect("the engine has counted it");
        message
    }
}

impl<T> NativeSender<T> {
    #[track_caller]
    pub(crate) fn send(&self, message: T) -> Result<(), SendError<T>> {
        let NativeSender(shared) = self;
        if shared.object.transfer(Action::Send) == Reply::Disconnected {
            return Err(SendError(message));
        }
        let number = shared.put(message);
        if shared.capacity != Some(0) {
            return Ok(());
        }
        let number_at_most = u32::try_from(number).expect("fewer messages than steps");
        let handover = Action::Handover { number: number_at_most };
        if shared.object.transfer(handover) == Reply::Done {
            return Ok(());
        }
        // The receiver is gone without having taken it.
        let mut messages = shared.messages();
        let at = messages.iter().position(|(other, _)| *other == number).expect("nobody has taken it");
        let (_, message) = messages.remove(at).expect("it is there");
        Err(SendError(message))
    }

    #[track_caller]
    pub(crate) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match self.0.object.transfer(Action::TrySend) {
            Reply::Done => {
                self.0.put(message);
                Ok(())
            }
            Reply::WouldBlock => Err(TrySendError::Full(message)),
            _ => Err(TrySendError::Disconnected(message)),
        }
    }
}

impl<T> NativeReceiver<T> {
    #[track_caller]
    pub(crate) fn recv(&self) -> Result<T, RecvError> {
        self.recv_or_give_up().map_err(|_| RecvError)
    }

    /// As [`NativeReceiver::recv`]; if that is [`timed`](super::timed), its time may be up, and the channel was empty.
    #[track_caller]
    pub(crate) fn recv_or_give_up(&self) -> Result<T, TryRecvError> {
        if self.0.capacity == Some(0) {
            self.0.object.transfer(Action::Attend);
        }
        self.received(Action::Receive)
    }

    #[track_caller]
    fn received(&self, action: Action) -> Result<T, TryRecvError> {
        match self.0.object.transfer(action) {
            Reply::Done => Ok(self.0.take()),
            Reply::WouldBlock => Err(TryRecvError::Empty),
            _ => Err(TryRecvError::Disconnected),
        }
    }

    #[track_caller]
    pub(crate) fn try_recv(&self) -> Result<T, TryRecvError> {
        self.received(Action::TryReceive)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared { messages: Arc::clone(&self.messages), ..*self }
    }
}

impl<T> Clone for NativeSender<T> {
    fn clone(&self) -> Self {
        self.0.object.add_sender();
        NativeSender(self.0.clone())
    }
}

impl<T> Drop for NativeSender<T> {
    fn drop(&mut self) {
        self.0.object.give_back(Action::DropSender, self.0.made_at);
    }
}

impl<T> Drop for NativeReceiver<T> {
    fn drop(&mut self) {
        self.0.object.give_back(Action::DropReceiver, self.0.made_at);
        if self.0.capacity != Some(0) {
            // As std does; a rendezvous takes its own back.
            let unreceived = std::mem::take(&mut *self.0.messages());
            drop(unreceived);
        }
    }
}
