//! A runtime in a static is there for each execution anew, and its tasks end with that.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::tokio_sync::hangs;
use conccheck::sync::{LazyLock, mpsc};
use conccheck::tokio::runtime::Runtime;
use conccheck::tokio::task;
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{Checker, Verdict, thread};
use std::future::pending;

#[test]
fn a_runtime_is_never_dropped_by_the_program() {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(many_threads);
    comes_to([3], || {
        RUNTIME.spawn(pending::<()>());
        RUNTIME.block_on(async { RUNTIME.spawn(async { 3 }).await.unwrap() })
    });
}

#[test]
fn a_thread_goes_on_with_one_when_main_has_returned() {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(many_threads);
    fn goes_on() {
        let goes_on = || RUNTIME.block_on(async { task::spawn(task::yield_now()).await.unwrap() });
        thread::spawn(goes_on);
    }
    // It is made by either.
    comes_to_all([()], || {
        goes_on();
        LazyLock::force(&RUNTIME);
    });
    comes_to_all([()], goes_on);
}

#[test]
fn one_that_main_has_given_away_is_not_ended_by_it() {
    comes_to_all([()], || {
        let runtime = many_threads();
        thread::spawn(move || runtime.block_on(async { task::spawn(task::yield_now()).await.unwrap() }));
    });
}

#[test]
fn what_is_left_of_one_ends_with_the_program() {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(many_threads);
    static OTHER: LazyLock<Runtime> = LazyLock::new(one_thread);
    fn blocks_for_ever(runtime: &Runtime) {
        let (sender, receiver) = mpsc::channel::<()>();
        runtime.spawn_blocking(move || receiver.recv());
        std::mem::forget(sender);
    }
    // For real that keeps a thread busy until the process ends.
    let report = Checker::new().explore(|| {
        RUNTIME.spawn(async {
            loop {
                task::yield_now().await;
            }
        });
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    comes_to([()], || {
        RUNTIME.spawn(async {
            loop {
                sleep(Duration::from_secs(1)).await;
            }
        });
    });
    comes_to_all([()], || blocks_for_ever(&RUNTIME));
    comes_to_all([()], || blocks_for_ever(&OTHER));
    comes_to_all([()], || {
        thread::spawn(|| RUNTIME.spawn(pending::<()>()));
    });
    // A thread that waits for it is none of its own.
    let returned = hangs(|| {
        thread::spawn(|| RUNTIME.block_on(pending::<()>()));
    });
    assert!(returned.is_empty(), "{returned:?}");
}
