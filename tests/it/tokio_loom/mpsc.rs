//! mpsc: its ends close it, from whichever side; what is sent is there, and what is there is counted.

use super::{fails, holds};
use conccheck::sync::{Arc, Mutex};
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::{Semaphore, mpsc};

/// As many messages as tokio keeps in a block.
const BLOCK: usize = 32;

#[test]
fn the_last_sender_closes() {
    let executions = holds(|| {
        let (sender, mut receiver) = mpsc::channel(16);
        let sends = thread::spawn(move || sender.try_send(()).unwrap());
        assert_eq!(block_on(receiver.recv()), Some(()));
        assert_eq!(block_on(receiver.recv()), None);
        sends.join().unwrap();
    });
    assert_eq!(executions, 6);
    fails(|| {
        let (sender, mut receiver) = mpsc::channel(16);
        let kept = sender.clone();
        let sends = thread::spawn(move || sender.try_send(()).unwrap());
        assert_eq!(block_on(receiver.recv()), Some(()));
        assert_eq!(block_on(receiver.recv()), None);
        sends.join().unwrap();
        drop(kept);
    });
}

#[test]
fn the_last_unbounded_sender_closes() {
    let executions = holds(|| {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        let sends = thread::spawn(move || sender.send(()).unwrap());
        assert_eq!(block_on(receiver.recv()), Some(()));
        assert_eq!(block_on(receiver.recv()), None);
        sends.join().unwrap();
    });
    assert_eq!(executions, 6);
}

#[test]
fn the_receiver_closes() {
    let executions = holds(|| {
        let (sender, receiver) = mpsc::channel::<()>(16);
        let other = sender.clone();
        let leaves = thread::spawn(move || drop(receiver));
        block_on(sender.closed());
        block_on(other.closed());
        leaves.join().unwrap();
    });
    assert_eq!(executions, 2);
}

#[test]
fn the_unbounded_receiver_closes() {
    let executions = holds(|| {
        let (sender, receiver) = mpsc::unbounded_channel::<()>();
        let other = sender.clone();
        let leaves = thread::spawn(move || drop(receiver));
        block_on(sender.closed());
        block_on(other.closed());
        leaves.join().unwrap();
    });
    assert_eq!(executions, 2);
}

#[test]
fn what_is_sent_comes_before_the_close() {
    let executions = holds(|| {
        let (sender, mut receiver) = mpsc::channel(16);
        let sender = Arc::new(sender);
        let other = sender.clone();
        let threads = [
            thread::spawn(move || sender.try_send(()).unwrap()),
            thread::spawn(move || block_on(other.closed())),
            thread::spawn(move || assert_eq!(block_on(receiver.recv()), Some(()))),
        ];
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 18);
}

#[test]
fn senders_leave_together() {
    let executions = holds(|| {
        let (sender, mut receiver) = mpsc::channel::<()>(16);
        let leave = || {
            let sender = sender.clone();
            thread::spawn(move || drop(sender))
        };
        let threads = [leave(), leave()];
        drop(sender);
        assert_eq!(block_on(receiver.recv()), None);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 15);
}

#[test]
fn unbounded_senders_leave_together() {
    let executions = holds(|| {
        let (sender, mut receiver) = mpsc::unbounded_channel::<()>();
        let leave = || {
            let sender = sender.clone();
            thread::spawn(move || drop(sender))
        };
        let threads = [leave(), leave()];
        drop(sender);
        assert_eq!(block_on(receiver.recv()), None);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(executions, 15);
}

struct Shared {
    permits: Semaphore,
    sender: mpsc::Sender<()>,
    receiver: Mutex<mpsc::Receiver<()>>,
}

/// Two permits for two messages: who has one finds a message, and puts it back. (tokio gives way in between and sends by a
/// sender of its own, which are 42,876 executions here.)
fn takes_and_puts_back(permits: usize) {
    let (sender, receiver) = mpsc::channel(2);
    for _ in 0..2 {
        sender.try_send(()).unwrap();
    }
    let shared =
        Arc::new(Shared { permits: Semaphore::new(permits), sender, receiver: Mutex::new(receiver) });
    let take = |shared: &Shared| {
        block_on(async {
            let permit = shared.permits.acquire().await;
            shared.receiver.lock().unwrap().try_recv().unwrap();
            shared.sender.try_send(()).unwrap();
            drop(permit);
        });
    };
    let threads = [(); 2].map(|()| {
        let shared = shared.clone();
        thread::spawn(move || take(&shared))
    });
    take(&shared);
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_message_that_must_be_there_is_received() {
    assert_eq!(holds(|| takes_and_puts_back(2)), 1_884);
    fails(|| takes_and_puts_back(3));
}

#[test]
fn what_was_sent_is_counted() {
    let executions = holds(|| {
        let (sender, receiver) = mpsc::channel(10);
        let other = sender.clone();
        let sends = thread::spawn(move || block_on(other.send(2)).unwrap());
        block_on(sender.send(1)).unwrap();
        assert_ne!(receiver.len(), 0);
        assert!(!receiver.is_empty());
        sends.join().unwrap();
    });
    assert_eq!(executions, 10);
}

#[test]
fn a_close_is_no_message() {
    let count = |messages: usize| {
        holds(move || {
            let (sender, receiver) = mpsc::channel(messages + 1);
            for _ in 0..messages {
                sender.try_send(()).unwrap();
            }
            let counts = thread::spawn(move || {
                assert_eq!((receiver.len(), receiver.is_empty()), (messages, messages == 0));
            });
            drop(sender);
            counts.join().unwrap();
        })
    };
    assert_eq!([0, 1, BLOCK, BLOCK + 1].map(count), [4, 4, 4, 4]);
}
