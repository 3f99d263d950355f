//! Every job that is submitted is done: none is overwritten by the next, and an idle worker is woken.

use super::{ThreadPoolExecutor, as_completed};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;
use std::collections::VecDeque;
use std::num::NonZeroUsize;

/// Two jobs, one worker, which may wait for the second one already: always `did [0, 1]`.
pub fn every_job_runs() -> String {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN);
    let futures = (0..2).map(|number| pool.submit(move || number)).collect::<Result<Vec<_>, _>>();
    match futures {
        Ok(futures) => show(as_completed(futures).filter_map(|future| future.result().ok()).collect()),
        Err(error) => error.to_string(),
    }
}

/// Broken: the queue has room for one job, and submitting does not look. `did [0, 1]`, or `did [1]`.
pub fn drops_a_job() -> String {
    show(mailbox(|queue, job| *queue = VecDeque::from([job]), Notify::Always))
}

/// Broken: submitting wakes nobody, as if the worker were always busy. `did [0, 1]`, or a hang.
pub fn loses_a_wakeup() -> String {
    show(mailbox(VecDeque::push_back, Notify::Never))
}

#[derive(Clone, Copy, PartialEq)]
enum Notify {
    Always,
    /// The fault: a worker that has begun to wait never hears of a job.
    Never,
}

/// What a worker did that was given jobs 0 and 1 with `push`.
fn mailbox(push: fn(&mut VecDeque<usize>, usize), notify: Notify) -> Vec<usize> {
    let queue = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
    let worker = thread::spawn({
        let queue = queue.clone();
        move || {
            let mut done = Vec::new();
            while done.last() != Some(&1) {
                let mut jobs = queue.0.lock().unwrap_or_else(PoisonError::into_inner);
                while jobs.is_empty() {
                    jobs = queue.1.wait(jobs).unwrap_or_else(PoisonError::into_inner);
                }
                done.extend(jobs.pop_front());
            }
            done
        }
    });
    for job in 0..2 {
        push(&mut queue.0.lock().unwrap_or_else(PoisonError::into_inner), job);
        if notify == Notify::Always {
            queue.1.notify_one();
        }
    }
    worker.join().unwrap_or_default()
}

fn show(mut done: Vec<usize>) -> String {
    done.sort();
    format!("did {done:?}")
}
