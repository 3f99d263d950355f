//! Tasks that stay on their thread: tokio's in a real run, the checked runtime's under a checker.

use super::checked;
use super::erased::real;
use super::join::JoinHandle;
use super::per_thread::Entered;
use super::runtime::Runtime;
use crate::backend::{self, Backend};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Tasks that need not be [`Send`], on any runtime: [`tokio::task::LocalSet`], under every backend.
///
/// They run while the set is awaited, or [`LocalSet::run_until`] is.
///
/// # Examples
/// ```
/// use conccheck::tokio::{runtime::Runtime, task::{LocalSet, spawn_local}};
/// use conccheck::Checker;
/// use std::{cell::Cell, rc::Rc};
///
/// Checker::new().check(|| {
///     let (runtime, count) = (Runtime::new().unwrap(), Rc::new(Cell::new(0)));
///     LocalSet::new().block_on(&runtime, async {
///         let counts = count.clone();
///         spawn_local(async move { counts.set(1) }).await.unwrap();
///     });
///     assert_eq!(count.get(), 1);
/// });
/// ```
pub struct LocalSet {
    side: Side,
    stays: PhantomData<*const ()>,
}

enum Side {
    Real(tokio::task::LocalSet),
    Checked(checked::LocalSet),
}

impl LocalSet {
    /// An empty set.
    pub fn new() -> Self {
        let side = match backend::current() {
            Backend::Real => Side::Real(tokio::task::LocalSet::new()),
            _ => Side::Checked(checked::LocalSet::new()),
        };
        LocalSet { side, stays: PhantomData }
    }

    /// Adds a task, which begins when the set is polled.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        match &self.side {
            Side::Real(set) => set.spawn_local(real::local(future)).into(),
            Side::Checked(set) => set.spawn(Box::pin(future)).into(),
        }
    }

    /// Runs `future` to its end, and meanwhile the set's tasks.
    pub async fn run_until<F: Future>(&self, future: F) -> F::Output {
        match &self.side {
            Side::Real(set) => set.run_until(future).await,
            Side::Checked(set) => set.run_until(future).await,
        }
    }

    /// As [`LocalSet::run_until`], on this thread and that runtime.
    ///
    /// # Panics
    /// As [`Runtime::block_on`].
    #[track_caller]
    pub fn block_on<F: Future>(&self, runtime: &Runtime, future: F) -> F::Output {
        runtime.block_on(self.run_until(future))
    }

    /// [`spawn_local`](super::spawn_local) adds to this set until the guard is dropped.
    pub fn enter(&self) -> LocalEnterGuard {
        LocalEnterGuard {
            _guard: match &self.side {
                Side::Real(set) => Guard::Real { _guard: set.enter() },
                Side::Checked(set) => Guard::Checked { _guard: set.enter() },
            },
        }
    }

    /// tokio's, or the checked one.
    pub(super) fn real(&self) -> Result<&tokio::task::LocalSet, &checked::LocalSet> {
        match &self.side {
            Side::Real(set) => Ok(set),
            Side::Checked(set) => Err(set),
        }
    }
}

/// Ends when all tasks have.
impl Future for LocalSet {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.side {
            Side::Real(set) => Pin::new(set).poll(context),
            Side::Checked(set) => set.poll(context),
        }
    }
}

impl Default for LocalSet {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for LocalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSet").finish_non_exhaustive()
    }
}

/// A set is where its thread's local tasks go until this is dropped.
pub struct LocalEnterGuard {
    _guard: Guard,
}

enum Guard {
    Real { _guard: tokio::task::LocalEnterGuard },
    Checked { _guard: Entered<checked::CurrentSet> },
}

impl fmt::Debug for LocalEnterGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEnterGuard").finish_non_exhaustive()
    }
}
