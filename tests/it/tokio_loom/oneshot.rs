//! oneshot: the value comes, comes back, or is dropped where it should be; a task that polled once is not needed again.

use super::{fails, holds, is_ready};
use conccheck::task::block_on;
use conccheck::tokio::sync::oneshot;
use conccheck::{thread, thread_local};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

#[test]
fn the_value_comes() {
    let executions = holds(|| {
        let (sender, receiver) = oneshot::channel();
        let sends = thread::spawn(move || sender.send(1).unwrap());
        assert_eq!(block_on(receiver), Ok(1));
        sends.join().unwrap();
    });
    assert_eq!(executions, 2);
    fails(|| {
        let (sender, receiver) = oneshot::channel::<u32>();
        let sends = thread::spawn(move || drop(sender));
        assert_eq!(block_on(receiver), Ok(1));
        sends.join().unwrap();
    });
}

#[test]
fn another_task_goes_on_receiving() {
    let executions = holds(|| {
        let (sender, mut receiver) = oneshot::channel();
        let sends = thread::spawn(move || sender.send(1).unwrap());
        let looks = thread::spawn(move || {
            let looked = poll_fn(|context| match Pin::new(&mut receiver).poll(context) {
                Poll::Ready(value) => Poll::Ready(Some(value)),
                Poll::Pending => Poll::Ready(None),
            });
            match block_on(looked) {
                Some(value) => {
                    assert_eq!(value, Ok(1));
                    None
                }
                None => Some(receiver),
            }
        });
        if let Some(receiver) = looks.join().unwrap() {
            assert_eq!(block_on(receiver), Ok(1));
        }
        sends.join().unwrap();
    });
    assert_eq!(executions, 3);
}

#[test]
fn what_is_closed_can_be_asked() {
    let executions = holds(|| {
        let (sender, mut receiver) = oneshot::channel();
        let sends = thread::spawn(move || sender.send(()).ok());
        receiver.close();
        receiver.try_recv().ok();
        sends.join().unwrap();
    });
    assert_eq!(executions, 3);
}

#[test]
fn what_is_closed_can_be_awaited() {
    let executions = holds(|| {
        let (sender, mut receiver) = oneshot::channel();
        let sends = thread::spawn(move || sender.send(1).ok());
        receiver.close();
        block_on(receiver).ok();
        sends.join().unwrap();
    });
    assert_eq!(executions, 4);
}

#[test]
fn another_task_goes_on_waiting_for_the_close() {
    let is_closed = |sender: &mut oneshot::Sender<u32>| {
        let mut closed = Box::pin(sender.closed());
        block_on(poll_fn(|context| Poll::Ready(closed.as_mut().poll(context).is_ready())))
    };
    let executions = holds(move || {
        let (mut sender, receiver) = oneshot::channel::<u32>();
        let leaves = thread::spawn(move || drop(receiver));
        let looks = thread::spawn(move || (!is_closed(&mut sender)).then_some(sender));
        if let Some(mut sender) = looks.join().unwrap() {
            is_closed(&mut sender);
        }
        leaves.join().unwrap();
    });
    assert_eq!(executions, 6);
}

thread_local! {
    static MAY_DROP: Cell<bool> = const { Cell::new(true) };
}

struct Message;

impl Drop for Message {
    fn drop(&mut self) {
        assert!(MAY_DROP.get(), "the sender drops what it has sent");
    }
}

/// What was sent is dropped by the receiver, unless the sender was told that it was not.
fn drops(keeps_what_comes_back: bool) {
    let (sender, receiver) = oneshot::channel();
    let sends = thread::spawn(move || {
        MAY_DROP.set(false);
        let back = sender.send(Message).err();
        if keeps_what_comes_back {
            std::mem::forget(back);
        }
    });
    drop(receiver);
    sends.join().unwrap();
}

#[test]
fn the_sender_does_not_drop_what_it_has_sent() {
    assert_eq!(holds(|| drops(true)), 2);
    fails(|| drops(false));
}

#[test]
fn a_receiver_that_was_polled_leaves() {
    let executions = holds(|| {
        let (sender, receiver) = oneshot::channel();
        let mut receiver = Box::pin(receiver);
        assert!(!is_ready(&mut receiver));
        let leaves = thread::spawn(move || drop(receiver));
        sender.send(1).ok();
        leaves.join().unwrap();
    });
    assert_eq!(executions, 2);
}
