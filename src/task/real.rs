//! The runtimes of a real run: tokio's.

use super::Workers;
use std::future::Future;
use std::pin::Pin;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, LocalSet};

pub(super) fn block_on<F: Future>(workers: Workers, future: F) -> F::Output {
    match workers {
        Workers::CurrentThread => EventLoop::new().block_on(future),
        Workers::Threads(count) => {
            let runtime = build(Builder::new_multi_thread().worker_threads(count));
            output_of(future, |future| runtime.block_on(future))
        }
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

    pub(super) fn block_on<F: Future>(&self, future: F) -> F::Output {
        output_of(future, |future| self.tasks.block_on(&self.runtime, future))
    }

    pub(super) fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.tasks.spawn_local(future)
    }
}

/// In a box, so that tokio's runtimes are compiled once and not for each future.
fn output_of<F: Future>(future: F, run: impl FnOnce(Pin<Box<dyn Future<Output = ()> + '_>>)) -> F::Output {
    let mut output = None;
    run(Box::pin(async { output = Some(future.await) }));
    output.expect("the future has come to its end")
}

fn build(builder: &mut Builder) -> Runtime {
    builder.enable_all().build().expect("the system gives threads and a timer")
}
