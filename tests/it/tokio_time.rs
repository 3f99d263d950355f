//! Timers are up whenever the checker likes, and the clock shows it; values that go with a task are its own.

use crate::tokio_sync::{comes_to, hangs, on_loop, on_threads};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::tokio::sync::{Semaphore, mpsc, oneshot};
use conccheck::tokio::task::{JoinHandle, spawn, spawn_local, yield_now};
use conccheck::tokio::time::{
    Duration, Instant, MissedTickBehavior, Sleep, interval, sleep, sleep_until, timeout, timeout_at,
};
use conccheck::tokio::{pin, select, task_local};
use conccheck::{Backend, Checker, task};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn what_takes_long_is_done_or_given_up() {
    let program = || {
        on_threads(async {
            let (sender, receiver) = oneshot::channel();
            let sending = spawn(async move { sender.send(1).is_ok() });
            let received = timeout(MOMENT, receiver).await.is_ok();
            (received, sending.await.unwrap())
        })
    };
    // Given up; given up when it was sent already; and got.
    comes_to([(false, false), (false, true), (true, true)], program);
}

#[test]
fn a_timeout_ends_what_nobody_else_ends() {
    comes_to([true], || {
        on_loop(async {
            let begun = Instant::now();
            let given_up = timeout(MOMENT, std::future::pending::<()>()).await.is_err();
            given_up && begun.elapsed() >= MOMENT
        })
    });
    hangs(|| on_loop(std::future::pending::<()>()));
}

#[test]
fn a_time_that_has_come_is_up_soon_and_what_is_done_comes_first() {
    comes_to([(false, Ok(1), true)], || {
        on_loop(async {
            let now = Instant::now();
            sleep(MOMENT).await;
            let late = sleep_until(now + MOMENT);
            pin!(late);
            let is_up = late.is_elapsed();
            late.as_mut().await;
            assert!(late.is_elapsed());
            let done = timeout_at(now, async { 1 }).await.map_err(|_| ());
            (is_up, done, timeout_at(now, std::future::pending::<()>()).await.is_err())
        })
    });
}

/// Takes one of so many from a pool for a moment at the most, and counts who waits; `counts_down` tells whether also those
/// who gave up.
fn waiting(counts_down: bool) -> u32 {
    struct Waits<'a>(&'a AtomicU32, bool);
    impl Drop for Waits<'_> {
        fn drop(&mut self) {
            if self.1 {
                self.0.fetch_sub(1, SeqCst);
            }
        }
    }
    on_loop(async move {
        let (pool, waiting) = (Semaphore::new(0), AtomicU32::new(0));
        let get = async {
            waiting.fetch_add(1, SeqCst);
            let mut waits = Waits(&waiting, counts_down);
            let permit = pool.acquire().await;
            waits.1 = true;
            drop(waits);
            permit
        };
        assert!(timeout(MOMENT, get).await.is_err());
        waiting.load(SeqCst)
    })
}

#[test]
fn who_gave_up_still_counts_unless_a_guard_sees_to_it() {
    comes_to([0], || waiting(true));
    comes_to([1], || waiting(false));
}

#[test]
fn a_permit_that_was_given_to_who_gave_up_goes_to_the_next() {
    comes_to([true], || {
        on_threads(async {
            let permits = Arc::new(Semaphore::new(0));
            let other = permits.clone();
            let waiting: JoinHandle<bool> =
                spawn(
                    async move { timeout(MOMENT, other.acquire()).await.is_ok_and(|permit| permit.is_ok()) },
                );
            permits.add_permits(1);
            drop(permits.acquire().await.unwrap());
            let _ = waiting.await.unwrap();
            permits.available_permits() == 1
        })
    });
}

#[test]
fn ticks_come_every_period_and_late_ones_as_one_likes() {
    fn ticks(behavior: MissedTickBehavior) -> Vec<u64> {
        on_loop(async move {
            let second = Duration::from_secs(1);
            let mut interval = interval(second);
            interval.set_missed_tick_behavior(behavior);
            let begun = interval.tick().await;
            sleep(Duration::from_millis(2_500)).await;
            let mut seen = Vec::new();
            for _ in 0..4 {
                seen.push((interval.tick().await - begun).as_millis() as u64);
            }
            seen
        })
    }
    // Not for real: that would take seconds.
    let outcome = |behavior: MissedTickBehavior| {
        let report = Checker::new().explore(move || ticks(behavior));
        crate::policy::values(&report).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(outcome(MissedTickBehavior::Burst), [[1_000, 2_000, 3_000, 4_000]]);
    assert_eq!(outcome(MissedTickBehavior::Delay), [[1_000, 3_500, 4_500, 5_500]]);
    assert_eq!(outcome(MissedTickBehavior::Skip), [[1_000, 3_000, 4_000, 5_000]]);
}

#[test]
fn a_server_that_looks_after_a_clock_too_gets_all_messages() {
    comes_to([1], || {
        on_threads(async {
            let (sender, mut messages) = mpsc::channel(1);
            spawn(async move { sender.send(1).await.unwrap() });
            let mut sum = 0;
            let patience = sleep(MOMENT);
            pin!(patience);
            let mut is_patient = true;
            loop {
                select! {
                    biased;
                    message = messages.recv() => match message {
                        Some(number) => sum += number,
                        None => return sum,
                    },
                    () = &mut patience, if is_patient => is_patient = false,
                }
            }
        })
    });
}

#[test]
fn a_timer_that_is_set_anew_ends_later() {
    comes_to([true], || {
        on_loop(async {
            let begun = Instant::now();
            let waits = sleep(MOMENT);
            pin!(waits);
            waits.as_mut().reset(begun + 2 * MOMENT);
            waits.await;
            begun.elapsed() >= 2 * MOMENT
        })
    });
}

/// Polls it once.
async fn once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    poll_fn(|context| match Pin::new(&mut *future).poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// A timer somebody has looked at already.
async fn begun() -> Pin<Box<Sleep>> {
    let mut waits = Box::pin(sleep(MOMENT));
    once(&mut waits).await;
    waits
}

#[test]
fn who_waits_for_no_time_lets_others_have_a_turn() {
    // A task that does its work in its first turn, and where one sees that.
    fn worker() -> Rc<Cell<bool>> {
        let is_done = Rc::new(Cell::new(false));
        let done = is_done.clone();
        spawn_local(async move { done.set(true) });
        is_done
    }
    comes_to([true], || {
        on_loop(async {
            let is_done = worker();
            sleep(Duration::ZERO).await;
            is_done.get()
        })
    });
    comes_to([true], || {
        on_loop(async {
            let is_done = worker();
            interval(MOMENT).tick().await;
            is_done.get()
        })
    });
    comes_to([true], || {
        on_loop(async {
            let (sender, receiver) = oneshot::channel();
            spawn_local(async move { sender.send(1).ok() });
            timeout(Duration::ZERO, receiver).await.is_ok()
        })
    });
    // Who waits for the others thus gets there.
    comes_to([()], || {
        on_loop(async {
            let is_done = worker();
            while !is_done.get() {
                sleep(Duration::ZERO).await;
            }
        })
    });
    comes_to([()], || {
        on_threads(async {
            let is_done = Arc::new(AtomicU32::new(0));
            let done = is_done.clone();
            spawn(async move { done.store(1, SeqCst) });
            while is_done.load(SeqCst) == 0 {
                sleep(Duration::ZERO).await;
            }
        })
    });
}

/// Whether a timer that was made before something else was awaited is up when it is first looked at.
fn is_up_late() -> bool {
    on_threads(async {
        let mut waits = Box::pin(sleep(MOMENT));
        let (sender, receiver) = oneshot::channel();
        spawn(async move { sender.send(()) });
        receiver.await.unwrap();
        select! {
            biased;
            () = &mut waits => true,
            () = async {} => false,
        }
    })
}

#[test]
fn a_timer_may_be_up_when_it_is_first_looked_at() {
    // Not for real: there it would have to be a slow machine.
    let outcomes = |checker: Checker| crate::policy::values(&checker.explore(is_up_late));
    assert_eq!(outcomes(Checker::new()), [false, true].into());
    // The clock shows it. Elsewhere the time has passed as well, or it has not.
    comes_to([true], || {
        on_threads(async {
            let (begun, waits) = (Instant::now(), sleep(MOMENT));
            spawn(async {}).await.unwrap();
            waits.await;
            begun.elapsed() >= MOMENT
        })
    });
    let moved = Checker::new().explore(|| {
        on_threads(async {
            let mut waits = begun().await;
            spawn(async move { once(&mut waits).await.is_some() }).await.unwrap()
        })
    });
    assert_eq!(crate::policy::values(&moved), [false, true].into());
}

#[test]
fn a_timer_that_is_awaited_where_it_is_made_costs_one_execution() {
    let executions = comes_to([()], || {
        on_loop(async {
            sleep(MOMENT).await;
            sleep(MOMENT).await;
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn readers_are_told_that_a_timer_was_up_already() {
    let program = || assert!(!is_up_late(), "late");
    let failure = conccheck::panic::catch_unwind(|| Checker::new().check(program)).expect_err("it fails");
    let report = failure.downcast_ref::<String>().expect("a report");
    assert!(report.contains("is up already"), "{report}");
}

#[test]
fn a_timer_is_dropped_where_one_likes() {
    comes_to([()], || on_threads(async { drop(spawn(begun()).await.unwrap()) }));
    comes_to([()], || drop(on_threads(begun())));
    comes_to([()], || {
        on_threads(async {
            let tick = spawn(async {
                let mut ticks = interval(MOMENT);
                ticks.tick().await;
                once(&mut Box::pin(ticks.tick())).await;
                ticks
            });
            drop(tick.await.unwrap());
        });
    });
}

#[test]
fn a_timer_goes_with_its_future_to_another_task() {
    comes_to([true], || {
        on_threads(async {
            let start = Instant::now();
            spawn(begun()).await.unwrap().await;
            start.elapsed() >= MOMENT
        })
    });
    comes_to([true], || {
        on_threads(async {
            let (start, mut waits) = (Instant::now(), begun().await);
            let there = spawn(async move {
                waits.as_mut().await;
                assert!(waits.is_elapsed());
                start.elapsed() >= MOMENT
            });
            there.await.unwrap()
        })
    });
}

#[test]
fn a_sleep_of_this_crate_is_the_same_as_tokios() {
    // It goes with its future, is set when it is made, and lets others have a turn if it takes no time.
    comes_to([true], || {
        on_threads(async {
            let begun = Instant::now();
            let mut waits = Box::pin(task::sleep(MOMENT));
            once(&mut waits).await;
            spawn(waits).await.unwrap();
            begun.elapsed() >= MOMENT
        })
    });
    let executions = comes_to([2 * MOMENT], || {
        on_loop(async {
            let (begun, waits) = (Instant::now(), task::sleep(2 * MOMENT));
            task::sleep(MOMENT).await;
            waits.await;
            begun.elapsed().min(2 * MOMENT)
        })
    });
    assert_eq!(executions, 2);
}

#[test]
fn a_timer_outside_a_runtime_says_so() {
    let report = Checker::new().explore(|| {
        let mut waits = Box::pin(sleep(MOMENT));
        let waker = std::task::Waker::noop();
        let _ = waits.as_mut().poll(&mut std::task::Context::from_waker(waker));
    });
    assert!(report.to_string().contains("there is no reactor running, must be called"), "{report}");
}

task_local! {
    static NUMBER: Cell<u32>;
    /// Two of them.
    static NAME: &'static str
}

#[test]
fn a_value_goes_with_its_task_whoever_polls() {
    comes_to([(1, 2, 1)], || {
        on_threads(async {
            let count = |first: u32| async move {
                let add = || NUMBER.with(|number| number.set(number.get() + 1));
                add();
                yield_now().await;
                add();
                NUMBER.with(Cell::get) - first
            };
            let other = spawn(NUMBER.scope(Cell::new(10), count(10)));
            let mine = NUMBER.scope(Cell::new(20), count(20)).await;
            assert_eq!(other.await.unwrap(), mine);
            assert!(NUMBER.try_with(|_| ()).is_err());
            (mine - 1, mine, NAME.sync_scope("name", || NAME.get().len() as u32 - 3))
        })
    });
}

#[test]
fn scopes_are_nested_and_what_they_drop_finds_its_value() {
    struct Asks(Arc<AtomicU32>);
    impl Drop for Asks {
        fn drop(&mut self) {
            self.0.store(NUMBER.with(Cell::get), SeqCst);
        }
    }
    comes_to([(1, 2, 1, 3)], || {
        on_loop(async {
            let seen = Arc::new(AtomicU32::new(0));
            let inner = async {
                let before = NUMBER.with(Cell::get);
                let within = NUMBER.scope(Cell::new(2), async { NUMBER.with(Cell::get) }).await;
                (before, within, NUMBER.with(Cell::get))
            };
            let (before, within, after) = NUMBER.scope(Cell::new(1), inner).await;
            let asks = Asks(seen.clone());
            let waits = NUMBER.scope(Cell::new(3), async move {
                let _asks = asks;
                std::future::pending::<()>().await;
            });
            let waiting = spawn_local(waits);
            yield_now().await;
            waiting.abort();
            let _ = waiting.await;
            (before, within, after, seen.load(SeqCst))
        })
    });
}

#[test]
fn a_future_may_be_dropped_where_the_value_of_another_is_borrowed() {
    comes_to([7], || {
        on_loop(async {
            let mut waits = Box::pin(NUMBER.scope(Cell::new(1), std::future::pending::<()>()));
            std::future::poll_fn(|context| {
                assert!(waits.as_mut().poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            NUMBER.sync_scope(Cell::new(7), || {
                NUMBER.with(|_| drop(waits));
                NUMBER.with(Cell::get)
            })
        })
    });
}

#[test]
fn a_value_is_asked_for_outside_of_its_scope() {
    assert_eq!(Backend::current(), Backend::Real);
    let report = Checker::new().explore(|| NAME.get());
    assert!(report.to_string().contains("outside of its `scope`"), "{report}");
}
