//! Notify: no call is lost, none is heard twice, and to wake all is one act.

use super::{fails, holds, is_ready};
use conccheck::sync::Arc;
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::{Notify, oneshot};
use std::sync::Arc as StdArc;

/// One more than tokio wakes at a time.
const MANY: usize = 33;

#[test]
fn a_call_reaches_who_waits() {
    let executions = holds(|| {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let waits = thread::spawn(move || block_on(other.notified()));
        notify.notify_one();
        waits.join().unwrap();
    });
    assert_eq!(executions, 3);
    fails(|| {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let waits = thread::spawn(move || block_on(other.notified()));
        notify.notify_waiters();
        waits.join().unwrap();
    });
}

#[test]
fn all_are_called_who_asked_before() {
    let executions = holds(|| {
        let notify = Arc::new(Notify::new());
        let other = notify.clone();
        let (one, two) = (notify.notified(), notify.notified());
        let calls = thread::spawn(move || other.notify_waiters());
        block_on(async {
            one.await;
            two.await;
        });
        calls.join().unwrap();
    });
    assert_eq!(executions, 2);
}

#[test]
fn a_call_to_all_takes_no_other_away() {
    let executions = holds(|| {
        let notify = Arc::new(Notify::new());
        let (all, one) = (notify.clone(), notify.clone());
        let calls_all = thread::spawn(move || all.notify_waiters());
        let calls_one = thread::spawn(move || one.notify_one());
        let waits = thread::spawn(move || block_on(notify.notified()));
        for thread in [calls_all, calls_one, waits] {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 14);
}

#[test]
fn a_call_is_passed_on() {
    let executions = holds(|| {
        let notify = Arc::new(Notify::new());
        let pass = || {
            let notify = notify.clone();
            thread::spawn(move || {
                block_on(notify.notified());
                notify.notify_one();
            })
        };
        let threads = [pass(), pass()];
        notify.notify_one();
        for thread in threads {
            thread.join().unwrap();
        }
        block_on(notify.notified());
    });
    assert_eq!(executions, 56);
}

#[test]
fn who_leaves_passes_his_call_on() {
    let executions = holds(|| {
        let notify = Arc::new(Notify::new());
        let (leaving, staying) = (notify.clone(), notify.clone());
        let leaves = thread::spawn(move || {
            let mut notified = Box::pin(leaving.notified());
            if is_ready(&mut notified) {
                leaving.notify_one();
            }
        });
        let stays = thread::spawn(move || {
            block_on(async {
                staying.notified().await;
                staying.notify_one();
                staying.notified().await;
            });
        });
        notify.notify_one();
        leaves.join().unwrap();
        stays.join().unwrap();
    });
    assert_eq!(executions, 180);
}

/// If one of two is called by a call to all, so is the other, in whatever way they wait.
fn called_together(count: usize, polled: &'static [usize]) -> u64 {
    holds(move || {
        let notify = Arc::new(Notify::new());
        let mut waiters: Vec<_> = (0..count).map(|_| Box::pin(notify.notified())).collect();
        for waiter in polled.iter().copied().take(1).chain(2..count).chain(polled.iter().copied().skip(1)) {
            assert!(!is_ready(&mut waiters[waiter]));
        }
        let other = notify.clone();
        let calls = thread::spawn(move || other.notify_waiters());
        let (first, second) = (is_ready(&mut waiters[0]), is_ready(&mut waiters[1]));
        assert!(!first || second);
        calls.join().unwrap();
    })
}

#[test]
fn two_are_called_together() {
    let executions = [&[][..], &[0], &[1], &[0, 1]].map(|polled| called_together(2, polled));
    assert_eq!(executions, [3, 3, 3, 3]);
}

#[test]
fn many_are_called_together() {
    let executions = [&[0, 1][..], &[1, 0]].map(|polled| called_together(MANY, polled));
    assert_eq!(executions, [3, 3]);
}

/// When one of many was called, all were: none takes what is called later.
fn called_at_once(tested: usize) -> u64 {
    holds(move || {
        let notify = Arc::new(Notify::new());
        let mut waiters: Vec<_> = (0..MANY).map(|_| Box::pin(notify.notified())).collect();
        for waiter in &mut waiters {
            assert!(!is_ready(waiter));
        }
        let other = notify.clone();
        let calls = thread::spawn(move || other.notify_waiters());
        block_on(async {
            waiters.remove(tested).await;
            let mut newcomer = Box::pin(notify.notified());
            assert!(!is_ready(&mut newcomer));
            notify.notify_one();
            assert!(is_ready(&mut newcomer));
        });
        calls.join().unwrap();
    })
}

#[test]
fn to_call_all_is_one_act() {
    assert_eq!([0, MANY - 1].map(called_at_once), [2, 2]);
}

#[test]
fn a_call_to_all_is_heard_once() {
    let executions = holds(|| {
        let notify = StdArc::new(Notify::new());
        let ((ready, is_waiting), (called, was_called)) = (oneshot::channel(), oneshot::channel());
        let other = notify.clone();
        let waits = thread::spawn(move || {
            block_on(async {
                let mut first = Box::pin(other.notified());
                assert!(!is_ready(&mut first));
                let _others: Vec<_> = (0..MANY)
                    .map(|_| {
                        let mut waiter = Box::pin(other.notified());
                        assert!(!is_ready(&mut waiter));
                        waiter
                    })
                    .collect();
                ready.send(()).unwrap();
                first.await;
                let mut second = Box::pin(other.notified());
                assert!(!is_ready(&mut second));
                was_called.await.unwrap();
                assert!(!is_ready(&mut second));
            });
        });
        block_on(is_waiting).unwrap();
        notify.notify_waiters();
        called.send(()).unwrap();
        waits.join().unwrap();
    });
    assert_eq!(executions, 8);
}
