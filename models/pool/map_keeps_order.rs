//! `map` gives results in the order of the items, whichever finishes first.

use super::{JobError, ThreadPoolExecutor};
use crate::sync::{Arc, Mutex, PoisonError};
use crate::thread;
use std::num::NonZeroUsize;

/// Two items on two workers: always `[0, 10]`.
pub fn map_keeps_order() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN.saturating_add(1));
    match pool.map([0, 1], |number| number * 10) {
        Ok(results) => show(results),
        Err(error) => error.to_string(),
    }
}

/// Broken: results are kept as they come. `[0, 10]` or `[10, 0]`.
pub fn map_in_finishing_order() -> String {
    let results = Arc::new(Mutex::new(Vec::new()));
    let workers: Vec<_> = [0, 1]
        .into_iter()
        .map(|number| {
            let results = results.clone();
            // The fault: the place of a result is where the last one ended, not where its item is.
            thread::spawn(move || {
                results.lock().unwrap_or_else(PoisonError::into_inner).push(Ok(number * 10))
            })
        })
        .collect();
    for worker in workers {
        // The workers do not panic.
        let _ = worker.join();
    }
    let results = std::mem::take(&mut *results.lock().unwrap_or_else(PoisonError::into_inner));
    show(results)
}

fn show(results: impl IntoIterator<Item = Result<i32, JobError>>) -> String {
    let shown: Vec<_> = results
        .into_iter()
        .map(|result| result.map_or_else(|error| error.to_string(), |number| number.to_string()))
        .collect();
    format!("[{}]", shown.join(", "))
}
