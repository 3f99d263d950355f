//! broadcast: everybody gets each message, or is told how many were missed; then the end.

use super::{fails, holds};
use conccheck::sync::Arc;
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::broadcast::{self, Receiver, error::RecvError};

/// How many messages came or were missed until the end.
fn counts<T: Clone>(mut receiver: Receiver<T>) -> u64 {
    block_on(async {
        let mut count = 0;
        loop {
            match receiver.recv().await {
                Ok(_) => count += 1,
                Err(RecvError::Lagged(missed)) => count += missed,
                Err(RecvError::Closed) => return count,
            }
        }
    })
}

/// Gets these, and then the end.
fn gets<T: Clone + PartialEq + std::fmt::Debug>(mut receiver: Receiver<T>, expected: &[T]) {
    block_on(async {
        for message in expected {
            assert_eq!(receiver.recv().await.as_ref(), Ok(message));
        }
        assert_eq!(receiver.recv().await, Err(RecvError::Closed));
    });
}

#[test]
fn no_message_of_two_senders_is_forgotten() {
    let executions = holds(|| {
        let (sender, receiver) = broadcast::channel(2);
        let sender = Arc::new(sender);
        let threads = [["one", "two", "three"], ["eins", "zwei", "drei"]].map(|messages| {
            let sender = sender.clone();
            thread::spawn(move || {
                for message in messages {
                    sender.send(message).unwrap();
                }
            })
        });
        drop(sender);
        assert_eq!(counts(receiver), 6);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 0);
}

#[test]
fn both_receivers_get_all() {
    let both = |room: usize| {
        move || {
            let (sender, one) = broadcast::channel(room);
            let two = sender.subscribe();
            let threads = [one, two].map(|receiver| thread::spawn(move || gets(receiver, &["hello", "world"])));
            sender.send("hello").unwrap();
            sender.send("world").unwrap();
            drop(sender);
            for thread in threads {
                thread.join().unwrap();
            }
        }
    };
    assert_eq!(holds(both(16)), 0);
    fails(both(1));
}

#[test]
fn both_receivers_know_what_they_missed() {
    let executions = holds(|| {
        let (sender, one) = broadcast::channel(2);
        let two = sender.subscribe();
        let threads = [one, two].map(|receiver| thread::spawn(move || assert_eq!(counts(receiver), 3)));
        for message in ["one", "two", "three"] {
            sender.send(message).unwrap();
        }
        drop(sender);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 0);
}

#[test]
fn a_receiver_leaves_and_the_other_gets_all() {
    let executions = holds(|| {
        let (sender, stays) = broadcast::channel(16);
        let leaves = sender.subscribe();
        let stays = thread::spawn(move || gets(stays, &["one", "two", "three"]));
        let leaves = thread::spawn(move || drop(leaves));
        for message in ["one", "two", "three"] {
            sender.send(message).unwrap();
        }
        drop(sender);
        stays.join().unwrap();
        leaves.join().unwrap();
    });
    assert_eq!(executions, 0);
}

/// tokio has a hundred messages here, of which loom sees those that two preemptions reach.
#[test]
fn receivers_fall_behind_and_leave() {
    let executions = holds(|| {
        let (sender, mut receiver) = broadcast::channel(1);
        let _other = sender.subscribe();
        sender.send(()).unwrap();
        let second = sender.clone();
        let sends = thread::spawn(move || {
            for _ in 0..3 {
                second.send(()).ok();
            }
        });
        sender.send(()).unwrap();
        drop(sender);
        let receives = thread::spawn(move || block_on(async { while receiver.recv().await.is_ok() {} }));
        sends.join().unwrap();
        receives.join().unwrap();
    });
    assert_eq!(executions, 0);
}
