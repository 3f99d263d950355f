//! A runtime as others see it: tokio's in a real run, the checked one under a checker.

use super::checked;
use super::erased::{real, to_end};
use super::join::JoinHandle;
use super::per_thread::Entered;
use crate::backend::{self, Backend};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// A runtime, to spawn on: [`tokio::runtime::Handle`], under every backend.
#[derive(Clone)]
pub struct Handle(Side);

#[derive(Clone)]
enum Side {
    Real(tokio::runtime::Handle),
    Checked(checked::Handle),
}

/// How many threads a runtime has.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeFlavor {
    /// One: that which waits for it.
    CurrentThread,
    /// Several of its own.
    MultiThread,
}

impl Handle {
    /// The runtime of the calling thread.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn current() -> Self {
        match Self::try_current() {
            Ok(handle) => handle,
            Err(error) => panic!("{error}"),
        }
    }

    /// The runtime of the calling thread: that whose task it runs, or that was [entered](Handle::enter).
    ///
    /// # Errors
    /// If there is none.
    pub fn try_current() -> Result<Self, TryCurrentError> {
        match backend::current() {
            Backend::Real => match tokio::runtime::Handle::try_current() {
                Ok(handle) => Ok(handle.into()),
                Err(error) => Err(TryCurrentError(Missing::Real(error))),
            },
            _ => checked::current_runtime().map(Handle::checked).ok_or(TryCurrentError(Missing::Checked)),
        }
    }

    /// Starts a task. It runs at once on a multi-thread runtime, else while somebody is in
    /// [`Runtime::block_on`](super::runtime::Runtime::block_on). If the runtime has ended, the task is
    /// dropped.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        match &self.0 {
            Side::Real(handle) => expect_real(handle).spawn(real::sent(future)).into(),
            Side::Checked(handle) => handle.spawn(Box::pin(future)).into(),
        }
    }

    /// Runs what may block on a thread that runs no tasks. It cannot be aborted once it has begun.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, act: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        match &self.0 {
            Side::Real(handle) => expect_real(handle).spawn_blocking(real::act(act)).into(),
            Side::Checked(handle) => handle.spawn_blocking(Box::new(act)).into(),
        }
    }

    /// Runs `future` to its end on this thread, as part of the runtime. Tasks of a current-thread runtime do
    /// not run meanwhile, unless another thread is in
    /// [`Runtime::block_on`](super::runtime::Runtime::block_on).
    ///
    /// # Panics
    /// With what `future` panics with, and when called inside a runtime.
    ///
    /// # Examples
    /// ```
    /// use conccheck::tokio::runtime::Runtime;
    /// use conccheck::{Checker, thread};
    ///
    /// Checker::new().check(|| {
    ///     let runtime = Runtime::new().unwrap();
    ///     let handle = runtime.handle().clone();
    ///     let other = thread::spawn(move || {
    ///         let two = handle.spawn(async { 2 });
    ///         handle.block_on(async { two.await.unwrap() })
    ///     });
    ///     assert_eq!(other.join().unwrap(), 2);
    /// });
    /// ```
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        to_end!(future => match &self.0 {
            Side::Real(handle) => expect_real(handle).block_on(future),
            Side::Checked(handle) => handle.block_on_alone(future),
        })
    }

    /// Makes it the runtime of the calling thread, until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        let guard = match &self.0 {
            Side::Real(handle) => Guard::Real { _guard: expect_real(handle).enter() },
            Side::Checked(handle) => Guard::Checked { _guard: handle.clone().enter() },
        };
        EnterGuard { _guard: guard, handle: PhantomData }
    }

    /// How many threads it has.
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        let is_multi_thread = match &self.0 {
            Side::Real(handle) => handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread,
            Side::Checked(handle) => handle.is_multi_thread(),
        };
        if is_multi_thread { RuntimeFlavor::MultiThread } else { RuntimeFlavor::CurrentThread }
    }

    /// What tells the runtime from others.
    pub fn id(&self) -> Id {
        match &self.0 {
            Side::Real(handle) => Id(Number::Real(handle.id())),
            Side::Checked(handle) => Id(Number::Checked(handle.number())),
        }
    }

    pub(super) fn checked(handle: checked::Handle) -> Self {
        Handle(Side::Checked(handle))
    }

    /// tokio's, or the checked one.
    pub(super) fn real(&self) -> Result<&tokio::runtime::Handle, &checked::Handle> {
        match &self.0 {
            Side::Real(handle) => Ok(handle),
            Side::Checked(handle) => Err(handle),
        }
    }
}

/// Refuses what was made outside of the check.
pub(super) fn expect_real<T>(made_outside: &T) -> &T {
    backend::expect_real("a runtime");
    made_outside
}

impl From<tokio::runtime::Handle> for Handle {
    fn from(handle: tokio::runtime::Handle) -> Self {
        Handle(Side::Real(handle))
    }
}

impl UnwindSafe for Handle {}
impl RefUnwindSafe for Handle {}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// A runtime is that of its thread until this is dropped.
#[must_use = "creating and dropping a guard does nothing"]
pub struct EnterGuard<'a> {
    _guard: Guard<'a>,
    handle: PhantomData<&'a Handle>,
}

enum Guard<'a> {
    Real { _guard: tokio::runtime::EnterGuard<'a> },
    Checked { _guard: Entered<checked::Handle> },
}

impl fmt::Debug for EnterGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterGuard").finish_non_exhaustive()
    }
}

/// Tells a runtime from the others that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id(Number);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Number {
    Real(tokio::runtime::Id),
    Checked(u64),
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Real(id) => id.fmt(f),
            Number::Checked(number) => number.fmt(f),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Number::Real(id) => id.fmt(f),
            Number::Checked(number) => number.fmt(f),
        }
    }
}

/// Why a thread has no runtime.
#[derive(Debug)]
pub struct TryCurrentError(Missing);

#[derive(Debug)]
enum Missing {
    Real(tokio::runtime::TryCurrentError),
    Checked,
}

impl TryCurrentError {
    /// Whether the thread is none of a runtime, and has not entered one.
    pub fn is_missing_context(&self) -> bool {
        match &self.0 {
            Missing::Real(error) => error.is_missing_context(),
            Missing::Checked => true,
        }
    }

    /// Whether the thread is ending.
    pub fn is_thread_local_destroyed(&self) -> bool {
        match &self.0 {
            Missing::Real(error) => error.is_thread_local_destroyed(),
            Missing::Checked => false,
        }
    }
}

impl fmt::Display for TryCurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Missing::Real(error) => error.fmt(f),
            Missing::Checked => f.write_str(checked::NO_RUNTIME),
        }
    }
}

impl Error for TryCurrentError {}
