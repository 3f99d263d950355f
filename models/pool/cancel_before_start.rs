//! A job is either cancelled or done, and `cancel` says which.

use super::ThreadPoolExecutor;
use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Arc, Mutex, PoisonError};
use crate::thread;
use std::num::NonZeroUsize;

/// Cancels a job that a worker may be about to begin: always `either cancelled or done`.
pub fn cancel_before_start() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let done = Arc::new(AtomicBool::new(false));
    let job = {
        let done = done.clone();
        move || done.store(true, Ordering::SeqCst)
    };
    match pool.submit(job) {
        Ok(future) => {
            let cancelled = future.cancel();
            drop(pool);
            show(cancelled, done.load(Ordering::SeqCst))
        }
        Err(error) => error.to_string(),
    }
}

/// Broken: looks whether the job has begun and cancels it in two steps. Sometimes `both cancelled and
/// done`.
pub fn cancels_a_begun_job() -> String {
    #[derive(Clone, Copy, PartialEq)]
    enum Stage {
        Pending,
        Running,
        Cancelled,
    }
    let stage = Arc::new(Mutex::new(Stage::Pending));
    let read = |stage: &Mutex<Stage>| *stage.lock().unwrap_or_else(PoisonError::into_inner);
    let set = |stage: &Mutex<Stage>, to| *stage.lock().unwrap_or_else(PoisonError::into_inner) = to;
    let worker = thread::spawn({
        let stage = stage.clone();
        move || {
            let begins = read(&stage) == Stage::Pending;
            if begins {
                set(&stage, Stage::Running);
            }
            begins
        }
    });
    // The fault: the mutex is let go between the look and the change.
    let cancelled = read(&stage) == Stage::Pending;
    if cancelled {
        set(&stage, Stage::Cancelled);
    }
    show(cancelled, worker.join().unwrap_or(false))
}

fn show(cancelled: bool, done: bool) -> String {
    match (cancelled, done) {
        (true, true) => "both cancelled and done",
        (false, false) => "neither cancelled nor done",
        _ => "either cancelled or done",
    }
    .to_string()
}
