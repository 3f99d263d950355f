//! A failure is told in the user's words: the calls, the primitive, who waits for what.

use super::{on_loop, on_threads};
use conccheck::tokio::sync::{Notify, Semaphore, mpsc};
use conccheck::{Checker, task};
use std::sync::Arc;

/// What is said of a program that fails.
fn told(program: fn()) -> String {
    let failure = conccheck::panic::catch_unwind(|| Checker::new().check(program)).expect_err("it fails");
    let report = failure.downcast_ref::<String>().expect("a report");
    // Sentences are wrapped.
    report.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn tells(program: fn(), parts: &[&str]) {
    let told = told(program);
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
    assert!(!told.contains("mutex") && !told.contains("condvar"), "no lock of the runtime's:\n{told}");
}

#[test]
fn a_forgotten_permit_is_named() {
    let program = || {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(1));
            let other = permits.clone();
            let other = task::spawn(async move { other.acquire().await.unwrap().forget() });
            drop(permits.acquire().await.unwrap());
            other.await.unwrap();
        });
    };
    let why =
        "main waits in acquire of `permits`, and nobody is left to wake it: T1's permit was forgotten at";
    tells(program, &["HANG", why, "acquire permits and sleeps", "forget"]);
}

#[test]
fn a_notification_that_came_too_early_is_named() {
    let program = || {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            task::spawn(async move { other.notify_waiters() });
            ready.notified().await;
        });
    };
    let why = "main waits in notified of `ready`, and nobody is left to wake it: T1's notify_waiters at";
    tells(program, &["HANG", why, "came before it waited"]);
}

#[test]
fn a_message_that_nobody_sends_is_named() {
    let program = || {
        on_loop(async {
            let (_sender, mut receiver) = mpsc::channel::<u32>(1);
            receiver.recv().await;
        });
    };
    tells(program, &["HANG", "main waits for a message of `receiver` when everybody else has ended"]);
}
