//! The threads model: a thread for every job; start them all, then join them all, as with Python's
//! `threading.Thread`. Nothing bounds how many run at once but the machine, and the interpreter lock
//! that they run under ([`gil`](super::gil)), which a thread holds from its start to its end except
//! where its job waits.

pub mod join_gives_results;
pub mod lost_update;

pub(super) mod programs;

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

/// Memory mappings of a thread: its stack and the stack of its signal handlers, each with a guard page.
const MAPPINGS_PER_THREAD: usize = 4;
/// Mappings that are left for the program itself and its libraries.
const MAPPINGS_RESERVED: usize = 2_000;
/// Every machine has room for so many threads, so there is no need to ask.
const THREADS_SAFE: usize = 1_000;

/// Does each job of `workload` on a thread of its own; a job that fails fails alone.
///
/// # Errors
/// The operating system's, if it refuses a thread: the threads that were started have ended then. And
/// beforehand, when there are more jobs than Linux has mappings for: it grants the thread, which then
/// ends the whole process because it cannot map the stack of its signal handlers.
pub fn run(workload: &Workload, setting: &Setting) -> io::Result<Results> {
    refuse_too_many(workload.jobs.len())?;
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

fn refuse_too_many(thread_count: usize) -> io::Result<()> {
    let most = if thread_count > THREADS_SAFE { threads_max() } else { None };
    match most {
        Some(most) if thread_count > most => Err(io::Error::other(format!(
            "{thread_count} threads: this machine has room for the memory mappings of {most} \
             (vm.max_map_count)"
        ))),
        _ => Ok(()),
    }
}

/// How many threads a process has mappings for, on systems that bound them.
fn threads_max() -> Option<usize> {
    let mappings: usize = std::fs::read_to_string("/proc/sys/vm/max_map_count").ok()?.trim().parse().ok()?;
    Some(mappings.saturating_sub(MAPPINGS_RESERVED) / MAPPINGS_PER_THREAD)
}

/// The answers of `threads`, in the order in which they were started.
fn join(threads: Vec<JoinHandle<Answer>>) -> Vec<Answer> {
    let answer =
        |thread: JoinHandle<Answer>| thread.join().unwrap_or_else(|payload| Err(panic::message(&*payload)));
    threads.into_iter().map(answer).collect()
}
