//! Waiting for a time, or for a turn.

use super::control;
use crate::task;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

/// Waits for `duration`; if that is zero, until each task that is ready now had its turn.
pub async fn sleep(duration: Duration) {
    if !duration.is_zero() {
        timer(pin!(task::sleep(duration))).await;
    }
    // When the time is up, the loop calls what wakes the task, and that takes a turn too.
    next_turn().await
}

/// As [`sleep`], and gives `result` then.
pub async fn sleep_with<T>(duration: Duration, result: T) -> T {
    sleep(duration).await;
    result
}

/// Waits for `sleep`; a cancellation wakes the task and ends it.
async fn timer(mut sleep: Pin<&mut impl Future<Output = ()>>) {
    let mut has_waited = false;
    poll_fn(|context| {
        let task = control::current();
        if let Some(task) = task.as_ref().filter(|_| has_waited)
            && let Some(error) = task.take_delivered()
        {
            return task.raise(error);
        }
        let polled = sleep.as_mut().poll(context);
        if polled.is_pending() {
            has_waited = true;
            task.inspect(|task| task.is_interruptible());
        }
        polled
    })
    .await
}

/// Goes to the end of the queue. `task::yield_now` may go elsewhere: tokio's waits until the whole queue is empty.
async fn next_turn() {
    let mut has_waited = false;
    poll_fn(|context| {
        let task = control::current();
        if has_waited {
            return match task.as_ref().and_then(|task| task.take_delivered()) {
                Some(error) => task.expect("it gave the error").raise(error),
                None => Poll::Ready(()),
            };
        }
        has_waited = true;
        task.inspect(|task| task.is_in_turn());
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}
