//! futures-rs on the facade: its combinators need nothing but our wakers, so they are used as they are. What they come to is
//! known exactly, and the mistakes that they invite are found.

use crate::policy::values;
use crate::tokio_sync::{comes_to, hangs, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::task::spawn;
use conccheck::tokio::sync::{Mutex, Semaphore, mpsc, oneshot};
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{Checker, Strategy, Verdict};
use futures::future::{self, Either, FutureExt};
use futures::stream::{self, FuturesUnordered, StreamExt};
use std::fmt::Debug;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

#[test]
fn futures_unordered_ends_in_each_order_in_which_tasks_answer() {
    comes_to([[0, 1], [1, 0]], || {
        on_threads(async {
            let answer = |number: usize| {
                let (sender, receiver) = oneshot::channel();
                spawn(async move { sender.send(number).unwrap() });
                receiver.map(Result::unwrap)
            };
            let all: FuturesUnordered<_> = (0..2).map(answer).collect();
            all.collect::<Vec<usize>>().await.try_into().unwrap()
        })
    });
}

#[test]
fn join_all_keeps_the_order_of_its_futures() {
    comes_to([vec![0, 10, 20]], || {
        on_threads(async {
            let tasks = (0..3).map(|number| spawn(async move { number * 10 }));
            future::join_all(tasks).await.into_iter().map(Result::unwrap).collect()
        })
    });
}

#[test]
fn a_shared_future_runs_once_and_tells_all() {
    comes_to([(7, 7, 1)], || {
        on_threads(async {
            let runs = Arc::new(AtomicUsize::new(0));
            let (sender, receiver) = oneshot::channel::<u32>();
            let counted = Arc::clone(&runs);
            let shared = async move {
                counted.fetch_add(1, SeqCst);
                receiver.await.unwrap()
            };
            let shared = shared.boxed().shared();
            let tasks = [shared.clone(), shared].map(spawn);
            sender.send(7).unwrap();
            let [one, other] = tasks;
            (one.await.unwrap(), other.await.unwrap(), runs.load(SeqCst))
        })
    });
}

/// The most futures that were at work at the same time, of three that a stream runs so many at once.
fn most_at_once(limit: usize) -> usize {
    on_loop(async {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |_| async {
            most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            conccheck::task::yield_now().await;
            now.fetch_sub(1, SeqCst);
        };
        stream::iter(0..3).map(work).buffer_unordered(limit).collect::<Vec<()>>().await;
        most.load(SeqCst)
    })
}

#[test]
fn a_buffered_stream_runs_no_more_than_it_may() {
    comes_to([2], || most_at_once(2));
    comes_to([3], || most_at_once(3));
}

#[test]
fn a_select_of_futures_goes_on_with_either_and_keeps_the_other() {
    comes_to([("left", 1), ("right", 2)], || {
        on_threads(async {
            let (one, first) = oneshot::channel();
            let (other, second) = oneshot::channel();
            spawn(async move { one.send(1).unwrap_or(()) });
            spawn(async move { other.send(2).unwrap_or(()) });
            match future::select(first, second).await {
                Either::Left((value, second)) => {
                    assert_eq!(second.await, Ok(2));
                    ("left", value.unwrap())
                }
                Either::Right((value, first)) => {
                    assert_eq!(first.await, Ok(1));
                    ("right", value.unwrap())
                }
            }
        })
    });
}

#[test]
fn a_stream_that_is_dropped_between_its_items_loses_none() {
    /// What is left in the channel after a race between its stream and a signal, and what the stream had got.
    fn received() -> (Vec<u32>, Vec<u32>) {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(4);
            spawn(async move {
                for item in [1, 2] {
                    sender.send(item).await.unwrap();
                }
            });
            let (stop, stopped) = oneshot::channel();
            spawn(async move { stop.send(()).unwrap_or(()) });
            let stream = stream::poll_fn(|context| receiver.poll_recv(context));
            let got = stream.take_until(stopped).collect::<Vec<u32>>().await;
            let mut left = Vec::new();
            while let Some(item) = receiver.recv().await {
                left.push(item);
            }
            (got, left)
        })
    }
    comes_to([(vec![], vec![1, 2]), (vec![1], vec![2]), (vec![1, 2], vec![])], received);
}

#[test]
fn who_polls_them_with_a_waker_of_nobodys_is_not_woken() {
    /// Polls a set of futures until it is at its end; `minds` says whether it is to be woken.
    fn drive(minds: bool) {
        on_threads(async move {
            let (sender, receiver) = oneshot::channel::<()>();
            spawn(async move { sender.send(()).unwrap_or(()) });
            let mut all: FuturesUnordered<_> = [receiver].into_iter().collect();
            poll_fn(|context| {
                let mut nobody = Context::from_waker(futures::task::noop_waker_ref());
                let context = if minds { context } else { &mut nobody };
                all.poll_next_unpin(context).map(|_| ())
            })
            .await;
        });
    }
    comes_to([()], || drive(true));
    hangs(|| drive(false));
}

#[test]
fn a_set_of_futures_that_is_not_polled_holds_what_they_hold() {
    /// One future of the set has a permit and goes on only if the set is polled, which waits for a permit itself.
    fn starved(permits: usize) {
        on_loop(async move {
            let limit = Semaphore::new(permits);
            let work = async |_: u32| {
                let _permit = limit.acquire().await.unwrap();
                conccheck::task::yield_now().await;
            };
            let mut all: FuturesUnordered<_> = [1, 2].map(work).into_iter().collect();
            while all.next().await.is_some() {
                // The other may have its permit already.
                let _permit = limit.acquire().await.unwrap();
            }
        });
    }
    comes_to([()], || starved(3));
    hangs(|| starved(1));
}

#[test]
fn locks_of_the_facade_are_held_over_joined_futures() {
    comes_to([2], || {
        on_loop(async {
            let count = Mutex::new(0);
            let add = async || {
                let mut count = count.lock().await;
                let before = *count;
                conccheck::task::yield_now().await;
                *count = before + 1;
            };
            future::join(add(), add()).await;
            count.into_inner()
        })
    });
}

#[test]
fn a_future_that_is_ready_now_or_never_is_asked_once() {
    comes_to([None, Some(5)], || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let sending = spawn(async move { sender.send(5).unwrap_or(()) });
            let value = receiver.now_or_never().map(Result::unwrap);
            sending.await.unwrap();
            value
        })
    });
    let polled = poll_fn(|_| Poll::<()>::Pending).now_or_never();
    assert_eq!(polled, None);
}

/// What dpor finds of the program is complete, and nothing that sampling finds is beyond it.
fn is_all_that_samples_find<T: Ord + Clone + Debug + Send + 'static>(program: fn() -> T) -> usize {
    let report = Checker::new().explore(program);
    assert!(report.is_complete(), "{report}");
    let all = values(&report);
    for seed in 0..3 {
        let sampled = Checker::new().strategy(Strategy::Random { seed }).executions_max(500).explore(program);
        let sampled = values(&sampled);
        assert!(sampled.is_subset(&all), "{sampled:?} beside {all:?}");
    }
    all.len()
}

#[test]
fn sets_of_tasks_timers_and_messages_end_in_each_order_that_samples_find() {
    let tasks = is_all_that_samples_find(|| {
        on_threads(async {
            let tasks = (0..3).map(|number| spawn(async move { number }));
            let ended = tasks.collect::<FuturesUnordered<_>>().map(Result::unwrap);
            ended.collect::<Vec<u32>>().await
        })
    });
    assert_eq!(tasks, 6);
    let timers = is_all_that_samples_find(|| {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            spawn(async move { sender.send(()).unwrap_or(()) });
            let all = FuturesUnordered::new();
            all.push(async { sleep(Duration::from_millis(2)).await }.map(|()| "late").boxed());
            all.push(async { sleep(Duration::from_millis(1)).await }.map(|()| "early").boxed());
            all.push(receiver.map(|_| "told").boxed());
            all.collect::<Vec<&str>>().await
        })
    });
    assert_eq!(timers, 3, "the two timers keep their order");
    let messages = is_all_that_samples_find(|| {
        on_threads(async {
            let (sender, mut receiver) = mpsc::channel(2);
            let senders = [1, 2].map(|number| {
                let sender = sender.clone();
                spawn(async move { sender.send(number).await.unwrap() })
            });
            drop(sender);
            let receiving = async {
                let mut got = Vec::new();
                while let Some(item) = receiver.recv().await {
                    got.push(item);
                }
                got
            };
            let (got, ended) = future::join(receiving, future::join_all(senders)).await;
            assert!(ended.iter().all(Result::is_ok));
            got
        })
    });
    assert_eq!(messages, 2);
}

/// A future of futures-rs that several tasks share wakes them while it holds a lock of its own, which is std's: that is not
/// explored, and is not called a fault of the program.
#[test]
fn a_future_that_sets_of_several_tasks_share_is_never_called_wrong() {
    let report = Checker::new().executions_max(200).explore(|| {
        on_threads(async {
            let (sender, receiver) = oneshot::channel::<u32>();
            let shared = receiver.map(Result::unwrap).boxed().shared();
            let sets = [shared.clone(), shared].map(|shared| {
                spawn(async move { [shared].into_iter().collect::<FuturesUnordered<_>>().next().await })
            });
            sender.send(1).unwrap();
            let [one, other] = sets;
            (one.await.unwrap(), other.await.unwrap())
        })
    });
    assert!(values(&report).iter().all(|value| *value == (Some(1), Some(1))), "{report}");
    assert_ne!(report.verdict(), Verdict::Fail, "{report}");
}
