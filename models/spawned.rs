//! The threads of a small program: spawned one after another, each with the state that they share, and
//! joined.

use crate::panic::resume_unwind;
use crate::sync::Arc;
use crate::thread::{self, JoinHandle};

/// Starts a thread that shares `state`.
#[track_caller]
pub(super) fn spawn<S, T>(state: &Arc<S>, body: impl FnOnce(&S) -> T + Send + 'static) -> JoinHandle<T>
where
    S: Send + Sync + 'static,
    T: Send + 'static,
{
    let state = Arc::clone(state);
    thread::spawn(move || body(&state))
}

/// Starts `count` threads that share `state`; each is told its number, from 0.
#[track_caller]
pub(super) fn spawn_each<S, T>(
    state: &Arc<S>,
    count: usize,
    body: impl Fn(&S, usize) -> T + Copy + Send + 'static,
) -> Vec<JoinHandle<T>>
where
    S: Send + Sync + 'static,
    T: Send + 'static,
{
    (0..count).map(|number| spawn(state, move |state| body(state, number))).collect()
}

/// Waits for a thread. Its panic is the caller's.
#[track_caller]
pub(super) fn join<T>(thread: JoinHandle<T>) -> T {
    thread.join().unwrap_or_else(|payload| resume_unwind(payload))
}

/// Waits for all of them; then the first panic among them is the caller's.
#[track_caller]
pub(super) fn join_all<T>(threads: Vec<JoinHandle<T>>) -> Vec<T> {
    let ended: Vec<_> = threads.into_iter().map(JoinHandle::join).collect();
    ended.into_iter().map(|result| result.unwrap_or_else(|payload| resume_unwind(payload))).collect()
}
