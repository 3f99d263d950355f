//! Channels with one receiver: the names and paths of `std::sync::mpsc`. The native engine has its own;
//! under the other checkers a channel is a queue under the facade's mutex, with a condvar for each side.

use super::{Condvar, Mutex, MutexGuard};
use crate::backend::clock::Deadline;
use crate::backend::native::{self, Chance, NativeReceiver, NativeSender};
use crate::backend::{self, Backend};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::mpsc as real;
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::time::Duration;

/// A channel that never makes a sender wait.
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    match backend::current() {
        Backend::Real => {
            let (sender, receiver) = real::channel();
            (Sender(Sending::Real(sender)), Receiver(Receiving::Real(receiver)))
        }
        Backend::Native => {
            let (sender, receiver) = native::channel(None);
            (Sender(Sending::Native(sender)), Receiver(Receiving::Native(receiver)))
        }
        _ => {
            let channel = Arc::new(Channel::new(None));
            (Sender(Sending::Checked(End(Arc::clone(&channel)))), Receiver(Receiving::Checked(channel)))
        }
    }
}

/// A channel that holds at most `capacity` messages; with zero, a sender waits until its message
/// was taken.
#[track_caller]
pub fn sync_channel<T>(capacity: usize) -> (SyncSender<T>, Receiver<T>) {
    match backend::current() {
        Backend::Real => {
            let (sender, receiver) = real::sync_channel(capacity);
            (SyncSender(Sending::Real(sender)), Receiver(Receiving::Real(receiver)))
        }
        Backend::Native => {
            let (sender, receiver) = native::channel(Some(capacity));
            (SyncSender(Sending::Native(sender)), Receiver(Receiving::Native(receiver)))
        }
        _ => {
            let channel = Arc::new(Channel::new(Some(capacity)));
            (SyncSender(Sending::Checked(End(Arc::clone(&channel)))), Receiver(Receiving::Checked(channel)))
        }
    }
}

/// [`std::sync::mpsc::Sender`], under every backend.
pub struct Sender<T>(Sending<real::Sender<T>, T>);

/// [`std::sync::mpsc::SyncSender`], under every backend.
pub struct SyncSender<T>(Sending<real::SyncSender<T>, T>);

/// [`std::sync::mpsc::Receiver`], under every backend.
pub struct Receiver<T>(Receiving<T>);

enum Sending<R, T> {
    Real(R),
    Native(NativeSender<T>),
    Checked(End<T>),
}

enum Receiving<T> {
    Real(real::Receiver<T>),
    Native(NativeReceiver<T>),
    Checked(Arc<Channel<T>>),
}

impl<T> Sender<T> {
    /// Sends `message`.
    ///
    /// # Errors
    /// `message` itself, when the receiver is gone.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match &self.0 {
            Sending::Real(sender) => {
                backend::expect_real("a channel");
                sender.send(message)
            }
            Sending::Native(sender) => {
                backend::expect(Backend::Native, "a channel");
                sender.send(message)
            }
            Sending::Checked(end) => end.0.send(message),
        }
    }
}

impl<T> SyncSender<T> {
    /// Sends `message`, once there is room.
    ///
    /// # Errors
    /// `message` itself, when the receiver is gone.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match &self.0 {
            Sending::Real(sender) => {
                backend::expect_real("a channel");
                sender.send(message)
            }
            Sending::Native(sender) => {
                backend::expect(Backend::Native, "a channel");
                sender.send(message)
            }
            Sending::Checked(end) => end.0.send(message),
        }
    }

    /// Sends `message` if there is room; with a capacity of zero, if the receiver waits.
    ///
    /// # Errors
    /// `message` itself, when there is no room or the receiver is gone.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match &self.0 {
            Sending::Real(sender) => {
                backend::expect_real("a channel");
                sender.try_send(message)
            }
            Sending::Native(sender) => {
                backend::expect(Backend::Native, "a channel");
                sender.try_send(message)
            }
            Sending::Checked(end) => end.0.try_send(message),
        }
    }
}

impl<T> Receiver<T> {
    /// Waits for a message.
    ///
    /// # Errors
    /// When all senders are gone and no message is left.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        match &self.0 {
            Receiving::Real(receiver) => {
                backend::expect_real("a channel");
                receiver.recv()
            }
            Receiving::Native(receiver) => {
                backend::expect(Backend::Native, "a channel");
                receiver.recv()
            }
            Receiving::Checked(channel) => channel.recv(),
        }
    }

    /// Takes a message if there is one.
    ///
    /// # Errors
    /// When there is none; it says whether there can be another.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        match &self.0 {
            Receiving::Real(receiver) => {
                backend::expect_real("a channel");
                receiver.try_recv()
            }
            Receiving::Native(receiver) => {
                backend::expect(Backend::Native, "a channel");
                receiver.try_recv()
            }
            Receiving::Checked(channel) => channel.try_recv(),
        }
    }

    /// Waits for a message for at most `timeout`, which never passes under shuttle and loom, and under native
    /// in some executions.
    ///
    /// # Errors
    /// When the time is up, or all senders are gone and no message is left.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        match &self.0 {
            Receiving::Real(receiver) => {
                backend::expect_real("a channel");
                receiver.recv_timeout(timeout)
            }
            Receiving::Native(receiver) => {
                backend::expect(Backend::Native, "a channel");
                let Some(deadline) = Deadline::after(timeout) else {
                    return receiver.recv().map_err(|RecvError| RecvTimeoutError::Disconnected);
                };
                let received = match native::chance(Chance::Timeout) {
                    true => receiver.try_recv(),
                    false => native::timed(|| receiver.recv_or_give_up()).0,
                };
                received.map_err(|error| match error {
                    TryRecvError::Empty => {
                        deadline.pass();
                        RecvTimeoutError::Timeout
                    }
                    TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
                })
            }
            Receiving::Checked(channel) => {
                backend::wait_with_timeout();
                channel.recv().map_err(|RecvError| RecvTimeoutError::Disconnected)
            }
        }
    }

    /// The messages, each waited for, until all senders are gone.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }

    /// The messages that are there now.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter(self)
    }
}

/// The messages of [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// The messages of [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

/// The messages of a receiver that was turned into an iterator.
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}

/// A queue between senders and a receiver, under a checker.
struct Channel<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    emptied: Condvar,
    /// `None` is no limit.
    capacity: Option<usize>,
}

struct State<T> {
    queue: VecDeque<T>,
    senders: usize,
    receiver_gone: bool,
    receiver_waits: bool,
    /// Messages taken so far, by which a rendezvous knows that its own was.
    taken: u64,
    sent: u64,
}

impl<T> Channel<T> {
    fn new(capacity: Option<usize>) -> Self {
        let state = State {
            queue: VecDeque::new(),
            senders: 1,
            receiver_gone: false,
            receiver_waits: false,
            taken: 0,
            sent: 0,
        };
        Channel { state: Mutex::new(state), filled: Condvar::new(), emptied: Condvar::new(), capacity }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut state = self.lock();
        // A rendezvous holds one message at a time, until it is taken.
        while !state.receiver_gone
            && self.capacity.is_some_and(|capacity| state.queue.len() >= capacity.max(1))
        {
            state = self.emptied.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        if state.receiver_gone {
            return Err(SendError(message));
        }
        state.queue.push_back(message);
        state.sent += 1;
        let ticket = state.sent;
        self.filled.notify_one();
        while self.capacity == Some(0) && state.taken < ticket {
            if state.receiver_gone {
                // The receiver takes nothing any more, and one message at most is in the queue: ours.
                return match state.queue.pop_back() {
                    Some(message) => Err(SendError(message)),
                    None => Ok(()),
                };
            }
            state = self.emptied.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        Ok(())
    }

    fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut state = self.lock();
        if state.receiver_gone {
            return Err(TrySendError::Disconnected(message));
        }
        let room = match self.capacity {
            None => true,
            Some(0) => state.receiver_waits && state.queue.is_empty(),
            Some(capacity) => state.queue.len() < capacity,
        };
        if !room {
            return Err(TrySendError::Full(message));
        }
        state.queue.push_back(message);
        state.sent += 1;
        self.filled.notify_one();
        Ok(())
    }

    fn recv(&self) -> Result<T, RecvError> {
        let mut state = self.lock();
        loop {
            if let Some(message) = self.take(&mut state) {
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(RecvError);
            }
            state.receiver_waits = true;
            state = self.filled.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
            state.receiver_waits = false;
        }
    }

    fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut state = self.lock();
        match self.take(&mut state) {
            Some(message) => Ok(message),
            None if state.senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    fn take(&self, state: &mut State<T>) -> Option<T> {
        let message = state.queue.pop_front()?;
        state.taken += 1;
        if self.capacity.is_some() {
            // All: the sender whose rendezvous this is and the one that waits for room both wait here.
            self.emptied.notify_all();
        }
        Some(message)
    }
}

/// A sender's share of a checked channel: counted, so that the receiver learns when all are gone.
struct End<T>(Arc<Channel<T>>);

impl<T> Clone for End<T> {
    fn clone(&self) -> Self {
        self.0.lock().senders += 1;
        End(Arc::clone(&self.0))
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        if backend::abandoned() {
            return;
        }
        let mut state = self.0.lock();
        state.senders -= 1;
        if state.senders == 0 {
            self.0.filled.notify_all();
        }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if let Receiving::Checked(channel) = &self.0
            && !backend::abandoned()
        {
            let mut state = channel.lock();
            state.receiver_gone = true;
            // As std does, what was not received is dropped with the receiver; a rendezvous takes its own back.
            let unreceived =
                if channel.capacity == Some(0) { VecDeque::new() } else { std::mem::take(&mut state.queue) };
            channel.emptied.notify_all();
            drop(state);
            drop(unreceived);
        }
    }
}

impl<R: Clone, T> Clone for Sending<R, T> {
    fn clone(&self) -> Self {
        match self {
            Sending::Real(sender) => Sending::Real(sender.clone()),
            Sending::Native(sender) => Sending::Native(sender.clone()),
            Sending::Checked(end) => Sending::Checked(end.clone()),
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(self.0.clone())
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        SyncSender(self.0.clone())
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
