//! Which side a call goes to: tokio, or the checked runtime. The backend of the calling task decides.

use super::{JoinHandle, checked};
use crate::backend::{self, Backend};
use std::future::Future;
use std::time::Duration;

/// Starts a task on the current runtime; it may run on another thread.
///
/// # Panics
/// When called outside a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match backend::current() {
        Backend::Real => tokio::task::spawn(future).into(),
        _ => checked::spawn(future).into(),
    }
}

/// Starts a task on the current thread's loop.
///
/// # Panics
/// When called outside a current-thread runtime.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    match backend::current() {
        Backend::Real => tokio::task::spawn_local(future).into(),
        _ => checked::spawn_local(future).into(),
    }
}

/// Lets the other tasks have a turn.
pub async fn yield_now() {
    match backend::current() {
        Backend::Real => tokio::task::yield_now().await,
        _ => checked::yield_now().await,
    }
}

/// Waits for `duration`. Under a checker it ends whenever the checker likes, before or after any other sleep, and the
/// clocks of [`time`](crate::time) show then that it has passed; one of length zero is a [`yield_now`].
///
/// # Panics
/// When awaited outside a runtime.
pub async fn sleep(duration: Duration) {
    match backend::current() {
        Backend::Real => tokio::time::sleep(duration).await,
        _ => checked::sleep(duration).await,
    }
}
