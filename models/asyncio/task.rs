//! Tasks: a future that the loop runs on its own, and what others see of it. All of it stays on the
//! loop's thread, so none of it is locked.
//!
//! The tasks of `crate::task` look alike, and are beneath these: they are tokio's, or a checker's like
//! tokio's, where one handle is awaited and whoever awaits it is woken when the runtime has put the task
//! away. In asyncio a task may have several callbacks, in the order in which they were added, and it may be cancelled
//! more than once and go on.

use super::cancellation::CancelledError;
use super::control::{self, Cancel, Control};
use super::future::{End, LoopFuture, Wait};
use super::running;
use crate::panic;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::rc::Rc;

/// Starts `future` as a task: its first step is taken when the tasks that are ready now had their turn.
///
/// # Panics
/// When no loop runs on this thread, that is outside [`run`](super::run).
pub fn create_task<F>(future: F) -> Task<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    running::current().create_task(future)
}

/// A running task. `await` it for its result; dropping it leaves it running. Its clones are the same task, each of
/// which gives the result.
///
/// A task that is cancelled raises [`CancelledError`] at the `await` at which it waits, and so ends there, unless it
/// [catches](super::catch_cancelled) it. If what it waits for is a task, or several in a `gather`, they are cancelled
/// first, and it raises when they have ended cancelled.
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
    pub(super) control: Rc<Control>,
    pub(super) end: LoopFuture<T>,
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

impl TaskError {
    /// Python's `raise`, in the current task.
    ///
    /// # Panics
    /// With the message, if it is of a panic.
    pub async fn raise<T>(self) -> T {
        match self {
            TaskError::Raised(message) => panic::resume_unwind(Box::new(message)),
            TaskError::Cancelled => CancelledError::default().raise().await,
        }
    }
}

impl<T: 'static> Task<T> {
    /// Has the task raise [`CancelledError`] when its turn comes; one that has not begun never does. Whether that has
    /// an effect: not on a task that has ended.
    pub fn cancel(&self) -> bool {
        self.control.cancel(&CancelledError::default())
    }

    /// As [`cancel`](Task::cancel), with a message for who catches it.
    pub fn cancel_with(&self, message: impl Into<String>) -> bool {
        self.control.cancel(&CancelledError { message: Some(message.into()) })
    }

    /// How often it was cancelled, without those calls that [`uncancel`](Task::uncancel) took back.
    pub fn cancelling(&self) -> usize {
        self.control.requests()
    }

    /// Takes back one call of [`cancel`](Task::cancel), as who caught the error and goes on should; how many are left.
    pub fn uncancel(&self) -> usize {
        self.control.uncancel()
    }

    /// Whether the task has ended: with a result, a panic, or cancelled.
    pub fn done(&self) -> bool {
        self.end.is_done()
    }

    /// Whether the task has ended cancelled.
    pub fn cancelled(&self) -> bool {
        self.end.is_cancelled()
    }

    /// Has `callback` called after the task has ended, when those that are ready then have had their turn; if it has
    /// ended, after those that are ready now. Several are called in the order in which they were added.
    pub fn add_done_callback(&self, callback: impl FnOnce() + 'static) {
        self.end.add_done_callback(callback);
    }

    /// The result, as Python's `await task` gives it: what the task raised is raised here too, and so is its cancellation.
    ///
    /// # Panics
    /// With what the task panicked with.
    pub async fn or_raise(self) -> T {
        match self.ended().await {
            End::Returned(value) => value,
            End::Raised(raised) => raised.raise(),
            End::Cancelled(error) => error.raise().await,
        }
    }

    /// Waits until the task has ended.
    pub(super) fn ended(&self) -> Wait<T> {
        self.end.wait_and_cancel(self.control.clone())
    }

    /// The result of a task that has ended.
    pub(super) fn result(&self) -> Result<T, TaskError> {
        self.end.take().expect("it has ended").into_result()
    }

    /// Whether the two are one task.
    pub fn is(&self, other: &Task<T>) -> bool {
        self.end.is(&other.end)
    }
}

impl<T: Clone + 'static> Clone for Task<T> {
    fn clone(&self) -> Self {
        self.end.is_asked_by_several(T::clone);
        Task { control: self.control.clone(), end: self.end.clone() }
    }
}

impl<T: 'static> IntoFuture for Task<T> {
    type Output = Result<T, TaskError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.ended().await.into_result() })
    }
}

/// The task that runs.
///
/// # Panics
/// Outside [`run`](super::run).
pub fn current_task() -> CurrentTask {
    CurrentTask(control::current().expect("no task runs here: start one with `asyncio::create_task`"))
}

/// What [`current_task`] gives: the task without its result.
#[derive(Clone)]
pub struct CurrentTask(pub(super) Rc<Control>);

impl PartialEq for CurrentTask {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for CurrentTask {}

impl CurrentTask {
    /// As [`Task::cancel`]; the task that runs gets it at its next `await`.
    pub fn cancel(&self) -> bool {
        self.0.cancel(&CancelledError::default())
    }

    /// As [`Task::cancelling`].
    pub fn cancelling(&self) -> usize {
        self.0.requests()
    }

    /// As [`Task::uncancel`].
    pub fn uncancel(&self) -> usize {
        self.0.uncancel()
    }
}

/// What can be a task: a future, which is made one, or a task.
pub trait IntoTask {
    /// What the task results in.
    type Output;
    /// The task.
    fn into_task(self) -> Task<Self::Output>;
    /// Awaits it in the current task: a future is no task of its own then.
    fn in_place(self) -> impl Future<Output = Result<Self::Output, TaskError>>;
}

impl<F: Future<Output: 'static> + 'static> IntoTask for F {
    type Output = F::Output;

    fn into_task(self) -> Task<F::Output> {
        create_task(self)
    }

    async fn in_place(self) -> Result<F::Output, TaskError> {
        Ok(self.await)
    }
}

impl<T: 'static> IntoTask for Task<T> {
    type Output = T;

    fn into_task(self) -> Task<T> {
        self
    }

    async fn in_place(self) -> Result<T, TaskError> {
        self.await
    }
}

impl<T> End<T> {
    pub(super) fn into_result(self) -> Result<T, TaskError> {
        match self {
            End::Returned(value) => Ok(value),
            End::Raised(raised) => Err(TaskError::Raised(raised.message)),
            End::Cancelled(_) => Err(TaskError::Cancelled),
        }
    }
}
