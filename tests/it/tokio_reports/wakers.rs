//! Futures and semaphores that keep the wrong waker, or wake whom they should not.

use super::{fails, passes};
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::Mutex;
use conccheck::task;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// A value that several tasks wait for.
#[derive(Default)]
struct Shared {
    keeps_all: bool,
    state: Mutex<(Option<u32>, Vec<Waker>)>,
}

impl Shared {
    async fn get(self: Arc<Self>) -> u32 {
        poll_fn(|context| {
            let mut state = self.state.lock().unwrap();
            if let Some(value) = state.0 {
                return Poll::Ready(value);
            }
            if !self.keeps_all {
                state.1.clear();
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn set(&self, value: u32) {
        let wakers = {
            let mut state = self.state.lock().unwrap();
            state.0 = Some(value);
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}

/// rust-lang/futures-rs 339: of the tasks that poll a shared future, the last to poll is woken; and it may be gone.
fn futures_339(keeps_all: bool) {
    on_loop(async move {
        let value = Arc::new(Shared { keeps_all, ..Shared::default() });
        let waits = task::spawn_local(value.clone().get());
        let leaves = task::spawn_local(value.clone().get());
        task::yield_now().await;
        leaves.abort();
        assert!(leaves.await.is_err());
        value.set(1);
        assert_eq!(waits.await.unwrap(), 1);
    });
}

#[test]
fn the_last_to_poll_a_shared_future_is_woken_alone() {
    let why = fails(|| futures_339(false));
    assert!(
        why.starts_with("deadlock: task 1 is pending, and nobody is left to wake it: main's wake at"),
        "{why}"
    );
    assert!(why.contains("went to task 2, which had ended at"), "{why}");
    assert_eq!(passes(|| futures_339(true)), 1);
}

/// A semaphore that wakes who waits longest; whether newcomers have to queue behind him.
struct Semaphore {
    is_fair: bool,
    state: Mutex<(u32, VecDeque<Waker>, u32)>,
}

impl Semaphore {
    async fn acquire(&self) {
        let mut is_woken = false;
        poll_fn(|context| {
            let (value, waiters, woken) = &mut *self.state.lock().unwrap();
            let is_taken = self.is_fair && !is_woken && (*woken > 0 || !waiters.is_empty());
            if *value > 0 && !is_taken {
                *value -= 1;
                *woken -= u32::from(is_woken);
                return Poll::Ready(());
            }
            *woken -= u32::from(is_woken);
            is_woken = true;
            waiters.push_back(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn release(&self) {
        let waiter = {
            let (value, waiters, woken) = &mut *self.state.lock().unwrap();
            *value += 1;
            let waiter = waiters.pop_front();
            *woken += u32::from(waiter.is_some());
            waiter
        };
        waiter.into_iter().for_each(Waker::wake);
    }
}

/// python/cpython 90155: who was woken finds the permit taken by a newcomer, and queues again behind everybody.
fn cpython_90155(is_fair: bool) {
    on_loop(async move {
        let permits = Arc::new(Semaphore { is_fair, state: Mutex::new((1, VecDeque::new(), 0)) });
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let uses = |name: &'static str, times: usize| {
            let (permits, order) = (permits.clone(), order.clone());
            task::spawn_local(async move {
                for _ in 0..times {
                    permits.acquire().await;
                    order.lock().unwrap().push(name);
                    task::yield_now().await;
                    permits.release();
                }
            })
        };
        for task in [uses("a", 2), uses("b", 1), uses("c", 1)] {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), ["a", "b", "c", "a"]);
    });
}

#[test]
fn a_newcomer_goes_before_who_was_woken() {
    let why = fails(|| cpython_90155(false));
    assert!(why.contains(r#"left: ["a", "a", "#), "{why}");
    assert_eq!(passes(|| cpython_90155(true)), 1);
}

/// Wakes all who wait: in one section, or one after the other.
#[derive(Default)]
struct Bell {
    at_once: bool,
    waiters: Mutex<VecDeque<(Waker, Arc<Mutex<bool>>)>>,
}

impl Bell {
    fn ring(&self) {
        let mut left = self.waiters.lock().unwrap().len().min(if self.at_once { usize::MAX } else { 1 });
        while left > 0 {
            let batch: Vec<_> = self.waiters.lock().unwrap().drain(..left).collect();
            for (waker, is_rung) in batch {
                *is_rung.lock().unwrap() = true;
                waker.wake();
            }
            left = if self.at_once { 0 } else { self.waiters.lock().unwrap().len().min(1) };
        }
    }

    async fn rung(&self) {
        let is_rung = Arc::new(Mutex::new(false));
        let mut is_queued = false;
        poll_fn(|context| {
            if *is_rung.lock().unwrap() {
                return Poll::Ready(());
            }
            if !std::mem::replace(&mut is_queued, true) {
                self.waiters.lock().unwrap().push_back((context.waker().clone(), is_rung.clone()));
            }
            Poll::Pending
        })
        .await;
    }
}

/// tokio-rs/tokio 5396: `notify_waiters` wakes in batches, and who was in the first and waits again is woken by the
/// same call. (In tokio a batch has 32.)
fn tokio_5396(at_once: bool) {
    on_threads(async move {
        let bell = Arc::new(Bell { at_once, ..Bell::default() });
        let rings = Arc::new(Mutex::new(0));
        let (other, count) = (bell.clone(), rings.clone());
        let listens = task::spawn(async move {
            for _ in 0..2 {
                other.rung().await;
                *count.lock().unwrap() += 1;
            }
        });
        bell.ring();
        assert!(*rings.lock().unwrap() < 2, "rung once, heard twice");
        listens.abort();
        _ = listens.await;
    });
}

#[test]
fn one_ring_is_heard_twice() {
    let why = fails(|| tokio_5396(false));
    assert!(why.contains("rung once, heard twice"), "{why}");
    assert_eq!(passes(|| tokio_5396(true)), 10);
}
