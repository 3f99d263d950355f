//! What is started, or done, where the calling thread is.

use super::control::Control;
use super::event_loop::{self, EventLoop};
use super::handle::{self, Handle, NO_RUNTIME};
use super::local_set;
use super::numbers;
use super::story;
use super::task::{Act, JoinHandle, Task};
use crate::task::erased::{BoxFuture, LocalBoxFuture};
use std::panic::Location;

/// The calling thread's runtime.
///
/// # Panics
/// If there is none.
#[track_caller]
pub(super) fn here() -> Handle {
    match handle::current() {
        Some(runtime) => runtime,
        None => panic!("{NO_RUNTIME}"),
    }
}

/// Starts a task of the calling thread's runtime.
#[track_caller]
pub(in crate::task) fn spawn<T: Send + 'static>(future: BoxFuture<T>) -> JoinHandle<T> {
    here().spawn(future)
}

/// Starts what may block, on a thread of its own.
#[track_caller]
pub(in crate::task) fn spawn_blocking<R: Send + 'static>(act: Act<R>) -> JoinHandle<R> {
    here().spawn_blocking(act)
}

/// Starts a task of the calling thread's set; or of its loop, if that is one of `conccheck::task`.
#[track_caller]
pub(in crate::task) fn spawn_local<T: 'static>(future: LocalBoxFuture<T>) -> JoinHandle<T> {
    let future = match local_set::spawn(future) {
        Ok(handle) => return handle,
        Err(future) => future,
    };
    let Some(here) = event_loop::current().filter(|here| here.is_local()) else {
        panic!("`spawn_local` called from outside of a `task::LocalSet` or `runtime::LocalRuntime`");
    };
    add_local(&here, future)
}

/// Starts a task of that loop, on its thread.
#[track_caller]
pub(super) fn add_local<T: 'static>(here: &EventLoop, future: LocalBoxFuture<T>) -> JoinHandle<T> {
    let number = numbers::next();
    let control = Control::at_home(number, here.mailbox.clone());
    story::spawns(control.name, Location::caller());
    let (task, handle) = Task::new(future, control);
    here.add_local(number, task);
    handle
}

/// Does what may block, where a task runs on a thread of its own.
#[track_caller]
pub(in crate::task) fn block_in_place<R>(act: impl FnOnce() -> R) -> R {
    if !event_loop::is_running() {
        return act();
    }
    let may_block = handle::current().is_some_and(|runtime| runtime.is_multi_thread());
    assert!(
        may_block && !local_set::is_polled(),
        "can call blocking only when running on the multi-threaded runtime"
    );
    event_loop::leave(act)
}
