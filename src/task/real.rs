//! The runtimes of a real run: tokio's.

use super::Workers;
use std::future::Future;
use std::pin::Pin;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, LocalSet};

#[track_caller]
pub(super) fn block_on(workers: Workers, future: Pin<&mut dyn Future<Output = ()>>) {
    match workers {
        Workers::CurrentThread => EventLoop::new().block_on(future),
        Workers::Threads(count) => build(Builder::new_multi_thread().worker_threads(count)).block_on(future),
    }
}

/// A runtime of one thread, and the tasks that stay there. It ends before they are dropped.
pub(super) struct EventLoop {
    runtime: Runtime,
    tasks: LocalSet,
}

impl EventLoop {
    pub(super) fn new() -> Self {
        EventLoop { runtime: build(&mut Builder::new_current_thread()), tasks: LocalSet::new() }
    }

    #[track_caller]
    pub(super) fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        self.tasks.block_on(&self.runtime, future);
    }

    pub(super) fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tasks.spawn_local(future)
    }
}

fn build(builder: &mut Builder) -> Runtime {
    builder.enable_all().build().expect("the system gives threads and a timer")
}
