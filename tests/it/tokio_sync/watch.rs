//! The newest value, and whether it is new.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::task;
use conccheck::tokio::sync::watch;
use std::rc::Rc;
use std::sync::Arc;

/// Two tasks add one each to the value of a watch.
fn total(whole: bool) -> u32 {
    on_threads(async move {
        let total = Arc::new(watch::Sender::new(0));
        let add = |total: Arc<watch::Sender<u32>>| async move {
            if whole {
                total.send_modify(|total| *total += 1);
            } else {
                let seen = *total.borrow();
                total.send_replace(seen + 1);
            }
        };
        let other = task::spawn(add(total.clone()));
        add(total.clone()).await;
        other.await.unwrap();
        *total.borrow()
    })
}

#[test]
fn who_reads_and_sends_then_loses_an_update() {
    comes_to([2], || total(true));
    comes_to([1, 2], || total(false));
}

#[test]
fn a_receiver_hears_of_the_newest_alone() {
    comes_to([vec![1, 2], vec![2]], || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(0);
            task::spawn(async move {
                sender.send(1).unwrap();
                sender.send(2).unwrap();
            });
            let mut seen = Vec::new();
            while receiver.changed().await.is_ok() {
                seen.push(*receiver.borrow_and_update());
            }
            seen
        })
    });
}

/// As above, with a look that leaves the value new: it can be seen twice.
#[test]
fn a_value_that_is_looked_at_stays_new() {
    comes_to([vec![1, 2], vec![2], vec![2, 2]], || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(0);
            task::spawn(async move {
                sender.send(1).unwrap();
                sender.send(2).unwrap();
            });
            let mut seen = Vec::new();
            while receiver.changed().await.is_ok() {
                seen.push(*receiver.borrow());
            }
            seen
        })
    });
}

#[test]
fn one_can_wait_for_a_value() {
    comes_to([(3, true)], || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(0);
            let sending = task::spawn(async move {
                for number in [1, 3] {
                    sender.send(number).unwrap();
                }
                sender
            });
            let seen = *receiver.wait_for(|&number| number > 2).await.unwrap();
            let sender = sending.await.unwrap();
            drop(sender);
            (seen, receiver.wait_for(|&number| number > 3).await.is_err())
        })
    });
}

#[test]
fn a_value_that_is_kept_borrowed_keeps_senders_out() {
    comes_to([(0, 1)], || {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let borrowed = receiver.borrow();
            let sending = task::spawn(async move { sender.send(1).unwrap_or(()) });
            let before = *borrowed;
            drop(borrowed);
            sending.await.unwrap();
            let after = *receiver.borrow();
            (before, after)
        })
    });
    hangs(|| {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let borrowed = receiver.borrow();
            let sending = task::spawn(async move { sender.send(1).unwrap_or(()) });
            sending.await.unwrap();
            *borrowed
        })
    });
}

#[test]
fn all_receivers_of_a_loop_hear_in_an_order_that_can_be_repeated() {
    comes_to([6], || {
        on_loop(async {
            let (sender, receiver) = watch::channel(0);
            let sum = Rc::new(std::cell::Cell::new(0));
            let waiting: Vec<_> = (0..6)
                .map(|_| {
                    let (mut receiver, sum) = (receiver.clone(), sum.clone());
                    task::spawn_local(async move {
                        receiver.changed().await.unwrap();
                        sum.set(sum.get() + *receiver.borrow());
                    })
                })
                .collect();
            task::yield_now().await;
            sender.send(1).unwrap();
            for waiting in waiting {
                waiting.await.unwrap();
            }
            sum.get()
        })
    });
}

#[test]
fn a_sender_hears_that_nobody_looks() {
    comes_to([true], || {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let dropping = task::spawn(async move { drop(receiver) });
            sender.closed().await;
            dropping.await.unwrap();
            sender.is_closed() && sender.send(1).is_err()
        })
    });
}
