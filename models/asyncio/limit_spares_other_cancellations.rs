//! A time limit makes an error of its own cancellation only: who is cancelled by others is cancelled, within a limit too.

use super::{TimeoutError, catch_cancelled, create_task, run, sleep, timeout};
use std::future::{Future, pending};
use std::time::Duration;

/// A task that is cancelled within a limit that never comes.
pub fn is_cancelled() -> String {
    cancel(timeout(None, pending()))
}

/// The same with a limit that is wrong: it takes every cancellation for its own.
pub fn is_late() -> String {
    cancel(async { catch_cancelled(pending()).await.map_err(|_| TimeoutError) })
}

fn cancel(limited: impl Future<Output = Result<(), TimeoutError>> + 'static) -> String {
    run(async {
        let task = create_task(limited);
        sleep(Duration::ZERO).await;
        task.cancel();
        match task.await {
            Ok(Ok(())) => "returned".to_string(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        }
    })
}
