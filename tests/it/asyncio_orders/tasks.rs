//! Tasks: `tests/python/tasks.py`.

use super::{Log, broken, caught, ended, secs, steps, turn};
use conccheck::models::asyncio::{Event, Task, catch_cancelled, create_task, sleep_with};
use std::rc::Rc;
use std::time::Duration;

programs!(
    tasks_begin_in_order,
    tasks_take_turns,
    awaiting_a_coroutine_is_no_turn,
    who_awaits_a_task_goes_on_a_turn_after_its_end,
    who_awaits_an_ended_task_goes_on_at_once,
    waiters_of_a_task_go_on_in_the_order_of_coming,
    done_callbacks_come_in_order_and_a_turn_later,
    a_callback_added_late_is_not_called_at_once,
    a_failure_comes_to_who_awaits,
    a_failure_that_nobody_awaits_stops_nobody,
    sleeps_end_by_their_deadlines,
    a_sleep_begun_later_ends_later,
    a_sleep_gives_its_result,
    ready_tasks_go_before_time_passes,
    two_who_slept_as_long_take_turns,
    a_task_may_create_tasks,
    run_cancels_what_is_left,
    what_is_left_and_ready_steps_once_more,
    what_is_left_may_clean_up,
    what_was_not_begun_is_begun_before_it_is_cancelled,
    what_stands_behind_main_is_cancelled_a_step_later,
);

async fn all<T: 'static>(tasks: impl IntoIterator<Item = Task<T>>) {
    for task in tasks {
        task.or_raise().await;
    }
}

async fn tasks_begin_in_order(log: Log) {
    let tasks = ["a", "b", "c"].map(|name| create_task(steps(log.clone(), name, 1)));
    log.note("created");
    all(tasks).await;
}

async fn tasks_take_turns(log: Log) {
    all(["a", "b"].map(|name| create_task(steps(log.clone(), name, 3)))).await;
}

async fn awaiting_a_coroutine_is_no_turn(log: Log) {
    let other = create_task(steps(log.clone(), "other", 1));
    async { log.note("inline") }.await;
    log.note("after");
    other.or_raise().await;
}

fn noting(log: &Log, event: &'static str) -> Task<()> {
    let log = log.clone();
    create_task(async move { log.note(event) })
}

async fn who_awaits_a_task_goes_on_a_turn_after_its_end(log: Log) {
    let task = noting(&log, "work");
    let other = create_task(steps(log.clone(), "other", 4));
    task.or_raise().await;
    log.note("awaited");
    other.or_raise().await;
}

async fn who_awaits_an_ended_task_goes_on_at_once(log: Log) {
    let task = noting(&log, "work");
    turn().await;
    let other = create_task(steps(log.clone(), "other", 1));
    task.or_raise().await;
    log.note("awaited");
    other.or_raise().await;
}

async fn waiters_of_a_task_go_on_in_the_order_of_coming(log: Log) {
    let task = create_task(async {
        turn().await;
        7
    });
    let waiters = ["a", "b", "c"].map(|name| {
        let (task, log) = (task.clone(), log.clone());
        create_task(async move { log.note(format!("{name}-{}", task.or_raise().await)) })
    });
    all(waiters).await;
}

async fn done_callbacks_come_in_order_and_a_turn_later(log: Log) {
    let task = noting(&log, "work");
    for name in ["first", "second"] {
        let log = log.clone();
        task.add_done_callback(move || log.note(name));
    }
    let other = create_task(steps(log.clone(), "other", 2));
    task.or_raise().await;
    log.note("awaited");
    other.or_raise().await;
}

async fn a_callback_added_late_is_not_called_at_once(log: Log) {
    let task = noting(&log, "work");
    task.clone().or_raise().await;
    let seen = log.clone();
    task.add_done_callback(move || seen.note("called"));
    log.note("added");
    turn().await;
    log.note("later");
}

async fn a_failure_comes_to_who_awaits(log: Log) {
    let task = create_task(broken());
    let (done, cancelled) = (task.clone(), task.clone());
    ended(&log, "", task).await;
    log.note(format!("{}-{}", done.done(), cancelled.cancelled()));
}

async fn a_failure_that_nobody_awaits_stops_nobody(log: Log) {
    create_task(broken());
    create_task(steps(log.clone(), "other", 2)).or_raise().await;
    log.note("end");
}

async fn sleeps_end_by_their_deadlines(log: Log) {
    all([("c", 3), ("a", 1), ("b", 2)].map(|(name, delay)| {
        let log = log.clone();
        create_task(async move {
            secs(delay).await;
            log.note(name);
        })
    }))
    .await;
}

async fn a_sleep_begun_later_ends_later(log: Log) {
    all([("a", 1, 4), ("b", 2, 1)].map(|(name, first, second)| {
        let log = log.clone();
        create_task(async move {
            secs(first).await;
            log.note(format!("{name}-1"));
            secs(second).await;
            log.note(format!("{name}-2"));
        })
    }))
    .await;
}

async fn a_sleep_gives_its_result(log: Log) {
    log.note(sleep_with(Duration::from_secs(1), "slept").await);
    log.note(sleep_with(Duration::ZERO, "yielded").await);
}

async fn ready_tasks_go_before_time_passes(log: Log) {
    let sleeper = log.clone();
    let task = create_task(async move {
        secs(1).await;
        sleeper.note("slept");
    });
    create_task(steps(log, "ready", 5)).or_raise().await;
    task.or_raise().await;
}

async fn two_who_slept_as_long_take_turns(log: Log) {
    all(["a", "b"].map(|name| {
        let log = log.clone();
        create_task(async move {
            secs(1).await;
            log.note(format!("{name}-1"));
            turn().await;
            log.note(format!("{name}-2"));
        })
    }))
    .await;
}

async fn a_task_may_create_tasks(log: Log) {
    all([("a", "a's"), ("b", "b's")].map(|(name, child)| {
        let log = log.clone();
        create_task(async move {
            log.note(name);
            let task = noting(&log, child);
            turn().await;
            log.note(format!("{name}-again"));
            task.or_raise().await;
        })
    }))
    .await;
}

async fn run_cancels_what_is_left(log: Log) {
    let left = log.clone();
    create_task(async move {
        let ended = catch_cancelled(secs(100)).await;
        left.note("cancelled");
        if let Err(error) = ended {
            error.raise().await
        }
    });
    turn().await;
    log.note("end");
}

async fn what_is_left_and_ready_steps_once_more(log: Log) {
    create_task(steps(log.clone(), "left", 5));
    turn().await;
    log.note("end");
}

async fn what_is_left_may_clean_up(log: Log) {
    let left = log.clone();
    create_task(async move {
        let error = catch_cancelled(secs(100)).await.unwrap_err();
        left.note("cleans");
        secs(1).await;
        left.note("cleaned");
        error.raise::<()>().await
    });
    turn().await;
    log.note("end");
}

async fn what_was_not_begun_is_begun_before_it_is_cancelled(log: Log) {
    let left = log.clone();
    create_task(async move {
        left.note("begun");
        secs(100).await;
        left.note("not reached");
    });
    log.note("end");
}

async fn what_stands_behind_main_is_cancelled_a_step_later(log: Log) {
    let event = Rc::new(Event::new());
    let (left, sets) = (log.clone(), event.clone());
    create_task(async move {
        let steps = async {
            for step in 0..6 {
                left.note(format!("left-{step}"));
                if step == 2 {
                    sets.set();
                }
                turn().await;
            }
        };
        caught(&left, "cancelled", steps).await;
    });
    event.wait().await;
    log.note("end");
}
