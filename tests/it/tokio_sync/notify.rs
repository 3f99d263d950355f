//! A notification is kept for one; those for all are for who waits already.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::task;
use conccheck::tokio::sync::Notify;
use std::pin::pin;
use std::sync::Arc;

#[test]
fn a_notification_for_one_is_kept() {
    comes_to([()], || {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            let other = task::spawn(async move { other.notify_one() });
            ready.notified().await;
            other.await.unwrap();
        })
    });
}

#[test]
fn a_notification_for_all_is_not_kept() {
    let returned = hangs(|| {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            task::spawn(async move { other.notify_waiters() });
            ready.notified().await;
        })
    });
    assert_eq!(returned, [()], "it is in time in some");
}

#[test]
fn who_has_asked_before_hears_of_a_notification_for_all() {
    comes_to([()], || {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            let notified = ready.notified();
            let other = task::spawn(async move { other.notify_waiters() });
            notified.await;
            other.await.unwrap();
        })
    });
}

/// As in tokio's own documentation: a flag is looked at between asking and waiting.
fn waits_for_flag(enables: bool) {
    use conccheck::sync::atomic::{AtomicBool, Ordering::SeqCst};
    on_threads(async move {
        let (ready, is_set) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let (other, sets) = (ready.clone(), is_set.clone());
        let other = task::spawn(async move {
            sets.store(true, SeqCst);
            other.notify_waiters();
        });
        if enables {
            let mut notified = pin!(ready.notified());
            notified.as_mut().enable();
            if !is_set.load(SeqCst) {
                notified.await;
            }
        } else if !is_set.load(SeqCst) {
            ready.notified().await;
        }
        other.await.unwrap();
    });
}

#[test]
fn a_flag_is_looked_at_after_one_has_asked() {
    comes_to([()], || waits_for_flag(true));
    hangs(|| waits_for_flag(false));
}

#[test]
fn a_waiter_that_is_dropped_passes_its_notification_on() {
    comes_to([true], || {
        on_loop(async {
            let ready = Notify::new();
            let mut first = Box::pin(ready.notified());
            let mut second = Box::pin(ready.notified());
            assert!(!first.as_mut().enable() && !second.as_mut().enable());
            ready.notify_one();
            drop(first);
            second.as_mut().enable()
        })
    });
}

#[test]
fn the_last_can_be_notified_first() {
    comes_to([(false, true)], || {
        on_loop(async {
            let ready = Arc::new(Notify::new());
            let mut first = Box::pin(ready.notified());
            let mut second = Box::pin(ready.clone().notified_owned());
            assert!(!first.as_mut().enable() && !second.as_mut().enable());
            ready.notify_last();
            (first.as_mut().enable(), second.as_mut().enable())
        })
    });
}
