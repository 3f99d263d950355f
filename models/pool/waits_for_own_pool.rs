//! A job that waits for another job of its own pool keeps a worker from doing it. Both of the
//! deadlocks that the documentation of `concurrent.futures` shows are of this kind. It is the user's
//! fault, not the pool's, so its twin is the same program with enough workers.

use super::ThreadPoolExecutor;
use crate::sync::Arc;
use std::num::NonZeroUsize;

/// One worker: always a hang. For checkers only.
pub fn waits_for_own_pool() -> String {
    outer_waits_for_inner(NonZeroUsize::MIN)
}

/// Two workers: always `inner`.
pub fn waits_for_own_pool_of_two() -> String {
    outer_waits_for_inner(NonZeroUsize::MIN.saturating_add(1))
}

fn outer_waits_for_inner(workers: NonZeroUsize) -> String {
    let pool = Arc::new(ThreadPoolExecutor::new(workers));
    let outer = pool.submit({
        let pool = pool.clone();
        move || match pool.submit(|| "inner".to_string()) {
            Ok(inner) => inner.result(),
            Err(refused) => Ok(refused.to_string()),
        }
    });
    match outer.map(|outer| outer.result()) {
        Ok(Ok(Ok(result))) => result,
        failed => format!("{failed:?}"),
    }
}
