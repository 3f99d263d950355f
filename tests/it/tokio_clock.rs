//! The order of deadlines, and clocks that are frozen.

use crate::policy::values;
use crate::tokio_sync::{comes_to, on_loop, on_threads};
use conccheck::tokio::runtime::Builder;
use conccheck::tokio::select;
use conccheck::tokio::sync::{mpsc, oneshot};
use conccheck::tokio::task::{LocalSet, spawn_local, yield_now};
use conccheck::tokio::time::{
    Duration, Instant, advance, interval, pause, resume, sleep, sleep_until, timeout,
};
use conccheck::{Checker, Verdict, panic, thread};
use std::cell::Cell;
use std::rc::Rc;

fn moments(count: u32) -> Duration {
    count * Duration::from_millis(20)
}

/// The numbers of tasks of one loop in the order in which they are done, each of which sleeps so many moments.
fn order(pauses: &'static [u32]) -> Vec<u32> {
    on_loop(async move {
        let (sender, mut receiver) = mpsc::unbounded_channel();
        for &count in pauses {
            let sender = sender.clone();
            spawn_local(async move {
                sleep(moments(count)).await;
                sender.send(count).unwrap();
            });
        }
        drop(sender);
        let mut order = Vec::new();
        while let Some(count) = receiver.recv().await {
            order.push(count);
        }
        order
    })
}

#[test]
fn who_sleeps_as_long_as_one_before_is_not_up_before_that() {
    comes_to([vec![1, 1, 2]], || order(&[1, 1, 2]));
    // Who has begun to sleep later and for a shorter time is mostly the first; the machine may be slow in between.
    let report = Checker::new().explore(|| order(&[2, 1]));
    assert_eq!(values(&report), [vec![1, 2], vec![2, 1]].into(), "{report}");
}

#[test]
fn timers_of_one_poll_are_up_in_the_order_of_their_deadlines() {
    // No time passes between what one poll does.
    comes_to([1], || {
        on_loop(async {
            let (long, short) = (sleep(moments(3)), sleep(moments(1)));
            select! {
                biased;
                () = short => 1,
                () = long => 3,
            }
        })
    });
    comes_to([1], || {
        on_loop(async {
            let now = Instant::now();
            yield_now().await;
            let wait = |count| sleep_until(now + moments(count));
            select! {
                biased;
                () = wait(1) => 1,
                () = wait(3) => 3,
            }
        })
    });
    // Both may be up before anybody looks.
    let report = Checker::new().explore(|| {
        on_loop(async {
            select! {
                biased;
                () = sleep(moments(3)) => 3,
                () = sleep(moments(1)) => 1,
            }
        })
    });
    assert_eq!(values(&report), [1, 3].into(), "{report}");
}

#[test]
fn ticks_come_before_what_takes_longer() {
    // The third may be up as well before anybody looks, but not the third without the second.
    comes_to([2, 3], || {
        on_loop(async {
            let mut ticks = interval(moments(2));
            let mut count = 0;
            let counting = async {
                loop {
                    ticks.tick().await;
                    count += 1;
                }
            };
            assert!(timeout(moments(3), counting).await.is_err());
            count
        })
    });
}

#[test]
fn a_clock_that_is_frozen_moves_when_there_is_nothing_else_to_do() {
    let executions = comes_to([(vec![1, 2, 3], 3)], || {
        on_loop(async {
            pause();
            let begun = Instant::now();
            let (sender, mut receiver) = mpsc::unbounded_channel();
            for count in [3, 1, 2] {
                let sender = sender.clone();
                spawn_local(async move {
                    sleep(moments(count)).await;
                    for _ in 0..3 {
                        yield_now().await;
                    }
                    sender.send(count).unwrap();
                });
            }
            drop(sender);
            let mut order = Vec::new();
            while let Some(count) = receiver.recv().await {
                // A clock that is frozen moves by whole milliseconds since its runtime began.
                assert!(begun.elapsed() - moments(count) < moments(1));
                order.push(count);
            }
            (order, begun.elapsed().as_millis() / moments(1).as_millis())
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn what_is_done_comes_before_a_timeout_then() {
    let executions = comes_to([(Ok(7), true)], || {
        on_loop(async {
            pause();
            let (sender, receiver) = oneshot::channel();
            spawn_local(async move {
                yield_now().await;
                sender.send(7)
            });
            let begun = Instant::now();
            let received = timeout(moments(1), receiver).await.unwrap().map_err(|_| ());
            (received, begun.elapsed() == Duration::ZERO)
        })
    });
    assert_eq!(executions, 1);
    // While a clock goes a timeout may come before.
    let report = Checker::new().explore(|| {
        on_loop(async {
            let (sender, receiver) = oneshot::channel();
            spawn_local(async move {
                yield_now().await;
                sender.send(7)
            });
            timeout(moments(1), receiver).await.is_ok()
        })
    });
    assert_eq!(values(&report), [false, true].into(), "{report}");
}

#[test]
fn a_clock_that_is_frozen_is_moved_on_by_hand() {
    let executions = comes_to([(false, true, moments(3))], || {
        on_loop(async {
            pause();
            let (begun, is_done) = (Instant::now(), Rc::new(Cell::new(false)));
            let done = is_done.clone();
            spawn_local(async move {
                sleep(moments(2)).await;
                done.set(true);
            });
            yield_now().await;
            advance(moments(1)).await;
            yield_now().await;
            let was_done = is_done.get();
            advance(moments(2)).await;
            yield_now().await;
            (was_done, is_done.get(), begun.elapsed())
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn it_goes_on_from_where_it_stood() {
    comes_to([true], || {
        on_loop(async {
            let begun = Instant::now();
            pause();
            advance(moments(5)).await;
            resume();
            let resumed = Instant::now();
            sleep(moments(1)).await;
            begun.elapsed() >= moments(6) && resumed.elapsed() >= moments(1)
        })
    });
    // What others do on their clocks leaves it as it is.
    comes_to([Duration::ZERO], || {
        on_loop(async {
            pause();
            let begun = Instant::now();
            thread::sleep(Duration::from_millis(1));
            begun.elapsed()
        })
    });
}

/// What a panic says.
fn says(act: impl FnOnce() + panic::UnwindSafe) -> String {
    let payload = panic::catch_unwind(act).expect_err("it panics");
    match payload.downcast_ref::<&str>() {
        Some(message) => (*message).to_string(),
        None => payload.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}

#[test]
fn who_cannot_freeze_a_clock_is_told_what_tokio_says() {
    fn messages() -> Vec<String> {
        let on_loop = |act: fn()| says(move || on_loop(async move { act() }));
        vec![
            on_loop(|| {
                pause();
                pause();
            }),
            on_loop(resume),
            says(|| crate::tokio_sync::on_loop(advance(moments(1)))),
            says(|| on_threads(async { pause() })),
            says(pause),
        ]
    }
    let real = messages();
    assert_eq!(real[..3], ["time is already frozen", "time is not frozen", "time is not frozen"]);
    let report = Checker::new().explore(messages);
    assert_eq!(values(&report), [real].into(), "{report}");
    assert_eq!(report.verdict(), Verdict::Pass);
}

/// On a runtime whose clock is frozen from the beginning on.
fn frozen<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(future)
}

#[test]
fn a_clock_that_is_frozen_between_two_ticks_moves_on_by_whole_ones() {
    let micros = Duration::from_micros;
    comes_to([(2_000, 1_000, 3_400)], || {
        frozen(async {
            let micros = Duration::from_micros;
            let beginning = Instant::now();
            advance(micros(400)).await;
            let frozen = Instant::now();
            sleep(micros(1_000)).await;
            let first = frozen.elapsed().as_micros();
            sleep_until(beginning + micros(2_900)).await;
            (first, (beginning.elapsed() - micros(2_400)).as_micros(), beginning.elapsed().as_micros())
        })
    });
    // What is due at a tick that is still to come is not up.
    for (by, expected) in [(1_500, false), (1_999, false), (2_000, true), (2_400, true)] {
        let is_up = move || {
            frozen(async move {
                let is_up = Rc::new(Cell::new(false));
                let sleeper = is_up.clone();
                LocalSet::new()
                    .run_until(async move {
                        spawn_local(async move {
                            sleep(micros(1_200)).await;
                            sleeper.set(true);
                        });
                        yield_now().await;
                        advance(micros(by)).await;
                        yield_now().await;
                        is_up.get()
                    })
                    .await
            })
        };
        assert_eq!(is_up(), expected, "for real, by {by}");
        let report = Checker::new().explore(is_up);
        assert_eq!(values(&report), [expected].into(), "by {by}: {report}");
    }
    // Nor what was due before it was polled, at a tick that was not.
    comes_to([1_000], || {
        frozen(async {
            let late = sleep(Duration::from_micros(300));
            advance(Duration::from_micros(400)).await;
            let frozen = Instant::now();
            late.await;
            frozen.elapsed().as_micros()
        })
    });
}
