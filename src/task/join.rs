//! The handle of a task: tokio's in a real run, the checked runtime's under a checker.

use super::checked::{self, TaskEnd};
use crate::panic;
use std::any::Any;
use std::future::Future;
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
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Handle::Real(handle) => Pin::new(handle).poll(context).map_err(JoinError::from),
            Handle::Checked(handle) => {
                // No closure: the place is the caller's.
                let polled = Pin::new(handle).poll(context);
                polled.map(result)
            }
        }
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
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct JoinError(Failure);

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Real(#[from] tokio::task::JoinError),
    #[error("task panicked: {}", panic::message(&**payload.lock().unwrap_or_else(PoisonError::into_inner)))]
    Panicked { payload: Mutex<Payload> },
    #[error("task was cancelled")]
    Cancelled,
}

/// What a task panicked with; behind a mutex, for it is not `Sync` and a `JoinError` is.
type Payload = Box<dyn Any + Send>;

impl JoinError {
    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        match &self.0 {
            Failure::Real(error) => error.is_panic(),
            Failure::Panicked { .. } => true,
            Failure::Cancelled => false,
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
    pub fn into_panic(self) -> Payload {
        match self.0 {
            Failure::Real(error) => error.into_panic(),
            Failure::Panicked { payload } => payload.into_inner().unwrap_or_else(PoisonError::into_inner),
            Failure::Cancelled => panic!("the task did not panic, it was cancelled: ask `is_panic` first"),
        }
    }
}

impl From<tokio::task::JoinError> for JoinError {
    fn from(error: tokio::task::JoinError) -> Self {
        JoinError(Failure::Real(error))
    }
}

/// An end, as the handles of tokio tell it.
pub(super) fn result<T>(end: TaskEnd<T>) -> Result<T, JoinError> {
    match end {
        TaskEnd::Returned(value) => Ok(value),
        TaskEnd::Panicked(payload) => Err(JoinError(Failure::Panicked { payload: Mutex::new(payload) })),
        TaskEnd::Aborted => Err(JoinError(Failure::Cancelled)),
    }
}
