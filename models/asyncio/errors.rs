//! What goes wrong, by Python's names.

use super::task::TaskError;

/// The time is up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("the time is up")]
pub struct TimeoutError;

/// Why [`wait_for`](super::wait_for) gives no result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum WaitForError {
    /// The time was up, and what was awaited has been cancelled.
    #[error("the time is up")]
    TimedOut,
    /// What was awaited failed.
    #[error(transparent)]
    Failed(#[from] TaskError),
}

impl From<TimeoutError> for WaitForError {
    fn from(_: TimeoutError) -> Self {
        WaitForError::TimedOut
    }
}

/// [`wait`](super::wait) was given no task: there is nothing whose end it could wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the set of tasks is empty")]
pub struct EmptySet;

/// A [`BoundedSemaphore`](super::BoundedSemaphore) was released more often than acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bounded semaphore was released too many times")]
pub struct ReleasedTooOften;

/// [`task_done`](super::Queue::task_done) was called more often than items were put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`task_done` was called too many times")]
pub struct DoneTooOften;

/// A [`Barrier`](super::Barrier) was reset or aborted while a task waited, or is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("the barrier is broken")]
pub struct BrokenBarrierError;

/// What [`Queue::get_nowait`](super::Queue::get_nowait) may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum GetError {
    /// Nothing is there: Python's `QueueEmpty`.
    #[error("the queue is empty")]
    QueueEmpty,
    /// Nothing is there, and nothing will be: Python's `QueueShutDown`.
    #[error("the queue is shut down")]
    QueueShutDown,
}

/// What [`Queue::put_nowait`](super::Queue::put_nowait) may say, with the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum PutError<T> {
    /// There is no room: Python's `QueueFull`.
    #[error("the queue is full")]
    QueueFull(T),
    /// Python's `QueueShutDown`.
    #[error("the queue is shut down")]
    QueueShutDown(T),
}

/// The queue is shut down: [`Queue::shutdown`](super::Queue::shutdown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("the queue is shut down")]
pub struct QueueShutDown;
