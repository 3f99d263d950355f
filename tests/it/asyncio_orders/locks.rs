//! Locks and the like: `tests/python/locks.py`.

use super::{Log, all_ended, caught, secs, steps, turn};
use conccheck::models::asyncio::{
    Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore, Task, catch_cancelled, create_task,
};
use std::cell::Cell;
use std::num::NonZeroUsize;
use std::rc::Rc;

programs!(
    a_lock_serves_in_the_order_of_coming,
    who_is_woken_by_a_lock_has_it_a_turn_later,
    nobody_overtakes_who_waits_for_a_lock,
    a_free_lock_is_no_turn,
    who_is_cancelled_in_the_line_leaves_it,
    who_is_cancelled_when_woken_wakes_the_next,
    a_lock_is_released_when_its_holder_is_cancelled,
    an_event_wakes_all_in_the_order_of_coming,
    an_event_that_is_cleared_has_woken_all_the_same,
    an_event_that_is_set_is_no_turn,
    a_condition_notifies_in_the_order_of_coming,
    who_is_notified_waits_for_the_lock,
    a_notification_of_nobody_is_lost,
    who_is_cancelled_takes_the_lock_again,
    who_is_cancelled_twice_takes_the_lock_again,
    who_is_notified_and_cancelled_notifies_another,
    a_condition_may_be_waited_for,
    a_semaphore_serves_in_the_order_of_coming,
    nobody_overtakes_who_waits_for_a_semaphore,
    two_releases_wake_two,
    who_is_cancelled_in_the_line_of_a_semaphore_leaves_it,
    who_is_cancelled_when_served_gives_the_permit_on,
    who_comes_behind_a_cancelled_one_is_served_in_order,
    a_bounded_semaphore_is_not_released_too_often,
    a_barrier_lets_them_go_together,
    a_barrier_may_be_used_again,
    who_comes_while_others_leave_waits,
    a_barrier_may_be_reset,
    a_barrier_may_be_aborted,
    who_is_cancelled_in_a_barrier_leaves_it,
);

async fn inside(log: &Log, name: &str, turns: usize) {
    log.note(format!("{name}-in"));
    for _ in 0..turns {
        turn().await;
    }
    log.note(format!("{name}-out"));
}

fn holder(log: &Log, name: &'static str, lock: &Rc<Lock>, turns: usize) -> Task<()> {
    let (log, lock) = (log.clone(), lock.clone());
    create_task(async move {
        let _held = lock.acquire().await;
        inside(&log, name, turns).await;
    })
}

fn served(log: &Log, name: &'static str, semaphore: &Rc<Semaphore>, turns: usize) -> Task<()> {
    let (log, semaphore) = (log.clone(), semaphore.clone());
    create_task(async move {
        let _permit = semaphore.acquire().await;
        inside(&log, name, turns).await;
    })
}

async fn a_lock_serves_in_the_order_of_coming(log: Log) {
    let lock = Rc::new(Lock::new());
    all_ended(["a", "b", "c"].map(|name| holder(&log, name, &lock, 2))).await;
}

async fn who_is_woken_by_a_lock_has_it_a_turn_later(log: Log) {
    let lock = Rc::new(Lock::new());
    let held = lock.acquire().await;
    let task = holder(&log, "a", &lock, 0);
    turn().await;
    let other = create_task(steps(log.clone(), "other", 3));
    drop(held);
    log.note(format!("released-{}", lock.locked()));
    all_ended([task, other]).await;
}

async fn nobody_overtakes_who_waits_for_a_lock(log: Log) {
    let lock = Rc::new(Lock::new());
    let held = lock.acquire().await;
    let task = holder(&log, "a", &lock, 0);
    turn().await;
    drop(held);
    let held = lock.acquire().await;
    log.note("main in");
    drop(held);
    task.or_raise().await;
}

async fn a_free_lock_is_no_turn(log: Log) {
    let lock = Lock::new();
    let other = create_task(steps(log.clone(), "other", 1));
    let held = lock.acquire().await;
    log.note(format!("in-{}", lock.locked()));
    drop(held);
    log.note(format!("out-{}", lock.locked()));
    other.or_raise().await;
}

async fn who_is_cancelled_in_the_line_leaves_it(log: Log) {
    let lock = Rc::new(Lock::new());
    let held = lock.acquire().await;
    let tasks = ["a", "b", "c"].map(|name| holder(&log, name, &lock, 1));
    turn().await;
    tasks[0].cancel();
    drop(held);
    let first = tasks[0].clone();
    all_ended(tasks).await;
    log.note(first.cancelled());
}

async fn who_is_cancelled_when_woken_wakes_the_next(log: Log) {
    let lock = Rc::new(Lock::new());
    let held = lock.acquire().await;
    let tasks = ["a", "b", "c"].map(|name| holder(&log, name, &lock, 1));
    turn().await;
    drop(held);
    tasks[0].cancel();
    let first = tasks[0].clone();
    all_ended(tasks).await;
    log.note(first.cancelled());
}

async fn a_lock_is_released_when_its_holder_is_cancelled(log: Log) {
    let lock = Rc::new(Lock::new());
    let tasks = ["a", "b"].map(|name| holder(&log, name, &lock, 5));
    turn().await;
    tasks[0].cancel();
    all_ended(tasks).await;
}

async fn an_event_wakes_all_in_the_order_of_coming(log: Log) {
    let event = Rc::new(Event::new());
    let tasks = ["a", "b", "c"].map(|name| {
        let (log, event) = (log.clone(), event.clone());
        create_task(async move {
            event.wait().await;
            log.note(name);
        })
    });
    turn().await;
    event.set();
    log.note(format!("set-{}", event.is_set()));
    all_ended(tasks).await;
}

async fn an_event_that_is_cleared_has_woken_all_the_same(log: Log) {
    let event = Rc::new(Event::new());
    let tasks = ["a", "b"].map(|name| {
        let (log, event) = (log.clone(), event.clone());
        create_task(async move {
            event.wait().await;
            log.note(format!("{name}-{}", event.is_set()));
        })
    });
    turn().await;
    event.set();
    event.clear();
    all_ended(tasks).await;
}

async fn an_event_that_is_set_is_no_turn(log: Log) {
    let event = Event::new();
    event.set();
    let other = create_task(steps(log.clone(), "other", 1));
    event.wait().await;
    log.note("waited");
    other.or_raise().await;
}

fn waits(log: &Log, name: &'static str, condition: &Rc<Condition>) -> Task<()> {
    let (log, condition) = (log.clone(), condition.clone());
    create_task(async move {
        let mut held = condition.acquire().await;
        log.note(format!("{name}-waits"));
        match catch_cancelled(held.wait()).await {
            Ok(()) => log.note(format!("{name}-notified")),
            Err(error) => {
                log.note(format!("{name}-cancelled-{}", condition.locked()));
                error.raise().await
            }
        }
    })
}

async fn a_condition_notifies_in_the_order_of_coming(log: Log) {
    let condition = Rc::new(Condition::new());
    let tasks = ["a", "b", "c"].map(|name| waits(&log, name, &condition));
    turn().await;
    for count in [1, 2] {
        let held = condition.acquire().await;
        held.notify(count);
        log.note(format!("notifies-{count}"));
        drop(held);
        for _ in 0..5 {
            turn().await;
        }
    }
    all_ended(tasks).await;
}

async fn who_is_notified_waits_for_the_lock(log: Log) {
    let condition = Rc::new(Condition::new());
    let tasks = ["a", "b"].map(|name| waits(&log, name, &condition));
    turn().await;
    let held = condition.acquire().await;
    held.notify_all();
    secs(1).await;
    log.note("releases");
    drop(held);
    all_ended(tasks).await;
}

async fn a_notification_of_nobody_is_lost(log: Log) {
    let condition = Rc::new(Condition::new());
    condition.acquire().await.notify_all();
    let task = waits(&log, "a", &condition);
    secs(1).await;
    log.note(task.done());
    condition.acquire().await.notify(1);
    task.or_raise().await;
}

async fn who_is_cancelled_takes_the_lock_again(log: Log) {
    let condition = Rc::new(Condition::new());
    let task = waits(&log, "a", &condition);
    turn().await;
    let held = condition.acquire().await;
    task.cancel();
    secs(1).await;
    log.note("releases");
    drop(held);
    all_ended([task]).await;
}

async fn who_is_cancelled_twice_takes_the_lock_again(log: Log) {
    let condition = Rc::new(Condition::new());
    let task = waits(&log, "a", &condition);
    turn().await;
    let held = condition.acquire().await;
    for _ in 0..2 {
        task.cancel();
        secs(1).await;
    }
    log.note("releases");
    drop(held);
    all_ended([task]).await;
}

async fn who_is_notified_and_cancelled_notifies_another(log: Log) {
    let condition = Rc::new(Condition::new());
    let tasks = ["a", "b"].map(|name| waits(&log, name, &condition));
    turn().await;
    let held = condition.acquire().await;
    held.notify(1);
    tasks[0].cancel();
    drop(held);
    secs(1).await;
    log.note(format!("{}-{}", tasks[0].cancelled(), tasks[1].done()));
    all_ended(tasks).await;
}

async fn a_condition_may_be_waited_for(log: Log) {
    let shared = Rc::new((Condition::new(), Cell::new(0)));
    let (waiter, waited) = (log.clone(), shared.clone());
    let task = create_task(async move {
        let (condition, count) = &*waited;
        let mut held = condition.acquire().await;
        held.wait_for(|| count.get() == 2).await;
        waiter.note("two");
    });
    for number in 0..2 {
        secs(1).await;
        let held = shared.0.acquire().await;
        shared.1.set(number + 1);
        held.notify_all();
        log.note(format!("adds-{number}"));
    }
    task.or_raise().await;
}

async fn a_semaphore_serves_in_the_order_of_coming(log: Log) {
    let semaphore = Rc::new(Semaphore::new(2));
    all_ended(["a", "b", "c", "d"].map(|name| served(&log, name, &semaphore, 2))).await;
}

async fn nobody_overtakes_who_waits_for_a_semaphore(log: Log) {
    let semaphore = Rc::new(Semaphore::new(1));
    semaphore.acquire().await.forget();
    let task = served(&log, "a", &semaphore, 0);
    turn().await;
    semaphore.release();
    log.note(format!("released-{}", semaphore.locked()));
    let permit = semaphore.acquire().await;
    log.note("main in");
    drop(permit);
    task.or_raise().await;
}

async fn two_releases_wake_two(log: Log) {
    let semaphore = Rc::new(Semaphore::new(0));
    let tasks = ["a", "b", "c"].map(|name| served(&log, name, &semaphore, 1));
    turn().await;
    semaphore.release();
    semaphore.release();
    log.note(format!("released-{}", semaphore.locked()));
    for _ in 0..3 {
        turn().await;
    }
    all_ended(tasks).await;
}

async fn who_is_cancelled_in_the_line_of_a_semaphore_leaves_it(log: Log) {
    let semaphore = Rc::new(Semaphore::new(0));
    let tasks = ["a", "b", "c"].map(|name| served(&log, name, &semaphore, 1));
    turn().await;
    tasks[0].cancel();
    semaphore.release();
    all_ended(tasks).await;
    log.note(semaphore.locked());
}

async fn who_is_cancelled_when_served_gives_the_permit_on(log: Log) {
    let semaphore = Rc::new(Semaphore::new(0));
    let tasks = ["a", "b", "c"].map(|name| served(&log, name, &semaphore, 1));
    turn().await;
    semaphore.release();
    tasks[0].cancel();
    all_ended(tasks).await;
    log.note(semaphore.locked());
}

async fn who_comes_behind_a_cancelled_one_is_served_in_order(log: Log) {
    let semaphore = Rc::new(Semaphore::new(1));
    let taker = |name| {
        let (log, semaphore) = (log.clone(), semaphore.clone());
        create_task(async move {
            semaphore.acquire().await.forget();
            log.note(name);
        })
    };
    semaphore.acquire().await.forget();
    let (first, second) = (taker("first"), taker("second"));
    turn().await;
    semaphore.release();
    first.cancel();
    let third = taker("third");
    secs(1).await;
    log.note(format!("{}-{}-{}", first.cancelled(), second.done(), third.done()));
    semaphore.release();
    third.or_raise().await;
}

async fn a_bounded_semaphore_is_not_released_too_often(log: Log) {
    let semaphore = BoundedSemaphore::new(1);
    let permit = semaphore.acquire().await;
    log.note("in");
    drop(permit);
    if semaphore.release().is_err() {
        log.note("raised");
    }
}

fn barrier(parties: usize) -> Rc<Barrier> {
    Rc::new(Barrier::new(NonZeroUsize::new(parties).expect("at least one")))
}

async fn meet(log: &Log, name: &str, barrier: &Barrier) {
    match caught(log, &format!("{name}-cancelled"), barrier.wait()).await {
        Ok(number) => log.note(format!("{name}-{number}")),
        Err(_) => log.note(format!("{name}-broken")),
    }
}

fn meets(log: &Log, name: &'static str, barrier: &Rc<Barrier>) -> Task<()> {
    let (log, barrier) = (log.clone(), barrier.clone());
    create_task(async move { meet(&log, name, &barrier).await })
}

async fn a_barrier_lets_them_go_together(log: Log) {
    let barrier = barrier(3);
    let mut tasks = ["a", "b"].map(|name| meets(&log, name, &barrier)).to_vec();
    secs(1).await;
    log.note(barrier.n_waiting());
    tasks.push(meets(&log, "c", &barrier));
    all_ended(tasks).await;
    log.note(barrier.n_waiting());
}

async fn a_barrier_may_be_used_again(log: Log) {
    let barrier = barrier(2);
    all_ended(["a", "b"].map(|name| {
        let (log, barrier) = (log.clone(), barrier.clone());
        create_task(async move {
            meet(&log, name, &barrier).await;
            meet(&log, name, &barrier).await;
        })
    }))
    .await;
}

async fn who_comes_while_others_leave_waits(log: Log) {
    let barrier = barrier(2);
    all_ended(["a", "b", "c", "d"].map(|name| meets(&log, name, &barrier))).await;
}

async fn a_barrier_may_be_reset(log: Log) {
    let barrier = barrier(2);
    let task = meets(&log, "a", &barrier);
    secs(1).await;
    barrier.reset().await;
    task.or_raise().await;
    log.note(barrier.broken());
    all_ended(["b", "c"].map(|name| meets(&log, name, &barrier))).await;
}

async fn a_barrier_may_be_aborted(log: Log) {
    let barrier = barrier(2);
    let task = meets(&log, "a", &barrier);
    secs(1).await;
    barrier.abort().await;
    task.or_raise().await;
    log.note(barrier.broken());
    meets(&log, "b", &barrier).or_raise().await;
}

async fn who_is_cancelled_in_a_barrier_leaves_it(log: Log) {
    let barrier = barrier(2);
    let task = meets(&log, "a", &barrier);
    secs(1).await;
    task.cancel();
    all_ended([task]).await;
    log.note(format!("{}-{}", barrier.n_waiting(), barrier.broken()));
    all_ended(["b", "c"].map(|name| meets(&log, name, &barrier))).await;
}
