//! broadcast: everybody gets each message, or is told how many were missed; then the end. Of three messages that tokio sends
//! under loom there are two here and one of two, where only the number of executions grows with them.

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
        let (sender, receiver) = broadcast::channel(1);
        let sender = Arc::new(sender);
        let threads = [["one", "two"], ["eins", "zwei"]].map(|messages| {
            let sender = sender.clone();
            thread::spawn(move || {
                for message in messages {
                    sender.send(message).unwrap();
                }
            })
        });
        drop(sender);
        assert_eq!(counts(receiver), 4);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 2_972);
}

#[test]
fn both_receivers_get_all() {
    let both = |sends_twice: bool| {
        move || {
            let (sender, one) = broadcast::channel(16);
            let two = sender.subscribe();
            let threads = [one, two].map(|receiver| thread::spawn(move || gets(receiver, &["hello"])));
            sender.send("hello").unwrap();
            if sends_twice {
                sender.send("world").unwrap();
            }
            drop(sender);
            for thread in threads {
                thread.join().unwrap();
            }
        }
    };
    assert_eq!(holds(both(false)), 720);
    fails(both(true));
}

#[test]
fn both_receivers_know_what_they_missed() {
    let executions = holds(|| {
        let (sender, one) = broadcast::channel(1);
        let two = sender.subscribe();
        let threads = [one, two].map(|receiver| thread::spawn(move || assert_eq!(counts(receiver), 2)));
        for message in ["one", "two"] {
            sender.send(message).unwrap();
        }
        drop(sender);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 19_220);
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
    assert_eq!(executions, 793);
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
    assert_eq!(executions, 70);
}
