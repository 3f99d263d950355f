//! Shutting down with [`Queued::Cancel`] finishes the futures that it cancels: whoever waits for them
//! comes back. In CPython nobody does: there a cancelled future tells its waiters when a worker takes
//! it from the queue, and `shutdown(cancel_futures=True)` has emptied the queue (gh-87893, gh-92001,
//! gh-109934, gh-136655).

use super::{Queued, ThreadPoolExecutor, Wait, as_completed};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;
use std::num::NonZeroUsize;

/// Two jobs, one worker, shut down at once; then waits for both: always `2 of 2 finished`.
pub fn shutdown_cancels_queued() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let futures = (0..2).map(|_| pool.submit(|| ())).collect::<Result<Vec<_>, _>>();
    pool.shutdown(Wait::No, Queued::Cancel);
    match futures {
        Ok(futures) => format!("{} of 2 finished", as_completed(futures).count()),
        Err(error) => error.to_string(),
    }
}

/// Broken as CPython is: cancelling on shutdown marks the future and tells nobody. `finished`, where
/// the worker was quicker than the shutdown, or a hang.
pub fn shutdown_notifies_nobody() -> String {
    let pool =
        Arc::new(Pool { queued: Mutex::new(true), finished: (Mutex::new(Stage::Pending), Condvar::new()) });
    let worker = thread::spawn({
        let pool = pool.clone();
        move || {
            // What a worker takes from the queue it runs, or tells the waiters that it was cancelled.
            if pool.dequeue() {
                *pool.finished.0.lock().unwrap_or_else(PoisonError::into_inner) = Stage::Finished;
                pool.finished.1.notify_all();
            }
        }
    });
    pool.shutdown();
    let mut stage = pool.finished.0.lock().unwrap_or_else(PoisonError::into_inner);
    // As in `concurrent.futures.wait`: cancelled is not yet finished.
    while *stage != Stage::Finished {
        stage = pool.finished.1.wait(stage).unwrap_or_else(PoisonError::into_inner);
    }
    drop(stage);
    // The worker does not panic.
    let _ = worker.join();
    "finished".to_string()
}

/// CPython's `CANCELLED_AND_NOTIFIED` and `FINISHED` are one stage here: a waiter is told of both.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Pending,
    Cancelled,
    Finished,
}

/// One job, one future.
struct Pool {
    /// Whether the job is in the queue.
    queued: Mutex<bool>,
    finished: (Mutex<Stage>, Condvar),
}

impl Pool {
    fn dequeue(&self) -> bool {
        std::mem::take(&mut *self.queued.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn shutdown(&self) {
        if self.dequeue() {
            // The fault: nobody will take this future from the queue any more, so nobody will make it
            // finished and notify.
            *self.finished.0.lock().unwrap_or_else(PoisonError::into_inner) = Stage::Cancelled;
        }
    }
}
