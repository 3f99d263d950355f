//! Messages come in order, as many as there is room for; the end of one side is news to the other.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::tokio::sync::mpsc::{
    self,
    error::{SendTimeoutError, TrySendError},
};
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{task, thread};

const SOON: Duration = Duration::from_millis(20);

#[test]
fn messages_come_in_order_and_then_the_end() {
    comes_to([vec![1, 2]], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(1);
            task::spawn(async move {
                for number in [1, 2] {
                    sender.send(number).await.unwrap();
                }
            });
            let mut received = Vec::new();
            while let Some(number) = receiver.recv().await {
                received.push(number);
            }
            received
        })
    });
}

#[test]
fn a_sender_that_is_kept_keeps_the_channel_open() {
    hangs(|| {
        on_threads(async {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            let other = sender.clone();
            task::spawn(async move { other.send(1).unwrap() });
            while receiver.recv().await.is_some() {}
        })
    });
}

#[test]
fn two_senders_come_in_either_order() {
    comes_to([(1, 2), (2, 1)], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::unbounded_channel();
            let other = sender.clone();
            let sending = task::spawn(async move { other.send(1).unwrap() });
            sender.send(2).unwrap();
            let received = (receiver.recv().await.unwrap(), receiver.recv().await.unwrap());
            sending.await.unwrap();
            received
        })
    });
}

#[test]
fn who_tries_to_send_finds_room_or_not() {
    comes_to([false, true], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(1);
            sender.try_send(1).unwrap();
            let receiving = task::spawn(async move {
                assert_eq!(receiver.recv().await, Some(1));
                receiver
            });
            let has_room = match sender.try_send(2) {
                Ok(()) => true,
                Err(TrySendError::Full(2)) => false,
                Err(error) => panic!("{error}"),
            };
            receiving.await.unwrap();
            has_room
        })
    });
}

#[test]
fn room_that_is_reserved_is_there() {
    comes_to([(0, 2, vec![1, 2])], || {
        on_loop(async {
            let (sender, mut receiver) = mpsc::channel(2);
            let first = sender.reserve().await.unwrap();
            let second = sender.clone().reserve_owned().await.unwrap();
            let room = sender.capacity();
            assert!(sender.try_reserve().is_err());
            first.send(1);
            drop(second.send(2));
            let mut received = Vec::new();
            let count = receiver.recv_many(&mut received, 10).await;
            for permit in sender.reserve_many(2).await.unwrap().take(1) {
                permit.send(3);
            }
            assert_eq!(sender.capacity(), 1);
            (room, count, received)
        })
    });
}

#[test]
fn a_sender_that_is_aborted_while_it_waits_sends_nothing() {
    comes_to([vec![1], vec![1, 2]], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(1);
            sender.send(1).await.unwrap();
            let sending = task::spawn(async move { sender.send(2).await.unwrap() });
            sending.abort();
            let mut received = Vec::new();
            while let Some(number) = receiver.recv().await {
                received.push(number);
            }
            received
        })
    });
}

#[test]
fn senders_hear_that_the_receiver_is_gone() {
    comes_to([true], || {
        on_threads(async {
            let (sender, receiver) = mpsc::channel::<u32>(1);
            let dropping = task::spawn(async move { drop(receiver) });
            sender.closed().await;
            dropping.await.unwrap();
            sender.is_closed() && sender.send(1).await.is_err()
        })
    });
}

#[test]
fn a_weak_sender_keeps_nothing_open() {
    comes_to([None, Some(1)], || {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(1);
            let weak = sender.downgrade();
            let dropping = task::spawn(async move { drop(sender) });
            if let Some(sender) = weak.upgrade() {
                sender.send(1).await.unwrap();
            }
            dropping.await.unwrap();
            receiver.recv().await
        })
    });
}

#[test]
fn messages_that_nobody_takes_are_dropped_when_the_channel_is_closed() {
    struct Tells(mpsc::UnboundedSender<&'static str>);
    impl Drop for Tells {
        fn drop(&mut self) {
            let _ = self.0.send("dropped");
        }
    }
    comes_to([Some("dropped")], || {
        on_threads(async {
            let (told, mut hears) = mpsc::unbounded_channel();
            let (sender, receiver) = mpsc::unbounded_channel();
            sender.send(Tells(told)).unwrap();
            task::spawn(async move { drop(receiver) });
            hears.recv().await
        })
    });
}

#[test]
fn threads_can_wait_too() {
    comes_to([(1, 2)], || {
        let (sender, mut receiver) = mpsc::channel(1);
        let sending = thread::spawn(move || {
            for number in [1, 2] {
                sender.blocking_send(number).unwrap();
            }
        });
        let received = (receiver.blocking_recv().unwrap(), receiver.blocking_recv().unwrap());
        sending.join().unwrap();
        received
    });
}

/// Sends two messages to who takes only after a while: how many were received, of those that were not given up.
async fn sends_in_time(gives_up: bool) -> usize {
    let (sender, mut receiver) = mpsc::channel(1);
    let sending = task::spawn(async move {
        for number in [1, 2] {
            let mut message = number;
            // One that has timed out is not sent, and is here again.
            while let Err(error) = sender.send_timeout(message, SOON).await {
                let SendTimeoutError::Timeout(back) = error else { panic!("{error}") };
                message = back;
                if gives_up {
                    break;
                }
            }
        }
    });
    sleep(2 * SOON).await;
    let mut count = 0;
    while receiver.recv().await.is_some() {
        count += 1;
    }
    sending.await.unwrap();
    count
}

#[test]
fn what_was_not_sent_in_time_is_not_sent() {
    comes_to([2], || on_loop(sends_in_time(false)));
    // The message that is given up is lost, unless the receiver was late for no longer than the sender.
    comes_to([1, 2], || on_loop(sends_in_time(true)));
}

#[test]
fn who_sends_in_time_hears_that_the_receiver_is_gone() {
    comes_to([format!("{:?}", Err::<(), _>(SendTimeoutError::Closed(2)))], || {
        on_loop(async {
            let (sender, receiver) = mpsc::channel(1);
            sender.send(1).await.unwrap();
            let sending = task::spawn(async move { sender.send_timeout(2, 1_000 * SOON).await });
            task::yield_now().await;
            drop(receiver);
            format!("{:?}", sending.await.unwrap())
        })
    });
}

#[test]
fn who_gives_up_leaves_the_room_to_others() {
    comes_to([Some(3)], || {
        on_loop(async {
            let (sender, mut receiver) = mpsc::channel(1);
            sender.send(1).await.unwrap();
            sender.send_timeout(2, SOON).await.unwrap_err();
            receiver.recv().await.unwrap();
            sender.try_send(3).unwrap();
            receiver.recv().await
        })
    });
}
