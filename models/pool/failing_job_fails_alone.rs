//! A job that panics fails its own future; the worker goes on with the next job.

use super::{JobError, ThreadPoolExecutor};
use crate::panic;
use crate::sync::{Arc, Mutex, PoisonError};
use crate::thread;
use std::num::NonZeroUsize;

/// One worker, a failing job and another: always `failed(no), 1`.
pub fn failing_job_fails_alone() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let show = |result: Result<usize, JobError>| match result {
        Ok(number) => number.to_string(),
        Err(JobError::Failed(message)) => format!("failed({message})"),
        Err(JobError::Cancelled) => "cancelled".to_string(),
    };
    let futures = (pool.submit(fail), pool.submit(|| 1));
    match futures {
        (Ok(failing), Ok(other)) => format!("{}, {}", show(failing.result()), show(other.result())),
        (Err(error), _) | (_, Err(error)) => error.to_string(),
    }
}

/// Broken: nothing catches the panic, so it ends the worker, and the other job is never done: always
/// `missing, missing`.
pub fn panic_kills_worker() -> String {
    let results = Arc::new(Mutex::new([None, None]));
    let jobs: [fn() -> usize; 2] = [fail, || 1];
    let worker = thread::spawn({
        let results = results.clone();
        move || {
            for (index, job) in jobs.into_iter().enumerate() {
                // The fault: a job is called as if it could not panic.
                let result = job();
                results.lock().unwrap_or_else(PoisonError::into_inner)[index] = Some(result);
            }
        }
    });
    // The pool does not notice how its worker ended.
    let _ = worker.join();
    let results = *results.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = results.map(|result| result.map_or("missing".to_string(), |number| number.to_string()));
    shown.join(", ")
}

/// Panics without a word from the panic hook.
fn fail() -> usize {
    panic::resume_unwind(Box::new("no"))
}
