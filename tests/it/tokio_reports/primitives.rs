//! Faults inside of tokio's primitives, of the time before they were mended, each in a primitive of its own.

use super::{fails, passes};
use crate::tokio_sync::on_threads;
use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Condvar, Mutex};
use conccheck::{task, thread};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// A slot of a channel whose sender waits until nobody reads it.
#[derive(Default)]
struct Slot {
    readers: AtomicUsize,
    tail: Mutex<u32>,
    is_free: Condvar,
}

/// tokio-rs/tokio 2134: the last to read a slot of a broadcast channel notifies its sender without the lock, between the
/// sender's look at the slot and its wait.
fn tokio_2134(takes_the_lock: bool) {
    let slot = Arc::new(Slot { readers: AtomicUsize::new(1), ..Slot::default() });
    let other = slot.clone();
    let reads = thread::spawn(move || {
        if other.readers.fetch_sub(1, SeqCst) == 1 {
            let _tail = takes_the_lock.then(|| other.tail.lock().unwrap());
            other.is_free.notify_one();
        }
    });
    let mut tail = slot.tail.lock().unwrap();
    while slot.readers.load(SeqCst) > 0 {
        tail = slot.is_free.wait(tail).unwrap();
    }
    *tail += 1;
    drop(tail);
    reads.join().unwrap();
}

#[test]
fn a_slot_becomes_free_between_a_look_and_the_wait() {
    let why = fails(|| tokio_2134(false));
    assert!(why.starts_with("lost wakeup: T1 notifies `is_free`"), "{why}");
    assert_eq!(passes(|| tokio_2134(true)), 3);
}

const NOTIFIED: usize = 1;
const CALLS: usize = 2;

/// Who is to be woken: a permit, and how often all were woken.
#[derive(Default)]
struct Notify {
    adds: bool,
    state: AtomicUsize,
    waiters: Mutex<Vec<Waker>>,
}

impl Notify {
    fn notify_one(&self) {
        self.state.fetch_or(NOTIFIED, SeqCst);
        self.waiters.lock().unwrap().drain(..).for_each(Waker::wake);
    }

    fn notify_waiters(&self) {
        let mut waiters = self.waiters.lock().unwrap();
        if self.adds {
            self.state.fetch_add(CALLS, SeqCst);
        } else {
            let state = self.state.load(SeqCst);
            self.state.store(state + CALLS, SeqCst);
        }
        waiters.drain(..).for_each(Waker::wake);
    }

    async fn notified(&self) {
        poll_fn(|context| {
            let mut waiters = self.waiters.lock().unwrap();
            if self.state.fetch_and(!NOTIFIED, SeqCst) & NOTIFIED != 0 {
                return Poll::Ready(());
            }
            waiters.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// tokio-rs/tokio 3660: `notify_waiters` counts its calls by a load and a store, and writes over the permit of a `notify_one`
/// that comes in between.
fn tokio_3660(adds: bool) {
    on_threads(async move {
        let notify = Arc::new(Notify { adds, ..Notify::default() });
        let other = notify.clone();
        let all = task::spawn(async move { other.notify_waiters() });
        notify.notify_one();
        all.await.unwrap();
        notify.notified().await;
    });
}

#[test]
fn a_permit_is_written_over() {
    let why = fails(|| tokio_3660(false));
    assert!(why.starts_with("deadlock: main is pending, and nobody is left to wake it"), "{why}");
    assert_eq!(passes(|| tokio_3660(true)), 6);
}

const SENT: usize = 1;
const CLOSED: usize = 2;

/// A channel for one value, which its receiver may close.
struct Once {
    asks_first: bool,
    state: AtomicUsize,
    value: UnsafeCell<Option<u32>>,
}

// SAFETY: that only one has the value at a time is what is to be found out.
unsafe impl Sync for Once {}

impl Once {
    fn send(&self, value: u32) -> Result<(), u32> {
        // SAFETY: the receiver looks at it when it is sent.
        self.value.with_mut(|slot| unsafe { *slot = Some(value) });
        let is_closed = if self.asks_first {
            let sent = |state| (state & CLOSED == 0).then_some(state | SENT);
            self.state.fetch_update(SeqCst, SeqCst, sent).is_err()
        } else {
            self.state.fetch_or(SENT, SeqCst) & CLOSED != 0
        };
        if is_closed { Err(self.take()) } else { Ok(()) }
    }

    fn try_recv(&self) -> Option<u32> {
        (self.state.load(SeqCst) & SENT != 0).then(|| self.take())
    }

    fn take(&self) -> u32 {
        // SAFETY: it is sent, and not yet had.
        self.value.with_mut(|slot| unsafe { (*slot).take() }).expect("it was sent")
    }
}

/// tokio-rs/tokio 4225, mended by 4226: a oneshot channel is closed, and its sender says "sent" all the same before it takes
/// the value back, which its receiver takes too.
fn tokio_4225(asks_first: bool) {
    let channel =
        Arc::new(Once { asks_first, state: AtomicUsize::new(CLOSED), value: UnsafeCell::new(None) });
    let other = channel.clone();
    let sends = thread::spawn(move || other.send(1));
    let received = channel.try_recv();
    let sent = sends.join().unwrap();
    assert_eq!((received, sent), (None, Err(1)));
}

#[test]
fn a_value_is_taken_back_and_taken() {
    let why = fails(|| tokio_4225(false));
    assert!(why.contains("data race"), "{why}");
    assert_eq!(passes(|| tokio_4225(true)), 1);
}
