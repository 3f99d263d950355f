//! The future of a call: the pool model's, of bytes that a worker sends and that it decodes. It knows
//! nothing of processes.

use super::function::{BrokenProcessPool, CallError, decode};
use crate::models::pool::{self, Future, JobError};
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;

/// What a call came to: an answer for each of its arguments, or why there is none.
pub(super) type Outcome = Result<Vec<Result<Vec<u8>, CallError>>, CallError>;

/// A call of a function with result `R` that a pool has taken. Clones are handles of the same call.
pub struct ProcessFuture<R> {
    call: Future<Outcome>,
    result: PhantomData<fn() -> R>,
}

/// The side that fulfils it. Dropped without having done so, it breaks the future: no one waits for ever.
pub(super) struct Promise(Option<Future<Outcome>>);

/// A future and its promise.
pub(super) fn future<R>() -> (Promise, ProcessFuture<R>) {
    let call = Future::pending();
    (Promise(Some(call.clone())), ProcessFuture::of(call))
}

impl<R: DeserializeOwned> ProcessFuture<R> {
    /// Waits for the call's result.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn result(&self) -> Result<R, CallError> {
        let none = || Err(CallError::Refused("a call without an argument has no result".to_string()));
        let answer = self.outcome()?.into_iter().next().unwrap_or_else(none)?;
        decode_result(&answer)
    }

    /// Waits for the call and gives why it failed, if it did.
    pub fn exception(&self) -> Option<CallError> {
        self.result().err()
    }
}

impl<R> ProcessFuture<R> {
    /// Whether there is a result, a failure, or a cancellation.
    pub fn done(&self) -> bool {
        self.call.done()
    }

    /// Whether a worker has taken the call and has not answered yet.
    pub fn running(&self) -> bool {
        self.call.running()
    }

    /// Whether it was cancelled.
    pub fn cancelled(&self) -> bool {
        self.call.cancelled()
    }

    /// Cancels a call that no worker has taken; says whether it is cancelled. CPython prefetches calls for
    /// its processes, so that there it may fail for one that has not begun; here nothing is prefetched.
    pub fn cancel(&self) -> bool {
        self.call.cancel()
    }

    /// Has `callback` called with this future when it is done. See [`Future::add_done_callback`].
    pub fn add_done_callback(&self, callback: impl FnOnce(&ProcessFuture<R>) + Send + 'static) {
        self.call.add_done_callback(move |call| callback(&ProcessFuture::of(call.clone())));
    }

    /// Waits for what the call comes to.
    pub(super) fn outcome(&self) -> Outcome {
        match self.call.result() {
            Ok(outcome) => outcome,
            Err(JobError::Cancelled) => Err(CallError::Cancelled),
            Err(JobError::Failed(message)) => Err(CallError::Raised(message)),
        }
    }

    fn of(call: Future<Outcome>) -> Self {
        ProcessFuture { call, result: PhantomData }
    }
}

impl<R> Clone for ProcessFuture<R> {
    fn clone(&self) -> Self {
        ProcessFuture::of(self.call.clone())
    }
}

impl<R> PartialEq for ProcessFuture<R> {
    /// Handles of the same call are equal.
    fn eq(&self, other: &Self) -> bool {
        self.call == other.call
    }
}

impl<R> Eq for ProcessFuture<R> {}

impl<R> fmt::Debug for ProcessFuture<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process{:?}", self.call)
    }
}

/// The futures as they are done, each once, as [`pool::as_completed`] gives them.
pub fn as_completed<R>(
    futures: impl IntoIterator<Item = ProcessFuture<R>>,
) -> impl Iterator<Item = ProcessFuture<R>> {
    pool::as_completed(futures.into_iter().map(|future| future.call)).map(ProcessFuture::of)
}

/// A call's result, in the type that the caller expects.
pub(super) fn decode_result<R: DeserializeOwned>(answer: &[u8]) -> Result<R, CallError> {
    decode(answer).map_err(|error| CallError::Refused(format!("the result is of another type: {error}")))
}

impl Promise {
    /// Says that a worker takes the call; `false` when it was cancelled before.
    pub(super) fn start(&self) -> bool {
        self.0.as_ref().is_some_and(Future::start)
    }

    /// Cancels the call, which no worker has taken.
    pub(super) fn cancel(mut self) {
        if let Some(call) = self.0.take() {
            call.cancel();
        }
    }

    /// Fulfils it, unless it was cancelled.
    pub(super) fn finish(mut self, outcome: Outcome) {
        if let Some(call) = self.0.take() {
            finish(&call, outcome);
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if let Some(call) = self.0.take() {
            let reason = "was given up by the pool".to_string();
            finish(&call, Err(BrokenProcessPool { worker: 0, reason }.into()));
        }
    }
}

/// A call that nobody has begun can be cancelled until the moment at which it is begun.
fn finish(call: &Future<Outcome>, outcome: Outcome) {
    if call.running() || call.start() {
        call.finish(Ok(outcome));
    }
}
