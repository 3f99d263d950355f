//! Waiting for several tasks, and for threads: `tests/python/waiting.py`.

use super::{Log, ended, failing, note_end, raise, secs, steps, work};
use conccheck::models::asyncio::{
    AsyncIterator, ReturnWhen, TaskError, as_completed, as_completed_within, catch_cancelled, create_task,
    gather, gather_return_exceptions, to_thread, wait,
};
use conccheck::panic;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

programs!(
    gather_keeps_the_order_of_its_arguments,
    gather_goes_on_two_turns_after_the_last,
    gather_of_nothing_is_no_turn,
    gather_gives_the_first_failure_and_the_others_go_on,
    gather_gives_one_failure_of_two,
    gather_returns_exceptions,
    gather_takes_a_cancelled_child_for_a_failure,
    gather_returns_a_cancelled_child,
    gather_passes_a_cancellation_on_to_all,
    gather_is_cancelled_although_it_returns_exceptions,
    gather_waits_for_children_that_clean_up,
    gather_takes_a_task_twice,
    gather_in_gather,
    wait_for_all,
    wait_for_the_first,
    wait_for_a_failure,
    wait_takes_no_cancellation_for_a_failure,
    wait_until_the_time_is_up,
    wait_goes_on_two_turns_after_the_end,
    wait_for_ended_tasks_takes_two_turns,
    wait_leaves_tasks_alone_when_it_is_cancelled,
    wait_for_nothing_is_an_error,
    as_completed_gives_them_as_they_end,
    as_completed_may_be_asked_late,
    as_completed_goes_on_two_turns_after_the_end,
    as_completed_may_be_left,
    as_completed_has_a_time_limit,
    as_completed_gives_failures,
    a_thread_gives_its_result,
    a_thread_gives_its_failure,
);

type Boxed = Pin<Box<dyn Future<Output = &'static str>>>;

fn works(log: &Log, name: &'static str, delay: u64) -> Boxed {
    Box::pin(work(log.clone(), name, delay))
}

fn fails(log: &Log, name: &'static str, delay: u64) -> Boxed {
    Box::pin(failing(log.clone(), name, delay))
}

fn note_all(log: &Log, results: Result<Vec<&'static str>, TaskError>) {
    match results {
        Ok(results) => log.note(results.join("-")),
        Err(TaskError::Raised(message)) => log.note(format!("raised-{message}")),
        Err(TaskError::Cancelled) => log.note("raised"),
    }
}

fn note_each(log: &Log, results: Vec<Result<&'static str, TaskError>>) {
    let shown = results.into_iter().map(|result| match result {
        Ok(value) => value.to_string(),
        Err(TaskError::Raised(message)) => format!("raised-{message}"),
        Err(TaskError::Cancelled) => "cancelled".to_string(),
    });
    log.note(shown.collect::<Vec<_>>().join("-"));
}

async fn gather_keeps_the_order_of_its_arguments(log: Log) {
    note_all(&log, gather([works(&log, "a", 2), works(&log, "b", 1), works(&log, "c", 3)]).await);
}

async fn gather_goes_on_two_turns_after_the_last(log: Log) {
    let other = create_task(steps(log.clone(), "other", 5));
    note_all(&log, gather([works(&log, "a", 0), works(&log, "b", 0)]).await);
    other.or_raise().await;
}

async fn gather_of_nothing_is_no_turn(log: Log) {
    let other = create_task(steps(log.clone(), "other", 1));
    log.note(gather::<Boxed>([]).await.unwrap().len());
    other.or_raise().await;
}

async fn gather_gives_the_first_failure_and_the_others_go_on(log: Log) {
    let tasks = [create_task(fails(&log, "a", 1)), create_task(works(&log, "b", 2))];
    let second = tasks[1].clone();
    note_all(&log, gather(tasks).await);
    log.note(second.done());
    second.or_raise().await;
}

async fn gather_gives_one_failure_of_two(log: Log) {
    note_all(&log, gather([fails(&log, "a", 2), fails(&log, "b", 1)]).await);
    secs(5).await;
}

async fn gather_returns_exceptions(log: Log) {
    note_each(&log, gather_return_exceptions([works(&log, "a", 2), fails(&log, "b", 1)]).await);
}

async fn gather_takes_a_cancelled_child_for_a_failure(log: Log) {
    let tasks = [create_task(works(&log, "a", 1)), create_task(works(&log, "b", 2))];
    let (first, second) = (tasks[0].clone(), tasks[1].clone());
    create_task(steps(log.clone(), "other", 1)).add_done_callback(move || {
        first.cancel();
    });
    note_all(&log, gather(tasks).await);
    log.note(second.cancelled());
    ended(&log, "b", second).await;
}

async fn gather_returns_a_cancelled_child(log: Log) {
    let tasks = [create_task(works(&log, "a", 1)), create_task(works(&log, "b", 2))];
    tasks[0].cancel();
    note_each(&log, gather_return_exceptions(tasks).await);
}

async fn gather_passes_a_cancellation_on_to_all(log: Log) {
    let outer = log.clone();
    let task = create_task(async move {
        gather([works(&outer, "a", 5), works(&outer, "b", 5)]).await.unwrap();
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn gather_is_cancelled_although_it_returns_exceptions(log: Log) {
    let outer = log.clone();
    let task = create_task(async move {
        gather_return_exceptions([works(&outer, "a", 5), works(&outer, "b", 5)]).await;
        outer.note("not reached");
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn gather_waits_for_children_that_clean_up(log: Log) {
    let outer = log.clone();
    let task = create_task(async move {
        gather_return_exceptions(["a", "b"].map(|name| {
            let log = outer.clone();
            async move {
                let error = catch_cancelled(secs(5)).await.unwrap_err();
                secs(1).await;
                log.note(format!("{name}-cleaned"));
                error.raise::<()>().await
            }
        }))
        .await;
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn gather_takes_a_task_twice(log: Log) {
    let runs = log.clone();
    let task = create_task(async move {
        runs.note("runs");
        "7"
    });
    note_all(&log, gather([task.clone(), task]).await);
}

async fn gather_in_gather(log: Log) {
    let results = gather([("a1", "a2"), ("b1", "b2")].map(|(one, two)| {
        let log = log.clone();
        async move { gather([works(&log, one, 1), works(&log, two, 2)]).await.unwrap().join("+") }
    }));
    log.note(results.await.unwrap().join("-"));
}

async fn wait_for_all(log: Log) {
    let tasks = [("a", 2), ("b", 1)].map(|(name, delay)| create_task(works(&log, name, delay)));
    let waited = wait(tasks, ReturnWhen::AllCompleted, None).await.unwrap();
    log.note(format!("{}-{}", waited.done.len(), waited.pending.len()));
}

async fn wait_for_the_first(log: Log) {
    let tasks = [("a", 2), ("b", 1)].map(|(name, delay)| create_task(works(&log, name, delay)));
    let (first, second) = (tasks[0].clone(), tasks[1].clone());
    let waited = wait(tasks, ReturnWhen::FirstCompleted, None).await.unwrap();
    let is_done = waited.done.iter().any(|task| task.is(&second));
    log.note(format!("{}-{}-{is_done}", waited.done.len(), waited.pending.len()));
    first.or_raise().await;
}

async fn wait_for_a_failure(log: Log) {
    let tasks = [works(&log, "a", 1), fails(&log, "b", 2), works(&log, "c", 3)].map(create_task);
    let third = tasks[2].clone();
    let waited = wait(tasks, ReturnWhen::FirstException, None).await.unwrap();
    log.note(format!("{}-{}", waited.done.len(), waited.pending.len()));
    third.or_raise().await;
}

async fn wait_takes_no_cancellation_for_a_failure(log: Log) {
    let tasks = [works(&log, "a", 1), works(&log, "b", 2)].map(create_task);
    tasks[0].cancel();
    let waited = wait(tasks, ReturnWhen::FirstException, None).await.unwrap();
    log.note(format!("{}-{}", waited.done.len(), waited.pending.len()));
}

async fn wait_until_the_time_is_up(log: Log) {
    let tasks = [works(&log, "a", 1), works(&log, "b", 3)].map(create_task);
    let second = tasks[1].clone();
    let waited = wait(tasks, ReturnWhen::AllCompleted, Some(Duration::from_secs(2))).await.unwrap();
    log.note(format!("{}-{}", waited.done.len(), waited.pending.len()));
    second.or_raise().await;
}

async fn wait_goes_on_two_turns_after_the_end(log: Log) {
    let other = create_task(steps(log.clone(), "other", 5));
    wait([create_task(works(&log, "a", 0))], ReturnWhen::AllCompleted, None).await.unwrap();
    log.note("waited");
    other.or_raise().await;
}

async fn wait_for_ended_tasks_takes_two_turns(log: Log) {
    let task = create_task(works(&log, "a", 0));
    task.clone().or_raise().await;
    let other = create_task(steps(log.clone(), "other", 4));
    wait([task], ReturnWhen::AllCompleted, None).await.unwrap();
    log.note("waited");
    other.or_raise().await;
}

async fn wait_leaves_tasks_alone_when_it_is_cancelled(log: Log) {
    let inner = create_task(works(&log, "inner", 3));
    let waited = inner.clone();
    let task = create_task(async move {
        wait([waited], ReturnWhen::AllCompleted, None).await.unwrap();
    });
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
    ended(&log, "inner", inner).await;
}

async fn wait_for_nothing_is_an_error(log: Log) {
    if wait::<()>([], ReturnWhen::AllCompleted, None).await.is_err() {
        log.note("raised");
    }
}

async fn as_completed_gives_them_as_they_end(log: Log) {
    let mut tasks = as_completed([works(&log, "c", 3), works(&log, "a", 1), works(&log, "b", 2)]);
    while let Some(task) = tasks.next().await {
        log.note(format!("got-{}", task.or_raise().await));
    }
}

async fn as_completed_may_be_asked_late(log: Log) {
    let tasks = [works(&log, "b", 2), works(&log, "a", 1)].map(create_task);
    let mut completed = as_completed(tasks);
    secs(3).await;
    while let Some(task) = completed.next().await {
        log.note(format!("got-{}", task.or_raise().await));
    }
}

async fn as_completed_goes_on_two_turns_after_the_end(log: Log) {
    let other = create_task(steps(log.clone(), "other", 5));
    let mut completed = as_completed([works(&log, "a", 0)]);
    while let Some(task) = completed.next().await {
        log.note(format!("got-{}", task.or_raise().await));
    }
    other.or_raise().await;
}

async fn as_completed_may_be_left(log: Log) {
    let tasks = [works(&log, "a", 1), works(&log, "b", 2)].map(create_task);
    let second = tasks[1].clone();
    let mut completed = as_completed(tasks);
    if let Some(task) = completed.next().await {
        log.note(format!("got-{}", task.or_raise().await));
    }
    drop(completed);
    log.note("left");
    second.or_raise().await;
}

async fn as_completed_has_a_time_limit(log: Log) {
    let tasks = [works(&log, "a", 1), works(&log, "b", 3)].map(create_task);
    let second = tasks[1].clone();
    let mut completed = as_completed_within(tasks, Duration::from_secs(2));
    while let Some(task) = completed.next().await {
        match task {
            Ok(task) => log.note(format!("got-{}", task.or_raise().await)),
            Err(_) => log.note("late"),
        }
    }
    second.or_raise().await;
}

async fn as_completed_gives_failures(log: Log) {
    let mut completed = as_completed([fails(&log, "a", 2), works(&log, "b", 1)]);
    while let Some(task) = completed.next().await {
        match task.await {
            Ok(value) => log.note(format!("got-{value}")),
            error => note_end(&log, "", error),
        }
    }
}

async fn a_thread_gives_its_result(log: Log) {
    log.note(to_thread(|| 1 + 2).await);
}

async fn a_thread_gives_its_failure(log: Log) {
    let failed = panic::catch_unwind_async(to_thread(|| -> u32 { raise("broken") })).await;
    log.note(format!("raised-{}", panic::message(&*failed.unwrap_err())));
}
