//! The future of a call: empty until a worker answers, the call is cancelled, or the pool breaks. It
//! knows nothing of processes.

use super::function::{BrokenProcessPool, CallError, decode};
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// What a call came to: an answer for each of its arguments, or why there is none.
pub(super) type Outcome = Result<Vec<Result<Vec<u8>, CallError>>, CallError>;

/// A call of a function with result `R` that a pool has taken.
pub struct ProcessFuture<R> {
    shared: Arc<Shared>,
    result: PhantomData<fn() -> R>,
}

/// The side that fulfils it. Dropped without having done so, it breaks the future: no one waits for ever.
pub(super) struct Promise(Option<Arc<Shared>>);

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    progress: Progress,
    when_done: Vec<Box<dyn FnOnce() + Send>>,
}

enum Progress {
    Pending,
    Running,
    Done(Outcome),
}

/// A future and its promise.
pub(super) fn future<R>() -> (Promise, ProcessFuture<R>) {
    let state = Mutex::new(State { progress: Progress::Pending, when_done: Vec::new() });
    let shared = Arc::new(Shared { state, changed: Condvar::new() });
    (Promise(Some(shared.clone())), ProcessFuture { shared, result: PhantomData })
}

impl<R: DeserializeOwned> ProcessFuture<R> {
    /// Waits for the call's result.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn result(&self) -> Result<R, CallError> {
        let answers = self.outcome()?;
        let answer = answers.into_iter().next().unwrap_or_else(|| {
            Err(CallError::Refused("a call without an argument has no result".to_string()))
        })?;
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
        matches!(self.shared.locked().progress, Progress::Done(_))
    }

    /// Whether a worker has taken the call and has not answered yet.
    pub fn running(&self) -> bool {
        matches!(self.shared.locked().progress, Progress::Running)
    }

    /// Whether it was cancelled.
    pub fn cancelled(&self) -> bool {
        let state = self.shared.locked();
        matches!(state.progress, Progress::Done(Err(CallError::Cancelled)))
    }

    /// Cancels a call that no worker has taken; says whether it is cancelled. CPython prefetches calls for
    /// its processes, so that there it may fail for one that has not begun; here nothing is prefetched.
    pub fn cancel(&self) -> bool {
        let state = self.shared.locked();
        match state.progress {
            Progress::Pending => {
                self.shared.finish(state, Err(CallError::Cancelled));
                true
            }
            Progress::Done(Err(CallError::Cancelled)) => true,
            _ => false,
        }
    }

    /// Waits for what the call comes to.
    pub(super) fn outcome(&self) -> Outcome {
        let mut state = self.shared.locked();
        loop {
            if let Progress::Done(outcome) = &state.progress {
                return outcome.clone();
            }
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Calls `act` when the future is done: in the thread that does it, or at once when it is.
    fn when_done(&self, act: impl FnOnce() + Send + 'static) {
        let mut state = self.shared.locked();
        if let Progress::Done(_) = state.progress {
            drop(state);
            act();
        } else {
            state.when_done.push(Box::new(act));
        }
    }
}

impl Shared {
    /// The state. It is whole also when a thread panicked with the lock: nothing of ours does.
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends it with `outcome`, for those who wait and those who asked to be called.
    fn finish(&self, mut state: MutexGuard<'_, State>, outcome: Outcome) {
        state.progress = Progress::Done(outcome);
        let when_done = std::mem::take(&mut state.when_done);
        self.changed.notify_all();
        drop(state);
        when_done.into_iter().for_each(|act| act());
    }
}

/// Yields each future once, as they are done, with its place among `futures`.
pub fn as_completed<R>(
    futures: impl IntoIterator<Item = ProcessFuture<R>>,
) -> impl Iterator<Item = (usize, ProcessFuture<R>)> {
    let (done, receiver) = mpsc::channel();
    let mut futures: Vec<_> = futures.into_iter().map(Some).collect();
    for (index, future) in futures.iter().flatten().enumerate() {
        let done = done.clone();
        // Nobody listens any more when the iterator was dropped.
        future.when_done(move || done.send(index).unwrap_or(()));
    }
    (0..futures.len()).map_while(move |_| {
        // Every future is done some time and says so once: there is always one to take.
        let index = receiver.recv().ok()?;
        Some((index, futures[index].take()?))
    })
}

/// A call's result, in the type that the caller expects.
pub(super) fn decode_result<R: DeserializeOwned>(answer: &[u8]) -> Result<R, CallError> {
    decode(answer).map_err(|error| CallError::Refused(format!("the result is of another type: {error}")))
}

impl Promise {
    /// Says that a worker takes the call; `false` when it was cancelled before.
    pub(super) fn set_running_or_notify_cancel(&self) -> bool {
        let shared = self.0.as_ref().expect("not fulfilled yet");
        let mut state = shared.locked();
        let is_pending = matches!(state.progress, Progress::Pending);
        if is_pending {
            state.progress = Progress::Running;
        }
        is_pending
    }

    /// Fulfils it, unless it was cancelled.
    pub(super) fn set(mut self, outcome: Outcome) {
        self.fulfil(outcome);
    }

    fn fulfil(&mut self, outcome: Outcome) {
        let Some(shared) = self.0.take() else { return };
        let state = shared.locked();
        if !matches!(state.progress, Progress::Done(_)) {
            shared.finish(state, outcome);
        }
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if self.0.is_some() {
            let reason = "was given up by the pool".to_string();
            self.fulfil(Err(BrokenProcessPool { worker: 0, reason }.into()));
        }
    }
}
