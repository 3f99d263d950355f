//! Many tasks: what each costs does not grow with their number.

use crate::policy::values;
use conccheck::tokio::runtime::Builder;
use conccheck::tokio::sync::mpsc;
use conccheck::tokio::task::spawn;
use conccheck::tokio::time::{Duration, sleep};
use conccheck::{Checker, Strategy};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Instant;

/// So many tasks sleep, each for a while, and send on a channel; how many messages there are.
fn messages(count: u64, pause: fn(u64) -> u64, has_threads: bool) -> u64 {
    let mut builder = if has_threads { Builder::new_multi_thread() } else { Builder::new_current_thread() };
    builder.enable_all().build().unwrap().block_on(async {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for number in 0..count {
            let sender = sender.clone();
            spawn(async move {
                sleep(Duration::from_millis(pause(number))).await;
                sender.send(()).unwrap();
            });
        }
        drop(sender);
        let mut count = 0;
        while receiver.recv().await.is_some() {
            count += 1;
        }
        count
    })
}

fn as_long(_: u64) -> u64 {
    5
}

fn mixed(number: u64) -> u64 {
    1 + number * 7_919 % 101
}

/// How often the program is begun for one execution of it.
fn beginnings(count: u64, pause: fn(u64) -> u64, has_threads: bool) -> u32 {
    let begun = Arc::new(AtomicU32::new(0));
    let counted = begun.clone();
    let checker =
        Checker::new().strategy(Strategy::Random { seed: 1 }).executions_max(1).steps_max(1_000_000);
    let report = checker.explore(move || {
        counted.fetch_add(1, Relaxed);
        messages(count, pause, has_threads)
    });
    assert_eq!(values(&report), [count].into());
    begun.load(Relaxed)
}

/// A loop of which nothing is known is tried out, and the execution begins again; there is no such loop for each task.
#[test]
fn an_execution_of_many_tasks_does_not_begin_again_for_each_of_them() {
    for (pause, has_threads) in
        [(as_long as fn(u64) -> u64, false), (mixed, false), (as_long, true), (mixed, true)]
    {
        let few = beginnings(20, pause, has_threads);
        assert_eq!([40, 200].map(|count| beginnings(count, pause, has_threads)), [few; 2], "{has_threads}");
    }
}

/// What an execution takes: `cargo test --release --test it tokio_many -- --ignored --nocapture`.
#[test]
#[ignore = "it measures"]
fn many_tasks_take() {
    for (name, pause) in [("as long", as_long as fn(u64) -> u64), ("mixed", mixed)] {
        for (has_threads, counts) in [(false, [2_500, 10_000]), (true, [1_000, 10_000])] {
            for count in counts {
                let seconds = |executions: u64| {
                    let begun = Instant::now();
                    let random = Checker::new().strategy(Strategy::Random { seed: 1 });
                    let report = random
                        .steps_max(10_000_000)
                        .executions_max(executions)
                        .explore(move || messages(count, pause, has_threads));
                    assert_eq!(report.executions(), executions);
                    begun.elapsed().as_secs_f64()
                };
                // The first is run again, to see whether the program repeats.
                let (first, six) = (seconds(1), seconds(6));
                let each = (six - first) / 5.0;
                println!(
                    "{count} tasks, {name}, threads {has_threads}: {each:.3} s an execution, {first:.3} s the first"
                );
            }
        }
    }
}
