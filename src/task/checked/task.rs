//! Tasks: how they run and end, and the handles by which others wait for or abort them.

use super::control::Control;
use super::event_loop;
use super::foreign;
use super::numbers::Number;
use super::story;
use crate::backend::{self, Backend};
use crate::panic::{self, AssertUnwindSafe};
use crate::sync::PoisonError;
use crate::thread;
use std::any::Any;
use std::future::Future;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// How a task ended.
pub(in crate::task) enum TaskEnd<T> {
    Returned(T),
    Panicked(Box<dyn Any + Send>),
    Aborted,
}

/// Waits for a task.
pub(in crate::task) struct JoinHandle<T> {
    control: Arc<Control>,
    end: Arc<EndSlot<T>>,
    is_taken: bool,
}

/// Where a task leaves how it ended. Not an operation of its own: it is filled before the task counts
/// as finished and emptied after that was seen, and `Control::progress` orders the two.
type EndSlot<T> = std::sync::Mutex<Option<TaskEnd<T>>>;

impl<T> JoinHandle<T> {
    pub(in crate::task) fn abort_handle(&self) -> AbortHandle {
        AbortHandle(self.control.clone())
    }

    pub(in crate::task) fn number(&self) -> Number {
        self.control.number
    }

    /// Has `joiner` woken when the task finishes; or says that it has.
    pub(super) fn finished_or_wake(&self, joiner: &Waker) -> bool {
        self.control.finished_or_wake(joiner)
    }

    /// How the finished task ended.
    pub(super) fn take(&mut self) -> TaskEnd<T> {
        self.is_taken = true;
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        end.expect("JoinHandle polled after completion")
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = TaskEnd<T>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<TaskEnd<T>> {
        let has_finished = self.finished_or_wake(context.waker());
        foreign::look();
        if has_finished {
            return Poll::Ready(self.take());
        }
        if let Some(here) = event_loop::current() {
            here.awaits(self.control.name, Location::caller());
        }
        Poll::Pending
    }
}

/// Whoever is the later, the task or its handle, drops what nobody takes. A task that comes to nothing that does
/// anything when it is dropped does not have to know.
impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if !self.is_taken && mem::needs_drop::<T>() && !is_stopped() && self.control.let_go() {
            drop_end(&self.end);
        }
    }
}

/// Drops how a task ended. A panic of that goes nowhere, as with tokio.
fn drop_end<T>(end: &EndSlot<T>) {
    let end = end.lock().unwrap_or_else(PoisonError::into_inner).take();
    // What a panic comes with may panic as well.
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(|| drop(end))) {
        mem::forget(payload);
    }
}

/// Aborts a task.
#[derive(Clone)]
pub(in crate::task) struct AbortHandle(Arc<Control>);

impl AbortHandle {
    pub(super) fn new(control: Arc<Control>) -> Self {
        AbortHandle(control)
    }

    pub(super) fn control(&self) -> &Control {
        &self.0
    }

    /// Has the task dropped when its turn comes, instead of polled.
    #[track_caller]
    pub(in crate::task) fn abort(&self) {
        self.0.abort();
    }

    /// As [`AbortHandle::abort`], since its set is dropped, which was made there.
    pub(super) fn abort_with_set(&self, made_at: &'static Location<'static>) {
        self.0.abort_with_set(made_at);
    }

    pub(in crate::task) fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    pub(in crate::task) fn number(&self) -> Number {
        self.0.number
    }
}

/// A future on its way to its end, with the slot that the end goes to.
pub(super) struct Task<F: Future + ?Sized> {
    /// Empty when the task has ended.
    future: Option<Pin<Box<F>>>,
    control: Arc<Control>,
    end: Arc<EndSlot<F::Output>>,
}

impl<F: Future + ?Sized> Task<F> {
    pub(super) fn new(future: Pin<Box<F>>, control: Arc<Control>) -> (Self, JoinHandle<F::Output>) {
        let end = Arc::<EndSlot<F::Output>>::default();
        let handle = JoinHandle { control: control.clone(), end: end.clone(), is_taken: false };
        (Task { future: Some(future), control, end }, handle)
    }

    fn finish(&mut self, end: TaskEnd<F::Output>) {
        let is_aborted = matches!(end, TaskEnd::Aborted);
        // What the future owns is gone before anybody hears of the end. A panic of it is the task's, as with
        // tokio.
        let dropped = panic::catch_unwind(AssertUnwindSafe(|| self.future = None));
        let end = match (end, dropped) {
            (TaskEnd::Aborted, Err(payload)) => TaskEnd::Panicked(payload),
            (end, _) => end,
        };
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
        if self.control.finish(is_aborted) {
            drop_end(&self.end);
        }
    }
}

impl<F: Future + ?Sized> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let task = self.get_mut();
        let control = task.control.clone();
        let Some(future) = task.future.as_mut() else { return Poll::Ready(()) };
        let _polled = control.polls();
        let end = if control.is_aborted() {
            TaskEnd::Aborted
        } else {
            match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(output)) => TaskEnd::Returned(output),
                Err(payload) => {
                    story::panics(&*payload);
                    TaskEnd::Panicked(payload)
                }
            }
        };
        task.finish(end);
        Poll::Ready(())
    }
}

impl<F: Future + ?Sized> Drop for Task<F> {
    /// A task that is dropped before its end, with its loop, counts as aborted.
    fn drop(&mut self) {
        if self.future.is_some() && !is_stopped() {
            let control = self.control.clone();
            let _polled = control.polls();
            self.finish(TaskEnd::Aborted);
        }
    }
}

/// Whether the checker has stopped the execution, so that nobody waits any more. Some unwind their threads to do
/// so, and then it cannot be told from a panic of the program's, which drops a runtime with its tasks.
pub(super) fn is_stopped() -> bool {
    backend::abandoned() || backend::current() != Backend::Native && thread::panicking()
}

/// What may block.
pub(in crate::task) type Act<R> = Box<dyn FnOnce() -> R + Send>;

/// What runs on a thread of its own and is no future, with the slot that its end goes to.
pub(super) struct Job<R> {
    /// Empty when it has begun.
    act: Option<Act<R>>,
    control: Arc<Control>,
    end: Arc<EndSlot<R>>,
}

impl<R> Job<R> {
    pub(super) fn new(act: Act<R>, control: Arc<Control>) -> (Self, JoinHandle<R>) {
        let end = Arc::<EndSlot<R>>::default();
        let handle = JoinHandle { control: control.clone(), end: end.clone(), is_taken: false };
        (Job { act: Some(act), control, end }, handle)
    }

    /// Runs it to its end, unless it was aborted before.
    pub(super) fn run(mut self) {
        let control = self.control.clone();
        let _runs = control.polls();
        story::begins(control.name);
        story::polls(control.name);
        if !control.begin() {
            return drop(self);
        }
        let Some(act) = self.act.take() else { return };
        let end = match panic::catch_unwind(AssertUnwindSafe(act)) {
            Ok(result) => TaskEnd::Returned(result),
            Err(payload) => {
                story::panics(&*payload);
                TaskEnd::Panicked(payload)
            }
        };
        self.leave(end);
        if control.finish(false) {
            drop_end(&self.end);
        }
    }

    fn leave(&self, end: TaskEnd<R>) {
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }
}

impl<R> Drop for Job<R> {
    fn drop(&mut self) {
        if self.act.is_some() && !is_stopped() {
            self.act = None;
            self.leave(TaskEnd::Aborted);
            self.control.finish_unseen();
        }
    }
}
