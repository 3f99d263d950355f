//! The runtimes of a real run: tokio's.

use super::Workers;
use std::future::Future;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

pub(super) fn block_on<F: Future>(workers: Workers, future: F) -> F::Output {
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
