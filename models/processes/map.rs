//! Results in the order of the arguments: a call's future for the pool model's [`Map`](super::Map), which
//! `ProcessPoolExecutor::map` gives, and `multiprocessing.Pool`, whose `map` waits for all.

use super::function::{CallError, Function, Functions};
use super::future::decode_result;
use super::{ProcessFuture, ProcessPoolExecutor};
use crate::models::pool::Handle;
use crate::process::Launch;
use serde::{Serialize, de::DeserializeOwned};

impl<R: DeserializeOwned> Handle for ProcessFuture<R> {
    type Value = R;
    type Error = CallError;

    fn result(&self) -> Result<R, CallError> {
        self.result()
    }

    fn cancel(&self) -> bool {
        self.cancel()
    }
}

/// A pool of worker processes, as `multiprocessing.Pool`, with one difference: CPython replaces a worker
/// that is killed and forgets its call, so that `map` waits for ever (gh-66587). Here `map` fails.
///
/// ```no_run
/// use conccheck::models::processes::{self, Function, Functions, Pool};
///
/// static SQUARE: Function<u64, u64> = Function::new("square", |number| number * number);
/// static FUNCTIONS: Functions = &[&SQUARE];
///
/// fn main() -> Result<(), Box<dyn std::error::Error>> {
///     processes::serve_if_worker(FUNCTIONS);
///     let pool = Pool::new(2, processes::current_exe()?, FUNCTIONS);
///     assert_eq!(pool.map(&SQUARE, &[1, 2, 3])?, [1, 4, 9]);
///     Ok(())
/// }
/// ```
pub struct Pool {
    executor: ProcessPoolExecutor,
    processes: usize,
}

impl Pool {
    /// A pool of at most this many worker processes. See [`ProcessPoolExecutor::new`].
    ///
    /// # Panics
    /// When `processes` is zero.
    pub fn new(processes: usize, launch: Launch, functions: Functions) -> Self {
        Pool { executor: ProcessPoolExecutor::new(processes, launch, functions), processes }
    }

    /// Calls `function` with each of the arguments and waits for all results, which are in the order of
    /// these. The arguments are sent in chunks, four for each worker.
    ///
    /// # Errors
    /// The first failure, in the order of the arguments, once all of them are back.
    pub fn map<A, R>(&self, function: &Function<A, R>, arguments: &[A]) -> Result<Vec<R>, CallError>
    where
        A: Serialize,
        R: DeserializeOwned,
    {
        self.map_chunks(function, arguments, arguments.len().div_ceil(self.processes * 4).max(1))
    }

    /// [`Pool::map`] in chunks of `chunk_size` arguments: the more there are in a chunk the less a call
    /// costs, the fewer there are the better the work is spread.
    ///
    /// # Errors
    /// As those of [`Pool::map`].
    ///
    /// # Panics
    /// When `chunk_size` is zero.
    pub fn map_chunks<A, R>(
        &self,
        function: &Function<A, R>,
        arguments: &[A],
        chunk_size: usize,
    ) -> Result<Vec<R>, CallError>
    where
        A: Serialize,
        R: DeserializeOwned,
    {
        let chunks: Vec<ProcessFuture<R>> = arguments
            .chunks(chunk_size)
            .map(|chunk| self.executor.submit_all(format!("mapping `{}`", function.name()), function, chunk))
            .collect();
        // All of them are waited for before the first failure is told.
        let outcomes: Vec<_> = chunks.iter().map(ProcessFuture::outcome).collect();
        let mut results = Vec::with_capacity(arguments.len());
        for outcome in outcomes {
            for answer in outcome? {
                results.push(decode_result(&answer?)?);
            }
        }
        Ok(results)
    }

    /// Kills the workers that there are.
    pub fn kill_workers(&self) {
        self.executor.kill_workers();
    }
}
