//! A runtime as its owner has it: tokio's in a real run, the checked one under a checker.

use super::builder::Builder;
use super::checked;
use super::erased::to_end;
use super::handle::{EnterGuard, Handle, expect_real};
use super::join::JoinHandle;
use crate::backend;
use std::fmt;
use std::future::Future;
use std::io;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::time::Duration;

/// Where tasks run: [`tokio::runtime::Runtime`], under every backend.
///
/// When it is dropped, its tasks are: at once on a current-thread runtime, each at its next `await` on a
/// multi-thread one; and what runs is waited for, also what may block. What may block and has not begun does
/// not begin any more.
///
/// # Examples
/// ```
/// use conccheck::tokio::runtime::Builder;
/// use conccheck::Checker;
///
/// Checker::new().check(|| {
///     let runtime = Builder::new_current_thread().enable_all().build().unwrap();
///     let two = runtime.spawn(async { 2 });
///     assert_eq!(runtime.block_on(async { 1 + two.await.unwrap() }), 3);
/// });
/// ```
pub struct Runtime {
    side: Side,
    handle: Handle,
}

enum Side {
    Real(tokio::runtime::Runtime),
    Checked(checked::Runtime),
}

impl Runtime {
    /// A multi-thread runtime, with a thread for each core.
    ///
    /// # Errors
    /// When the operating system has no threads or timers left.
    pub fn new() -> io::Result<Runtime> {
        Builder::new_multi_thread().enable_all().build()
    }

    pub(super) fn real(runtime: tokio::runtime::Runtime) -> Self {
        Runtime { handle: runtime.handle().clone().into(), side: Side::Real(runtime) }
    }

    pub(super) fn checked(runtime: checked::Runtime) -> Self {
        Runtime { handle: Handle::checked(runtime.handle.clone()), side: Side::Checked(runtime) }
    }

    /// What others spawn on it by.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Starts a task, as [`Handle::spawn`] does.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// Runs what may block, as [`Handle::spawn_blocking`] does.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, act: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn_blocking(act)
    }

    /// Runs `future` to its end on this thread. Meanwhile the tasks of a current-thread runtime run on this
    /// thread too, unless they do on another; what has not ended by then goes on when somebody comes back.
    ///
    /// # Panics
    /// With what `future` panics with, and when called inside a runtime.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        to_end!(future => match &self.side {
            Side::Real(runtime) => expect_real(runtime).block_on(future),
            Side::Checked(runtime) => runtime.block_on(future),
        })
    }

    /// Makes it the runtime of the calling thread, until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Drops it, and waits at most so long for what runs.
    ///
    /// # Panics
    /// Inside a runtime, unless it waits for no time at all.
    pub fn shutdown_timeout(self, duration: Duration) {
        match self.side {
            Side::Real(runtime) => runtime.shutdown_timeout(duration),
            Side::Checked(runtime) => runtime.shutdown(duration),
        }
    }

    /// Drops it, and does not wait for what runs.
    pub fn shutdown_background(self) {
        self.shutdown_timeout(Duration::ZERO);
    }
}

impl UnwindSafe for Runtime {}
impl RefUnwindSafe for Runtime {}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("handle", &self.handle).finish_non_exhaustive()
    }
}

/// Refuses to have what was made inside a check and what was made outside do something together.
pub(super) fn refuse_foreign() -> ! {
    backend::unsupported(
        "a set of tasks and a runtime, of which one was made inside the check and one outside, are used together",
        "make both inside the checked program",
    )
}
