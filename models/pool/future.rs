//! One job's handle: where it stands, how it ended, who is to be told. Knows nothing of the pool
//! that runs the job; [`Future::start`] and [`Future::finish`] are the pool's side of it.
//!
//! A cancelled future is finished the moment it is cancelled, and whoever waits is told then.
//! CPython has two states for it, and tells the waiters only on the way to the second
//! (`CANCELLED_AND_NOTIFIED`), which a worker has to take; see
//! [`shutdown_cancels_queued`](super::shutdown_cancels_queued) for what comes of it.

use crate::panic;
use crate::sync::mpsc::Sender;
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use crate::time::Instant;
use std::sync::Arc;
use std::time::Duration;

/// A job that was submitted, and in the end its result. Clones are handles of the same job.
pub struct Future<T>(Arc<Shared<T>>);

/// Why a job has no result.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum JobError {
    /// It panicked, with this message.
    #[error("the job failed: {0}")]
    Failed(String),
    /// It was cancelled before it began.
    #[error("the job was cancelled before it began")]
    Cancelled,
}

struct Shared<T> {
    state: Mutex<State<T>>,
    /// Notified once, when the future finishes.
    finished: Condvar,
}

struct State<T> {
    stage: Stage<T>,
    /// Told when the future finishes, in the order added; empty from then on.
    watchers: Vec<Watcher>,
    callbacks: Vec<Callback<T>>,
}

enum Stage<T> {
    Pending,
    Running,
    Finished(Result<T, JobError>),
}

type Callback<T> = Box<dyn FnOnce(&Future<T>) + Send>;

/// Somebody who waits for several futures, and what this one is to them.
pub(super) struct Watcher {
    pub index: usize,
    pub finished: Sender<usize>,
}

impl<T: Clone> Future<T> {
    /// Waits for the job to end and gives its result.
    ///
    /// # Errors
    /// The job's failure, or that it was cancelled.
    pub fn result(&self) -> Result<T, JobError> {
        let state = self.wait_finished();
        match &state.stage {
            Stage::Finished(result) => result.clone(),
            Stage::Pending | Stage::Running => unreachable!("it has finished"),
        }
    }

    /// As [`result`](Future::result), but `None` if the job has not ended after `timeout`. It goes on.
    pub fn result_timeout(&self, timeout: Duration) -> Option<Result<T, JobError>> {
        // A timeout too long for the clock is none.
        let Some(deadline) = Instant::now().checked_add(timeout) else { return Some(self.result()) };
        let mut state = self.lock();
        loop {
            if let Stage::Finished(result) = &state.stage {
                return Some(result.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.0.finished.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<T> Future<T> {
    /// Waits for the job to end and gives the reason if it has no result.
    pub fn exception(&self) -> Option<JobError> {
        match &self.wait_finished().stage {
            Stage::Finished(result) => result.as_ref().err().cloned(),
            Stage::Pending | Stage::Running => unreachable!("it has finished"),
        }
    }

    /// Whether the job has ended, or was cancelled.
    pub fn done(&self) -> bool {
        self.lock().is_finished()
    }

    /// Whether the job has begun and not ended.
    pub fn running(&self) -> bool {
        matches!(self.lock().stage, Stage::Running)
    }

    /// Whether the job was cancelled before it began.
    pub fn cancelled(&self) -> bool {
        self.lock().is_cancelled()
    }

    /// Keeps the job from beginning and says whether that is so: `false` if it has begun or ended.
    pub fn cancel(&self) -> bool {
        let state = self.lock();
        match state.stage {
            Stage::Pending => {
                self.finish_from(state, Err(JobError::Cancelled));
                true
            }
            _ => state.is_cancelled(),
        }
    }

    /// Has `callback` called with this future when it finishes: by the thread that finishes it, after
    /// the callbacks added before; or at once if it has finished. Its panic is caught and ignored.
    pub fn add_done_callback(&self, callback: impl FnOnce(&Future<T>) + Send + 'static) {
        let mut state = self.lock();
        if state.is_finished() {
            drop(state);
            self.call(Box::new(callback));
        } else {
            state.callbacks.push(Box::new(callback));
        }
    }

    /// Of a job that waits for a worker.
    pub(in crate::models) fn pending() -> Self {
        let state = State { stage: Stage::Pending, watchers: Vec::new(), callbacks: Vec::new() };
        Future(Arc::new(Shared { state: Mutex::new(state), finished: Condvar::new() }))
    }

    /// Marks the job as begun; `false`, and nothing is marked, if it was cancelled.
    pub(in crate::models) fn start(&self) -> bool {
        let mut state = self.lock();
        let pending = matches!(state.stage, Stage::Pending);
        if pending {
            state.stage = Stage::Running;
        }
        pending
    }

    /// Ends the job, tells whoever waits and calls the callbacks.
    pub(in crate::models) fn finish(&self, result: Result<T, JobError>) {
        self.finish_from(self.lock(), result);
    }

    /// Has `watcher` told when this finishes; gives it back if that is over.
    pub(super) fn watch(&self, watcher: Watcher) -> Option<Watcher> {
        let mut state = self.lock();
        if state.is_finished() {
            return Some(watcher);
        }
        state.watchers.push(watcher);
        None
    }

    /// Which job this is a handle of.
    pub(super) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    fn finish_from(&self, mut state: MutexGuard<'_, State<T>>, result: Result<T, JobError>) {
        state.stage = Stage::Finished(result);
        self.0.finished.notify_all();
        for watcher in std::mem::take(&mut state.watchers) {
            // A watcher that has seen enough has gone.
            let _ = watcher.finished.send(watcher.index);
        }
        let callbacks = std::mem::take(&mut state.callbacks);
        drop(state);
        for callback in callbacks {
            self.call(callback);
        }
    }

    fn call(&self, callback: Callback<T>) {
        // CPython logs and ignores what a callback raises; the panic hook has reported it here.
        let _ = panic::catch_unwind(panic::AssertUnwindSafe(|| callback(self)));
    }

    fn wait_finished(&self) -> MutexGuard<'_, State<T>> {
        let mut state = self.lock();
        while !state.is_finished() {
            state = self.0.finished.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Nothing panics while it holds this mutex but a result's `clone`, which changes nothing, so a
    /// poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Finished(_))
    }

    fn is_cancelled(&self) -> bool {
        matches!(self.stage, Stage::Finished(Err(JobError::Cancelled)))
    }
}

impl<T> Clone for Future<T> {
    fn clone(&self) -> Self {
        Future(self.0.clone())
    }
}

impl<T> PartialEq for Future<T> {
    /// Handles of the same job are equal.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for Future<T> {}

impl<T> std::fmt::Debug for Future<T> {
    /// `Future(pending)`, `Future(running)`, `Future(finished)`, `Future(failed)`, `Future(cancelled)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let stage = match self.lock().stage {
            Stage::Pending => "pending",
            Stage::Running => "running",
            Stage::Finished(Ok(_)) => "finished",
            Stage::Finished(Err(JobError::Failed(_))) => "failed",
            Stage::Finished(Err(JobError::Cancelled)) => "cancelled",
        };
        write!(f, "Future({stage})")
    }
}
