//! Task groups: `tests/python/groups.py`.

use super::{Log, failing, raise, secs, work};
use conccheck::models::asyncio::{
    ExceptionGroup, GroupClosed, Task, TaskError, TaskGroup, catch_cancelled, create_task, current_task,
    task_group,
};
use std::future::Future;

programs!(
    a_group_waits_for_all,
    a_group_without_tasks_is_no_turn,
    a_group_goes_on_two_turns_after_the_last,
    a_failure_cancels_the_rest,
    all_failures_come_together,
    a_failing_body_cancels_the_rest,
    a_failing_task_cancels_the_body,
    after_a_group_failed_its_task_is_as_before,
    a_group_whose_tasks_have_ended_takes_no_more,
    a_group_that_fails_takes_no_more,
    a_group_waits_for_tasks_that_its_tasks_create,
    who_is_cancelled_in_a_group_cancels_all,
    who_is_cancelled_in_the_body_cancels_all,
    errors_win_over_a_cancellation,
    a_cancelled_child_is_no_failure,
    groups_nest,
    a_group_gives_the_results_of_its_tasks,
);

/// As a task whose body is `async with TaskGroup() as group`.
fn grouped(body: impl AsyncFnOnce(TaskGroup) + 'static) -> Task<Result<(), ExceptionGroup>> {
    create_task(task_group(body))
}

fn start(group: &TaskGroup, work: impl Future<Output = &'static str> + 'static) -> Task<&'static str> {
    group.create_task(work).expect("the group is open")
}

async fn group_ended(log: &Log, task: Task<Result<(), ExceptionGroup>>) {
    log.note(match task.await {
        Ok(Ok(())) => "group-returned".to_string(),
        Ok(Err(group)) => format!("group-raised-{}", messages(group).join("-")),
        Err(TaskError::Cancelled) => "group-cancelled".to_string(),
        Err(TaskError::Raised(message)) => format!("group-panicked-{message}"),
    });
}

fn messages(group: ExceptionGroup) -> Vec<String> {
    let message = |error| match error {
        TaskError::Raised(message) => message,
        TaskError::Cancelled => unreachable!("a cancellation is no error of a group"),
    };
    let mut messages: Vec<_> = group.errors.into_iter().map(message).collect();
    messages.sort();
    messages
}

async fn a_group_waits_for_all(log: Log) {
    let body = async |group: TaskGroup| {
        start(&group, work(log.clone(), "a", 2));
        start(&group, work(log.clone(), "b", 1));
        log.note("body");
    };
    task_group(body).await.unwrap();
    log.note("left");
}

async fn a_group_without_tasks_is_no_turn(log: Log) {
    let other = create_task(work(log.clone(), "other", 0));
    task_group(async |_| log.note("body")).await.unwrap();
    log.note("left");
    other.or_raise().await;
}

async fn a_group_goes_on_two_turns_after_the_last(log: Log) {
    let other = create_task(super::steps(log.clone(), "other", 5));
    task_group(async |group: TaskGroup| {
        start(&group, work(log.clone(), "a", 0));
    })
    .await
    .unwrap();
    log.note("left");
    other.or_raise().await;
}

async fn a_failure_cancels_the_rest(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, work(inside.clone(), "sibling", 3));
        start(&group, failing(inside.clone(), "b", 1));
        start(&group, work(inside.clone(), "sibling", 3));
    });
    group_ended(&log, task).await;
}

async fn all_failures_come_together(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        let fails = inside.clone();
        start(&group, async move {
            if catch_cancelled(secs(5)).await.is_err() {
                fails.note("a fails");
            }
            raise("a")
        });
        start(&group, failing(inside.clone(), "b", 1));
    });
    group_ended(&log, task).await;
}

async fn a_failing_body_cancels_the_rest(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, work(inside.clone(), "a", 3));
        secs(1).await;
        raise("body")
    });
    group_ended(&log, task).await;
}

async fn a_failing_task_cancels_the_body(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, failing(inside.clone(), "a", 1));
        if let Err(error) = catch_cancelled(secs(5)).await {
            inside.note(format!("body caught-{}", current_task().cancelling()));
            error.raise().await
        }
    });
    group_ended(&log, task).await;
}

async fn after_a_group_failed_its_task_is_as_before(log: Log) {
    let failed = task_group(async |group: TaskGroup| {
        start(&group, failing(log.clone(), "a", 1));
        secs(5).await;
    });
    if failed.await.is_err() {
        log.note(format!("raised-{}", current_task().cancelling()));
    }
    secs(1).await;
    log.note("goes on");
}

async fn a_group_whose_tasks_have_ended_takes_no_more(log: Log) {
    let group = task_group(async |group: TaskGroup| {
        start(&group, work(log.clone(), "a", 0));
        group
    });
    if group.await.unwrap().create_task(async {}).err() == Some(GroupClosed::Finished) {
        log.note("finished");
    }
}

async fn a_group_that_fails_takes_no_more(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, failing(inside.clone(), "a", 1));
        if let Err(error) = catch_cancelled(secs(5)).await {
            if group.create_task(async {}).err() == Some(GroupClosed::ShuttingDown) {
                inside.note("shutting down");
            }
            error.raise().await
        }
    });
    group_ended(&log, task).await;
}

async fn a_group_waits_for_tasks_that_its_tasks_create(log: Log) {
    task_group(async |group: TaskGroup| {
        let (parents, inside) = (group.clone(), log.clone());
        start(&group, async move {
            start(&parents, work(inside.clone(), "child", 1));
            inside.note("parent");
            "parent"
        });
    })
    .await
    .unwrap();
    log.note("left");
}

async fn who_is_cancelled_in_a_group_cancels_all(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, work(inside.clone(), "child", 5));
        start(&group, work(inside.clone(), "child", 5));
    });
    secs(1).await;
    task.cancel();
    group_ended(&log, task.clone()).await;
    log.note(task.cancelled());
}

async fn who_is_cancelled_in_the_body_cancels_all(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        start(&group, work(inside.clone(), "a", 5));
        secs(5).await;
    });
    secs(1).await;
    task.cancel();
    group_ended(&log, task).await;
}

async fn errors_win_over_a_cancellation(log: Log) {
    let task = grouped(async move |group| {
        start(&group, async {
            let _cancelled = catch_cancelled(secs(5)).await;
            raise("a")
        });
    });
    secs(1).await;
    task.cancel();
    group_ended(&log, task.clone()).await;
    log.note(task.cancelled());
}

async fn a_cancelled_child_is_no_failure(log: Log) {
    task_group(async |group: TaskGroup| {
        let task = start(&group, work(log.clone(), "a", 5));
        start(&group, work(log.clone(), "b", 2));
        secs(1).await;
        task.cancel();
    })
    .await
    .unwrap();
    log.note("left");
}

async fn groups_nest(log: Log) {
    let inside = log.clone();
    let task = grouped(async move |group| {
        let inner = inside.clone();
        start(&group, async move {
            let ended = task_group(async |group: TaskGroup| {
                start(&group, failing(inner.clone(), "a", 1));
                start(&group, work(inner.clone(), "b", 3));
            });
            match ended.await {
                Ok(()) => "inner",
                Err(group) => raise(group.to_string()),
            }
        });
        start(&group, work(inside.clone(), "c", 3));
    });
    if let Err(group) = task.or_raise().await {
        log.note(format!("raised-{}", group.errors.len()));
    }
}

async fn a_group_gives_the_results_of_its_tasks(log: Log) {
    let tasks =
        task_group(async |group: TaskGroup| ["a", "b"].map(|name| start(&group, work(log.clone(), name, 1))));
    let mut results = Vec::new();
    for task in tasks.await.unwrap() {
        results.push(task.or_raise().await);
    }
    log.note(results.join("-"));
}
