//! The checked runtime on the operating system's threads: it is written on the facade, so it runs for
//! real too, with every sleep ending at once.

use super::*;
use crate::sync::mpsc;
use crate::task::Workers;
use crate::task::erased::to_end;
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

const SHORT: Duration = Duration::from_millis(1);

fn block_on_one<F: Future>(future: F) -> F::Output {
    to_end!(future => block_on(Workers::CurrentThread, future))
}

fn block_on_many<F: Future>(future: F) -> F::Output {
    to_end!(future => block_on(Workers::Threads(2), future))
}

fn spawn<F: Future<Output: Send + 'static> + Send + 'static>(future: F) -> JoinHandle<F::Output> {
    super::spawn(Box::pin(future))
}

fn spawn_local<F: Future<Output: 'static> + 'static>(future: F) -> JoinHandle<F::Output> {
    super::spawn_local(Box::pin(future))
}

fn returned<T>(end: TaskEnd<T>) -> T {
    match end {
        TaskEnd::Returned(value) => value,
        TaskEnd::Panicked(payload) => panic!("the task panicked: {}", crate::panic::message(&*payload)),
        TaskEnd::Aborted => panic!("the task was aborted"),
    }
}

async fn next<T>(set: &mut JoinSet<T>) -> Option<TaskEnd<T>> {
    poll_fn(|context| set.poll_next(context)).await.map(|(_, end)| end)
}

fn raise(message: &str) {
    crate::panic::resume_unwind(Box::new(message.to_string()));
}

#[test]
fn tasks_of_a_loop_take_turns_in_the_order_in_which_they_became_ready() {
    let log = Rc::new(RefCell::new(Vec::new()));
    block_on_one(async {
        let tasks: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .map(|name| {
                let log = log.clone();
                spawn_local(async move {
                    for step in 1..=2 {
                        log.borrow_mut().push(format!("{name}{step}"));
                        yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            returned(task.await);
        }
    });
    assert_eq!(*log.borrow(), ["a1", "b1", "c1", "a2", "b2", "c2"]);
}

#[test]
fn a_task_added_in_a_turn_waits_for_the_next() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let note = |text| {
        let log = log.clone();
        async move { log.borrow_mut().push(text) }
    };
    block_on_one(async {
        let (inner, after) = (note("added in the turn"), note("ready before"));
        let first = spawn_local(async move { returned(spawn_local(inner).await) });
        let second = spawn_local(after);
        returned(first.await);
        returned(second.await);
    });
    assert_eq!(*log.borrow(), ["ready before", "added in the turn"]);
}

#[test]
fn a_loop_waits_for_wakers_that_other_threads_fire() {
    let (waker_sender, wakers) = mpsc::channel::<Waker>();
    let firing = std::thread::spawn(move || wakers.recv().unwrap().wake());
    let mut polls = 0;
    block_on_one(poll_fn(|context| {
        polls += 1;
        if polls == 2 {
            return Poll::Ready(());
        }
        waker_sender.send(context.waker().clone()).unwrap();
        Poll::Pending
    }));
    firing.join().unwrap();
    assert_eq!(polls, 2);
}

#[test]
fn a_panic_ends_its_own_task_only() {
    block_on_one(async {
        let failing = spawn_local(async { raise("broken") });
        let other = spawn_local(async { 1 });
        let TaskEnd::Panicked(payload) = failing.await else { panic!("it did not panic") };
        assert_eq!(crate::panic::message(&*payload), "broken");
        assert_eq!(returned(other.await), 1);
    });
}

#[test]
fn an_aborted_task_drops_what_it_owns_before_it_counts_as_ended() {
    let owned = Rc::new(());
    let weak = Rc::downgrade(&owned);
    block_on_one(async {
        let task = spawn_local(async move {
            let _owned = owned;
            pending::<()>().await
        });
        yield_now().await;
        task.abort_handle().abort();
        assert!(matches!(task.await, TaskEnd::Aborted));
        assert!(weak.upgrade().is_none());
    });
}

#[test]
fn leftover_tasks_are_dropped_with_their_loop() {
    let owned = Rc::new(());
    let weak = Rc::downgrade(&owned);
    block_on_one(async {
        spawn_local(async move {
            let _owned = owned;
            pending::<()>().await
        });
        yield_now().await;
    });
    assert!(weak.upgrade().is_none());
}

async fn sleep(duration: Duration) {
    let mut wait = Wait::after(duration);
    poll_fn(|context| wait.poll(context)).await;
}

#[test]
fn sleeps_of_a_loop_all_end() {
    let sum: u32 = block_on_one(async {
        let sleepers: Vec<_> = (0..4)
            .map(|number| {
                spawn_local(async move {
                    sleep(SHORT * number).await;
                    number
                })
            })
            .collect();
        let mut sum = 0;
        for sleeper in sleepers {
            sum += returned(sleeper.await);
        }
        sum
    });
    assert_eq!(sum, 6);
}

#[test]
fn tasks_on_threads_wait_for_each_other_and_fail_alone() {
    block_on_many(async {
        let slow = spawn(async {
            sleep(SHORT).await;
            20
        });
        let waiting = spawn(async move { 1 + returned(slow.await) });
        let failing = spawn(async { raise("broken") });
        assert_eq!(returned(waiting.await), 21);
        assert!(matches!(failing.await, TaskEnd::Panicked(_)));
    });
}

#[test]
fn a_multi_thread_runtime_ends_when_its_tasks_have_ended() {
    let owned = crate::sync::Arc::new(());
    let weak = crate::sync::Arc::downgrade(&owned);
    block_on_many(async {
        spawn(async move {
            let _owned = owned;
            pending::<()>().await
        });
    });
    assert!(weak.upgrade().is_none());
}

#[test]
fn a_join_set_gives_ends_in_the_order_in_which_they_came() {
    let order = block_on_one(async {
        let mut set = JoinSet::new();
        set.add(spawn_local(async {
            yield_now().await;
            "second"
        }));
        set.add(spawn_local(async { "first" }));
        let mut order = Vec::new();
        while let Some(end) = next(&mut set).await {
            order.push(returned(end));
        }
        order
    });
    assert_eq!(order, ["first", "second"]);
}

#[test]
fn a_join_set_takes_each_task_on_threads_once_and_aborts_those_that_are_left() {
    block_on_many(async {
        let mut set = JoinSet::new();
        for number in 0..3 {
            set.add(spawn(async move { number }));
        }
        let mut numbers = Vec::new();
        while let Some(end) = next(&mut set).await {
            numbers.push(returned(end));
        }
        numbers.sort();
        assert_eq!(numbers, [0, 1, 2]);

        let mut left = JoinSet::new();
        left.add(spawn(pending::<()>()));
        left.abort_all();
        assert!(matches!(next(&mut left).await, Some(TaskEnd::Aborted)));
        assert_eq!(left.len(), 0);
    });
}
