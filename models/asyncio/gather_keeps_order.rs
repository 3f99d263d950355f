//! `gather` gives results in the order of its arguments, whichever task ends first.

use super::{AsyncIterator, as_completed, gather, run, sleep};
use std::time::Duration;

/// Two tasks, the first of which usually takes longer.
pub fn in_order_of_arguments() -> String {
    run(async {
        match gather([number(0), number(1)]).await {
            Ok(results) => format!("results {results:?}"),
            Err(error) => error.to_string(),
        }
    })
}

/// The same with a gather that is wrong: it gives the results in the order in which they come.
pub fn in_order_of_completion() -> String {
    run(async {
        let mut tasks = as_completed([number(0), number(1)]);
        let mut results = Vec::new();
        while let Some(task) = tasks.next().await {
            results.extend(task.await);
        }
        format!("results {results:?}")
    })
}

async fn number(number: u32) -> u32 {
    sleep(Duration::from_millis(20) / (number + 1)).await;
    number
}
