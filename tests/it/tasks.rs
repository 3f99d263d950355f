//! Async tasks under a checker are polled, woken and aborted as tokio's are.

use crate::policy::values;
use conccheck::Checker;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, RwLock};
use conccheck::task::{self, Runtime};
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
