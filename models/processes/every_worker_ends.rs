//! When a pool has shut down none of its workers is left, nor the threads that talk to them.

use super::{FUNCTIONS, Launch, ProcessPoolExecutor, SQUARE};
use crate::models::workload::LocalCells;
use crate::process::{Pipe, Process};
use crate::thread;
use std::sync::Arc;

/// Correct: always `0 left`. Each thread that talks to a worker holds the pool's cells until the worker
/// has ended, so who else holds them is still there.
pub fn every_worker_ends() -> String {
    let cells = Arc::new(LocalCells::new([]));
    let pool = ProcessPoolExecutor::with_cells(2, Launch::Task, FUNCTIONS, cells.clone());
    let _futures = [pool.submit(&SQUARE, &2), pool.submit(&SQUARE, &3)];
    drop(pool);
    format!("{} left", Arc::strong_count(&cells) - 1)
}

/// Faulty: a pool that has the answer and does not wait for the worker. Some execution gives `1 left`.
pub fn worker_outlives_its_pool() -> String {
    let cells = Arc::new(LocalCells::new([]));
    let held = cells.clone();
    let (to_caller, answers) = crate::sync::mpsc::channel();
    let dispatcher = thread::spawn(move || {
        let _held = held;
        let Ok(mut worker) = Process::start(&Launch::Task, echo) else { return };
        let answer = worker.send(b"hello").and_then(|()| worker.receive());
        // The caller may be gone by now.
        let _ = to_caller.send(answer.is_ok());
    });
    let _answered = answers.recv();
    // Wrong: it is counted before the dispatcher, and through it the worker, is waited for.
    let left = Arc::strong_count(&cells) - 1;
    let _ = dispatcher.join();
    format!("{left} left")
}

fn echo(mut pipe: Pipe) {
    while let Ok(frame) = pipe.receive() {
        if pipe.send(&frame).is_err() {
            return;
        }
    }
}
