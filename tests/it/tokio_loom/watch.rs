//! watch: a change is seen by all, and what is seen is one value.

use super::{fails, holds};
use conccheck::sync::Arc;
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::watch;

#[test]
fn a_change_reaches_all() {
    let executions = holds(|| {
        let (sender, receiver) = watch::channel(1);
        let receivers = [(); 5].map(|()| receiver.clone());
        let sends = thread::spawn(move || sender.send(2).unwrap());
        for mut receiver in receivers {
            block_on(receiver.changed()).unwrap();
            assert_eq!(*receiver.borrow(), 2);
        }
        sends.join().unwrap();
    });
    assert_eq!(executions, 33);
    fails(|| {
        let (sender, receiver) = watch::channel(1);
        let mut late = receiver.clone();
        let sends = thread::spawn(move || sender.send(2).unwrap());
        late.mark_unchanged();
        block_on(late.changed()).unwrap();
        sends.join().unwrap();
    });
}

#[test]
fn what_is_waited_for_comes() {
    let executions = holds(|| {
        let (sender, mut receiver) = watch::channel(false);
        let sender = Arc::new(sender);
        let other = sender.clone();
        let touches = thread::spawn(move || {
            for _ in 0..2 {
                other.send_modify(|_| {});
            }
        });
        let sends = thread::spawn(move || sender.send(true).unwrap());
        assert!(*block_on(receiver.wait_for(|value| *value)).unwrap());
        touches.join().unwrap();
        sends.join().unwrap();
    });
    assert_eq!(executions, 240);
}

#[test]
fn the_value_is_the_one_that_was_asked_about() {
    let executions = holds(|| {
        let (sender, mut receiver) = watch::channel(0);
        let sends = thread::spawn(move || {
            for value in 1..=3 {
                sender.send(value).unwrap();
            }
        });
        let mut asked = None;
        let value = *block_on(receiver.wait_for(|value| {
            asked = Some(*value);
            true
        }))
        .unwrap();
        assert_eq!(asked, Some(value));
        drop(receiver);
        sends.join().ok();
    });
    assert_eq!(executions, 36);
}

#[test]
fn the_last_of_two_senders_closes() {
    let executions = holds(|| {
        let (sender, receiver) = watch::channel(0);
        let other = sender.clone();
        let leaves = thread::spawn(move || drop(other));
        assert!(receiver.has_changed().is_ok());
        drop(sender);
        leaves.join().unwrap();
        assert!(receiver.has_changed().is_err());
    });
    assert_eq!(executions, 3);
}
