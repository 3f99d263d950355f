//! A worker has its own memory: what it writes to an argument is not seen by its parent, who gets what
//! it sends back, and nothing else.

use super::{APPEND, FUNCTIONS, Launch, ProcessPoolExecutor};
use crate::sync::{Arc, Mutex, PoisonError};
use crate::thread;

/// Correct: always `the parent's list is [1], the worker's is [1, 2]`.
pub fn memory_is_separate() -> String {
    let pool = ProcessPoolExecutor::new(1, Launch::Task, FUNCTIONS);
    let list = vec![1];
    let future = pool.submit(&APPEND, &(list.clone(), 2));
    match future.result() {
        Ok(appended) => shown(&list, &appended),
        Err(error) => error.to_string(),
    }
}

/// Faulty: a worker that is a thread and gets the list itself, not its bytes. The parent's list changes
/// under its hands: `the parent's list is [1, 2], the worker's is [1, 2]`.
pub fn memory_is_shared() -> String {
    let list = Arc::new(Mutex::new(vec![1]));
    let argument = list.clone();
    let worker = thread::spawn(move || {
        let mut list = argument.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(2);
        list.clone()
    });
    match worker.join() {
        Ok(appended) => shown(&list.lock().unwrap_or_else(PoisonError::into_inner), &appended),
        Err(_) => "the worker panicked".to_string(),
    }
}

fn shown(parents: &[u64], workers: &[u64]) -> String {
    format!("the parent's list is {parents:?}, the worker's is {workers:?}")
}
