//! The threads model: a thread for every job; start them all, then join them all, as with Python's
//! `threading.Thread`. Nothing bounds how many run at once but the machine, and the interpreter lock
//! that they run under ([`gil`](super::gil)), which a thread holds from its start to its end except
//! where its job waits.

pub mod join_gives_results;
pub mod lost_update;

use super::Setting;
use super::gil::Interpreters;
use super::workload::{Answer, Context, Results, Workload};
use crate::panic;
use crate::thread::{self, JoinHandle};
use std::io;
use std::sync::Arc;

/// Bytes of stack of a thread. Jobs are shallow, and ten thousand threads have to fit the address
/// space that a small machine grants; a panic that prints its backtrace has to fit this.
const STACK_SIZE: usize = 256 * 1024;

/// Does each job of `workload` on a thread of its own; a job that fails fails alone.
///
/// # Errors
/// The operating system's, if it refuses a thread. The threads that were started have ended then.
pub fn run(workload: &Workload, setting: &Setting) -> io::Result<Results> {
    let cells = Arc::new(workload.cells());
    let context = Context { time_scale: setting.time_scale, cells: cells.clone() };
    let interpreters = Interpreters::new(setting.gil);
    let mut threads = Vec::with_capacity(workload.jobs.len());
    for job in &workload.jobs {
        let (job, context, interpreter) = (job.clone(), context.clone(), interpreters.interpreter());
        let body = move || job.answer(&context, &interpreter.attach());
        match thread::Builder::new().stack_size(STACK_SIZE).spawn(body) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                join(threads);
                return Err(error);
            }
        }
    }
    let answers = join(threads);
    Ok(Results { answers, cells: cells.values() })
}

/// The answers of `threads`, in the order in which they were started.
fn join(threads: Vec<JoinHandle<Answer>>) -> Vec<Answer> {
    let answer =
        |thread: JoinHandle<Answer>| thread.join().unwrap_or_else(|payload| Err(panic::message(&*payload)));
    threads.into_iter().map(answer).collect()
}
