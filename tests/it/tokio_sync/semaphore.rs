//! Permits: as many as there are, first come, first served; who is cancelled hands on what it was given.

use super::{comes_to, hangs, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::tokio::runtime::Builder;
use conccheck::tokio::sync::{AcquireError, Semaphore, TryAcquireError, oneshot};
use conccheck::{Checker, Verdict, task, thread};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// How many were inside at once, with so many permits for two tasks.
fn most_inside(permits: usize) -> usize {
    on_threads(async move {
        let permits = Arc::new(Semaphore::new(permits));
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let visit = || {
            let (permits, inside, most) = (permits.clone(), inside.clone(), most.clone());
            async move {
                let _permit = permits.acquire().await.unwrap();
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                inside.fetch_sub(1, SeqCst);
            }
        };
        let other = task::spawn(visit());
        visit().await;
        other.await.unwrap();
        most.load(SeqCst)
    })
}

#[test]
fn no_more_are_inside_than_there_are_permits() {
    comes_to([1], || most_inside(1));
    comes_to([1, 2], || most_inside(2));
}

/// So many tasks take one of two permits each; in how many executions.
fn visits(count: usize, has_threads: bool) -> u64 {
    let report = Checker::new().explore(move || {
        let mut builder =
            if has_threads { Builder::new_multi_thread() } else { Builder::new_current_thread() };
        builder.enable_all().build().unwrap().block_on(async {
            let permits = Arc::new(Semaphore::new(2));
            let visit = |_| {
                let permits = permits.clone();
                conccheck::tokio::spawn(async move {
                    let _permit = permits.acquire().await.unwrap();
                    task::yield_now().await;
                })
            };
            let visitors: Vec<_> = (0..count).map(visit).collect();
            for visitor in visitors {
                visitor.await.unwrap();
            }
        });
    });
    assert!(report.verdict() == Verdict::Pass && report.is_complete(), "{report}");
    report.executions()
}

/// A loop takes its tasks first come, first served, and nothing here depends on a choice: ten have one execution. Threads
/// come in any order, and every call of a semaphore depends on every other.
#[test]
fn ten_tasks_of_one_loop_take_two_permits_in_one_order_and_tasks_of_threads_in_any() {
    assert_eq!(visits(10, false), 1);
    assert_eq!([2, 3].map(|count| visits(count, true)), [24, 964]);
}

#[test]
fn who_waits_is_served_in_turn_and_one_who_wants_many_holds_up_the_rest() {
    let executions = comes_to([vec!["two", "one", "last"]], || {
        on_loop(async {
            let (permits, order) = (Rc::new(Semaphore::new(1)), Rc::new(RefCell::new(Vec::new())));
            let held = permits.try_acquire().unwrap();
            let waiters = [("two", 2), ("one", 1), ("last", 1)].map(|(name, count)| {
                let (permits, order) = (permits.clone(), order.clone());
                task::spawn_local(async move {
                    let _permit = permits.acquire_many(count).await.unwrap();
                    order.borrow_mut().push(name);
                })
            });
            task::yield_now().await;
            assert_eq!(permits.available_permits(), 0);
            permits.add_permits(1);
            assert_eq!(permits.try_acquire().unwrap_err(), TryAcquireError::NoPermits);
            drop(held);
            for waiter in waiters {
                waiter.await.unwrap();
            }
            order.take()
        })
    });
    // One thread, and nothing that it leaves to chance.
    assert_eq!(executions, 1);
}

#[test]
fn a_waiter_that_is_aborted_hands_its_permit_on() {
    comes_to([false, true], || {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(0));
            let other = permits.clone();
            let waiter = task::spawn(async move { other.acquire().await.unwrap().forget() });
            waiter.abort();
            permits.add_permits(1);
            let has_ended = waiter.await.is_ok();
            if !has_ended {
                permits.acquire().await.unwrap().forget();
            }
            has_ended
        })
    });
}

/// A pool made by hand, as connection pools had it: who waits is given a place by a message, and if it is cancelled
/// just then, the place is gone with the message. `looks` tells whether the giver makes sure that it was taken.
fn a_place_travels_as_a_message(looks: bool) {
    on_threads(async move {
        let places = Arc::new(Semaphore::new(0));
        let (given, place) = oneshot::channel();
        let free = places.clone();
        let waiter = task::spawn(async move {
            let () = place.await.unwrap();
            free.add_permits(1);
        });
        waiter.abort();
        let is_given = given.send(()).is_ok();
        let is_taken = waiter.await.is_ok();
        if !is_given || looks && !is_taken {
            places.add_permits(1);
        }
        places.acquire().await.unwrap().forget();
    });
}

#[test]
fn a_place_that_travels_as_a_message_is_lost_with_who_waits_for_it() {
    comes_to([()], || a_place_travels_as_a_message(true));
    assert_eq!(hangs(|| a_place_travels_as_a_message(false)), [()]);
}

#[test]
fn a_permit_that_is_forgotten_is_missed() {
    let returned = hangs(|| {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(1));
            let other = permits.clone();
            let other = task::spawn(async move { other.acquire().await.unwrap().forget() });
            drop(permits.acquire().await.unwrap());
            other.await.unwrap();
        })
    });
    // Main came first.
    assert_eq!(returned, [()]);
}

#[test]
fn closing_ends_all_waiting() {
    comes_to([(true, true)], || {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(0));
            let other = permits.clone();
            let waiter = task::spawn(async move { other.acquire_owned().await.map(|_| ()) });
            permits.close();
            let waited: Result<(), AcquireError> = waiter.await.unwrap();
            (waited.is_err(), permits.is_closed())
        })
    });
}

#[test]
fn threads_can_wait_too() {
    comes_to([2], || {
        let permits = Arc::new(Semaphore::new(1));
        let other = permits.clone();
        let taking = thread::spawn(move || other.blocking_acquire_many(2).unwrap().num_permits());
        permits.add_permits(1);
        taking.join().unwrap()
    });
}

#[test]
fn permits_are_merged_and_split() {
    comes_to([(1, 2, 3)], || {
        on_loop(async {
            let permits = Arc::new(Semaphore::new(3));
            let mut all = permits.clone().acquire_many_owned(2).await.unwrap();
            all.merge(permits.clone().try_acquire_owned().unwrap());
            let one = all.split(1).unwrap();
            assert!(all.split(3).is_none());
            let counts = (one.num_permits(), all.num_permits());
            drop((one, all));
            (counts.0, counts.1, permits.available_permits())
        })
    });
}

#[test]
fn a_static_semaphore_is_new_in_each_execution() {
    static PERMITS: Semaphore = Semaphore::const_new(1);
    comes_to([1, 2], || {
        on_threads(async {
            let other = task::spawn(async {
                let _permit = PERMITS.acquire().await.unwrap();
            });
            PERMITS.add_permits(1);
            let seen = PERMITS.available_permits();
            other.await.unwrap();
            // What was added is taken out again: for real the static lives on.
            assert_eq!(PERMITS.forget_permits(1), 1);
            seen
        })
    });
}
