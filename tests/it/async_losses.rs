//! What somebody reads whose async tasks end before they are done, or keep others from their turns: who ended them, what they
//! held and waited for then. Each text is kept for review.

use crate::async_diagnoses::told;
use crate::diagnoses::says;
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use conccheck::task;
use conccheck::tokio::sync::{Mutex, Notify, oneshot};
use conccheck::tokio::time::timeout;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_task_that_spins_and_never_awaits() {
    let sentence = told("async_spins", || {
        on_loop(async {
            let ready = Arc::new(AtomicBool::new(false));
            let seen = ready.clone();
            let spins = task::spawn(async move { while !seen.load(Acquire) {} });
            let tells = task::spawn(async move { ready.store(true, Release) });
            spins.await.unwrap();
            tells.await.unwrap();
        });
    });
    assert!(sentence.starts_with("livelock: task 1 reads false of `seen` at "), "{sentence}");
    assert!(
        sentence
            .ends_with("again and again without an await, so that no other task of its thread has a turn"),
        "{sentence}"
    );
}

#[test]
fn a_task_that_waits_as_a_thread_does() {
    let sentence = told("async_blocks", || {
        on_loop(async {
            let (sender, receiver) = conccheck::sync::mpsc::channel();
            let waits = task::spawn(async move { receiver.recv().unwrap() });
            let sends = task::spawn(async move { sender.send(1).unwrap() });
            assert_eq!(waits.await.unwrap(), 1);
            sends.await.unwrap();
        });
    });
    assert_eq!(
        sentence,
        "deadlock: task 1 waits for a message of `receiver` in recv, which stops its thread, so that task 2 never has its \
         turn: await instead, or wait within spawn_blocking"
    );
}

#[test]
fn a_task_that_is_aborted_with_a_lock() {
    let sentence = told("async_aborted_with_lock", || {
        on_threads(async {
            let accounts = Arc::new(Mutex::new((10, 0)));
            let other = accounts.clone();
            let moves = task::spawn(async move {
                let mut both = other.lock().await;
                both.0 -= 5;
                task::yield_now().await;
                both.1 += 5;
            });
            moves.abort();
            assert!(moves.await.is_ok() || accounts.lock().await.0 == 10);
        });
    });
    assert!(sentence.starts_with("cancelled: main aborts T1 at step 2, which ends at step "), "{sentence}");
    assert!(sentence.ends_with("while it holds `accounts`"), "{sentence}");
}

#[test]
fn a_set_of_tasks_that_is_dropped() {
    let sentence = told("async_set_dropped", || {
        on_loop(async {
            let (sender, receiver) = oneshot::channel();
            let mut set = task::JoinSet::new();
            set.spawn(async move {
                task::yield_now().await;
                sender.send(1).unwrap();
            });
            drop(set);
            assert_eq!(receiver.await, Ok(1));
        });
    });
    assert!(
        sentence.starts_with("closed channel: task 1 drops the sender of `receiver` at step "),
        "{sentence}"
    );
    assert!(
        sentence
            .contains("without a message; before that main drops at step 2 the JoinSet that was made at ")
    );
    assert!(sentence.ends_with("which aborts task 1 before its end"), "{sentence}");

    let sentence = told("async_set_dropped_and_awaited", || {
        on_threads(async {
            let done = Arc::new(Notify::new());
            let tells = done.clone();
            let mut set = task::JoinSet::new();
            set.spawn(async move { tells.notify_one() });
            drop(set);
            done.notified().await;
        });
    });
    assert!(
        sentence.starts_with("deadlock: main waits in notified of `done`, and nobody is left"),
        "{sentence}"
    );
    assert!(
        sentence.contains("; before that main drops at step 2 the JoinSet that was made at "),
        "{sentence}"
    );
}

/// A panic drops what there is, a set of tasks too: that has led to nothing.
#[test]
fn what_a_panic_drops_is_not_the_cause() {
    let text = says(|| {
        on_loop(async {
            let mut set = task::JoinSet::new();
            set.spawn(pending::<()>());
            task::yield_now().await;
            panic!("made up");
        });
    });
    assert!(text.starts_with("panics: made up\n"), "{text}");
}

/// A pool that gives a connection to who has given up waiting.
#[test]
fn a_wait_that_a_timeout_ended() {
    let sentence = told("async_timed_out", || {
        on_loop(async {
            let (given, waits) = oneshot::channel();
            let late = task::spawn(async move { timeout(Duration::from_secs(1), waits).await.is_ok() });
            let was_in_time = late.await.unwrap();
            let kept = given.send(1).is_err();
            let left: Option<u32> = if was_in_time || !kept { None } else { pending().await };
            let _ = left;
        });
    });
    assert!(sentence.contains("`timeout` drops the future at step "), "{sentence}");
    assert!(sentence.ends_with("while it waits for a message of `given`"), "{sentence}");
}
