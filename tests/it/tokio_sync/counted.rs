//! How many ends a channel has: who counts them sees when there is one more, or one less.

use super::{comes_to, on_threads};
use conccheck::task::{self, yield_now};
use conccheck::tokio::sync::{broadcast, mpsc, oneshot, watch};
use conccheck::{Checker, Strategy};

#[test]
fn who_waits_for_a_count_hears_of_one_more() {
    comes_to([()], || {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let (done, is_done) = oneshot::channel::<()>();
            let cloning = task::spawn(async move {
                let _another = receiver.clone();
                is_done.await.unwrap_or(());
            });
            while sender.receiver_count() < 2 {
                yield_now().await;
            }
            done.send(()).unwrap_or(());
            cloning.await.unwrap();
        })
    });
    comes_to([()], || {
        on_threads(async {
            let (sender, receiver) = mpsc::channel::<u32>(1);
            let (done, is_done) = oneshot::channel::<()>();
            let cloning = task::spawn(async move {
                let _another = sender.clone();
                is_done.await.unwrap_or(());
            });
            while receiver.sender_strong_count() < 2 {
                yield_now().await;
            }
            done.send(()).unwrap_or(());
            cloning.await.unwrap();
        })
    });
}

#[test]
fn who_waits_for_a_count_hears_of_one_less() {
    comes_to([()], || {
        on_threads(async {
            let (sender, _receiver) = mpsc::channel::<u32>(1);
            let weak = sender.downgrade();
            let dropping = task::spawn(async move { drop(weak) });
            while sender.weak_count() > 0 {
                yield_now().await;
            }
            dropping.await.unwrap();
        })
    });
    comes_to([()], || {
        on_threads(async {
            let (sender, _receiver) = broadcast::channel::<u32>(1);
            let weak = sender.downgrade();
            let dropping = task::spawn(async move { drop(weak) });
            while sender.weak_count() > 0 {
                yield_now().await;
            }
            dropping.await.unwrap();
        })
    });
}

/// Who changes nothing but how many weak ones there are still waits for others.
#[test]
fn a_loop_that_counts_up_and_down_waits() {
    comes_to([()], || {
        on_threads(async {
            let (sender, _receiver) = mpsc::channel::<u32>(1);
            let other = sender.clone();
            let sending = task::spawn(async move { other.send(1).await.unwrap() });
            while sender.capacity() > 0 {
                drop(sender.downgrade());
                yield_now().await;
            }
            sending.await.unwrap();
        })
    });
}

/// As they are without a reduction.
#[track_caller]
fn comes_to_all<const N: usize>(expected: [usize; N], program: fn() -> usize) {
    comes_to(expected, program);
    let all = Checker::new().strategy(Strategy::Dfs).explore(program);
    assert_eq!(all.outcomes().count(), N, "{all}");
}

#[test]
fn a_count_comes_before_or_after_one_more() {
    comes_to_all([1, 2], || {
        on_threads(async {
            let (sender, receiver) = watch::channel(0);
            let cloning = task::spawn(async move { (receiver.clone(), receiver) });
            let count = sender.receiver_count();
            cloning.await.unwrap();
            count
        })
    });
    comes_to_all([1, 2], || {
        on_threads(async {
            let (sender, receiver) = mpsc::unbounded_channel::<u32>();
            let cloning = task::spawn(async move { (sender.clone(), sender) });
            let count = receiver.sender_strong_count();
            cloning.await.unwrap();
            count
        })
    });
    comes_to_all([0, 1], || {
        on_threads(async {
            let (sender, receiver) = broadcast::channel::<u32>(1);
            let making = task::spawn(async move { (sender.downgrade(), sender) });
            let count = receiver.sender_weak_count();
            making.await.unwrap();
            count
        })
    });
}
