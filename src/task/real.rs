//! The runtimes of a real run: tokio's.

use super::Workers;
use std::future::Future;
use std::pin::Pin;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

pub(super) fn block_on<F: Future>(workers: Workers, future: F) -> F::Output {
    let mut output = None;
    run(workers, Box::pin(async { output = Some(future.await) }));
    output.expect("the future has come to its end")
}

/// In a box, so that tokio's runtimes are compiled once and not for each future.
fn run(workers: Workers, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
    match workers {
        Workers::CurrentThread => {
            LocalSet::new().block_on(&build(&mut Builder::new_current_thread()), future)
        }
        Workers::Threads(count) => build(Builder::new_multi_thread().worker_threads(count)).block_on(future),
    }
}

fn build(builder: &mut Builder) -> Runtime {
    builder.enable_all().build().expect("the system gives threads and a timer")
}
