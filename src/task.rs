//! Async tasks, with the names of `tokio::task` and `tokio::time`.
use std::future::Future;
use std::time::Duration;

pub use tokio::task::{JoinError, JoinHandle, JoinSet, spawn, spawn_local, yield_now};

/// Where tasks run: on one thread, or on several.
pub struct Runtime {
    workers: Option<usize>,
}

impl Runtime {
    /// One thread: tasks switch only at `await`.
    pub fn current_thread() -> Self {
        Runtime { workers: None }
    }
    /// `workers` threads.
    pub fn multi_thread(workers: usize) -> Self {
        Runtime { workers: Some(workers) }
    }
    /// Runs `future` to its end, and the tasks that it spawns meanwhile.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self.workers {
            None => {
                let runtime =
                    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                tokio::task::LocalSet::new().block_on(&runtime, future)
            }
            Some(workers) => tokio::runtime::Builder::new_multi_thread()
                .worker_threads(workers)
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(future),
        }
    }
}

/// Runs `future` to its end on this thread, and the tasks that it spawns meanwhile.
pub fn block_on<F: Future>(future: F) -> F::Output {
    Runtime::current_thread().block_on(future)
}

/// Waits for `duration`.
pub async fn sleep(duration: Duration) {
    tokio::time::sleep(duration).await
}
