//! Which side a call goes to: tokio, or the checked runtime. The backend of the calling task decides.

use super::erased::real;
use super::{JoinHandle, checked};
use crate::backend::{self, Backend};
use pin_project_lite::pin_project;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::Instant;

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
        Backend::Real => tokio::task::spawn(real::sent(future)).into(),
        _ => checked::spawn(Box::pin(future)).into(),
    }
}

/// Starts a task that stays on this thread: in the [`LocalSet`](crate::tokio::task::LocalSet) that is running
/// here, or on the loop of a current-thread [`Runtime`](super::Runtime) of this module.
///
/// # Panics
/// Where there is neither.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    match backend::current() {
        Backend::Real => tokio::task::spawn_local(real::local(future)).into(),
        _ => checked::spawn_local(Box::pin(future)).into(),
    }
}

/// Runs what may block on a thread that runs no tasks: [`tokio::task::spawn_blocking`]. It cannot be aborted
/// once it has begun.
///
/// # Panics
/// When called outside a runtime.
///
/// # Examples
/// ```
/// use conccheck::tokio::{runtime::Runtime, task::spawn_blocking};
/// use conccheck::Checker;
///
/// Checker::new().check(|| {
///     Runtime::new().unwrap().block_on(async {
///         let sum = spawn_blocking(|| 1 + 2);
///         assert_eq!(sum.await.unwrap(), 3);
///     });
/// });
/// ```
#[track_caller]
pub fn spawn_blocking<F, R>(act: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    match backend::current() {
        Backend::Real => tokio::task::spawn_blocking(real::act(act)).into(),
        _ => checked::spawn_blocking(Box::new(act)).into(),
    }
}

/// Does what may block, in the middle of a task of a multi-thread runtime: [`tokio::task::block_in_place`].
///
/// # Panics
/// On a current-thread runtime, and in a task of a [`LocalSet`](crate::tokio::task::LocalSet).
#[track_caller]
pub fn block_in_place<R>(act: impl FnOnce() -> R) -> R {
    match backend::current() {
        Backend::Real => tokio::task::block_in_place(act),
        _ => checked::block_in_place(act),
    }
}

/// Lets the other tasks have a turn.
pub async fn yield_now() {
    match backend::current() {
        Backend::Real => tokio::task::yield_now().await,
        _ => checked::yield_now().await,
    }
}

/// Waits for `duration` from now on, as [`conccheck::tokio::time::sleep`](crate::tokio::time::sleep), which says what is
/// explored of it under a checker.
///
/// # Panics
/// When awaited outside a runtime.
pub fn sleep(duration: Duration) -> impl Future<Output = ()> {
    match backend::current() {
        // tokio's clock, which may be paused.
        Backend::Real => Sleep::Unpolled { deadline: Instant::now().checked_add(duration) },
        _ => Sleep::Checked { wait: Box::new(checked::Wait::after(duration)) },
    }
}

pin_project! {
    #[project = Project]
    enum Sleep {
        // tokio's needs a runtime to be made; `None` ends never.
        Unpolled { deadline: Option<Instant> },
        Real { #[pin] sleep: tokio::time::Sleep },
        // Not larger than in a real run.
        Checked { wait: Box<checked::Wait> },
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if let Project::Unpolled { deadline } = self.as_mut().project() {
            let Some(deadline) = *deadline else { return Poll::Pending };
            self.set(Sleep::Real { sleep: tokio::time::sleep_until(deadline) });
        }
        match self.project() {
            Project::Real { sleep } => sleep.poll(context),
            Project::Checked { wait } => wait.poll(context),
            Project::Unpolled { .. } => unreachable!("it was polled"),
        }
    }
}
