//! Async tasks, with the names of `tokio::task`, `tokio::time` and `tokio::runtime`. Needs the feature
//! `tokio`.
//!
//! These are runtimes that end with what they wait for, and [`EventLoop`], which is kept; those that live on as tokio's do,
//! and what else there is of tasks, is in [`conccheck::tokio`](mod@crate::tokio).
//!
//! Without the feature `check` everything here is tokio's own, and [`Runtime`] a few lines around
//! it. With it, each function asks which backend runs the caller: in a real run it calls tokio,
//! under a checker it calls `checked`, which is written on this crate's threads and locks and so
//! needs to know nothing of the checker.
//!
//! | | real | under a checker |
//! |---|---|---|
//! | a task of a current-thread runtime | tokio's `LocalSet` | one event loop on one thread |
//! | a task of a multi-thread runtime | tokio's workers | a thread of its own |
//! | what `spawn_blocking` runs | tokio's threads | a thread of its own |
//! | [`sleep`] | the clock | ends whenever the checker likes, and its time has passed then |

mod cancellable;
mod erased;
mod event_loop;
mod real;

#[cfg(feature = "check")]
pub(crate) mod builder;
#[cfg(feature = "check")]
mod checked;
#[cfg(feature = "check")]
pub(crate) mod either;
#[cfg(feature = "check")]
pub(crate) mod handle;
#[cfg(feature = "check")]
pub(crate) mod id;
#[cfg(feature = "check")]
mod join;
#[cfg(feature = "check")]
mod join_set;
#[cfg(feature = "check")]
pub(crate) mod local_runtime;
#[cfg(feature = "check")]
pub(crate) mod local_set;
#[cfg(feature = "check")]
pub(crate) mod per_thread;
#[cfg(feature = "check")]
pub(crate) mod runtime;

pub use cancellable::{Cancellable, Cancelled, cancellable, retried};
pub use event_loop::EventLoop;

#[cfg(feature = "check")]
pub(crate) use cancellable::name_of;
#[cfg(feature = "check")]
pub(crate) use checked::{
    Moment, Wait, Waiter, advance, consume_budget, elapses, expect_io, expect_timers, freeze, go,
    look_who_was_woken, of_loop, poll_library,
};
#[cfg(feature = "check")]
pub use either::{sleep, spawn, spawn_local, yield_now};
#[cfg(feature = "check")]
pub use join::{AbortHandle, JoinError, JoinHandle};
#[cfg(feature = "check")]
pub use join_set::JoinSet;

#[cfg(not(feature = "check"))]
pub use tokio::task::{AbortHandle, JoinError, JoinHandle, JoinSet, spawn, spawn_local, yield_now};
#[cfg(not(feature = "check"))]
pub use tokio::time::sleep;

use std::future::Future;
use std::pin::Pin;

/// Waits for `future` on a thread that runs no tasks, under a checker.
///
/// # Panics
/// Inside a runtime, as tokio.
#[cfg(feature = "check")]
#[track_caller]
pub(crate) fn wait_blocking<F: Future>(future: F) -> F::Output {
    assert!(
        !checked::is_in_runtime(),
        "Cannot block the current thread from within a runtime. This happens because a function attempted to block the \
         current thread while the thread is being used to drive asynchronous tasks."
    );
    checked::wait(future)
}

/// Where tasks run: on one thread, or on several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runtime {
    workers: Workers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Workers {
    CurrentThread,
    Threads(usize),
}

impl Runtime {
    /// One thread, the one that calls [`Runtime::block_on`]: tasks switch only at `await`.
    pub fn current_thread() -> Self {
        Runtime { workers: Workers::CurrentThread }
    }

    /// As many threads as `workers`. Under a checker every task has a thread of its own, so that no
    /// interleaving is left out.
    ///
    /// # Panics
    /// If `workers` is zero.
    pub fn multi_thread(workers: usize) -> Self {
        assert!(workers > 0, "a multi-thread runtime needs at least one worker");
        Runtime { workers: Workers::Threads(workers) }
    }

    /// Runs `future` to its end, and meanwhile the tasks that it spawns. Tasks that have not ended
    /// by then are dropped.
    ///
    /// # Panics
    /// With what `future` panics with, and when called inside a runtime.
    ///
    /// # Examples
    /// ```
    /// use conccheck::task::{self, Runtime};
    ///
    /// let sum = Runtime::multi_thread(2).block_on(async {
    ///     let two = task::spawn(async { 2 });
    ///     let three = task::spawn(async { 3 });
    ///     two.await.unwrap() + three.await.unwrap()
    /// });
    /// assert_eq!(sum, 5);
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        erased::to_end!(future => self.run(future))
    }

    #[track_caller]
    fn run(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        #[cfg(feature = "check")]
        if crate::backend::current() != crate::backend::Backend::Real {
            return checked::block_on(self.workers, future);
        }
        real::block_on(self.workers, future);
    }
}

/// Runs `future` to its end on this thread, and meanwhile the tasks that it spawns.
///
/// # Panics
/// As [`Runtime::block_on`] does.
///
/// # Examples
/// ```
/// use conccheck::task;
///
/// let answer = task::block_on(async { task::spawn_local(async { 42 }).await.unwrap() });
/// assert_eq!(answer, 42);
/// ```
#[track_caller]
pub fn block_on<F: Future>(future: F) -> F::Output {
    Runtime::current_thread().block_on(future)
}
