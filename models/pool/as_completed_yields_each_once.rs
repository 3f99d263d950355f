//! `as_completed` gives every future once, also one that is given twice or finishes meanwhile.

use super::{Future, SubmitError, ThreadPoolExecutor, as_completed};
use crate::sync::{Arc, Mutex, PoisonError};
use std::num::NonZeroUsize;

/// Two jobs on one worker, the first given twice: always `yielded [0, 1]`.
pub fn as_completed_yields_each_once() -> String {
    with_two_futures(|_pool, futures| {
        let first = futures[0].clone();
        as_completed(futures.into_iter().chain([first])).collect()
    })
}

/// Broken: asks to be told of a future, and then looks whether it has finished. One that has counts
/// twice: `yielded [0, 1]`, or with a 0 or a 1 more.
pub fn yields_twice() -> String {
    with_two_futures(|pool, futures| {
        let finished = Arc::new(Mutex::new(Vec::new()));
        let note = |finished: &Mutex<Vec<_>>, future: &Future<usize>| {
            finished.lock().unwrap_or_else(PoisonError::into_inner).push(future.clone());
        };
        for future in futures {
            let told = finished.clone();
            future.add_done_callback(move |future| note(&told, future));
            // The fault: if it has finished, it has told so itself.
            if future.done() {
                note(&finished, &future);
            }
        }
        drop(pool);
        std::mem::take(&mut *finished.lock().unwrap_or_else(PoisonError::into_inner))
    })
}

/// What `collect` makes of the futures of jobs 0 and 1 on one worker.
fn with_two_futures(
    collect: impl FnOnce(ThreadPoolExecutor, Vec<Future<usize>>) -> Vec<Future<usize>>,
) -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let futures: Result<_, SubmitError> = (0..2).map(|number| pool.submit(move || number)).collect();
    match futures {
        Ok(futures) => {
            let yielded = collect(pool, futures);
            let mut numbers: Vec<_> = yielded.iter().filter_map(|future| future.result().ok()).collect();
            numbers.sort();
            format!("yielded {numbers:?}")
        }
        Err(refused) => refused.to_string(),
    }
}
