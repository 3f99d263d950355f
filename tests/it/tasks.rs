//! Async tasks under a checker are polled, woken and aborted as tokio's are.

use crate::policy::values;
use conccheck::Checker;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, RwLock};
use conccheck::task::{self, EventLoop, Runtime};
use conccheck::tokio::runtime::Handle;
use conccheck::{Verdict, panic, thread};
use std::time::Duration;

/// A task that stores 1, 2, 3 and pauses after each is aborted at some time: whether it came to its end, and what it
/// has stored.
fn abort_among_pauses<F: Future<Output = ()> + Send + 'static>(
    runtime: Runtime,
    pause: impl Fn() -> F + Send + 'static,
) -> (bool, u32) {
    runtime.block_on(async {
        let stored = Arc::new(AtomicU32::new(0));
        let task = task::spawn({
            let stored = stored.clone();
            async move {
                for number in 1..=3 {
                    stored.store(number, SeqCst);
                    pause().await;
                }
            }
        });
        task.abort();
        let has_ended = task.await.is_ok();
        (has_ended, stored.load(SeqCst))
    })
}

#[test]
fn an_abort_finds_a_task_of_several_threads_at_each_yield_and_each_sleep() {
    let expected = [(false, 0), (false, 1), (false, 2), (false, 3), (true, 3)];
    let many = || Runtime::multi_thread(2);
    let report = Checker::new().explore(move || abort_among_pauses(many(), task::yield_now));
    assert_eq!(values(&report), expected.into(), "{report}");
    assert!(report.is_complete(), "{report}");
    let sleep = || task::sleep(Duration::from_millis(1));
    let report = Checker::new().explore(move || abort_among_pauses(many(), sleep));
    assert_eq!(values(&report), expected.into(), "{report}");
    assert!(report.is_complete(), "{report}");
}

#[test]
fn an_abort_of_the_loops_own_thread_comes_before_its_tasks_first_turn() {
    let report = Checker::new().explore(|| abort_among_pauses(Runtime::current_thread(), task::yield_now));
    assert_eq!(values(&report), [(false, 0)].into(), "{report}");
}

#[test]
fn a_task_that_yields_for_ever_ends_with_its_runtime() {
    let report = Checker::new().explore(|| {
        Runtime::multi_thread(2).block_on(async {
            let stored = Arc::new(AtomicU32::new(0));
            let forever = stored.clone();
            task::spawn(async move {
                loop {
                    forever.store(1, SeqCst);
                    task::yield_now().await;
                }
            });
            stored.load(SeqCst)
        })
    });
    assert_eq!(values(&report), [0, 1].into(), "{report}");
    assert!(report.is_complete(), "{report}");
}

#[test]
fn a_task_that_locks_and_yields_for_ever_lets_others_have_the_lock() {
    let report = Checker::new().executions_max(2_000).explore(|| {
        Runtime::multi_thread(2).block_on(async {
            let count = Arc::new(RwLock::new(0_u32));
            let counts = count.clone();
            task::spawn(async move {
                loop {
                    *counts.write().unwrap() += 1;
                    task::yield_now().await;
                }
            });
            let first = *count.read().unwrap();
            first <= *count.read().unwrap()
        })
    });
    assert_eq!(values(&report), [true].into(), "{report}");
}

/// A task is left waiting, is asked for between two waits, and goes on in the second: what it has noted when.
#[allow(clippy::async_yields_async, reason = "the handle is what is to be kept")]
fn a_task_that_is_left() -> [u32; 3] {
    let (event_loop, stored) = (EventLoop::new(), Arc::new(AtomicU32::new(0)));
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let stores = stored.clone();
    let task = event_loop.block_on(async {
        let task = task::spawn_local(async move {
            stores.store(1, SeqCst);
            stores.store(receiver.await.unwrap(), SeqCst);
        });
        task::yield_now().await;
        task
    });
    let first = stored.load(SeqCst);
    sender.send(2).unwrap();
    let second = stored.load(SeqCst);
    event_loop.block_on(task).unwrap();
    [first, second, stored.load(SeqCst)]
}

#[test]
fn what_is_left_on_a_loop_that_is_kept_goes_on_in_the_next_wait_and_not_before() {
    assert_eq!(a_task_that_is_left(), [1, 1, 2]);
    let report = Checker::new().explore(a_task_that_is_left);
    assert_eq!(values(&report), [[1, 1, 2]].into(), "{report}");
}

/// In which order three tasks ran that were spawned by main, from outside, and by main of the second wait.
fn spawned_in_three_places() -> Vec<u32> {
    let (event_loop, log) = (EventLoop::new(), std::rc::Rc::default());
    let note = |number| {
        let log: std::rc::Rc<std::cell::RefCell<Vec<u32>>> = std::rc::Rc::clone(&log);
        async move { log.borrow_mut().push(number) }
    };
    event_loop.block_on(async { drop(task::spawn_local(note(1))) });
    drop(event_loop.spawn_local(note(2)));
    event_loop.block_on(async { task::spawn_local(note(3)).await.unwrap() });
    log.take()
}

#[test]
fn tasks_of_a_loop_that_is_kept_run_in_the_order_in_which_they_were_spawned() {
    assert_eq!(spawned_in_three_places(), [1, 2, 3]);
    let report = Checker::new().explore(spawned_in_three_places);
    assert_eq!(values(&report), [vec![1, 2, 3]].into(), "{report}");
}

/// Another thread spawns by the handle of the loop's runtime, while nobody waits.
fn spawned_by_another_thread() -> u32 {
    let event_loop = EventLoop::new();
    let handle = event_loop.block_on(async { Handle::current() });
    let task = thread::spawn(move || handle.spawn(async { 2 })).join().unwrap();
    event_loop.block_on(async { 1 + task.await.unwrap() })
}

#[test]
fn another_thread_may_spawn_on_a_loop_that_is_kept_while_nobody_waits() {
    assert_eq!(spawned_by_another_thread(), 3);
    let report = Checker::new().explore(spawned_by_another_thread);
    assert_eq!(values(&report), [3].into(), "{report}");
    assert!(report.is_complete(), "{report}");
}

/// How many of the two have been dropped: one that ends by itself, and one that never does, with their loop.
fn dropped_with_its_loop() -> [usize; 2] {
    let owned = std::rc::Rc::new(());
    let event_loop = EventLoop::new();
    let held = owned.clone();
    event_loop.block_on(async move {
        task::spawn_local(async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        task::yield_now().await;
    });
    let before = std::rc::Rc::strong_count(&owned);
    drop(event_loop);
    [before, std::rc::Rc::strong_count(&owned)]
}

#[test]
fn a_loop_that_is_kept_drops_its_tasks_when_it_is_dropped() {
    assert_eq!(dropped_with_its_loop(), [2, 1]);
    let report = Checker::new().explore(dropped_with_its_loop);
    assert_eq!(values(&report), [[2, 1]].into(), "{report}");
}

#[test]
fn a_loop_that_is_kept_is_not_waited_for_within_itself() {
    let nested = || {
        let event_loop = EventLoop::new();
        event_loop.block_on(async {
            panic::catch_unwind(panic::AssertUnwindSafe(|| event_loop.block_on(async {}))).is_err()
        })
    };
    assert!(nested());
    let report = Checker::new().explore(nested);
    assert_eq!(values(&report), [true].into(), "{report}");
}

#[test]
fn who_waits_on_a_loop_that_is_kept_for_what_nobody_does_hangs() {
    let report = Checker::new().explore(|| {
        let event_loop = EventLoop::new();
        let task = event_loop.spawn_local(std::future::pending::<()>());
        event_loop.block_on(task::yield_now());
        event_loop.block_on(task).unwrap();
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

/// Its time passes only while somebody waits for the loop, which is not followed: that is said.
#[test]
fn a_thread_that_sleeps_by_the_handle_of_a_loop_that_is_kept_is_not_checked() {
    let report = Checker::new().explore(|| {
        let event_loop = EventLoop::new();
        let handle = event_loop.block_on(async { Handle::current() });
        let sleep = || conccheck::tokio::time::sleep(Duration::from_millis(1));
        thread::spawn(move || handle.block_on(async move { sleep().await })).join().unwrap();
    });
    assert_eq!(report.verdict(), Verdict::Skip, "{report}");
}
