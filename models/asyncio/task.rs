//! Tasks: a future that the loop runs on its own, and what others see of it. All of it stays on the
//! loop's thread, so none of it is locked.
//!
//! The tasks of `crate::task` look alike, and are beneath these: they are tokio's, or a checker's like
//! tokio's, where one handle is awaited and whoever awaits it is woken when the runtime has put the task
//! away. In asyncio a task may have several callbacks, and at its end they are called in the order in
//! which they were added, on which that of `as_completed` rests.

use super::running::{self, TaskNumber};
use crate::panic::{self, AssertUnwindSafe};
use crate::task::{self, AbortHandle};
use std::any::Any;
use std::cell::RefCell;
use std::future::{Future, IntoFuture, poll_fn};
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Starts `future` as a task: its first step is taken when the tasks that are ready now had their turn.
///
/// # Panics
/// When no loop runs on this thread, that is outside [`run`](super::run).
pub fn create_task<F>(future: F) -> Task<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let tasks = running::current();
    let state = Rc::new(RefCell::new(State::Running(Vec::new())));
    let number = tasks.next_number();
    let coroutine =
        Coroutine { future: Some(Box::pin(future)), state: state.clone(), number, tasks: tasks.clone() };
    let canceller = task::spawn_local(coroutine).abort_handle();
    tasks.add(number, canceller.clone());
    Task { state, canceller }
}

/// A running task. `await` it for its result; dropping it leaves it running.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{TaskError, create_task, run};
/// use std::future::pending;
///
/// let (sum, cancelled) = run(async {
///     let sum = create_task(async { 1 + 2 });
///     let endless = create_task(pending::<()>());
///     endless.cancel();
///     (sum.await, endless.await)
/// });
/// assert_eq!(sum, Ok(3));
/// assert_eq!(cancelled, Err(TaskError::Cancelled));
/// ```
pub struct Task<T> {
    state: Rc<RefCell<State<T>>>,
    canceller: AbortHandle,
}

/// Why a task has no result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum TaskError {
    /// It panicked, with this message.
    #[error("task raised: {0}")]
    Raised(String),
    /// It was cancelled.
    #[error("task was cancelled")]
    Cancelled,
}

impl<T: 'static> Task<T> {
    /// Has the task dropped at the `await` where it waits, when its turn comes; no effect on a task
    /// that has ended.
    pub fn cancel(&self) {
        self.canceller.abort();
    }

    /// Whether the task has ended: with a result, a panic, or cancelled.
    pub fn done(&self) -> bool {
        !matches!(*self.state.borrow(), State::Running(_))
    }

    /// Has `callback` called when the task ends; at once if it has.
    pub(super) fn add_done_callback(&self, callback: impl FnOnce() + 'static) {
        if let State::Running(callbacks) = &mut *self.state.borrow_mut() {
            return callbacks.push(Box::new(callback));
        }
        callback();
    }

    /// How the task ended, if it has.
    pub(super) fn take_end(&self) -> Option<End<T>> {
        let mut state = self.state.borrow_mut();
        match mem::replace(&mut *state, State::Taken) {
            State::Ended(end) => Some(end),
            running @ State::Running(_) => {
                *state = running;
                None
            }
            State::Taken => unreachable!("taking the end consumes the task"),
        }
    }

    /// The result of a task that has ended.
    pub(super) fn take_result(&self) -> Option<Result<T, TaskError>> {
        self.take_end().map(End::into_result)
    }
}

impl<T: 'static> IntoFuture for Task<T> {
    type Output = Result<T, TaskError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { ended(&self).await.into_result() })
    }
}

/// Waits until `task` has ended.
pub(super) async fn ended<T: 'static>(task: &Task<T>) -> End<T> {
    poll_fn(|context| match task.take_end() {
        Some(end) => Poll::Ready(end),
        None => {
            let waker = context.waker().clone();
            task.add_done_callback(|| waker.wake());
            Poll::Pending
        }
    })
    .await
}

/// What can be a task: a future, which is made one, or a task.
pub trait IntoTask {
    /// What the task results in.
    type Output;
    /// The task.
    fn into_task(self) -> Task<Self::Output>;
}

impl<F: Future<Output: 'static> + 'static> IntoTask for F {
    type Output = F::Output;

    fn into_task(self) -> Task<F::Output> {
        create_task(self)
    }
}

impl<T> IntoTask for Task<T> {
    type Output = T;

    fn into_task(self) -> Task<T> {
        self
    }
}

/// How a task ended.
pub(super) enum End<T> {
    Returned(T),
    Raised(Box<dyn Any + Send>),
    Cancelled,
}

impl<T> End<T> {
    fn into_result(self) -> Result<T, TaskError> {
        match self {
            End::Returned(value) => Ok(value),
            End::Raised(payload) => Err(TaskError::Raised(panic::message(&*payload))),
            End::Cancelled => Err(TaskError::Cancelled),
        }
    }
}

enum State<T> {
    /// With whom to tell when it ends.
    Running(Vec<Box<dyn FnOnce()>>),
    Ended(End<T>),
    Taken,
}

/// The future of a task, and where its end goes.
struct Coroutine<F: Future> {
    /// Empty when the task has ended.
    future: Option<Pin<Box<F>>>,
    state: Rc<RefCell<State<F::Output>>>,
    number: TaskNumber,
    tasks: Rc<running::Tasks>,
}

impl<F: Future> Coroutine<F> {
    fn end(&mut self, end: End<F::Output>) {
        // A task has not ended before what it owns is cleaned up.
        self.future = None;
        self.tasks.remove(self.number);
        let State::Running(callbacks) = self.state.replace(State::Ended(end)) else { return };
        callbacks.into_iter().for_each(|callback| callback());
    }
}

impl<F: Future> Future for Coroutine<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let coroutine = self.get_mut();
        let Some(future) = coroutine.future.as_mut() else { return Poll::Ready(()) };
        let end = match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(value)) => End::Returned(value),
            Err(payload) => End::Raised(payload),
        };
        coroutine.end(end);
        Poll::Ready(())
    }
}

impl<F: Future> Drop for Coroutine<F> {
    fn drop(&mut self) {
        if self.future.is_some() {
            self.end(End::Cancelled);
        }
    }
}
