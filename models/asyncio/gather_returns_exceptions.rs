//! `gather` with `return_exceptions` gives one result for each task, in the order of the arguments,
//! whichever of them fail.

use super::{AsyncIterator, TaskError, as_completed, gather_return_exceptions, run, sleep};
use crate::panic;
use std::time::Duration;

/// Two tasks, the second of which fails.
pub fn one_result_each() -> String {
    run(async { show(gather_return_exceptions([work(0), work(1)]).await) })
}

/// The same with a gather that is wrong: it stops at the first failure.
pub fn stops_at_failure() -> String {
    run(async {
        let mut tasks = as_completed([work(0), work(1)]);
        let mut results = Vec::new();
        while let Some(task) = tasks.next().await {
            results.push(task.await);
            if results.last().is_some_and(Result::is_err) {
                break;
            }
        }
        show(results)
    })
}

async fn work(number: u32) -> u32 {
    sleep(Duration::from_millis(10) / (number + 1)).await;
    if number == 1 {
        panic::resume_unwind(Box::new("broken"));
    }
    number
}

fn show(results: Vec<Result<u32, TaskError>>) -> String {
    let show_one = |result: Result<u32, TaskError>| match result {
        Ok(number) => number.to_string(),
        Err(error) => error.to_string(),
    };
    format!("results [{}]", results.into_iter().map(show_one).collect::<Vec<_>>().join(", "))
}
