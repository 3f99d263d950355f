//! Python's `Future`: a result that comes, once, and whom to tell. Those who await it are put into the queue of ready
//! tasks in the order in which they came, at the moment at which it ends; callbacks are too, and are never called at once.

use super::cancellation::CancelledError;
use super::control::{self, Cancel, Control};
use super::running::{self, Loop};
use crate::panic;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// How something ended.
pub(super) enum End<T> {
    Returned(T),
    Raised(Raised),
    Cancelled(CancelledError),
}

/// A panic. Several may ask for it; the first gets what it was raised with.
pub(super) struct Raised {
    pub(super) message: String,
    payload: Option<Box<dyn Any + Send>>,
}

impl Raised {
    pub(super) fn new(payload: Box<dyn Any + Send>) -> Self {
        Raised { message: panic::message(&*payload), payload: Some(payload) }
    }

    pub(super) fn raise(self) -> ! {
        panic::resume_unwind(self.payload.unwrap_or_else(|| Box::new(self.message)))
    }
}

/// Shared: its clones are one.
pub(super) struct LoopFuture<T>(Rc<Inner<T>>);

impl<T> Clone for LoopFuture<T> {
    fn clone(&self) -> Self {
        LoopFuture(self.0.clone())
    }
}

struct Inner<T> {
    /// That in which it was made, which has its callbacks called.
    home: Option<Rc<Loop>>,
    state: RefCell<State<T>>,
    callbacks: RefCell<Vec<(CallbackKey, Callback)>>,
    last_key: Cell<CallbackKey>,
    /// How to give a result to more than one; while there is none, the result goes to who takes it.
    duplicate: Cell<Option<Duplicate<T>>>,
}

type Duplicate<T> = fn(&T) -> T;

enum State<T> {
    Pending,
    Ended(End<T>),
    /// Somebody has how it ended.
    Taken {
        was_cancelled: bool,
    },
}

/// Names a callback of a future.
pub(super) type CallbackKey = usize;

enum Callback {
    /// The task that waits, if it is one.
    Wake(Waker, Option<Rc<Control>>),
    CallSoon(Box<dyn FnOnce()>),
}

impl<T: 'static> LoopFuture<T> {
    pub(super) fn new() -> Self {
        Self::of(running::running())
    }

    pub(super) fn of(home: Option<Rc<Loop>>) -> Self {
        LoopFuture(Rc::new(Inner {
            home,
            state: RefCell::new(State::Pending),
            callbacks: RefCell::default(),
            last_key: Cell::default(),
            duplicate: Cell::new(None),
        }))
    }

    pub(super) fn is_done(&self) -> bool {
        !matches!(*self.0.state.borrow(), State::Pending)
    }

    pub(super) fn is_cancelled(&self) -> bool {
        matches!(
            *self.0.state.borrow(),
            State::Ended(End::Cancelled(_)) | State::Taken { was_cancelled: true }
        )
    }

    pub(super) fn has_raised(&self) -> bool {
        matches!(*self.0.state.borrow(), State::Ended(End::Raised(_)))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Ends it, unless it has ended.
    pub(super) fn set(&self, end: End<T>) {
        self.0.set(end);
    }

    pub(super) fn set_result(&self, result: T) {
        self.set(End::Returned(result));
    }

    pub(super) fn cancel(&self) {
        self.set(End::Cancelled(CancelledError::default()));
    }

    /// Has `callback` called by the loop, after those that are ready when it ends; or now, if it has.
    pub(super) fn add_done_callback(&self, callback: impl FnOnce() + 'static) -> CallbackKey {
        if self.is_done() {
            self.0.call_soon(callback);
            return 0;
        }
        self.0.add(Callback::CallSoon(Box::new(callback)))
    }

    pub(super) fn remove_done_callback(&self, key: CallbackKey) {
        self.0.callbacks.borrow_mut().retain(|(other, _)| *other != key);
    }

    /// From now on, whoever asks gets the result.
    pub(super) fn is_asked_by_several(&self, duplicate: Duplicate<T>) {
        self.0.duplicate.set(Some(duplicate));
    }

    /// How it ended, if it has. Unless several may ask, only one may.
    pub(super) fn take(&self) -> Option<End<T>> {
        let mut state = self.0.state.borrow_mut();
        if let (State::Ended(end), Some(duplicate)) = (&mut *state, self.0.duplicate.get()) {
            return Some(match end {
                End::Returned(value) => End::Returned(duplicate(value)),
                End::Raised(Raised { message, payload }) => {
                    End::Raised(Raised { message: message.clone(), payload: payload.take() })
                }
                End::Cancelled(error) => End::Cancelled(error.clone()),
            });
        }
        let was_cancelled = matches!(*state, State::Ended(End::Cancelled(_)));
        match mem::replace(&mut *state, State::Taken { was_cancelled }) {
            State::Ended(end) => Some(end),
            State::Pending => {
                *state = State::Pending;
                None
            }
            State::Taken { .. } => unreachable!("taking the end consumes the handle"),
        }
    }

    /// What it raised, as a copy.
    pub(super) fn error(&self) -> Option<String> {
        match &*self.0.state.borrow() {
            State::Ended(End::Raised(raised)) => Some(raised.message.clone()),
            _ => None,
        }
    }

    /// Waits for the end. A cancellation of the task that waits cancels this, which ends the wait.
    pub(super) fn wait(&self) -> Wait<T> {
        self.wait_and_cancel(self.0.clone())
    }

    /// As `wait`, but what a cancellation is passed on to is `target`.
    pub(super) fn wait_and_cancel(&self, target: Rc<dyn Cancel>) -> Wait<T> {
        Wait { future: self.clone(), target, key: None }
    }
}

impl<T> Inner<T> {
    fn set(&self, end: End<T>) -> bool {
        if !matches!(*self.state.borrow(), State::Pending) {
            return false;
        }
        self.state.replace(State::Ended(end));
        for (_, callback) in self.callbacks.take() {
            match callback {
                Callback::Wake(waker, task) => {
                    task.inspect(|task| task.is_queued());
                    waker.wake();
                }
                Callback::CallSoon(callback) => self.call_soon(callback),
            }
        }
        true
    }

    fn add(&self, callback: Callback) -> CallbackKey {
        self.last_key.set(self.last_key.get() + 1);
        let mut callbacks = self.callbacks.borrow_mut();
        // Nearly always it is the only one.
        if callbacks.is_empty() {
            callbacks.reserve_exact(1);
        }
        callbacks.push((self.last_key.get(), callback));
        self.last_key.get()
    }

    fn call_soon(&self, callback: impl FnOnce() + 'static) {
        running::call_soon(self.home.as_ref(), callback);
    }

    /// Has `waker` woken, and so `task`, in the place of who waited by this name before.
    fn wake_at_end(
        &self,
        waker: &Waker,
        task: Option<&Rc<Control>>,
        key: Option<CallbackKey>,
    ) -> CallbackKey {
        let mut callbacks = self.callbacks.borrow_mut();
        let known = key.and_then(|key| callbacks.iter_mut().find(|(other, _)| *other == key));
        if let Some((key, Callback::Wake(known, waits))) = known {
            known.clone_from(waker);
            *waits = task.cloned();
            return *key;
        }
        drop(callbacks);
        self.add(Callback::Wake(waker.clone(), task.cloned()))
    }
}

impl<T> Cancel for Inner<T> {
    fn cancel(&self, error: &CancelledError) -> bool {
        self.set(End::Cancelled(error.clone()))
    }
}

/// Waits for a [`LoopFuture`].
pub(super) struct Wait<T: 'static> {
    future: LoopFuture<T>,
    target: Rc<dyn Cancel>,
    /// Who is told; none before the first poll.
    key: Option<CallbackKey>,
}

/// Nothing in it is pinned.
impl<T> Unpin for Wait<T> {}

impl<T: 'static> Future for Wait<T> {
    type Output = End<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End<T>> {
        let task = control::current();
        if let Some(task) = task.as_ref().filter(|_| self.key.is_some())
            && let Some(error) = task.take_delivered()
        {
            return task.raise(error);
        }
        if self.future.is_done() {
            let passed_on =
                task.as_ref().filter(|_| self.key.is_some()).and_then(|task| task.take_passed_on());
            let end = self.future.take().expect("it has ended");
            return match (end, passed_on, task) {
                // Not that of another: the task's own.
                (End::Cancelled(_), Some(error), Some(task)) => task.raise(error),
                (end, _, _) => Poll::Ready(end),
            };
        }
        self.key = Some(self.future.0.wake_at_end(context.waker(), task.as_ref(), self.key));
        if let Some(task) = task {
            task.awaits(self.target.clone());
        }
        Poll::Pending
    }
}

impl<T> Drop for Wait<T> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.future.0.callbacks.borrow_mut().retain(|(other, _)| *other != key);
        }
    }
}
