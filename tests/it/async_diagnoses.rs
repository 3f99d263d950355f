//! What somebody reads whose async program fails: which task waits for what, who has it, which wake-up went where, and
//! what was dropped. Each text is kept for review, from its first sentence on.

use crate::diagnoses::{reviewed, says};
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::task::{self, cancellable};
use conccheck::tokio::sync::{Barrier, Mutex, Notify, RwLock, Semaphore, mpsc, oneshot, watch};
use std::sync::Arc;

/// No lock or condition of the event loop is among what is told.
#[track_caller]
pub(crate) fn told(name: &str, program: impl Fn() + Send + Sync + 'static) -> String {
    let text = says(program);
    assert!(!text.contains("mutex ") && !text.contains("condvar ") && !text.contains("rwlock "), "{text}");
    reviewed(name, &text)
}

#[test]
fn locks_over_awaits_in_a_circle() {
    let sentence = told("async_two_locks", || {
        on_threads(async {
            let (one, two) = (Arc::new(Mutex::new(1)), Arc::new(Mutex::new(2)));
            let (first, second) = (one.clone(), two.clone());
            let other = task::spawn(async move {
                let one = first.lock().await;
                *one + *second.lock().await
            });
            let guard = two.lock().await;
            let sum = *guard + *one.lock().await;
            drop(guard);
            assert_eq!(other.await.unwrap(), sum);
        });
    });
    assert!(
        sentence.starts_with("deadlock: main holds `two` and waits for `one`, T1 holds `one`"),
        "{sentence}"
    );
}

#[test]
fn a_lock_that_is_taken_twice() {
    let sentence = told("async_read_then_write", || {
        on_loop(async {
            let total = RwLock::new(0);
            let seen = total.read().await;
            *total.write().await = *seen + 1;
        });
    });
    assert_eq!(sentence, "deadlock: main waits for `total`, which it holds itself since step 1");
}

#[test]
fn a_lock_that_is_kept_while_its_owner_waits_for_help() {
    let sentence = told("async_lock_while_notified", || {
        on_threads(async {
            let (total, done) = (Arc::new(Mutex::new(0)), Arc::new(Notify::new()));
            let (other, tells) = (total.clone(), done.clone());
            let worker = task::spawn(async move {
                *other.lock().await += 1;
                tells.notify_one();
            });
            let guard = total.lock().await;
            if *guard == 0 {
                done.notified().await;
            }
            drop(guard);
            worker.await.unwrap();
        });
    });
    assert!(sentence.contains("main holds `total` while it waits in notified of `done`"), "{sentence}");
}

#[test]
fn a_permit_that_nobody_gives_back() {
    let sentence = told("async_permit_kept", || {
        on_loop(async {
            let permits = Arc::new(Semaphore::new(1));
            let other = permits.clone();
            let user = task::spawn(async move { std::mem::forget(other.acquire_owned().await.unwrap()) });
            user.await.unwrap();
            drop(permits.acquire().await.unwrap());
        });
    });
    assert!(sentence.contains("task 1 took one at step 3 that nobody gave back"), "{sentence}");
}

#[test]
fn a_change_that_came_before_somebody_looked() {
    let sentence = told("async_change_missed", || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(0);
            let sends = task::spawn(async move {
                sender.send(1).unwrap();
                std::future::pending::<()>().await;
                drop(sender);
            });
            if *receiver.borrow_and_update() < 2 {
                receiver.changed().await.unwrap();
            }
            sends.abort();
        });
    });
    assert!(sentence.contains("T1's send at step 4 came before it looked, at step 7"), "{sentence}");
}

#[test]
fn a_barrier_that_waits_for_one_more() {
    let sentence = told("async_barrier", || {
        on_threads(async {
            let barrier = Arc::new(Barrier::new(3));
            let tasks = [(); 2].map(|()| {
                let barrier = barrier.clone();
                task::spawn(async move { barrier.wait().await.is_leader() })
            });
            for task in tasks {
                task.await.unwrap();
            }
        });
    });
    assert!(sentence.starts_with("deadlock: T1 and T2 wait at the barrier `barrier`"), "{sentence}");
}

#[test]
fn channels_that_are_full_or_stay_open() {
    let full = told("async_channel_full", || {
        on_loop(async {
            let (sender, mut receiver) = mpsc::channel(1);
            for message in 0..2 {
                sender.send(message).await.unwrap();
            }
            receiver.recv().await;
        });
    });
    assert!(full.starts_with("deadlock: main waits for room in `sender"), "{full}");
    let open = told("async_sender_left", || {
        on_loop(async {
            let (sender, mut receiver) = mpsc::channel(1);
            let other = sender.clone();
            task::spawn(async move { other.send(1).await.unwrap() });
            while receiver.recv().await.is_some() {}
            drop(sender);
        });
    });
    assert!(open.contains("some sender was never dropped, else recv would return"), "{open}");
}

#[test]
fn a_sender_that_is_dropped_unused() {
    let sentence = told("async_sender_dropped", || {
        on_loop(async {
            let (sender, receiver) = oneshot::channel();
            let asked = task::spawn(async move {
                if false {
                    sender.send(1).unwrap();
                }
            });
            assert_eq!(receiver.await, Ok(1));
            asked.await.unwrap();
        });
    });
    assert!(
        sentence.starts_with("closed channel: task 1 drops the sender of `receiver` at step 4"),
        "{sentence}"
    );
}

#[test]
fn a_task_that_was_aborted() {
    let sentence = told("async_aborted", || {
        on_threads(async {
            let worker = task::spawn(async {
                task::yield_now().await;
                1
            });
            worker.abort();
            assert_eq!(worker.await.unwrap(), 1);
        });
    });
    assert!(sentence.starts_with("cancelled: main aborts T1 at step 2"), "{sentence}");
}

#[test]
fn a_read_that_was_dropped_half_done() {
    async fn pair(messages: &mut mpsc::Receiver<u32>) -> Option<(u32, u32)> {
        Some((messages.recv().await?, messages.recv().await?))
    }
    let sentence = told("async_read_dropped", || {
        on_loop(async {
            let (sender, mut messages) = mpsc::channel(1);
            task::spawn_local(async move {
                sender.send(1).await.unwrap();
                sender.send(2).await.unwrap();
            });
            let read = match cancellable(pair(&mut messages)).await {
                Ok(read) => read,
                Err(_) => pair(&mut messages).await,
            };
            assert_eq!(read, Some((1, 2)));
        });
    });
    assert!(
        sentence.starts_with("cancelled: `pair` is dropped at its await tests/it/async_diagnoses.rs:"),
        "{sentence}"
    );
    assert!(sentence.ends_with("by `cancellable`"), "{sentence}");
}
