//! One message, or the news that none comes.

use super::{comes_to, on_threads};
use conccheck::tokio::sync::oneshot::{self, error::TryRecvError};
use conccheck::{task, thread};

#[test]
fn a_message_comes_or_the_sender_is_gone() {
    comes_to([Ok(1)], || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let sending = task::spawn(async move { sender.send(1).unwrap() });
            let received = receiver.await.map_err(|_| ());
            sending.await.unwrap();
            received
        })
    });
    comes_to([Err(())], || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel::<u32>();
            let dropping = task::spawn(async move { drop(sender) });
            let received = receiver.await.map_err(|_| ());
            dropping.await.unwrap();
            received
        })
    });
}

#[test]
fn who_looks_finds_the_message_or_not() {
    comes_to([None, Some(1)], || {
        on_threads(async {
            let (sender, mut receiver) = oneshot::channel();
            let sending = task::spawn(async move { sender.send(1).unwrap() });
            let seen = match receiver.try_recv() {
                Ok(message) => Some(message),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Closed) => panic!("it was sent first"),
            };
            sending.await.unwrap();
            seen
        })
    });
}

#[test]
fn a_sender_hears_that_nobody_waits() {
    comes_to([true], || {
        on_threads(async {
            let (mut sender, receiver) = oneshot::channel::<u32>();
            let dropping = task::spawn(async move { drop(receiver) });
            sender.closed().await;
            dropping.await.unwrap();
            sender.is_closed() && sender.send(1).is_err()
        })
    });
}

#[test]
fn a_message_that_nobody_takes_is_dropped_with_its_receiver() {
    comes_to([false, true], || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let dropping = task::spawn(async move { drop(receiver) });
            let is_refused = sender.send(std::sync::Arc::new(())).is_err();
            dropping.await.unwrap();
            is_refused
        })
    });
}

#[test]
fn threads_can_wait_too() {
    comes_to([Ok(1)], || {
        let (sender, receiver) = oneshot::channel();
        let sending = thread::spawn(move || sender.send(1).unwrap());
        let received = receiver.blocking_recv().map_err(|_| ());
        sending.join().unwrap();
        received
    });
}
