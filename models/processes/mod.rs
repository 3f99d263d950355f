//! The processes model: `ProcessPoolExecutor` and `multiprocessing.Pool`.
//!
//! Each worker has its own memory. Arguments and results are serialized and copied, nothing is shared,
//! and a worker may die without taking the others' memory with it. What a worker can do has a name,
//! because a closure cannot be sent to another process; and the program serves these names before it
//! does anything else, because a worker is the same program, started again:
//!
//! ```no_run
//! use conccheck::models::processes::{self, Function, Functions, ProcessPoolExecutor};
//!
//! static SQUARE: Function<u64, u64> = Function::new("square", |number| number * number);
//! static FUNCTIONS: Functions = &[&SQUARE];
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     processes::serve_if_worker(FUNCTIONS);
//!
//!     let pool = ProcessPoolExecutor::new(2, processes::current_exe()?, FUNCTIONS);
//!     let future = pool.submit(&SQUARE, &7);
//!     assert_eq!(future.result()?, 49);
//!     let squares: Result<Vec<u64>, _> = pool.map(&SQUARE, 1..4).collect();
//!     assert_eq!(squares?, [1, 4, 9]);
//!     Ok(())
//! }
//! ```
//!
//! A small program needs no executable: with [`Launch::Task`] its workers are tasks that share nothing
//! with it but their pipes, as they are under a checker.
//!
//! ```
//! use conccheck::models::processes::{Function, Functions, Launch, ProcessPoolExecutor};
//!
//! static SQUARE: Function<u64, u64> = Function::new("square", |number| number * number);
//! static FUNCTIONS: Functions = &[&SQUARE];
//!
//! let pool = ProcessPoolExecutor::new(1, Launch::Task, FUNCTIONS);
//! assert_eq!(pool.submit(&SQUARE, &7).result(), Ok(49));
//! ```

pub mod every_worker_ends;
pub mod failing_job_fails_alone;
pub mod killed_worker_breaks_pending_futures;
pub mod map_keeps_order;
pub mod memory_is_separate;

pub(super) mod programs;

mod conversation;
mod executor;
mod function;
mod future;
mod map;
mod worker;
mod workload;

pub use crate::models::pool::{Map, Queued, Wait};
use crate::panic::resume_unwind;
pub use crate::process::Launch;
pub use executor::ProcessPoolExecutor;
pub use function::{BrokenProcessPool, CallError, Callable, Function, Functions};
pub use future::{ProcessFuture, as_completed};
pub use map::Pool;
pub use worker::{WORKER_ARGUMENT, current_exe, serve, serve_if_worker};
pub use workload::{PERFORM, run};

/// What the workers of the small programs can call, and the workers of `conccheck` serve.
pub static FUNCTIONS: Functions = &[&SQUARE, &APPEND, &FAIL];

/// The square of a number.
pub static SQUARE: Function<u64, u64> = Function::new("square", |number| number * number);

/// A list with one more number; the worker's own copy, written in its own memory.
pub static APPEND: Function<(Vec<u64>, u64), Vec<u64>> = Function::new("append", |(mut list, number)| {
    list.push(number);
    list
});

/// Fails with this message.
pub static FAIL: Function<String, ()> = Function::new("fail", |message| resume_unwind(Box::new(message)));
