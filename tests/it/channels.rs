//! A receiver that tries, and does something else when it has got something: whether a later message was there already
//! is decided by the order of that message and the try alone.

use conccheck::sync::mpsc;
use conccheck::{Checker, Strategy, thread};
use std::fmt::Debug;

#[track_caller]
fn finds_all<T: Ord + Debug + Send + 'static>(program: fn() -> T) {
    let reduced = Checker::new().explore(program);
    let all = Checker::new().strategy(Strategy::Dfs).explore(program);
    assert!(reduced.is_complete() && all.is_complete(), "{reduced}\n{all}");
    assert!(reduced.outcomes().eq(all.outcomes()), "{reduced}\n{all}");
    assert_eq!(reduced.redundant(), 0, "{reduced}");
}

#[test]
fn a_second_try_after_a_first_that_got_something_comes_before_the_second_message_too() {
    finds_all(|| {
        let (sender, receiver) = mpsc::channel();
        let trying = thread::spawn(move || {
            let mut got = 0;
            if receiver.try_recv().is_ok() {
                got = 1 + u32::from(receiver.try_recv().is_ok());
            }
            (got, receiver)
        });
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        trying.join().unwrap().0
    });
}

#[test]
fn tries_in_a_loop_end_with_what_they_found() {
    finds_all(|| {
        let (sender, receiver) = mpsc::channel::<u32>();
        let trying = thread::spawn(move || {
            let mut tries = 0;
            for _ in 0..2 {
                tries += 1;
                if receiver.try_iter().count() > 0 {
                    break;
                }
            }
            (tries, receiver)
        });
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        trying.join().unwrap().0
    });
    finds_all(|| {
        let (sender, receiver) = mpsc::sync_channel::<u32>(2);
        let other = sender.clone();
        let sending = thread::spawn(move || other.try_send(1).is_ok());
        let trying = thread::spawn(move || (receiver.try_recv().ok(), receiver.try_recv().ok(), receiver));
        let sent = sender.try_send(2).is_ok();
        let (first, second, _receiver) = trying.join().unwrap();
        (first, second, sent, sending.join().unwrap())
    });
}
