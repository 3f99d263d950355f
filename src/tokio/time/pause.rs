//! A clock that is frozen.

use crate::backend::{self, Backend};
use crate::task;
use crate::time::Duration;
use std::future::poll_fn;
use std::task::Poll;

/// Freezes the clock of a current-thread runtime: [`tokio::time::pause`](::tokio::time::pause). It moves on only by
/// [`advance`], and, when the runtime has nothing else to do, to the next deadline. So timers are up in the order of their
/// deadlines, none before all else has been done, and those of one moment together. Clocks of std are not frozen by this.
///
/// With tokio the clock does not move on by itself while a call of `spawn_blocking` runs. Inside a check it does; and under
/// shuttle and loom, which know no time, also while there is something else to do.
///
/// # Panics
/// As tokio's: outside a current-thread runtime, and if the clock is frozen.
///
/// # Examples
/// ```
/// use conccheck::tokio::{task::spawn_local, time::{Duration, Instant, pause, sleep}};
/// use conccheck::{Checker, task};
///
/// let report = Checker::new().explore(|| {
///     task::block_on(async {
///         pause();
///         let begun = Instant::now();
///         let other = spawn_local(async { sleep(Duration::from_secs(2)).await });
///         sleep(Duration::from_secs(1)).await;
///         assert_eq!(begun.elapsed(), Duration::from_secs(1));
///         other.await.unwrap();
///         assert_eq!(begun.elapsed(), Duration::from_secs(2));
///     });
/// });
/// assert_eq!(report.executions(), 1);
/// ```
#[track_caller]
pub fn pause() {
    match backend::current() {
        Backend::Real => ::tokio::time::pause(),
        _ => done(task::freeze()),
    }
}

/// Sets a clock going that is frozen: [`tokio::time::resume`](::tokio::time::resume).
///
/// # Panics
/// As tokio's: outside a runtime, and if the clock is not frozen.
#[track_caller]
pub fn resume() {
    match backend::current() {
        Backend::Real => ::tokio::time::resume(),
        _ => done(task::go()),
    }
}

/// Moves a clock on that is frozen, and lets others have a turn: [`tokio::time::advance`](::tokio::time::advance). As
/// there, tasks whose timers are up by that are polled before the caller goes on, unless that is what `block_on` was given.
///
/// # Panics
/// As tokio's: outside a runtime, if the clock is not frozen, and if it cannot show that time.
///
/// # Examples
/// ```
/// use conccheck::tokio::time::{Duration, Instant, advance, pause};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         pause();
///         let begun = Instant::now();
///         advance(Duration::from_secs(5)).await;
///         assert_eq!(begun.elapsed(), Duration::from_secs(5));
///     });
/// });
/// ```
pub async fn advance(duration: Duration) {
    if backend::current() == Backend::Real {
        return ::tokio::time::advance(duration).await;
    }
    let mut is_done = false;
    poll_fn(|context| {
        if is_done {
            return Poll::Ready(());
        }
        is_done = true;
        done(task::advance(duration, context.waker()));
        Poll::Pending
    })
    .await;
}

#[track_caller]
fn done(result: Result<(), &'static str>) {
    if let Err(message) = result {
        panic!("{message}");
    }
}
