//! A `JoinSet` has all that tokio's has.

use super::{comes_to, many_threads, one_thread};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex, mpsc};
use conccheck::tokio::task::{JoinSet, LocalSet, yield_now};
use std::collections::BTreeSet;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::Poll;

#[test]
fn ends_come_in_the_order_in_which_they_came() {
    let executions = comes_to([vec![2, 1]], || {
        one_thread().block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async {
                yield_now().await;
                1
            });
            set.spawn(async { 2 });
            let mut ends = Vec::new();
            while let Some(end) = set.join_next().await {
                ends.push(end.unwrap());
            }
            ends
        })
    });
    assert_eq!(executions, 1);
    comes_to([vec![1, 2], vec![2, 1]], || {
        many_threads().block_on(async {
            [1, 2].map(|number| async move { number }).into_iter().collect::<JoinSet<_>>().join_all().await
        })
    });
}

#[test]
fn ends_are_told_with_the_ids_of_their_tasks() {
    comes_to([true], || {
        many_threads().block_on(async {
            let mut set = JoinSet::new();
            let one = set.spawn(async { 1 }).id();
            let breaks = set.spawn(async { conccheck::panic::resume_unwind(Box::new(())) }).id();
            let mut right = set.len() == 2;
            while let Some(end) = set.join_next_with_id().await {
                right &= match end {
                    Ok((id, value)) => id == one && value == 1,
                    Err(error) => error.is_panic() && error.id() == breaks,
                };
            }
            right && set.is_empty()
        })
    });
}

#[test]
fn trying_finds_what_has_ended() {
    let executions = comes_to([(None, Some(1), None)], || {
        one_thread().block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async { 1 });
            let before = set.try_join_next().map(Result::unwrap);
            yield_now().await;
            let after = set.try_join_next_with_id().map(|end| end.unwrap().1);
            (before, after, set.try_join_next().map(Result::unwrap))
        })
    });
    assert_eq!(executions, 1);
    comes_to([None, Some(1)], || {
        many_threads().block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async { 1 });
            set.try_join_next().map(Result::unwrap)
        })
    });
}

#[test]
fn polling_waits_for_the_next() {
    comes_to([(true, Some(1))], || {
        one_thread().block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async { 1 });
            let is_pending = poll_fn(|context| Poll::Ready(set.poll_join_next(context).is_pending())).await;
            let next = poll_fn(|context| set.poll_join_next_with_id(context)).await;
            (is_pending, next.map(|end| end.unwrap().1))
        })
    });
}

#[test]
fn a_shutdown_waits_until_all_are_gone_and_a_drop_does_not() {
    struct Counts(Arc<AtomicU32>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let gone = |shuts_down: bool| {
        move || {
            many_threads().block_on(async move {
                let (gone, mut set) = (Arc::new(AtomicU32::new(0)), JoinSet::new());
                let counts = Counts(gone.clone());
                set.spawn(async move {
                    let _counts = counts;
                    pending::<()>().await
                });
                if shuts_down {
                    set.shutdown().await;
                } else {
                    drop(set);
                }
                gone.load(SeqCst)
            })
        }
    };
    comes_to([1], gone(true));
    comes_to([0, 1], gone(false));
}

#[test]
fn who_is_let_go_of_goes_on() {
    comes_to([(0, 1)], || {
        let runtime = many_threads();
        let (sender, receiver) = mpsc::channel();
        let left = runtime.block_on(async {
            let mut set = JoinSet::new();
            set.spawn(async move { sender.send(1).unwrap() });
            set.detach_all();
            assert!(set.join_next().await.is_none());
            set.len()
        });
        (left, receiver.recv().unwrap())
    });
}

#[test]
fn members_are_wherever_they_were_spawned() {
    comes_to([BTreeSet::from([1, 2, 3, 4, 5])], || {
        let (one, many, local) = (one_thread(), many_threads(), LocalSet::new());
        let mut set = JoinSet::new();
        set.spawn_on(async { 1 }, many.handle());
        set.spawn_blocking_on(|| 2, many.handle());
        set.spawn_local_on(
            async {
                let three = Rc::new(3);
                *three
            },
            &local,
        );
        local.block_on(&one, async {
            set.spawn_local(async { 4 });
            set.spawn_blocking(|| 5);
            set.join_all().await.into_iter().collect()
        })
    });
}

#[test]
fn a_set_that_is_dropped_lets_go_of_results_as_they_came_and_first_of_those_who_have_none() {
    struct Tells(u32, Arc<Mutex<Vec<u32>>>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.1.lock().unwrap().push(self.0);
        }
    }
    let ends: [fn(JoinSet<Tells>); 2] = [drop, |mut set| set.detach_all()];
    for end in ends {
        let order = move || {
            let order = Arc::new(Mutex::new(Vec::new()));
            let mut set = JoinSet::new();
            one_thread().block_on(async {
                for number in 0..3 {
                    let tells = Tells(number, order.clone());
                    set.spawn(async move {
                        // The first is the last to end.
                        for _ in number..3 {
                            yield_now().await;
                        }
                        tells
                    });
                }
                for _ in 0..5 {
                    yield_now().await;
                }
                end(set);
            });

            order.lock().unwrap().clone()
        };
        comes_to([vec![2, 1, 0]], order);
    }
}
