//! A runtime whose tasks need not be `Send`: tokio's in a real run. Under a checker there is none, which is said.

use super::builder::Builder;
use super::erased::{real, to_end};
use super::handle::{EnterGuard, Handle};
use super::join::JoinHandle;
use crate::backend::{self, Backend};
use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;
pub use tokio::runtime::LocalOptions;
use tokio::runtime::LocalRuntime as Tokio;

/// A runtime that stays on its thread: [`tokio::runtime::LocalRuntime`]. For real runs: inside a check there is none, and a
/// program that makes one is not checked ([`Verdict::Skip`](crate::Verdict::Skip)). A
/// [`LocalSet`](crate::tokio::task::LocalSet) on a current-thread runtime is.
///
/// # Examples
/// ```
/// use conccheck::tokio::runtime::LocalRuntime;
/// use std::rc::Rc;
///
/// let (runtime, two) = (LocalRuntime::new().unwrap(), Rc::new(2));
/// let task = runtime.spawn_local(async move { *two });
/// assert_eq!(runtime.block_on(task).unwrap(), 2);
/// ```
pub struct LocalRuntime {
    tokio: Tokio,
    handle: Handle,
}

impl LocalRuntime {
    /// One with timers and I/O.
    ///
    /// # Errors
    /// When the operating system has no timers left.
    pub fn new() -> io::Result<LocalRuntime> {
        Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
    }

    pub(super) fn build(builder: &mut tokio::runtime::Builder, options: LocalOptions) -> io::Result<Self> {
        if backend::current() != Backend::Real {
            backend::unsupported(
                "a LocalRuntime is made",
                "use a task::LocalSet on a current-thread runtime, which does the same",
            );
        }
        let tokio = builder.build_local(options)?;
        Ok(LocalRuntime { handle: tokio.handle().clone().into(), tokio })
    }

    /// What others spawn on it by.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Starts a task.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tokio.spawn_local(real::local(future)).into()
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

    /// Runs `future` to its end, and meanwhile the tasks.
    ///
    /// # Panics
    /// With what `future` panics with, and when called inside a runtime.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        to_end!(future => self.tokio.block_on(future))
    }

    /// Makes it the runtime of the calling thread, until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Drops it, and waits at most so long for what runs.
    pub fn shutdown_timeout(self, duration: Duration) {
        self.tokio.shutdown_timeout(duration);
    }

    /// Drops it, and does not wait for what runs.
    pub fn shutdown_background(self) {
        self.tokio.shutdown_background();
    }
}

impl fmt::Debug for LocalRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tokio.fmt(f)
    }
}
