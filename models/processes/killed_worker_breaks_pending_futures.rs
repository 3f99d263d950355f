//! A worker that is killed breaks its pool: each future has its result or says that the pool is broken,
//! whenever the kill comes, and nobody waits for ever.

use super::{CallError, FUNCTIONS, Launch, ProcessPoolExecutor, SQUARE};
use crate::process::{Killer, Pipe, Process};
use crate::sync::{Arc, Condvar, Mutex, PoisonError};
use crate::thread;

/// Correct: `done, done` when the kill comes before the worker started or after it answered, `done,
/// broken` or `broken, broken` when it comes between; never `broken, done`, never a hang.
pub fn killed_worker_breaks_pending_futures() -> String {
    let pool = ProcessPoolExecutor::new(1, Launch::Task, FUNCTIONS);
    let futures = [pool.submit(&SQUARE, &2), pool.submit(&SQUARE, &3)];
    pool.kill_workers();
    let ends: Vec<String> = futures
        .iter()
        .map(|future| match future.result() {
            Ok(_) => "done".to_string(),
            Err(CallError::Broken(_)) => "broken".to_string(),
            Err(error) => error.to_string(),
        })
        .collect();
    ends.join(", ")
}

/// Faulty: a pool that forgets the calls of a worker that died, as `multiprocessing.Pool` does: some
/// execution waits for ever for a result that nobody will give.
pub fn killed_worker_is_forgotten() -> String {
    let Ok(worker) = Process::start(&Launch::Task, square) else { return "no worker".to_string() };
    let killer: Killer = worker.killer();
    let results = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
    let dispatcher = {
        let results = results.clone();
        thread::spawn(move || dispatch(worker, &results))
    };
    killer.kill();
    let (results, changed) = &*results;
    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
    while results.len() < 2 {
        results = changed.wait(results).unwrap_or_else(PoisonError::into_inner);
    }
    drop(results);
    let _ = dispatcher.join();
    "done, done".to_string()
}

fn dispatch(mut worker: Process, (results, changed): &(Mutex<Vec<u8>>, Condvar)) {
    for number in [2, 3] {
        match worker.send(&[number]).and_then(|()| worker.receive()) {
            Ok(answer) => results.lock().unwrap_or_else(PoisonError::into_inner).extend(answer),
            // Wrong: the one who waits for this call, and for the next, is told nothing.
            Err(_) => return,
        }
        changed.notify_one();
    }
}

fn square(mut pipe: Pipe) {
    while let Ok(frame) = pipe.receive() {
        if pipe.send(&[frame[0] * frame[0]]).is_err() {
            return;
        }
    }
}
