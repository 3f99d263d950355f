//! `map` gives the results in the order of the arguments, whichever worker is the first to answer.

use super::CallError;
use super::{FUNCTIONS, Launch, ProcessPoolExecutor, SQUARE, as_completed};

/// Correct: always `results [4, 9]`.
pub fn map_keeps_order() -> String {
    let pool = ProcessPoolExecutor::new(2, Launch::Task, FUNCTIONS);
    let results: Result<Vec<u64>, _> = pool.map(&SQUARE, [2, 3]).collect();
    shown(results)
}

/// Faulty: a map that takes the results as they come. Some execution gives `results [9, 4]`.
pub fn map_takes_results_as_they_come() -> String {
    let pool = ProcessPoolExecutor::new(2, Launch::Task, FUNCTIONS);
    let futures = [pool.submit(&SQUARE, &2), pool.submit(&SQUARE, &3)];
    // Wrong: as_completed gives the futures themselves, and this does not listen.
    let results: Result<Vec<u64>, _> = as_completed(futures).map(|future| future.result()).collect();
    shown(results)
}

fn shown(results: Result<Vec<u64>, CallError>) -> String {
    match results {
        Ok(results) => format!("results {results:?}"),
        Err(error) => error.to_string(),
    }
}
