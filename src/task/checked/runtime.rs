//! A runtime as its owner has it: what it waits for with its tasks, and how it comes to its end.

use super::clock::LoopClock;
use super::event_loop::{self, Order};
use super::handle::{Handle, Limits, Tasks};
use super::members;
use super::time::sleep;
use crate::backend::{self, clock};
use crate::panic;
use crate::task::Workers;
use crate::thread;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

/// Runs `future` to its end as a runtime of `conccheck::task` does. How many workers there are makes no
/// difference: each task has a thread.
#[track_caller]
pub(in crate::task) fn block_on<F: Future>(workers: Workers, future: F) -> F::Output {
    refuse_inside();
    match workers {
        Workers::CurrentThread => {
            let runtime = Handle::one(Order::Rounds, Limits::NONE, LoopClock::going());
            let output = runtime.block_on(future);
            runtime.0.members.end_blocking();
            output
        }
        Workers::Threads(_) => {
            let runtime = Handle::many(Limits::NONE);
            runtime.block_on(async {
                let output = panic::catch_unwind_async(future).await;
                runtime.0.members.end().await;
                output.unwrap_or_else(|payload| panic::resume_unwind(payload))
            })
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
    has_ended: bool,
}

/// How long the end of a runtime waits for what runs.
enum Patience {
    Endless,
    Until(Duration),
    None,
}

impl Runtime {
    /// Its clock is frozen if it `starts_paused`.
    pub(in crate::task) fn current_thread(limits: Limits, starts_paused: bool) -> Self {
        let clock = if starts_paused { LoopClock::frozen(clock::shown()) } else { LoopClock::going() };
        Runtime { handle: Handle::one(Order::Tokio, limits, clock), has_ended: false }
    }

    pub(in crate::task) fn multi_thread(limits: Limits) -> Self {
        let handle = Handle::many(limits);
        // One that is in a static is never dropped; its threads end with the program.
        let runtime = handle.0.clone();
        backend::when_main_returns(move || runtime.members.close_if_open());
        Runtime { handle, has_ended: false }
    }

    #[track_caller]
    pub(in crate::task) fn block_on<F: Future>(&self, future: F) -> F::Output {
        refuse_inside();
        self.handle.block_on(future)
    }

    pub(in crate::task) fn shutdown(mut self, timeout: Duration) {
        self.end(if timeout.is_zero() { Patience::None } else { Patience::Until(timeout) });
    }

    fn end(&mut self, patience: Patience) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        if let Tasks::One(one) = &self.handle.0.tasks {
            one.close(&self.handle);
        }
        let left = self.handle.0.members.close();
        if matches!(patience, Patience::None) || thread::panicking() {
            return;
        }
        assert!(
            !event_loop::is_running(),
            "Cannot drop a runtime in a context where blocking is not allowed. This happens when a runtime is dropped \
             from within an asynchronous context."
        );
        match patience {
            _ if left.is_empty() => {}
            Patience::Until(timeout) => members::wait(first(members::all_ended(left), sleep(timeout))),
            _ => members::wait(members::all_ended(left)),
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if !backend::abandoned() {
            self.end(Patience::Endless);
        }
    }
}

impl Handle {
    #[track_caller]
    pub(in crate::task) fn block_on_alone<F: Future>(&self, future: F) -> F::Output {
        refuse_inside();
        self.wait_for(future)
    }
}

#[track_caller]
fn refuse_inside() {
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
