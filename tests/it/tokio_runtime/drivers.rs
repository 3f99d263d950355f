//! Who waits for a future by the handle of a runtime of one thread sleeps only while somebody runs that runtime.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::tokio_sync::hangs;
use conccheck::sync::mpsc;
use conccheck::thread;
use conccheck::tokio::runtime::{Handle, Runtime};
use conccheck::tokio::sync::oneshot;
use conccheck::tokio::time::{Duration, sleep, timeout};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};

const MOMENT: Duration = Duration::from_millis(1);

/// A thread sleeps by the handle, and then tells who waits for it.
fn sleeps(runtime: &Runtime) -> (thread::JoinHandle<()>, oneshot::Receiver<()>) {
    let (sender, receiver) = oneshot::channel();
    let handle = runtime.handle().clone();
    let sleeper = thread::spawn(move || {
        handle.block_on(async { sleep(MOMENT).await });
        // Nobody may be left who waits.
        let _ = sender.send(());
    });
    (sleeper, receiver)
}

#[test]
fn a_sleep_by_a_handle_never_ends_where_nobody_runs_the_loop() {
    assert!(hangs(|| one_thread().handle().block_on(async { sleep(MOMENT).await })).is_empty());
    assert!(
        hangs(|| _ = one_thread().handle().block_on(async { timeout(MOMENT, pending::<()>()).await }))
            .is_empty()
    );
    // Of several threads one of them does.
    comes_to([()], || many_threads().handle().block_on(async { sleep(MOMENT).await }));
}

#[test]
fn it_ends_while_somebody_does() {
    comes_to_all([()], || {
        let runtime = one_thread();
        let (sleeper, has_slept) = sleeps(&runtime);
        runtime.block_on(has_slept).unwrap();
        sleeper.join().unwrap();
    });
    comes_to_all([()], || {
        let runtime = one_thread();
        runtime.block_on(async {
            let handle = Handle::current();
            let blocks = conccheck::tokio::task::spawn_blocking(move || {
                handle.block_on(async { sleep(MOMENT).await })
            });
            blocks.await.unwrap();
        });
    });
    // Or it does not, if that is over too early.
    let returned = hangs(|| {
        let runtime = one_thread();
        let (sleeper, _) = sleeps(&runtime);
        runtime.block_on(async {});
        sleeper.join().unwrap();
    });
    assert_eq!(returned, [()]);
}

#[test]
fn who_takes_over_has_it_go_on() {
    comes_to([()], || {
        let runtime = std::sync::Arc::new(one_thread());
        let (sleeper, has_slept) = sleeps(&runtime);
        let other = thread::spawn({
            let runtime = runtime.clone();
            move || runtime.block_on(async {})
        });
        runtime.block_on(has_slept).unwrap();
        other.join().unwrap();
        sleeper.join().unwrap();
    });
}

#[test]
fn the_order_of_sleeps_is_that_of_a_runtime() {
    comes_to([vec![1, 2, 3]], || {
        let runtime = one_thread();
        let (sender, receiver) = oneshot::channel();
        let handle = runtime.handle().clone();
        let sleeper = thread::spawn(move || {
            let (done, order) = mpsc::channel();
            let step = |number: u64| {
                let done = done.clone();
                async move {
                    sleep(Duration::from_millis(10 * number)).await;
                    done.send(number).unwrap();
                }
            };
            handle.block_on(async { conccheck::tokio::join!(step(3), step(1), step(2)) });
            sender.send(()).unwrap();
            drop(done);
            order.into_iter().collect::<Vec<_>>()
        });
        runtime.block_on(receiver).unwrap();
        sleeper.join().unwrap()
    });
}

/// What `act` panics with.
fn message(act: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    conccheck::panic::message(&*payload)
}

const SHUT_DOWN: &str = "A Tokio 1.x context was found, but it is being shutdown.";

#[test]
fn a_sleep_by_the_handle_of_a_runtime_that_has_ended_panics() {
    for runtime in [one_thread, many_threads] {
        comes_to_all([SHUT_DOWN.to_string()], move || {
            let handle = runtime().handle().clone();
            message(|| handle.block_on(async { sleep(MOMENT).await }))
        });
        comes_to_all([3], move || {
            let handle = runtime().handle().clone();
            handle.block_on(async { 3 })
        });
    }
}

#[test]
fn who_sleeps_when_the_runtime_ends_panics() {
    comes_to_all([SHUT_DOWN.to_string()], || {
        let runtime = one_thread();
        let (sender, has_begun) = mpsc::channel();
        let handle = runtime.handle().clone();
        let sleeper = thread::spawn(move || {
            sender.send(()).unwrap();
            message(|| handle.block_on(async { sleep(Duration::from_secs(1_000)).await }))
        });
        has_begun.recv().unwrap();
        drop(runtime);
        sleeper.join().unwrap()
    });
}
