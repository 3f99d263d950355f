//! The other checkers run tokio's primitives too, each in its own way: none sees what native does not.

use super::on_threads;
use crate::policy::values;
use conccheck::tokio::sync::{Barrier, Mutex, Notify, Semaphore, broadcast, mpsc, watch};
use conccheck::{Backend, Checker, Outcome, task};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

const OTHERS: [Backend; 2] = [Backend::Shuttle, Backend::Loom];

#[track_caller]
fn comes_to<T, const N: usize>(expected: [T; N], program: fn() -> T)
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let expected: BTreeSet<T> = expected.into();
    assert_eq!(values(&Checker::new().explore(program)), expected);
    for backend in OTHERS {
        let report = Checker::new().backend(backend).executions_max(300).explore(program);
        assert_eq!(values(&report), expected, "{report}");
    }
}

#[test]
fn locks_and_channels() {
    comes_to([1, 2], || {
        on_threads(async {
            let total = Arc::new(Mutex::new(0));
            let other = total.clone();
            let other = task::spawn(async move { *other.lock().await += 1 });
            let seen = *total.lock().await;
            *total.lock().await = seen + 1;
            other.await.unwrap();
            *total.lock().await
        })
    });
    comes_to([(Some(1), None)], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(1);
            task::spawn(async move { sender.send(1).await.unwrap() });
            (receiver.recv().await, receiver.recv().await)
        })
    });
    comes_to([2], || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(1);
            task::spawn(async move { sender.send_modify(|value| *value += 1) });
            receiver.changed().await.unwrap();
            *receiver.borrow()
        })
    });
    comes_to([false, true], || {
        on_threads(async {
            let (sender, mut receiver) = broadcast::channel(1);
            let sending = task::spawn(async move {
                sender.send(1).unwrap();
                sender.send(2).unwrap();
            });
            let received = receiver.recv().await.is_ok();
            sending.await.unwrap();
            received
        })
    });
    comes_to([true], || {
        on_threads(async {
            let barrier = Arc::new(Barrier::new(2));
            let other = barrier.clone();
            let other = task::spawn(async move { other.wait().await.is_leader() });
            let leads = barrier.wait().await.is_leader();
            leads != other.await.unwrap()
        })
    });
}

#[test]
fn a_guard_is_given_back_by_a_task_that_panics() {
    comes_to([(true, true)], || {
        on_threads(async {
            let lock = Arc::new(Mutex::new(()));
            let other = lock.clone();
            let other = task::spawn(async move {
                let _guard = other.lock().await;
                conccheck::panic::resume_unwind(Box::new("given up"));
            });
            (other.await.is_err_and(|error| error.is_panic()), lock.try_lock().is_ok())
        })
    });
}

#[test]
fn hangs_are_found() {
    static READY: Notify = Notify::const_new();
    let too_early: fn() = || {
        on_threads(async {
            task::spawn(async { READY.notify_waiters() });
            READY.notified().await;
        })
    };
    let forgotten: fn() = || {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(1));
            let other = permits.clone();
            let other = task::spawn(async move { other.acquire().await.unwrap().forget() });
            drop(permits.acquire().await.unwrap());
            other.await.unwrap();
        })
    };
    for program in [too_early, forgotten] {
        for backend in OTHERS {
            let report = Checker::new().backend(backend).executions_max(300).explore(program);
            assert!(report.outcomes().any(Outcome::is_hang), "{report}");
        }
    }
}
