//! Shutting down wakes every worker that waits for work, lets it end, and waits for that.

use super::ThreadPoolExecutor;
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;
use std::num::NonZeroUsize;

/// Drops a pool of two workers that has two jobs: always `2 jobs done, workers ended`.
pub fn shutdown_ends_workers() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN.saturating_add(1));
    let done = Arc::new(AtomicUsize::new(0));
    for _ in 0..2 {
        let done = done.clone();
        let submitted = pool.submit(move || done.fetch_add(1, Ordering::SeqCst));
        if let Err(error) = submitted {
            return error.to_string();
        }
    }
    drop(pool);
    format!("{} jobs done, workers ended", done.load(Ordering::SeqCst))
}

/// Broken: shutting down sets its flag and notifies without the mutex, so both can come between a
/// worker's look at the flag and its wait, and the wakeup is lost. `worker ended`, or a hang.
pub fn loses_the_last_wakeup() -> String {
    let shut_down = Arc::new(AtomicBool::new(false));
    let work = Arc::new((Mutex::new(()), Condvar::new()));
    let worker = thread::spawn({
        let (shut_down, work) = (shut_down.clone(), work.clone());
        move || {
            let mut guard = work.0.lock().unwrap_or_else(PoisonError::into_inner);
            while !shut_down.load(Ordering::SeqCst) {
                guard = work.1.wait(guard).unwrap_or_else(PoisonError::into_inner);
            }
        }
    });
    // The fault: here `work.0` has to be locked.
    shut_down.store(true, Ordering::SeqCst);
    work.1.notify_all();
    // The worker does not panic.
    let _ = worker.join();
    "worker ended".to_string()
}
