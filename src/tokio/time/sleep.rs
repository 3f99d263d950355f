//! Waiting for a time.

use super::Instant;
use crate::backend::{self, Backend};
use crate::task::{Wait, expect_timers};
use crate::time::Duration;
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until `deadline`: [`tokio::time::sleep_until`](::tokio::time::sleep_until).
///
/// # Panics
/// Outside a runtime, and in one without timers.
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    let inner = match deadline.since_beginning() {
        Err(real) => Inner::Real { sleep: ::tokio::time::sleep_until(real.into()) },
        Ok(since_beginning) => {
            expect_timers();
            Inner::Checked { wait: Box::new(Wait::until(since_beginning, deadline.origin())) }
        }
    };
    Sleep { inner }
}

/// Waits for `duration`: [`tokio::time::sleep`](::tokio::time::sleep).
///
/// # Panics
/// Outside a runtime, and in one without timers.
///
/// # Examples
/// ```
/// use conccheck::tokio::time::{Duration, Instant, sleep};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let begun = Instant::now();
///         sleep(Duration::from_secs(3600)).await;
///         assert!(begun.elapsed() >= Duration::from_secs(3600));
///     });
/// });
/// ```
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    let inner = match backend::current() {
        Backend::Real => Inner::Real { sleep: ::tokio::time::sleep(duration) },
        _ => {
            expect_timers();
            Inner::Checked { wait: Box::new(Wait::after(duration)) }
        }
    };
    Sleep { inner }
}

pin_project! {
    /// Ends when its time is up.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct Sleep {
        #[pin]
        inner: Inner,
    }
}

pin_project! {
    #[project = Project]
    enum Inner {
        Real { #[pin] sleep: ::tokio::time::Sleep },
        Checked { wait: Box<Wait> },
    }
}

impl Sleep {
    /// When it ends.
    pub fn deadline(&self) -> Instant {
        match &self.inner {
            Inner::Real { sleep } => Instant::of_real(sleep.deadline()),
            Inner::Checked { wait } => Instant::of_check(wait.deadline(), wait.moment()),
        }
    }

    /// Whether its time is up, as far as it was noticed: it has to be polled once.
    pub fn is_elapsed(&self) -> bool {
        match &self.inner {
            Inner::Real { sleep } => sleep.is_elapsed(),
            Inner::Checked { wait } => wait.is_elapsed(),
        }
    }

    /// It ends at `deadline` instead.
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        match (self.project().inner.project(), deadline.since_beginning()) {
            (Project::Real { sleep }, Err(real)) => sleep.reset(real.into()),
            (Project::Checked { wait }, Ok(since_beginning)) => {
                **wait = Wait::until(since_beginning, deadline.origin());
            }
            _ => backend::unsupported(
                "a timer that was made on the other side of a check's border is reset",
                "make it inside the checked program",
            ),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.project().inner.project() {
            Project::Real { sleep } => sleep.poll(context),
            Project::Checked { wait } => wait.poll(context),
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline()).finish_non_exhaustive()
    }
}
