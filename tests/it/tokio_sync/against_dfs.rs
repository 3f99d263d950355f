//! The calls of one primitive do not commute, unless they only look: the search that relies on that finds what the one
//! finds that leaves nothing out.

use super::on_threads;
use conccheck::tokio::sync::{Mutex, Notify, OnceCell, Semaphore, broadcast, mpsc, oneshot, watch};
use conccheck::tokio::time::{Duration, timeout};
use conccheck::{Checker, Strategy, task, thread};
use std::fmt::Debug;
use std::sync::Arc;

#[track_caller]
fn finds_all<T: Debug + 'static>(program: fn() -> T) {
    let program = move || format!("{:?}", program());
    let reduced = Checker::new().explore(program);
    let all = Checker::new().strategy(Strategy::Dfs).explore(program);
    assert!(reduced.is_complete() && all.is_complete(), "{reduced}\n{all}");
    let outcomes = |report: &conccheck::Report<String>| report.outcomes().cloned().collect::<Vec<_>>();
    assert_eq!(outcomes(&reduced), outcomes(&all));
    assert!(reduced.executions() <= all.executions(), "{reduced}\n{all}");
}

#[test]
fn permits_and_locks_that_are_tried() {
    finds_all(|| {
        let permits = Arc::new(Semaphore::new(1));
        let takes =
            |permits: Arc<Semaphore>| move || permits.try_acquire().map(|permit| permit.forget()).is_ok();
        let tasks = [1, 2].map(|_| thread::spawn(takes(permits.clone())));
        (tasks.map(|task| task.join().unwrap()), permits.available_permits())
    });
    finds_all(|| {
        let total = Arc::new(Mutex::new(0));
        let adds = |total: Arc<Mutex<u32>>| move || total.try_lock().map(|mut total| *total += 1).is_ok();
        let tasks = [1, 2].map(|_| thread::spawn(adds(total.clone())));
        (tasks.map(|task| task.join().unwrap()), total.try_lock().map(|total| *total))
    });
}

#[test]
fn locks_that_are_waited_for() {
    finds_all(|| {
        let number = Arc::new(Mutex::new(1));
        let other = number.clone();
        let doubles = thread::spawn(move || *other.blocking_lock() *= 2);
        *number.blocking_lock() += 1;
        doubles.join().unwrap();
        *number.blocking_lock()
    });
}

#[test]
fn messages() {
    finds_all(|| {
        let (sender, mut receiver) = mpsc::channel(1);
        let other = sender.clone();
        let one = thread::spawn(move || sender.try_send(1).is_ok());
        let two = thread::spawn(move || other.try_send(2).is_ok());
        let received = (receiver.try_recv(), receiver.try_recv());
        (received, one.join().unwrap(), two.join().unwrap(), receiver.try_recv())
    });
    finds_all(|| {
        let (sender, mut receiver) = broadcast::channel(1);
        let other = sender.clone();
        let one = thread::spawn(move || sender.send(1).is_ok());
        let two = thread::spawn(move || other.send(2).is_ok());
        let received = (receiver.try_recv(), receiver.try_recv());
        (received, one.join().unwrap(), two.join().unwrap(), receiver.try_recv())
    });
    finds_all(|| {
        let (sender, mut receiver) = oneshot::channel();
        let sending = thread::spawn(move || sender.send(1).is_ok());
        let first = receiver.try_recv();
        receiver.close();
        (first, receiver.try_recv(), sending.join().unwrap())
    });
    finds_all(|| {
        let (sender, receiver) = oneshot::channel();
        let sending = thread::spawn(move || sender.send(1).is_ok());
        (task::block_on(receiver), sending.join().unwrap())
    });
}

#[test]
fn values_that_are_watched() {
    finds_all(|| {
        let (sender, receiver) = watch::channel(0);
        let other = sender.clone();
        let one = thread::spawn(move || sender.send_modify(|value| *value += 1));
        let two = thread::spawn(move || {
            let seen = *other.borrow();
            other.send(seen + 10).is_ok()
        });
        let changed = receiver.has_changed().ok();
        one.join().unwrap();
        (changed, two.join().unwrap(), *receiver.borrow())
    });
}

#[test]
fn notifications_and_values_that_are_made_once() {
    finds_all(|| {
        let ready = Arc::new(Notify::new());
        let other = ready.clone();
        let notifying = thread::spawn(move || {
            other.notify_waiters();
            other.notify_one();
        });
        task::block_on(ready.notified());
        notifying.join().unwrap();
    });
    finds_all(|| {
        let cell = Arc::new(OnceCell::new());
        let other = cell.clone();
        let making =
            thread::spawn(move || task::block_on(async { *other.get_or_init(|| async { 1 }).await }));
        let set = cell.set(2).map_err(|error| error.is_initializing_err());
        (making.join().unwrap(), set, cell.get().copied())
    });
}

#[test]
fn tasks_that_are_woken_and_aborted() {
    finds_all(|| {
        on_threads(async {
            let task = task::spawn(task::yield_now());
            task.abort();
            task.await.is_ok()
        })
    });
    finds_all(|| {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(1));
            let other = permits.clone();
            let taking = task::spawn(async move { other.acquire().await.unwrap().forget() });
            let is_taken = permits.try_acquire().is_ok();
            taking.abort();
            (is_taken, taking.await.is_ok())
        })
    });
    finds_all(|| {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let receiving = task::spawn(async move { receiver.await.ok() });
            let is_sent = sender.send(1).is_ok();
            receiving.abort();
            (is_sent, receiving.await.ok())
        })
    });
    finds_all(|| {
        on_threads(async {
            let ready = Arc::new(Notify::new());
            let other = ready.clone();
            let notifying = task::spawn(async move { other.notify_waiters() });
            ready.notified().await;
            notifying.await.unwrap();
        })
    });
    finds_all(|| {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let sending = task::spawn(async move { sender.send(1).is_ok() });
            let is_received = timeout(Duration::from_millis(1), receiver).await.is_ok();
            (is_received, sending.await.unwrap())
        })
    });
}
