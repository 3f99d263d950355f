//! A pool of one worker never does two jobs at once, also when two threads submit at once.

use super::ThreadPoolExecutor;
use crate::models::most_at_once::MostAtOnce;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::thread;
use std::num::NonZeroUsize;

/// Two submitters, one worker: always `at most 1 at once`.
pub fn never_more_than_max_workers() -> String {
    let pool = Arc::new(ThreadPoolExecutor::new(NonZeroUsize::MIN));
    let jobs = Arc::new(MostAtOnce::default());
    let submit = {
        let (pool, jobs) = (pool.clone(), jobs.clone());
        move || {
            // Refused is not done, and then no job overlaps it.
            let _ = pool.submit(move || jobs.pass());
        }
    };
    let submitter = thread::spawn(submit.clone());
    submit();
    // The submitter does not panic.
    let _ = submitter.join();
    drop(pool);
    jobs.to_string()
}

/// Broken: looks how many workers there are and counts the new one in two steps, so that two
/// submitters start one each. Sometimes `at most 2 at once`.
pub fn starts_one_too_many() -> String {
    let started = Arc::new(AtomicUsize::new(0));
    let jobs = Arc::new(MostAtOnce::default());
    let submit = {
        let jobs = jobs.clone();
        move || {
            // The fault: another submitter can come between the look and the count.
            let starts = started.load(Ordering::SeqCst) < 1;
            started.fetch_add(1, Ordering::SeqCst);
            starts.then(|| thread::spawn(move || jobs.pass()))
        }
    };
    let submitter = thread::spawn(submit.clone());
    let workers = [submit(), submitter.join().unwrap_or(None)];
    for worker in workers.into_iter().flatten() {
        // The workers do not panic.
        let _ = worker.join();
    }
    jobs.to_string()
}
