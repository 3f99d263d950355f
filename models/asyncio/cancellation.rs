//! Catching a cancellation: `try: … except CancelledError: …`.

use super::control;
use pin_project_lite::pin_project;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A task was cancelled. It comes to the task at the `await` at which it waits, and unwinds it from there: what is on
/// the way is dropped. [`catch_cancelled`] stops it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("cancelled{}", message.as_ref().map(|message| format!(": {message}")).unwrap_or_default())]
pub struct CancelledError {
    /// What [`Task::cancel_with`](super::Task::cancel_with) was given.
    pub message: Option<String>,
}

impl CancelledError {
    /// Python's `raise`: unwinds the current task from here, up to who catches.
    pub async fn raise<T>(self) -> T {
        let mut error = Some(self);
        poll_fn(|_| match (error.take(), control::current()) {
            (Some(error), Some(task)) => task.raise(error),
            // The future that owns this one goes on without it.
            _ => Poll::Pending,
        })
        .await
    }
}

/// Awaits `future`; if the task is cancelled meanwhile, drops it and gives the error: Python's
/// `try: await future except CancelledError`. The task goes on, and how often it was asked to end is in its
/// [`cancelling`](super::Task::cancelling). To clean up and then end, [`raise`](CancelledError::raise) the error again.
///
/// It may be any future, also one that is none of this room's. One of those that is ready by the time at which the
/// cancellation comes gives its value, so that none is lost, and the task is cancelled at its next `await`.
///
/// # Errors
/// The cancellation.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{catch_cancelled, create_task, run, sleep};
/// use std::{future::pending, time::Duration};
///
/// let end = run(async {
///     let task = create_task(async {
///         let caught = catch_cancelled(pending::<()>()).await;
///         format!("{}, and cleaned up", caught.unwrap_err())
///     });
///     sleep(Duration::ZERO).await;
///     task.cancel_with("too late");
///     task.await
/// });
/// assert_eq!(end.unwrap(), "cancelled: too late, and cleaned up");
/// ```
pub fn catch_cancelled<F: Future>(future: F) -> CatchCancelled<F> {
    CatchCancelled { future: Some(future), is_innermost: false }
}

pin_project! {
    /// What [`catch_cancelled`] gives: `await` it.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct CatchCancelled<F> {
        // Empty when it has ended.
        #[pin]
        future: Option<F>,
        // When this was polled last, no awaitable of this room was below.
        is_innermost: bool,
    }
}

impl<F: Future> Future for CatchCancelled<F> {
    type Output = Result<F::Output, CancelledError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else { return Poll::Pending };
        let polled = future.poll(context);
        let Some(task) = control::current() else { return polled.map(Ok) };
        if let Poll::Ready(output) = polled {
            task.put_off_raised();
            this.future.set(None);
            return Poll::Ready(Ok(output));
        }
        let for_me = || if *this.is_innermost && task.is_elsewhere() { task.take_delivered() } else { None };
        if let Some(error) = task.take_raised().or_else(for_me) {
            this.future.set(None);
            return Poll::Ready(Err(error));
        }
        *this.is_innermost = task.is_elsewhere();
        if *this.is_innermost {
            task.is_interruptible();
        }
        Poll::Pending
    }
}
