//! `select!` is tokio's; where it starts is explored, and what it drops is dropped: who is not cancel-safe loses
//! something.

use crate::policy::values;
use crate::tokio_sync::{comes_to, hangs, on_loop, on_threads};
use conccheck::tokio::sync::{Notify, mpsc, oneshot};
use conccheck::tokio::{join, pin, select, try_join};
use conccheck::{Backend, Checker, task};
use std::future::ready;
use std::rc::Rc;

#[test]
fn each_branch_that_is_ready_is_taken_in_some_execution() {
    let executions = comes_to([1, 2, 3], || {
        on_loop(async {
            select! {
                one = ready(1) => one,
                two = ready(2) => two,
                three = ready(3), if true => three,
            }
        })
    });
    assert_eq!(executions, 3, "one for each start");
}

#[test]
fn a_biased_one_starts_at_its_beginning() {
    let executions = comes_to([1], || {
        on_loop(async {
            select! {
                biased;
                one = ready(1) => one,
                two = ready(2) => two,
            }
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn patterns_conditions_and_else_are_as_in_tokio() {
    comes_to([(2, "else", 1)], || {
        on_loop(async {
            let second = select! {
                Some(number) = ready(None::<u32>) => number,
                Ok(number) = ready(Ok::<_, ()>(2)) => number,
                else => 0,
            };
            let otherwise = select! {
                _ = ready(()), if false => "never",
                Some(()) = ready(None) => "never",
                else => "else",
            };
            let alone = select! { number = ready(1) => number };
            (second, otherwise, alone)
        })
    });
}

#[test]
fn a_start_is_no_choice_that_costs_from_a_bound() {
    let report = Checker::new().timeouts_max(0).explore(|| {
        on_loop(async {
            let mut seen = Vec::new();
            for _ in 0..3 {
                seen.push(select! { one = ready(1) => one, two = ready(2) => two });
            }
            seen
        })
    });
    assert_eq!(values(&report).len(), 8, "{report}");
    assert_eq!(report.executions(), 8, "{report}");
}

#[test]
fn shuttle_draws_it_and_loom_says_that_it_cannot() {
    let program = || {
        on_loop(async {
            select! { one = ready(1) => one, two = ready(2) => two }
        })
    };
    let report = Checker::new().backend(Backend::Shuttle).explore(program);
    assert_eq!(values(&report), [1, 2].into(), "{report}");
    let report = Checker::new().backend(Backend::Loom).explore(program);
    assert!(report.to_string().contains("begin it with `biased;`"), "{report}");
}

/// A server that reads pairs of messages, and looks after a signal meanwhile; `safe` tells whether a half that was read
/// outlives the `select!`.
fn reads_pairs(safe: bool) -> Vec<(u32, u32)> {
    async fn pair(half: &mut Option<u32>, messages: &mut mpsc::Receiver<u32>) -> Option<(u32, u32)> {
        let first = match half.take() {
            Some(first) => first,
            None => messages.recv().await?,
        };
        *half = Some(first);
        let second = messages.recv().await?;
        *half = None;
        Some((first, second))
    }
    on_loop(async move {
        let (sender, mut messages) = mpsc::channel(2);
        let (signal, signals) = oneshot::channel();
        task::spawn_local(async move {
            sender.send(1).await.unwrap();
            signal.send(()).unwrap();
            task::yield_now().await;
            sender.send(2).await.unwrap();
        });
        let (mut half, mut pairs) = (None, Vec::new());
        pin!(signals);
        let mut is_signalled = false;
        loop {
            let mut forgotten = None;
            let half = if safe { &mut half } else { &mut forgotten };
            select! {
                pair = pair(half, &mut messages) => match pair {
                    Some(pair) => pairs.push(pair),
                    None => return pairs,
                },
                _ = &mut signals, if !is_signalled => is_signalled = true,
            }
        }
    })
}

#[test]
fn what_a_dropped_branch_had_read_is_lost_unless_it_is_kept() {
    comes_to([vec![(1, 2)]], || reads_pairs(true));
    let report = Checker::new().explore(|| reads_pairs(false));
    assert_eq!(values(&report), [vec![], vec![(1, 2)]].into(), "{report}");
}

#[test]
fn a_receive_that_is_dropped_loses_nothing() {
    comes_to([3], || {
        on_loop(async {
            let (sender, mut messages) = mpsc::channel(1);
            let ticks = Rc::new(Notify::new());
            let ticking = ticks.clone();
            task::spawn_local(async move {
                for number in [1, 2] {
                    ticking.notify_one();
                    sender.send(number).await.unwrap();
                }
            });
            let mut sum = 0;
            loop {
                select! {
                    () = ticks.notified() => {}
                    message = messages.recv() => match message {
                        Some(number) => sum += number,
                        None => return sum,
                    },
                }
            }
        })
    });
}

#[test]
fn a_send_that_is_dropped_loses_its_message() {
    comes_to([vec![1], vec![1, 2]], || {
        on_threads(async {
            let (sender, mut messages) = mpsc::channel(1);
            let (stop, stops) = oneshot::channel::<()>();
            let sending = task::spawn(async move {
                sender.send(1).await.unwrap();
                select! {
                    sent = sender.send(2) => sent.unwrap(),
                    _ = stops => {}
                }
            });
            drop(stop);
            let mut received = Vec::new();
            while let Some(number) = messages.recv().await {
                received.push(number);
            }
            sending.await.unwrap();
            received
        })
    });
}

#[test]
fn all_are_joined_or_none_after_an_error() {
    comes_to([((1, 2), Err("second"))], || {
        on_loop(async {
            let joined = join!(ready(1), async {
                task::yield_now().await;
                2
            });
            let tried = try_join!(std::future::pending::<Result<(), _>>(), async {
                task::yield_now().await;
                Err::<(), _>("second")
            });
            (joined, tried.map(|_| ()))
        })
    });
}

#[test]
fn two_that_wait_for_each_other_in_one_task_hang() {
    hangs(|| {
        on_loop(async {
            let (first, first_comes) = oneshot::channel::<()>();
            let (second, second_comes) = oneshot::channel::<()>();
            let crosswise = async {
                first_comes.await.unwrap();
                second.send(()).unwrap();
            };
            let other = async {
                second_comes.await.unwrap();
                first.send(()).unwrap();
            };
            join!(crosswise, other);
        })
    });
}
