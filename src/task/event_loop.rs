//! An event loop that is kept: its tasks go on from one wait to the next.

#[cfg(feature = "check")]
use super::checked;
#[cfg(feature = "check")]
use super::erased;
use super::erased::to_end;
use super::{JoinHandle, real};
#[cfg(feature = "check")]
use crate::backend::{self, Backend};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

/// A loop of tasks on one thread, as [`Runtime::current_thread`](super::Runtime::current_thread) has one; but it is there
/// until it is dropped, and may be waited for several times. A task that has not ended when [`EventLoop::block_on`] returns
/// goes on in the next one, and between the two nothing runs: what was woken, or is late, meanwhile has its turn then.
///
/// When it is dropped, its tasks are.
///
/// # Examples
/// ```
/// use conccheck::Checker;
/// use conccheck::task::{self, EventLoop};
///
/// Checker::new().check(|| {
///     let event_loop = EventLoop::new();
///     let two = event_loop.spawn_local(async { 2 });
///     event_loop.block_on(task::yield_now());
///     assert_eq!(event_loop.block_on(async { 1 + two.await.unwrap() }), 3);
/// });
/// ```
pub struct EventLoop {
    side: Side,
    stays: PhantomData<*const ()>,
}

enum Side {
    Real(real::EventLoop),
    #[cfg(feature = "check")]
    Checked(checked::KeptLoop),
}

impl EventLoop {
    /// One without tasks.
    pub fn new() -> Self {
        #[cfg(feature = "check")]
        if backend::current() != Backend::Real {
            return EventLoop { side: Side::Checked(checked::KeptLoop::new()), stays: PhantomData };
        }
        EventLoop { side: Side::Real(real::EventLoop::new()), stays: PhantomData }
    }

    /// Runs `future` to its end on this thread, and meanwhile the tasks, of which none has had a turn before it.
    ///
    /// # Panics
    /// With what `future` panics with, and when called inside a runtime.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        to_end!(future => match &self.side {
            Side::Real(event_loop) => expect_real(event_loop).block_on(future),
            #[cfg(feature = "check")]
            Side::Checked(event_loop) => event_loop.block_on(future),
        })
    }

    /// Starts a task, as [`spawn_local`](super::spawn_local) does in it: behind those that are ready now. It runs while
    /// somebody is in [`EventLoop::block_on`].
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        match &self.side {
            #[cfg(feature = "check")]
            Side::Real(event_loop) => expect_real(event_loop).spawn_local(erased::real::local(future)).into(),
            #[cfg(not(feature = "check"))]
            Side::Real(event_loop) => event_loop.spawn_local(future),
            #[cfg(feature = "check")]
            Side::Checked(event_loop) => event_loop.spawn_local(Box::pin(future)).into(),
        }
    }
}

/// Refuses what was made outside of the check.
fn expect_real(event_loop: &real::EventLoop) -> &real::EventLoop {
    #[cfg(feature = "check")]
    backend::expect_real("an event loop");
    event_loop
}

impl Default for EventLoop {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop").finish_non_exhaustive()
    }
}
