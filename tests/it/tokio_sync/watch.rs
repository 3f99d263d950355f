//! The newest value, and whether it is new.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::task;
use conccheck::tokio::sync::watch;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

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

/// A value that does something at its end.
struct AtEnd(Box<dyn Fn() + Send + Sync>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl AtEnd {
    fn new(act: impl Fn() + Send + Sync + 'static) -> Option<Self> {
        Some(AtEnd(Box::new(act)))
    }
}

#[test]
fn the_last_receiver_may_go_when_a_sender_has_seen_it() {
    comes_to([(0, false), (0, true), (1, true)], || {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let other = sender.clone();
            let looking = task::spawn(async move {
                let seen = other.borrow();
                drop(receiver);
                *seen
            });
            let is_sent = sender.send(1).is_ok();
            (looking.await.unwrap(), is_sent)
        })
    });
}

#[test]
fn who_sends_to_nobody_does_not_wait_for_the_value() {
    comes_to([true], || {
        let (sender, receiver) = watch::channel(0);
        drop(receiver);
        let _seen = sender.borrow();
        sender.send(1).is_err()
    });
}

#[test]
fn an_old_value_comes_to_its_end_when_others_may_have_the_new_one() {
    comes_to([true], || {
        let (sender, receiver) = watch::channel(None);
        let other = receiver.clone();
        let look = AtEnd::new(move || {
            let _ = other.borrow().is_none();
        });
        sender.send(look).is_ok() && sender.send(None).is_ok()
    });
    comes_to([()], || {
        on_threads(async {
            let lock = Arc::new(conccheck::sync::Mutex::new(()));
            let (sender, receiver) = watch::channel(None);
            let other = lock.clone();
            let locks = AtEnd::new(move || drop(other.lock().unwrap()));
            sender.send(locks).unwrap_or(());
            let sending = task::spawn(async move { sender.send(None).unwrap_or(()) });
            let locked = lock.lock().unwrap();
            let _ = receiver.borrow().is_none();
            drop(locked);
            sending.await.unwrap();
        })
    });
}

#[test]
fn an_old_value_comes_to_its_end_when_receivers_are_woken() {
    comes_to([()], || {
        on_threads(async {
            let (sender, mut receiver) = watch::channel(None);
            let (heard, hears) = conccheck::sync::mpsc::channel();
            let hears = Mutex::new(hears);
            let waits = AtEnd::new(move || hears.lock().unwrap().recv().unwrap_or(()));
            sender.send(waits).unwrap_or(());
            receiver.mark_unchanged();
            let waiting = task::spawn(async move {
                receiver.changed().await.unwrap();
                heard.send(()).unwrap();
            });
            sender.send(None).unwrap_or(());
            waiting.await.unwrap();
        })
    });
}
