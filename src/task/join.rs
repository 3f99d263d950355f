//! The handle of a task: tokio's in a real run, the checked runtime's under a checker.

use super::checked::{self, TaskEnd};
use super::id::Id;
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

/// Waits for a task. Dropping it leaves the task running.
pub struct JoinHandle<T>(Handle<T>);

enum Handle<T> {
    Real(tokio::task::JoinHandle<T>),
    Checked(checked::JoinHandle<T>),
}

impl<T> JoinHandle<T> {
    /// Has the task dropped at its next `await`, unless it ends before. Returns at once.
    #[track_caller]
    pub fn abort(&self) {
        self.abort_handle().abort();
    }

    /// A handle that can abort the task but not wait for it.
    #[must_use = "abort handles do nothing unless `.abort` is called"]
    pub fn abort_handle(&self) -> AbortHandle {
        match &self.0 {
            Handle::Real(handle) => handle.abort_handle().into(),
            Handle::Checked(handle) => handle.abort_handle().into(),
        }
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        self.abort_handle().is_finished()
    }

    /// What tells the task from others.
    pub fn id(&self) -> Id {
        match &self.0 {
            Handle::Real(handle) => handle.id().into(),
            Handle::Checked(handle) => Id::checked(handle.number()),
        }
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Handle::Real(handle) => Pin::new(handle).poll(context).map_err(JoinError::from),
            Handle::Checked(handle) => {
                let id = handle.number();
                // No closure: the place is the caller's.
                let polled = Pin::new(handle).poll(context);
                polled.map(|end| result(id, end))
            }
        }
    }
}

impl<T> UnwindSafe for JoinHandle<T> {}
impl<T> RefUnwindSafe for JoinHandle<T> {}

impl<T: fmt::Debug> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("id", &self.id()).finish()
    }
}

impl<T> From<tokio::task::JoinHandle<T>> for JoinHandle<T> {
    fn from(handle: tokio::task::JoinHandle<T>) -> Self {
        JoinHandle(Handle::Real(handle))
    }
}

impl<T> From<checked::JoinHandle<T>> for JoinHandle<T> {
    fn from(handle: checked::JoinHandle<T>) -> Self {
        JoinHandle(Handle::Checked(handle))
    }
}

/// Aborts a task; others wait for it.
#[derive(Clone)]
pub struct AbortHandle(Abort);

#[derive(Clone)]
enum Abort {
    Real(tokio::task::AbortHandle),
    Checked(checked::AbortHandle),
}

impl AbortHandle {
    /// Has the task dropped at its next `await`, unless it ends before. Returns at once.
    #[track_caller]
    pub fn abort(&self) {
        match &self.0 {
            Abort::Real(handle) => handle.abort(),
            Abort::Checked(handle) => handle.abort(),
        }
    }

    /// Whether the task has ended, in whatever way.
    pub fn is_finished(&self) -> bool {
        match &self.0 {
            Abort::Real(handle) => handle.is_finished(),
            Abort::Checked(handle) => handle.is_finished(),
        }
    }

    /// What tells the task from others.
    pub fn id(&self) -> Id {
        match &self.0 {
            Abort::Real(handle) => handle.id().into(),
            Abort::Checked(handle) => Id::checked(handle.number()),
        }
    }
}

impl UnwindSafe for AbortHandle {}
impl RefUnwindSafe for AbortHandle {}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("id", &self.id()).finish()
    }
}

impl From<tokio::task::AbortHandle> for AbortHandle {
    fn from(handle: tokio::task::AbortHandle) -> Self {
        AbortHandle(Abort::Real(handle))
    }
}

impl From<checked::AbortHandle> for AbortHandle {
    fn from(handle: checked::AbortHandle) -> Self {
        AbortHandle(Abort::Checked(handle))
    }
}

/// Why a task has no result.
///
/// Inside a check its text is tokio's with a `_` for the number of the task, which differs from execution to execution:
/// outcomes with this in them are the same.
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct JoinError(Failure);

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Real(#[from] tokio::task::JoinError),
    #[error("task _ panicked{}", with_message(payload))]
    Panicked { id: checked::Number, payload: Mutex<Payload> },
    #[error("task _ was cancelled")]
    Cancelled { id: checked::Number },
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Failure::Real(error) => error.fmt(f),
            Failure::Panicked { payload, .. } => match message(payload) {
                Some(message) => write!(f, "JoinError::Panic(Id(_), {message:?}, ...)"),
                None => f.write_str("JoinError::Panic(Id(_), ...)"),
            },
            Failure::Cancelled { .. } => f.write_str("JoinError::Cancelled(Id(_))"),
        }
    }
}

fn with_message(payload: &Mutex<Payload>) -> String {
    message(payload).map(|message| format!(" with message {message:?}")).unwrap_or_default()
}

/// What a panic says, if that is a text.
fn message(payload: &Mutex<Payload>) -> Option<String> {
    let payload = payload.lock().unwrap_or_else(PoisonError::into_inner);
    let owned = payload.downcast_ref::<String>().cloned();
    owned.or_else(|| payload.downcast_ref::<&'static str>().map(ToString::to_string))
}

/// What a task panicked with; behind a mutex, for it is not `Sync` and a `JoinError` is.
type Payload = Box<dyn Any + Send>;

impl JoinError {
    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        match &self.0 {
            Failure::Real(error) => error.is_panic(),
            Failure::Panicked { .. } => true,
            Failure::Cancelled { .. } => false,
        }
    }

    /// Whether the task was aborted, or dropped with its runtime.
    pub fn is_cancelled(&self) -> bool {
        !self.is_panic()
    }

    /// What the task panicked with.
    ///
    /// # Panics
    /// If the task did not panic.
    #[track_caller]
    pub fn into_panic(self) -> Payload {
        self.try_into_panic().expect("`JoinError` reason is not a panic.")
    }

    /// What the task panicked with.
    ///
    /// # Errors
    /// This error, if the task did not panic.
    pub fn try_into_panic(self) -> Result<Payload, JoinError> {
        match self.0 {
            Failure::Real(error) => error.try_into_panic().map_err(JoinError::from),
            Failure::Panicked { payload, .. } => {
                Ok(payload.into_inner().unwrap_or_else(PoisonError::into_inner))
            }
            Failure::Cancelled { .. } => Err(self),
        }
    }

    /// What tells the task from others.
    pub fn id(&self) -> Id {
        match &self.0 {
            Failure::Real(error) => error.id().into(),
            Failure::Panicked { id, .. } | Failure::Cancelled { id } => Id::checked(*id),
        }
    }
}

impl From<tokio::task::JoinError> for JoinError {
    fn from(error: tokio::task::JoinError) -> Self {
        JoinError(Failure::Real(error))
    }
}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> io::Error {
        match error.0 {
            Failure::Real(error) => error.into(),
            Failure::Panicked { .. } => io::Error::other("task panicked"),
            Failure::Cancelled { .. } => io::Error::other("task was cancelled"),
        }
    }
}

/// The end of the task `id`, as the handles of tokio tell it.
pub(super) fn result<T>(id: checked::Number, end: TaskEnd<T>) -> Result<T, JoinError> {
    match end {
        TaskEnd::Returned(value) => Ok(value),
        TaskEnd::Panicked(payload) => Err(JoinError(Failure::Panicked { id, payload: Mutex::new(payload) })),
        TaskEnd::Aborted => Err(JoinError(Failure::Cancelled { id })),
    }
}
