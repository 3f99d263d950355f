//! Pools of connections whose waiters are cancelled: a connection, or a wake-up, goes to somebody who is not there.

use super::{fails, passes};
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::sync::Mutex;
use conccheck::task::{self, cancellable};
use conccheck::tokio::sync::oneshot;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// A pool that hands connections to waiters by channels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Care {
    /// What a waiter does not take is lost.
    None,
    /// Who has left the queue is passed over.
    SendsAgain,
    /// And what lies in the channel of somebody who leaves goes back.
    TakesBack,
}

struct Pool {
    care: Care,
    state: Mutex<(Vec<u32>, VecDeque<oneshot::Sender<Connection>>)>,
}

/// What goes back to its pool by itself, if the pool takes that care.
struct Connection {
    number: Option<u32>,
    pool: Arc<Pool>,
}

impl Connection {
    fn put(mut self) {
        let number = self.number.take().expect("it is there until it is put back");
        Pool::put(&self.pool, number);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(number) = self.number.take().filter(|_| self.pool.care == Care::TakesBack) {
            Pool::put(&self.pool, number);
        }
    }
}

impl Pool {
    fn new(care: Care) -> Arc<Pool> {
        Arc::new(Pool { care, state: Mutex::new((vec![1], VecDeque::new())) })
    }

    fn connection(self: &Arc<Self>, number: u32) -> Connection {
        Connection { number: Some(number), pool: self.clone() }
    }

    async fn get(self: Arc<Self>) -> Connection {
        let receiver = {
            let mut state = self.state.lock().unwrap();
            if let Some(number) = state.0.pop() {
                return self.connection(number);
            }
            let (sender, receiver) = oneshot::channel();
            state.1.push_back(sender);
            receiver
        };
        receiver.await.expect("whoever queues is served")
    }

    fn put(self: &Arc<Self>, number: u32) {
        let mut sent = self.connection(number);
        loop {
            let mut state = self.state.lock().unwrap();
            let Some(waiter) = state.1.pop_front() else {
                state.0.extend(sent.number.take());
                return;
            };
            drop(state);
            match waiter.send(sent) {
                Err(back) if self.care >= Care::SendsAgain => sent = back,
                _ => return,
            }
        }
    }
}

/// djc/bb8 67: a request handler is dropped while it waits for a connection.
fn bb8_67(care: Care) {
    on_loop(async move {
        let pool = Pool::new(care);
        let taken = pool.clone().get().await;
        let handler = pool.clone();
        let handler = task::spawn_local(async move {
            if let Ok(connection) = cancellable(handler.get()).await {
                connection.put();
            }
        });
        task::yield_now().await;
        taken.put();
        handler.await.unwrap();
        pool.get().await.put();
    });
}

#[test]
fn a_connection_goes_to_a_handler_that_was_dropped() {
    for care in [Care::None, Care::SendsAgain] {
        let why = fails(move || bb8_67(care));
        assert!(why.starts_with("deadlock: main waits for a message of `"), "{why}");
    }
    assert_eq!(passes(|| bb8_67(Care::TakesBack)), 5);
}

/// djc/bb8 122: who wants a connection looks whether there is one, and queues for one in a second section.
fn bb8_122(in_one_section: bool) {
    on_threads(async move {
        let pool = Arc::new(Mutex::new((0, VecDeque::<oneshot::Sender<()>>::new())));
        let other = pool.clone();
        let gives_back = task::spawn(async move {
            let mut pool = other.lock().unwrap();
            match pool.1.pop_front() {
                Some(waiter) => waiter.send(()).unwrap(),
                None => pool.0 += 1,
            }
        });
        let (sender, receiver) = oneshot::channel();
        let has_to_wait = {
            let mut guard = pool.lock().unwrap();
            let is_empty = guard.0 == 0;
            if is_empty && !in_one_section {
                drop(guard);
                guard = pool.lock().unwrap();
            }
            if is_empty {
                guard.1.push_back(sender);
            }
            is_empty
        };
        if has_to_wait {
            receiver.await.unwrap();
        }
        gives_back.await.unwrap();
    });
}

#[test]
fn a_connection_comes_back_between_a_look_and_the_queue() {
    let why = fails(|| bb8_122(false));
    assert!(why.contains("`pool`"), "{why}");
    assert_eq!(passes(|| bb8_122(true)), 6);
}

/// A pool that wakes who waits longest, and leaves it to him to take a permit.
#[derive(Default)]
struct Waking {
    /// Who is cancelled leaves the queue,
    leaves: bool,
    /// and passes on what it was woken with.
    wakes_next: bool,
    state: Mutex<(u32, VecDeque<Arc<Waiter>>)>,
}

struct Waiter(Mutex<(Option<Waker>, bool)>);

/// What somebody does who gives up.
struct Queued<'a> {
    pool: &'a Waking,
    waiter: Arc<Waiter>,
    has_taken: bool,
}

impl Waking {
    fn release(&self) {
        self.state.lock().unwrap().0 += 1;
        self.wake_next();
    }

    fn wake_next(&self) {
        let waiter = self.state.lock().unwrap().1.pop_front();
        if let Some(waiter) = waiter {
            let mut waiter = waiter.0.lock().unwrap();
            waiter.1 = true;
            let waker = waiter.0.take();
            drop(waiter);
            waker.into_iter().for_each(Waker::wake);
        }
    }

    async fn acquire(&self) {
        let waiter = Arc::new(Waiter(Mutex::new((None, false))));
        let mut queued = Queued { pool: self, waiter: waiter.clone(), has_taken: false };
        poll_fn(|context| {
            let mut state = self.state.lock().unwrap();
            if state.0 > 0 {
                state.0 -= 1;
                queued.has_taken = true;
                return Poll::Ready(());
            }
            let mut own = waiter.0.lock().unwrap();
            let is_queued = own.0.replace(context.waker().clone()).is_some();
            own.1 = false;
            drop(own);
            if !is_queued {
                state.1.push_back(waiter.clone());
            }
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let is_woken = self.waiter.0.lock().unwrap().1;
        if self.pool.leaves {
            self.pool.state.lock().unwrap().1.retain(|other| !Arc::ptr_eq(other, &self.waiter));
        }
        if is_woken && !self.has_taken && self.pool.wakes_next {
            self.pool.wake_next();
        }
    }
}

/// launchbadge/sqlx 622, mended by 1211: a task that was woken is cancelled before it runs, and the next sleeps on.
fn sqlx_622(wakes_next: bool) {
    on_loop(async move {
        let pool = Arc::new(Waking { leaves: true, wakes_next, ..Waking::default() });
        let (one, two) = (pool.clone(), pool.clone());
        let impatient = task::spawn_local(async move { cancellable(one.acquire()).await.is_ok() });
        let patient = task::spawn_local(async move { two.acquire().await });
        task::yield_now().await;
        pool.release();
        if impatient.await.unwrap() {
            pool.release();
        }
        patient.await.unwrap();
    });
}

#[test]
fn a_wake_up_goes_to_somebody_who_has_given_up() {
    let why = fails(|| sqlx_622(false));
    assert!(
        why.starts_with("deadlock: task 2 is pending, and nobody is left to wake it: main's wake at"),
        "{why}"
    );
    assert!(why.contains("went to task 1, which dropped `acquire` at"), "{why}");
    assert_eq!(passes(|| sqlx_622(true)), 7);
}

/// launchbadge/sqlx 620: a waiter that was cancelled stays in the queue, and a connection that comes back wakes it.
fn sqlx_620(leaves: bool) {
    on_loop(async move {
        let pool = Arc::new(Waking { leaves, wakes_next: true, ..Waking::default() });
        let (one, two) = (pool.clone(), pool.clone());
        let leaves_off = task::spawn_local(async move { one.acquire().await });
        let waits = task::spawn_local(async move { two.acquire().await });
        task::yield_now().await;
        leaves_off.abort();
        assert!(leaves_off.await.is_err());
        pool.release();
        waits.await.unwrap();
    });
}

#[test]
fn who_was_cancelled_stays_in_the_queue() {
    let why = fails(|| sqlx_620(false));
    assert!(
        why.starts_with("deadlock: task 2 is pending, and nobody is left to wake it: main's wake at"),
        "{why}"
    );
    assert_eq!(passes(|| sqlx_620(true)), 1);
}
