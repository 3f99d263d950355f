//! Cancelling: `tests/python/cancelling.py`.

use super::{Log, broken, caught, ended, raise, secs, steps, turn};
use conccheck::models::asyncio::{
    AsyncContext, AsyncIterator, Event, Task, catch_cancelled, create_task, current_task, shield, with,
};
use conccheck::panic;
use std::rc::Rc;

programs!(
    a_task_cancelled_before_it_begins_never_does,
    a_cancellation_comes_a_turn_later,
    a_cancellation_at_a_turn_comes_in_that_turn,
    a_task_may_refuse,
    requests_are_counted,
    two_requests_in_one_turn_are_caught_once,
    requests_in_two_turns_are_caught_twice,
    a_message_comes_along,
    a_task_may_cancel_itself,
    a_task_may_cancel_itself_before_a_turn,
    who_cancels_itself_and_returns_is_cancelled,
    an_ended_task_cannot_be_cancelled,
    a_cancellation_is_passed_on_to_what_is_awaited,
    what_is_awaited_may_refuse,
    who_awaits_what_others_cancel_is_cancelled,
    a_cancellation_wins_over_a_wake,
    clean_up_may_wait,
    clean_up_may_be_cancelled,
    an_error_may_replace_a_cancellation,
    a_shield_keeps_it_from_what_is_awaited,
    a_shield_takes_a_turn,
    who_is_shielded_may_be_cancelled_itself,
    a_resource_is_left_on_an_error,
    a_resource_is_left_on_a_cancellation,
    a_resource_is_left_by_each_block_in_turn,
    an_iteration_waits_at_each_step,
    an_iteration_may_be_left_and_taken_up_again,
    an_iteration_may_fail,
    an_iteration_may_be_cancelled,
);

fn endless(log: &Log, name: &'static str) -> Task<()> {
    let log = log.clone();
    create_task(async move { caught(&log, &format!("{name}-caught"), secs(100)).await })
}

async fn a_task_cancelled_before_it_begins_never_does(log: Log) {
    let task = endless(&log, "task");
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_cancellation_comes_a_turn_later(log: Log) {
    let task = endless(&log, "task");
    turn().await;
    log.note(task.cancel());
    log.note("asked");
    let other = create_task(steps(log.clone(), "other", 3));
    ended(&log, "task", task).await;
    other.or_raise().await;
}

async fn a_cancellation_at_a_turn_comes_in_that_turn(log: Log) {
    let task = create_task(steps(log.clone(), "task", 5));
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_task_may_refuse(log: Log) {
    let stubborn = log.clone();
    let task = create_task(async move {
        if catch_cancelled(secs(100)).await.is_err() {
            stubborn.note("refused");
        }
        secs(1).await;
        "done"
    });
    turn().await;
    task.cancel();
    ended(&log, "task", task.clone()).await;
    log.note(format!("{}-{}", task.cancelled(), task.cancelling()));
}

async fn requests_are_counted(log: Log) {
    let stubborn = log.clone();
    let task = create_task(async move {
        if catch_cancelled(secs(100)).await.is_err() {
            stubborn.note(format!("asked-{}", current_task().cancelling()));
        }
        for _ in 0..3 {
            stubborn.note(format!("left-{}", current_task().uncancel()));
        }
    });
    turn().await;
    task.cancel();
    task.cancel();
    ended(&log, "task", task).await;
}

fn stubborn(log: &Log) -> Task<()> {
    let log = log.clone();
    create_task(async move {
        for attempt in 0..3 {
            let word = if catch_cancelled(secs(1)).await.is_ok() { "slept" } else { "caught" };
            log.note(format!("{word}-{attempt}"));
        }
    })
}

async fn two_requests_in_one_turn_are_caught_once(log: Log) {
    let task = stubborn(&log);
    turn().await;
    task.cancel();
    task.cancel();
    ended(&log, "task", task).await;
}

async fn requests_in_two_turns_are_caught_twice(log: Log) {
    let task = stubborn(&log);
    turn().await;
    task.cancel();
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_message_comes_along(log: Log) {
    let work = log.clone();
    let task = create_task(async move {
        let error = catch_cancelled(secs(100)).await.unwrap_err();
        work.note(format!("because-{}", error.message.clone().unwrap_or_default()));
        error.raise::<()>().await
    });
    turn().await;
    task.cancel_with("late");
    ended(&log, "task", task).await;
}

async fn a_task_may_cancel_itself(log: Log) {
    let work = log.clone();
    let task = create_task(async move {
        current_task().cancel();
        work.note("goes on");
        caught(&work, "caught", secs(1)).await;
    });
    ended(&log, "task", task).await;
}

async fn a_task_may_cancel_itself_before_a_turn(log: Log) {
    let work = log.clone();
    let task = create_task(async move {
        current_task().cancel();
        work.note("goes on");
        caught(&work, "caught", turn()).await;
    });
    ended(&log, "task", task).await;
}

async fn who_cancels_itself_and_returns_is_cancelled(log: Log) {
    let task = create_task(async {
        current_task().cancel();
        "done"
    });
    ended(&log, "task", task).await;
}

async fn an_ended_task_cannot_be_cancelled(log: Log) {
    let task = create_task(async { "done" });
    task.clone().or_raise().await;
    log.note(format!("{}-{}", task.cancel(), task.cancelling()));
    ended(&log, "task", task).await;
}

async fn a_cancellation_is_passed_on_to_what_is_awaited(log: Log) {
    let inner = endless(&log, "inner");
    let outer = log.clone();
    let task = create_task(async move {
        let awaited = inner.clone();
        if let Err(error) = catch_cancelled(awaited.or_raise()).await {
            outer.note(format!("outer caught-{}", inner.cancelled()));
            error.raise().await
        }
    });
    turn().await;
    task.cancel();
    let other = create_task(steps(log.clone(), "other", 4));
    ended(&log, "task", task).await;
    other.or_raise().await;
}

async fn what_is_awaited_may_refuse(log: Log) {
    let outer = log.clone();
    let task = create_task(async move {
        let stubborn = outer.clone();
        let inner = create_task(async move {
            if catch_cancelled(secs(100)).await.is_err() {
                stubborn.note("refused");
            }
            "done"
        });
        outer.note(format!("outer-{}", inner.or_raise().await));
        turn().await;
        current_task().cancelling()
    });
    turn().await;
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn who_awaits_what_others_cancel_is_cancelled(log: Log) {
    let inner = endless(&log, "inner");
    let awaited = inner.clone();
    let task = create_task(async move { awaited.or_raise().await });
    turn().await;
    inner.cancel();
    ended(&log, "task", task.clone()).await;
    log.note(task.cancelling());
}

async fn a_cancellation_wins_over_a_wake(log: Log) {
    let event = Rc::new(Event::new());
    let (waited, work) = (event.clone(), log.clone());
    let task = create_task(async move {
        waited.wait().await;
        work.note("not reached");
    });
    turn().await;
    event.set();
    task.cancel();
    ended(&log, "task", task).await;
}

/// Cleans up for a second when it is cancelled.
fn cleaning(log: &Log, then: &'static str) -> Task<()> {
    let log = log.clone();
    create_task(async move {
        let error = catch_cancelled(secs(100)).await.unwrap_err();
        log.note("cleans");
        secs(1).await;
        log.note(then);
        error.raise().await
    })
}

async fn clean_up_may_wait(log: Log) {
    let task = cleaning(&log, "cleaned");
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn clean_up_may_be_cancelled(log: Log) {
    let task = cleaning(&log, "not reached");
    turn().await;
    task.cancel();
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn an_error_may_replace_a_cancellation(log: Log) {
    let task = create_task(async {
        if catch_cancelled(secs(100)).await.is_err() {
            broken().await;
        }
    });
    turn().await;
    task.cancel();
    ended(&log, "", task).await;
}

async fn a_shield_keeps_it_from_what_is_awaited(log: Log) {
    let work = log.clone();
    let inner = create_task(async move {
        secs(1).await;
        work.note("work");
        "done"
    });
    let (outer, shielded) = (log.clone(), inner.clone());
    let task = create_task(async move {
        caught(&outer, "outer caught", shield(shielded)).await.unwrap();
    });
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
    ended(&log, "inner", inner).await;
}

async fn a_shield_takes_a_turn(log: Log) {
    let outer = log.clone();
    let task = create_task(async move {
        let work = outer.clone();
        let inner = create_task(async move {
            work.note("work");
            "done"
        });
        outer.note(format!("outer-{}", shield(inner).await.unwrap()));
    });
    let other = create_task(steps(log, "other", 5));
    task.or_raise().await;
    other.or_raise().await;
}

async fn who_is_shielded_may_be_cancelled_itself(log: Log) {
    let inner = endless(&log, "inner");
    let shielded = inner.clone();
    let task = create_task(async move {
        match shield(shielded).await {
            Ok(()) => {}
            Err(error) => error.raise().await,
        }
    });
    turn().await;
    inner.cancel();
    ended(&log, "task", task.clone()).await;
    log.note(task.cancelled());
}

/// Takes a turn to enter and one to leave.
struct Door(Log, &'static str);

impl AsyncContext for Door {
    type Entered = ();

    async fn enter(&mut self) {
        turn().await;
        self.0.note(format!("{}entered", self.1));
    }

    async fn exit(&mut self) {
        turn().await;
        self.0.note(format!("{}left", self.1));
    }
}

async fn a_resource_is_left_on_an_error(log: Log) {
    let inside = log.clone();
    let task = create_task(with(Door(log.clone(), ""), async move |()| {
        inside.note("inside");
        broken().await;
    }));
    ended(&log, "", task).await;
}

async fn a_resource_is_left_on_a_cancellation(log: Log) {
    let inside = log.clone();
    let task = create_task(with(Door(log.clone(), ""), async move |()| {
        inside.note("inside");
        secs(100).await;
    }));
    turn().await;
    turn().await;
    task.cancel();
    ended(&log, "task", task).await;
}

async fn a_resource_is_left_by_each_block_in_turn(log: Log) {
    let inner = Door(log.clone(), "inner-");
    let task = create_task(with(Door(log.clone(), "outer-"), async move |()| {
        with(inner, async |()| secs(100).await).await;
    }));
    secs(1).await;
    task.cancel();
    ended(&log, "task", task).await;
}

/// Counts down, with a turn at each step.
struct Countdown {
    left: usize,
    fails: bool,
}

impl AsyncIterator for Countdown {
    type Item = usize;

    async fn next(&mut self) -> Option<usize> {
        turn().await;
        if self.left == 0 && self.fails {
            raise("broken");
        }
        self.left = self.left.checked_sub(1)?;
        Some(self.left)
    }
}

async fn an_iteration_waits_at_each_step(log: Log) {
    let tasks = ["a", "b"].map(|name| {
        let log = log.clone();
        create_task(async move {
            let mut numbers = Countdown { left: 2, fails: false };
            while let Some(number) = numbers.next().await {
                log.note(format!("{name}-{number}"));
            }
            log.note(format!("{name}-end"));
        })
    });
    for task in tasks {
        task.or_raise().await;
    }
}

async fn an_iteration_may_be_left_and_taken_up_again(log: Log) {
    let mut numbers = Countdown { left: 4, fails: false };
    while let Some(number) = numbers.next().await {
        log.note(number);
        if number == 2 {
            break;
        }
    }
    log.note("left");
    while let Some(number) = numbers.next().await {
        log.note(number);
    }
}

async fn an_iteration_may_fail(log: Log) {
    let iterates = log.clone();
    let failed = panic::catch_unwind_async(async move {
        let mut numbers = Countdown { left: 1, fails: true };
        while let Some(number) = numbers.next().await {
            iterates.note(number);
        }
    });
    log.note(format!("raised-{}", panic::message(&*failed.await.unwrap_err())));
}

async fn an_iteration_may_be_cancelled(log: Log) {
    let iterates = log.clone();
    let task = create_task(async move {
        let counting = async {
            let mut numbers = Countdown { left: 100, fails: false };
            while let Some(number) = numbers.next().await {
                iterates.note(number);
            }
        };
        caught(&iterates, "ended", counting).await;
    });
    for _ in 0..3 {
        turn().await;
    }
    task.cancel();
    ended(&log, "task", task).await;
}
