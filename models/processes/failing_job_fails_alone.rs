//! A function that panics fails its own call. The worker goes on with the next.

use super::{FAIL, FUNCTIONS, Launch, ProcessPoolExecutor, SQUARE};
use crate::process::{Pipe, Process};
use std::fmt::Display;

/// Correct: always `the first failed (no such page), the second gave 9`.
pub fn failing_job_fails_alone() -> String {
    let pool = ProcessPoolExecutor::new(1, Launch::Task, FUNCTIONS);
    let first = pool.submit(&FAIL, &"no such page".to_string());
    let second = pool.submit(&SQUARE, &3);
    format!("the first {}, the second {}", shown(first.result().map(|()| 0)), shown(second.result()))
}

/// Faulty: a worker that does not catch the panic of a job and ends with it: `the first failed (the pipe
/// is closed), the second failed (the pipe is closed)`.
pub fn failing_job_takes_the_worker_along() -> String {
    let started = Process::start(&Launch::Task, |mut pipe: Pipe| {
        while let Ok(frame) = pipe.receive() {
            // Wrong: this unwinds through the loop that should serve the next call.
            let Some(number) = frame.first() else { super::resume_unwind(Box::new("no such page")) };
            if pipe.send(&[number * number]).is_err() {
                return;
            }
        }
    });
    let Ok(mut worker) = started else { return "no worker".to_string() };
    let mut call = |argument: &[u8]| {
        worker.send(argument).and_then(|()| worker.receive()).map(|answer| u64::from(answer[0]))
    };
    format!("the first {}, the second {}", shown(call(&[])), shown(call(&[3])))
}

fn shown(result: Result<u64, impl Display>) -> String {
    match result {
        Ok(number) => format!("gave {number}"),
        Err(error) => format!("failed ({error})"),
    }
}
