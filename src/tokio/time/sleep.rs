//! Waiting for a time.

use super::Instant;
use crate::backend::clock::Deadline;
use crate::backend::{self, Backend};
use crate::task::{self, Timer, Turn};
use crate::time::{self, Duration};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits until `deadline`: [`tokio::time::sleep_until`](::tokio::time::sleep_until).
///
/// # Panics
/// When it is awaited outside a runtime.
pub fn sleep_until(deadline: Instant) -> Sleep {
    let inner = match deadline.into_std().since_beginning() {
        Err(real) => Inner::Real { sleep: ::tokio::time::sleep_until(real.into()) },
        Ok(since_beginning) => Inner::Checked { wait: Wait::until(Deadline::at(since_beginning)) },
    };
    Sleep { inner }
}

/// Waits for `duration`: [`tokio::time::sleep`](::tokio::time::sleep).
///
/// # Panics
/// When it is awaited outside a runtime.
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
pub fn sleep(duration: Duration) -> Sleep {
    let inner = match backend::current() {
        Backend::Real => Inner::Real { sleep: ::tokio::time::sleep(duration) },
        _ => Inner::Checked { wait: Wait::until(Deadline::after(duration)) },
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
        Checked { wait: Wait },
    }
}

/// Inside a check.
struct Wait {
    /// `None` if nobody lives that long.
    deadline: Option<Deadline>,
    /// When it was made.
    made: Option<Turn>,
    /// Once somebody waits.
    timer: Option<Timer>,
    /// Its time had come when it was first polled, but it lets others have a turn before it is over.
    has_yielded: bool,
    is_over: bool,
}

impl Wait {
    fn until(deadline: Option<Deadline>) -> Self {
        Wait { deadline, made: task::turn(), timer: None, has_yielded: false, is_over: false }
    }

    #[track_caller]
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else { return Poll::Pending };
        // It goes with its future from task to task, but whom it calls is one of them.
        self.timer.take_if(|timer| !timer.is_home());
        if !self.is_over {
            self.is_over = match &self.timer {
                Some(timer) => timer.poll(context.waker()).is_ready(),
                None => self.has_yielded || self.begin(deadline, context),
            };
        }
        if self.is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    /// At its first poll in a task: whether it is over.
    #[track_caller]
    fn begin(&mut self, deadline: Deadline, context: &mut Context<'_>) -> bool {
        let now = task::turn();
        if self.made.is_some() && now.is_none() {
            backend::unsupported("a timer is awaited outside a runtime", "await it in a task");
        }
        // What was made in an earlier poll may have been made long ago.
        if self.made != now && backend::is_up_already() {
            deadline.pass();
            return true;
        }
        // tokio rounds deadlines up to its clock's next tick, and looks at its clock between polls only: what is awaited
        // where it is made waits, be its time past.
        if deadline.has_come() {
            self.has_yielded = true;
            task::let_others(context.waker());
            return false;
        }
        self.timer.insert(Timer::set(deadline)).poll(context.waker()).is_ready()
    }

    /// Whether its timer is up, as far as the calling task can know.
    fn is_up(&self) -> bool {
        let Some((timer, deadline)) = self.timer.as_ref().zip(self.deadline) else { return false };
        if timer.is_home() { timer.is_up() } else { deadline.has_come() }
    }
}

impl Sleep {
    /// When it ends.
    pub fn deadline(&self) -> Instant {
        match &self.inner {
            Inner::Real { sleep } => time::Instant::of_real(sleep.deadline().into_std()).into(),
            Inner::Checked { wait } => {
                let since_beginning = wait.deadline.map_or(Duration::MAX, Deadline::since_beginning);
                time::Instant::of_check(since_beginning).into()
            }
        }
    }

    /// Whether its time is up, as far as it was noticed: it has to be polled once.
    pub fn is_elapsed(&self) -> bool {
        match &self.inner {
            Inner::Real { sleep } => sleep.is_elapsed(),
            Inner::Checked { wait } => wait.is_over || wait.is_up(),
        }
    }

    /// It ends at `deadline` instead.
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        match (self.project().inner.project(), deadline.into_std().since_beginning()) {
            (Project::Real { sleep }, Err(real)) => sleep.reset(real.into()),
            (Project::Checked { wait }, Ok(since_beginning)) => {
                *wait = Wait::until(Deadline::at(since_beginning));
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
