//! Time limits: `tests/python/limits.py`.

use super::{Log, Shown, broken, ended, secs, work};
use conccheck::models::asyncio::{
    TaskError, Timeout, WaitForError, catch_cancelled, create_task, current_task, timeout, timeout_at,
    wait_for,
};
use conccheck::time::Instant;
use std::time::Duration;

programs!(
    a_limit_cancels_its_body,
    a_limit_that_is_kept_does_nothing,
    no_limit,
    the_inner_limit_is_first,
    the_outer_limit_is_first,
    a_cancellation_by_others_is_no_timeout,
    a_cancellation_by_others_wins,
    a_limit_may_be_moved,
    a_limit_may_be_lifted,
    a_limit_may_be_set_late,
    a_limit_in_the_past_comes_a_turn_later,
    a_limit_without_time_spares_what_does_not_wait,
    a_body_may_refuse_its_limit,
    a_limit_until_a_time,
    a_limit_waits_for_what_is_awaited,
    wait_for_gives_a_result,
    wait_for_awaits_a_coroutine_in_place,
    wait_for_cancels_what_is_late,
    wait_for_cancels_a_task_that_is_late,
    wait_for_waits_until_what_is_late_has_ended,
    wait_for_gives_what_refuses,
    wait_for_no_time_does_not_begin,
    wait_for_no_time_gives_what_is_there,
    wait_for_passes_a_cancellation_on,
    wait_for_gives_a_failure,
);

fn seconds(count: u64) -> Option<Duration> {
    Some(Duration::from_secs(count))
}

fn within(count: u64) -> Timeout {
    Timeout::after(seconds(count))
}

/// The moment at which so many seconds have passed.
fn from_now(count: u64) -> Option<Instant> {
    Some(Instant::now() + Duration::from_secs(count))
}

fn waited<T: Shown>(log: &Log, result: Result<T, WaitForError>) {
    log.note(match result {
        Ok(value) => format!("waited-returned-{}", value.shown()),
        Err(WaitForError::TimedOut) => "waited-late".to_string(),
        Err(WaitForError::Failed(TaskError::Cancelled)) => "waited-cancelled".to_string(),
        Err(WaitForError::Failed(TaskError::Raised(message))) => format!("raised-{message}"),
    });
}

async fn a_limit_cancels_its_body(log: Log) {
    let limit = within(1);
    if limit.limit(work(log.clone(), "body", 5)).await.is_err() {
        log.note(format!("late-{}-{}", limit.expired(), current_task().cancelling()));
    }
}

async fn a_limit_that_is_kept_does_nothing(log: Log) {
    let limit = within(5);
    limit.limit(work(log.clone(), "body", 1)).await.unwrap();
    log.note(format!("kept-{}", limit.expired()));
    secs(9).await;
    log.note("end");
}

async fn no_limit(log: Log) {
    let limit = Timeout::after(None);
    limit.limit(work(log.clone(), "body", 1)).await.unwrap();
    log.note(format!("kept-{}", limit.when().is_none()));
}

async fn the_inner_limit_is_first(log: Log) {
    let (outer, inner) = (within(5), within(1));
    let body = async {
        if inner.limit(secs(9)).await.is_err() {
            log.note("inner late");
        }
        secs(1).await;
        log.note("outer goes on");
    };
    if outer.limit(body).await.is_err() {
        log.note("outer late");
    }
    log.note(format!("{}-{}", inner.expired(), outer.expired()));
}

async fn the_outer_limit_is_first(log: Log) {
    let (outer, inner) = (within(1), within(5));
    let body = async {
        if inner.limit(secs(9)).await.is_err() {
            log.note("inner late");
        }
    };
    if outer.limit(body).await.is_err() {
        log.note("outer late");
    }
    log.note(format!("{}-{}", inner.expired(), outer.expired()));
}

async fn a_cancellation_by_others_is_no_timeout(log: Log) {
    let inside = log.clone();
    let task = create_task(async move {
        timeout(seconds(5), work(inside, "body", 9)).await.unwrap();
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_cancellation_by_others_wins(log: Log) {
    let inside = log.clone();
    let task = create_task(async move {
        let body = async {
            if catch_cancelled(secs(5)).await.is_err() {
                inside.note("caught");
                secs(5).await;
            }
        };
        timeout(seconds(1), body).await.unwrap();
    });
    secs(2).await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_limit_may_be_moved(log: Log) {
    let limit = within(2);
    let body = async {
        secs(1).await;
        limit.reschedule(from_now(3));
        secs(2).await;
        log.note("would be late");
        secs(5).await;
    };
    if limit.limit(body).await.is_err() {
        log.note("late");
    }
}

async fn a_limit_may_be_lifted(log: Log) {
    let limit = within(2);
    let body = async {
        secs(1).await;
        limit.reschedule(None);
        secs(5).await;
        log.note("not late");
    };
    limit.limit(body).await.unwrap();
    log.note(limit.expired());
}

async fn a_limit_may_be_set_late(log: Log) {
    let limit = Timeout::after(None);
    let body = async {
        secs(1).await;
        limit.reschedule(from_now(1));
        work(log.clone(), "body", 5).await
    };
    if limit.limit(body).await.is_err() {
        log.note("late");
    }
}

async fn a_limit_in_the_past_comes_a_turn_later(log: Log) {
    let body = async {
        log.note("begun");
        work(log.clone(), "body", 5).await
    };
    if timeout(seconds(0), body).await.is_err() {
        log.note("late");
    }
}

async fn a_limit_without_time_spares_what_does_not_wait(log: Log) {
    let limit = within(0);
    limit.limit(async { log.note("body") }).await.unwrap();
    log.note(format!("kept-{}", limit.expired()));
}

async fn a_body_may_refuse_its_limit(log: Log) {
    let limit = within(1);
    let body = async {
        if catch_cancelled(secs(5)).await.is_err() {
            log.note(format!("refused-{}", limit.expired()));
        }
    };
    limit.limit(body).await.unwrap();
    log.note(format!("kept-{}-{}", limit.expired(), current_task().cancelling()));
    secs(1).await;
    log.note("goes on");
}

async fn a_limit_until_a_time(log: Log) {
    if timeout_at(from_now(1), work(log.clone(), "body", 5)).await.is_err() {
        log.note("late");
    }
}

/// Takes a second to end when it is cancelled.
async fn slow(log: Log) {
    if let Err(error) = catch_cancelled(secs(5)).await {
        secs(1).await;
        log.note("cleaned");
        error.raise().await
    }
}

async fn a_limit_waits_for_what_is_awaited(log: Log) {
    let task = create_task(slow(log.clone()));
    if timeout(seconds(1), task.or_raise()).await.is_err() {
        log.note("late");
    }
}

async fn wait_for_gives_a_result(log: Log) {
    log.note(wait_for(work(log.clone(), "a", 1), seconds(5)).await.unwrap());
    log.note(wait_for(create_task(work(log.clone(), "b", 1)), None).await.unwrap());
}

async fn wait_for_awaits_a_coroutine_in_place(log: Log) {
    let here = current_task();
    log.note(wait_for(async move { current_task() == here }, seconds(1)).await.unwrap());
}

async fn wait_for_cancels_what_is_late(log: Log) {
    waited(&log, wait_for(work(log.clone(), "a", 5), seconds(1)).await);
}

async fn wait_for_cancels_a_task_that_is_late(log: Log) {
    let task = create_task(work(log.clone(), "a", 5));
    waited(&log, wait_for(task.clone(), seconds(1)).await);
    log.note(task.cancelled());
}

async fn wait_for_waits_until_what_is_late_has_ended(log: Log) {
    waited(&log, wait_for(create_task(slow(log.clone())), seconds(1)).await);
}

async fn wait_for_gives_what_refuses(log: Log) {
    let stubborn = log.clone();
    let task = create_task(async move {
        if catch_cancelled(secs(5)).await.is_err() {
            stubborn.note("refused");
        }
        "done"
    });
    waited(&log, wait_for(task, seconds(1)).await);
}

async fn wait_for_no_time_does_not_begin(log: Log) {
    waited(&log, wait_for(work(log.clone(), "a", 0), seconds(0)).await);
}

async fn wait_for_no_time_gives_what_is_there(log: Log) {
    let task = create_task(work(log.clone(), "a", 0));
    task.clone().or_raise().await;
    waited(&log, wait_for(task, seconds(0)).await);
}

async fn wait_for_passes_a_cancellation_on(log: Log) {
    let inner = create_task(work(log.clone(), "inner", 5));
    let awaited = inner.clone();
    let task = create_task(async move {
        wait_for(awaited, seconds(9)).await.unwrap();
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
    log.note(inner.cancelled());
}

async fn wait_for_gives_a_failure(log: Log) {
    let task = create_task(async {
        secs(1).await;
        broken().await;
    });
    waited(&log, wait_for(task, seconds(5)).await);
}
