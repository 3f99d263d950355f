//! The tasks of a `LocalSet` stay on their thread, and run while it is awaited.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use conccheck::thread;
use conccheck::tokio::sync::oneshot;
use conccheck::tokio::task::{self, LocalSet, spawn_local, yield_now};
use conccheck::tokio::time::{Duration, sleep};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;

#[test]
fn its_tasks_share_what_only_one_thread_may_have() {
    for runtime in [one_thread, many_threads] {
        comes_to([2], move || {
            let (runtime, count) = (runtime(), Rc::new(Cell::new(0)));
            let counts = count.clone();
            LocalSet::new().block_on(&runtime, async move {
                let others = counts.clone();
                let inner = spawn_local(async move { others.set(others.get() + 1) });
                counts.set(counts.get() + 1);
                inner.await.unwrap();
            });
            count.get()
        });
    }
}

#[test]
fn other_threads_wake_its_tasks() {
    let executions = comes_to_all([3], || {
        let (sender, receiver) = oneshot::channel();
        let sends = thread::spawn(move || sender.send(3).unwrap());
        let received = LocalSet::new().block_on(&one_thread(), async {
            spawn_local(async move { receiver.await.unwrap() }).await.unwrap()
        });
        sends.join().unwrap();
        received
    });
    assert!(executions <= 6, "{executions}");
    comes_to([4], || {
        LocalSet::new().block_on(&many_threads(), async {
            let (sender, receiver) = oneshot::channel();
            let local = spawn_local(async move { receiver.await.unwrap() });
            task::spawn(async move { sender.send(4).unwrap() });
            local.await.unwrap()
        })
    });
}

#[test]
fn one_that_is_awaited_ends_when_its_tasks_have() {
    let executions = comes_to([(0, 2)], || {
        let (runtime, set, count) = (one_thread(), LocalSet::new(), Rc::new(Cell::new(0)));
        for _ in 0..2 {
            let counts = count.clone();
            set.spawn_local(async move {
                yield_now().await;
                counts.set(counts.get() + 1);
            });
        }
        let before = count.get();
        runtime.block_on(set);
        (before, count.get())
    });
    assert_eq!(executions, 1);
}

#[test]
fn its_tasks_are_kept_from_one_wait_to_the_next_and_dropped_with_it() {
    comes_to([(2, 3, 0)], || {
        let (runtime, set, count) = (many_threads(), LocalSet::new(), Rc::new(Cell::new(0)));
        let (sender, receiver) = oneshot::channel();
        let counts = count.clone();
        set.spawn_local(async move {
            counts.set(1);
            yield_now().await;
            counts.set(2);
            receiver.await.unwrap();
            counts.set(3);
            pending::<()>().await
        });
        set.block_on(&runtime, yield_now());
        let first = count.get();
        sender.send(()).unwrap();
        set.block_on(&runtime, yield_now());
        let second = count.get();
        drop(set);
        (first, second, Rc::strong_count(&count) - 1)
    });
}

#[test]
fn who_enters_it_adds_to_it() {
    comes_to([7], || {
        let (runtime, set) = (one_thread(), LocalSet::new());
        let seven = {
            let _entered = set.enter();
            spawn_local(async { 7 })
        };
        set.block_on(&runtime, seven).unwrap()
    });
}

#[test]
fn a_task_is_aborted_and_its_error_is_read_elsewhere() {
    comes_to([true], || {
        let (runtime, set) = (one_thread(), LocalSet::new());
        let waits = set.spawn_local(pending::<()>());
        let aborts = waits.abort_handle();
        let aborts = thread::spawn(move || aborts.abort());
        let is_cancelled = set.block_on(&runtime, waits).unwrap_err().is_cancelled();
        aborts.join().unwrap();
        is_cancelled
    });
    comes_to([true], || {
        let (runtime, set) = (one_thread(), LocalSet::new());
        let waits = set.spawn_local(pending::<()>());
        drop(set);
        thread::spawn(move || runtime.block_on(waits).unwrap_err().is_cancelled()).join().unwrap()
    });
}

#[test]
fn sets_are_in_each_other() {
    comes_to([vec!["outer", "inner", "outer again"]], || {
        let (outer, log) = (LocalSet::new(), Rc::new(RefCell::new(Vec::new())));
        let logs = log.clone();
        outer.block_on(&one_thread(), async move {
            let inside = logs.clone();
            spawn_local(async move {
                inside.borrow_mut().push("outer");
                let (inner, logs) = (LocalSet::new(), inside.clone());
                inner.spawn_local(async move { logs.borrow_mut().push("inner") });
                inner.await;
                spawn_local(async move { inside.borrow_mut().push("outer again") }).await.unwrap();
            })
            .await
            .unwrap();
        });
        log.take()
    });
}

#[test]
fn its_tasks_wait_for_a_time() {
    comes_to([1], || {
        LocalSet::new().block_on(&one_thread(), async {
            let one = Rc::new(1);
            let sleeps = spawn_local(async move {
                sleep(Duration::from_millis(1)).await;
                *one
            });
            sleeps.await.unwrap()
        })
    });
}
