//! A runtime as its owner has it: what it waits for with its tasks, and how it comes to its end.

use super::clock::LoopClock;
use super::event_loop::{self, Order};
use super::handle::{Handle, Limits, Tasks};
use super::kept_loop::KeptLoop;
use super::members;
use super::numbers;
use super::time::sleep;
use crate::backend::{self, Backend, clock};
use crate::panic;
use crate::task::Workers;
use crate::thread;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

/// Runs `future` to its end as a runtime of `conccheck::task` does. How many workers there are makes no
/// difference: each task has a thread.
#[track_caller]
pub(in crate::task) fn block_on(workers: Workers, future: Pin<&mut dyn Future<Output = ()>>) {
    refuse_inside();
    match workers {
        Workers::CurrentThread => KeptLoop::once().block_on(future),
        Workers::Threads(_) => {
            let runtime = Handle::many(Limits::NONE);
            runtime.block_on(pin!(async {
                let output = panic::catch_unwind_async(future).await;
                runtime.0.members.end().await;
                output.unwrap_or_else(|payload| panic::resume_unwind(payload));
            }))
        }
    }
}

/// Waits for `future` on a thread that runs no tasks.
pub(in crate::task) fn wait<F: Future>(future: F) -> F::Output {
    members::wait(future)
}

/// A runtime of `conccheck::tokio`.
pub(in crate::task) struct Runtime {
    pub(in crate::task) handle: Handle,
    /// Whether its threads have been told to end.
    is_shut_down: bool,
}

impl Runtime {
    /// Its clock is frozen if it `starts_paused`.
    pub(in crate::task) fn current_thread(limits: Limits, starts_paused: bool) -> Self {
        let clock = if starts_paused { LoopClock::frozen(clock::shown()) } else { LoopClock::going() };
        Runtime { handle: Handle::one(Order::Tokio, limits, clock), is_shut_down: false }
    }

    /// tokio has so many `workers`, if that is known.
    pub(in crate::task) fn multi_thread(limits: Limits, workers: Option<usize>) -> Self {
        let handle = Handle::many(limits);
        numbers::skip(workers.unwrap_or(0));
        // One that is in a static is never dropped; what is left of it ends with the program.
        let runtime = handle.0.clone();
        backend::when_main_returns(move || runtime.members.close_if_open());
        Runtime { handle, is_shut_down: false }
    }

    #[track_caller]
    pub(in crate::task) fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        refuse_inside();
        self.handle.block_on(future)
    }

    /// Waits at most so long for what runs, and then drops what it runs itself.
    pub(in crate::task) fn shutdown(mut self, timeout: Duration) {
        self.is_shut_down = true;
        let left = self.handle.0.members.close_some_time();
        if !timeout.is_zero() && may_wait() && !left.is_empty() {
            members::wait(first(members::all_ended(left), sleep(timeout)));
        }
    }

    fn end(&mut self) {
        if let Tasks::One(one) = &self.handle.0.tasks {
            one.close(&self.handle);
        }
        if std::mem::replace(&mut self.is_shut_down, true) {
            return;
        }
        let left = self.handle.0.members.close();
        if may_wait() && !left.is_empty() {
            members::wait(members::all_ended(left));
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if !backend::abandoned() {
            self.end();
        }
    }
}

/// Whether who ends a runtime waits for what runs there. Other checkers than native have nothing else done while a thread
/// unwinds.
///
/// # Panics
/// As tokio, inside a runtime; but not while the thread unwinds.
pub(super) fn may_wait() -> bool {
    let is_inside = event_loop::is_running();
    if thread::panicking() {
        return !is_inside && backend::current() == Backend::Native;
    }
    assert!(
        !is_inside,
        "Cannot drop a runtime in a context where blocking is not allowed. This happens when a runtime is dropped \
         from within an asynchronous context."
    );
    true
}

impl Handle {
    #[track_caller]
    pub(in crate::task) fn block_on_alone(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        refuse_inside();
        self.wait_asking(future)
    }
}

#[track_caller]
pub(super) fn refuse_inside() {
    assert!(
        !event_loop::is_running(),
        "Cannot start a runtime from within a runtime. This happens because a function (like `block_on`) attempted to \
         block the current thread while the thread is being used to drive asynchronous tasks. If you are in an async \
         function, use `.await` on the future instead of blocking on it."
    );
}

/// Until one of the two ends.
async fn first(one: impl Future<Output = ()>, other: impl Future<Output = ()>) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        if one.as_mut().poll(context).is_ready() || other.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await
}
