//! Programs of tokio's primitives that wait for themselves, or lose what they were given.

use super::{fails, passes};
use crate::tokio_sync::{on_loop, on_threads};
use conccheck::task::{self, cancellable, retried};
use conccheck::tokio::sync::{RwLock, Semaphore, mpsc, watch};
use conccheck::tokio::{pin, select};
use conccheck::{Checker, Verdict};
use std::future::ready;
use std::sync::Arc;

/// tokio-rs/tokio 4246: `watch::Sender::send` blocks while somebody keeps what `borrow` gave, here over an await.
fn tokio_4246(copies: bool) {
    on_loop(async move {
        let (sender, receiver) = watch::channel(1);
        let reads = task::spawn_local(async move {
            if copies {
                let seen = *receiver.borrow();
                task::yield_now().await;
                return seen;
            }
            let seen = receiver.borrow();
            task::yield_now().await;
            *seen
        });
        task::yield_now().await;
        sender.send(2).ok();
        assert_eq!(reads.await.unwrap(), 1);
    });
}

#[test]
fn a_watched_value_is_borrowed_over_an_await() {
    let why = fails(|| tokio_4246(false));
    assert!(why.starts_with("deadlock: "), "{why}");
    assert!(why.contains("task 1 holds `sender/receiver`") || why.contains("`sender"), "{why}");
    assert_eq!(passes(|| tokio_4246(true)), 1);
}

/// tokio-rs/tokio 6450: of two futures that queue for a lock in one task, only the second is polled; the lock comes to the
/// first.
fn tokio_6450(drops_the_first: bool) {
    on_loop(async move {
        let lock = Arc::new(RwLock::new(0));
        let taken = lock.clone().write_owned().await;
        let first = lock.write();
        if drops_the_first {
            pin!(first);
            select! {
                biased;
                _ = &mut first => unreachable!("it is taken"),
                () = ready(()) => {}
            }
        } else {
            let mut first = Box::pin(first);
            select! {
                biased;
                _ = &mut first => unreachable!("it is taken"),
                () = ready(()) => {}
            }
            let second = lock.write();
            drop(taken);
            *second.await += 1;
            drop(first);
            return;
        }
        drop(taken);
    });
}

#[test]
fn a_lock_comes_to_a_future_that_nobody_polls() {
    let why = fails(|| tokio_6450(false));
    assert!(why.starts_with("deadlock: main waits"), "{why}");
    assert_eq!(passes(|| tokio_6450(true)), 1);
}

/// tokio-rs/tokio 5947: a `send` that is cancelled takes its message with it; `reserve` first, and nothing is lost.
fn tokio_5947(reserves: bool) -> Vec<u32> {
    on_loop(async move {
        let (sender, mut receiver) = mpsc::channel(1);
        let sends = task::spawn_local(async move {
            for message in 1..=2 {
                if reserves {
                    retried(async || sender.reserve().await).await.unwrap().send(message);
                } else if cancellable(sender.send(message)).await.is_err() {
                    // Too late: the message is gone.
                }
            }
        });
        let mut received = Vec::new();
        while let Some(message) = receiver.recv().await {
            received.push(message);
        }
        sends.await.unwrap();
        received
    })
}

#[test]
fn a_message_goes_with_the_send_that_was_cancelled() {
    let loses = Checker::new().cancel_safe(|| tokio_5947(false));
    assert_eq!(loses.verdict(), Verdict::Fail, "{loses}");
    assert!(loses.to_string().contains("! [1]\n      without a cancellation it is [1, 2]"), "{loses}");
    let keeps = Checker::new().cancel_safe(|| tokio_5947(true));
    assert_eq!((keeps.verdict(), keeps.report().executions()), (Verdict::Pass, 6), "{keeps}");
}

/// tokio-rs/tokio 8075: `release` of an owned permit told nobody, so that who waits for a closed channel to be empty waited
/// on. (With tokio 1.52.0 this hangs.) A permit that is forgotten still does.
fn tokio_8075(forgets: bool) {
    on_threads(async move {
        let (sender, mut receiver) = mpsc::channel::<u32>(1);
        let permit = sender.clone().reserve_owned().await.unwrap();
        let gives = task::spawn(async move {
            if forgets {
                std::mem::forget(permit);
            } else {
                drop(permit.release());
            }
        });
        receiver.close();
        assert_eq!(receiver.recv().await, None);
        gives.await.unwrap();
        drop(sender);
    });
}

#[test]
fn a_permit_is_given_back_after_the_channel_was_closed() {
    let why = fails(|| tokio_8075(true));
    assert!(why.starts_with("deadlock: main waits for a message of `sender`"), "{why}");
    assert!(!why.contains("never dropped"), "{why}");
    assert_eq!(passes(|| tokio_8075(false)), 14);
}

/// tokio-rs/tokio 8020, mended by 8021: permits are forgotten of a semaphore that is closed, and it was open again.
#[test]
fn a_semaphore_stays_closed() {
    let stays_closed = |closes: bool| {
        on_threads(async move {
            let permits = Arc::new(Semaphore::new(2));
            let other = permits.clone();
            let shuts = task::spawn(async move {
                if closes {
                    other.close();
                }
            });
            permits.forget_permits(1);
            shuts.await.unwrap();
            assert!(permits.is_closed());
        });
    };
    assert!(fails(move || stays_closed(false)).contains("permits.is_closed()"));
    assert_eq!(passes(move || stays_closed(true)), 4);
}

/// diamondrod/kdbplus 8: a message of several parts is read in a branch of a `select!`, by what is not cancel-safe.
struct Reader {
    bytes: mpsc::Receiver<u8>,
    kept: Vec<u8>,
}

impl Reader {
    fn new() -> Reader {
        let (sender, bytes) = mpsc::channel(1);
        task::spawn_local(async move {
            for byte in 1..=3 {
                sender.send(byte).await.unwrap();
            }
        });
        Reader { bytes, kept: Vec::new() }
    }

    async fn read_exact(&mut self, length: usize) -> Vec<u8> {
        let mut read = Vec::new();
        while read.len() < length {
            let Some(byte) = self.bytes.recv().await else { break };
            read.push(byte);
        }
        read
    }

    async fn read_kept(&mut self, length: usize) -> Vec<u8> {
        while self.kept.len() < length {
            let Some(byte) = self.bytes.recv().await else { break };
            self.kept.push(byte);
        }
        std::mem::take(&mut self.kept)
    }
}

#[test]
fn half_a_message_goes_with_the_branch_that_was_dropped() {
    let loses = Checker::new().cancel_safe(|| {
        on_loop(async {
            let mut reader = Reader::new();
            retried(async || reader.read_exact(3).await).await
        })
    });
    assert_eq!(loses.verdict(), Verdict::Fail, "{loses}");
    assert!(loses.to_string().contains("without a cancellation it is [1, 2, 3]"), "{loses}");
    let keeps = Checker::new().cancel_safe(|| {
        on_loop(async {
            let mut reader = Reader::new();
            retried(async || reader.read_kept(3).await).await
        })
    });
    assert_eq!(keeps.verdict(), Verdict::Pass, "{keeps}");
    keeps.assert();
}

/// marmot-protocol/mdk 712: a worker takes a delivery out of its channel and then awaits what is to be done with it, all in a
/// branch of a `select!`. A command comes, and the delivery is gone.
struct Client {
    keeps: bool,
    deliveries: mpsc::Receiver<u32>,
    taken: Option<u32>,
    ingested: Vec<u32>,
}

impl Client {
    async fn next_event(&mut self) -> Option<()> {
        let taken = match self.taken {
            Some(taken) => taken,
            None => self.deliveries.recv().await?,
        };
        if self.keeps {
            self.taken = Some(taken);
        }
        task::yield_now().await; // a store that is written to
        self.ingested.push(taken);
        self.taken = None;
        Some(())
    }
}

fn mdk_712(keeps: bool) {
    on_loop(async move {
        let ((deliver, deliveries), (order, mut orders)) = (mpsc::channel(1), mpsc::channel(1));
        task::spawn_local(async move { deliver.send(1).await.unwrap() });
        task::spawn_local(async move { order.send("stop").await.unwrap() });
        let mut client = Client { keeps, deliveries, taken: None, ingested: Vec::new() };
        loop {
            select! {
                Some(()) = client.next_event() => {}
                Some(_) = orders.recv() => {}
                else => break,
            }
        }
        assert_eq!(client.ingested, [1], "a delivery is lost");
    });
}

#[test]
fn a_delivery_goes_with_the_branch_that_took_it() {
    assert!(fails(|| mdk_712(false)).contains("a delivery is lost"));
    assert_eq!(passes(|| mdk_712(true)), 32);
}
