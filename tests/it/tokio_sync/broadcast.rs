//! All receivers get all messages; one that is slow is told what it has lost.

use super::{comes_to, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::task;
use conccheck::tokio::sync::broadcast::{self, error::RecvError};
use std::sync::Arc;

#[test]
fn each_receiver_gets_what_was_sent_since_it_was_there() {
    comes_to([(1, None), (1, Some(2))], || {
        on_threads(async {
            let (sender, mut first) = broadcast::channel(4);
            let sending = sender.clone();
            let sending = task::spawn(async move {
                sending.send(1).unwrap();
                sending.send(2).unwrap();
            });
            let mut late = sender.subscribe();
            sending.await.unwrap();
            drop(sender);
            let mut seen = Vec::new();
            while let Ok(number) = late.recv().await {
                seen.push(number);
            }
            (first.recv().await.unwrap(), seen.last().copied())
        })
    });
}

#[test]
fn a_slow_receiver_lags() {
    comes_to([Err(1), Ok(1)], || {
        on_threads(async {
            let (sender, mut receiver) = broadcast::channel(2);
            let sending = task::spawn(async move {
                for number in 1..=3 {
                    sender.send(number).unwrap();
                }
                sender
            });
            let received = match receiver.recv().await {
                Ok(number) => Ok(number),
                Err(RecvError::Lagged(lost)) => Err(lost),
                Err(RecvError::Closed) => panic!("it is open"),
            };
            sending.await.unwrap();
            received
        })
    });
}

#[test]
fn the_end_comes_after_the_last_message() {
    comes_to([(1, true)], || {
        on_threads(async {
            let (sender, mut receiver) = broadcast::channel(2);
            task::spawn(async move { sender.send(1).unwrap() });
            let first = receiver.recv().await.unwrap();
            (first, receiver.recv().await == Err(RecvError::Closed))
        })
    });
}

/// A message whose copies and ends others can see.
struct Seen(Arc<AtomicU32>);

impl Clone for Seen {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, SeqCst);
        Seen(self.0.clone())
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        self.0.fetch_add(10, SeqCst);
    }
}

#[test]
fn messages_may_do_something_when_they_are_cloned_and_dropped() {
    // Two messages end, and so do their copies: of both, or of the second alone.
    comes_to([(1, 31), (2, 42)], || {
        let count = Arc::new(AtomicU32::new(0));
        let (seen, counts) = (count.clone(), count);
        let received = on_threads(async {
            let (sender, mut receiver) = broadcast::channel(1);
            let sending = task::spawn(async move {
                for message in [Seen(seen.clone()), Seen(seen)] {
                    assert!(sender.send(message).is_ok());
                }
            });
            let mut received = 0;
            loop {
                match receiver.recv().await {
                    Ok(_) => received += 1,
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                }
            }
            sending.await.unwrap();
            received
        });
        (received, counts.load(SeqCst))
    });
}

#[test]
fn without_a_receiver_the_message_comes_back() {
    comes_to([(1, 0)], || {
        on_loop(async {
            let (sender, receiver) = broadcast::channel(1);
            drop(receiver);
            sender.closed().await;
            let broadcast::error::SendError(message) = sender.send(1).unwrap_err();
            (message, sender.receiver_count())
        })
    });
}
