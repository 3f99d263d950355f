//! Waiting for something no longer than until a time.

use super::{Instant, Sleep, sleep, sleep_until};
use crate::backend::{self, Backend};
use crate::task;
use crate::time::Duration;
use pin_project_lite::pin_project;
use std::error::Error;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for `future`, but not longer than for `duration`: [`tokio::time::timeout`](::tokio::time::timeout). Inside a check
/// both are explored.
///
/// # Panics
/// Outside a runtime, and in one without timers.
///
/// # Examples
/// ```
/// use conccheck::tokio::{sync::oneshot, task::spawn, time::{Duration, timeout}};
/// use conccheck::{Checker, task::Runtime};
///
/// let report = Checker::new().explore(|| {
///     Runtime::multi_thread(2).block_on(async {
///         let (sender, receiver) = oneshot::channel();
///         spawn(async move { sender.send(()).ok() });
///         timeout(Duration::from_secs(1), receiver).await.is_ok()
///     })
/// });
/// assert_eq!(report.outcomes().count(), 2);
/// ```
#[track_caller]
pub fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Timeout<F::IntoFuture> {
    let future = future.into_future();
    let inner = match backend::current() {
        Backend::Real => Inner::Real { timeout: ::tokio::time::timeout(duration, future) },
        _ => Inner::Checked { future, delay: sleep(duration) },
    };
    Timeout { inner }
}

/// Waits for `future`, but not longer than until `deadline`: [`tokio::time::timeout_at`](::tokio::time::timeout_at).
///
/// # Panics
/// Outside a runtime, and in one without timers.
#[track_caller]
pub fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Timeout<F::IntoFuture> {
    let future = future.into_future();
    let inner = match deadline.since_beginning() {
        Err(real) => Inner::Real { timeout: ::tokio::time::timeout_at(real.into(), future) },
        Ok(_) => Inner::Checked { future, delay: sleep_until(deadline) },
    };
    Timeout { inner }
}

pin_project! {
    /// What [`timeout`] waits for.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Timeout<F> {
        #[pin]
        inner: Inner<F>,
    }
}

pin_project! {
    #[project = Project]
    enum Inner<F> {
        Real { #[pin] timeout: ::tokio::time::Timeout<F> },
        Checked { #[pin] future: F, #[pin] delay: Sleep },
    }
}

impl<F> Timeout<F> {
    /// The future.
    pub fn get_ref(&self) -> &F {
        match &self.inner {
            Inner::Real { timeout } => timeout.get_ref(),
            Inner::Checked { future, .. } => future,
        }
    }

    /// The future.
    pub fn get_mut(&mut self) -> &mut F {
        match &mut self.inner {
            Inner::Real { timeout } => timeout.get_mut(),
            Inner::Checked { future, .. } => future,
        }
    }

    /// The future, without a timeout.
    pub fn into_inner(self) -> F {
        match self.inner {
            Inner::Real { timeout } => timeout.into_inner(),
            Inner::Checked { future, .. } => future,
        }
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            Project::Real { timeout } => timeout.poll(context).map_err(|_| Elapsed(())),
            Project::Checked { future, delay } => match future.poll(context) {
                Poll::Ready(output) => Poll::Ready(Ok(output)),
                Poll::Pending => {
                    let place = Location::caller();
                    delay.poll(context).map(|()| {
                        task::elapses(task::name_of::<F>, place);
                        Err(Elapsed(()))
                    })
                }
            },
        }
    }
}

impl<F: fmt::Debug> fmt::Debug for Timeout<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("future", self.get_ref()).finish_non_exhaustive()
    }
}

/// The time was up before the future was done: [`tokio::time::error::Elapsed`](::tokio::time::error::Elapsed), which
/// tokio alone can make.
#[derive(Debug, PartialEq, Eq)]
pub struct Elapsed(());

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time was up before the future was done")
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(_: Elapsed) -> io::Error {
        io::ErrorKind::TimedOut.into()
    }
}
