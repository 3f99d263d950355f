//! Time is virtual inside a check: it passes where somebody waits for it, and nowhere else.

use crate::policy::values;
use conccheck::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use conccheck::sync::mpsc::{self, RecvTimeoutError};
use conccheck::sync::{Arc, Condvar, Mutex};
use conccheck::task::{self, Runtime};
use conccheck::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict, panic, thread};
use std::fmt::Debug;

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];
const HOUR: Duration = Duration::from_secs(60 * 60);
const SECOND: Duration = Duration::from_secs(1);

fn explore<T: Ord + Debug + Send + 'static>(program: impl Fn() -> T + Send + Sync + 'static) -> Report<T> {
    Checker::new().explore(program)
}

/// A program by the name of what it does.
type Named = (&'static str, fn() -> bool);

/// A wait that ends by itself alone: how long it took, and whether its time was up.
fn waits() -> [Named; 4] {
    let wait_timeout = || {
        let (lock, condvar) = (Mutex::new(()), Condvar::new());
        condvar.wait_timeout(lock.lock().unwrap(), HOUR).unwrap().1.timed_out()
    };
    let wait_timeout_while = || {
        let (lock, condvar) = (Mutex::new(()), Condvar::new());
        condvar.wait_timeout_while(lock.lock().unwrap(), HOUR, |()| true).unwrap().1.timed_out()
    };
    let recv_timeout = || {
        let (_sender, receiver) = mpsc::channel::<()>();
        receiver.recv_timeout(HOUR) == Err(RecvTimeoutError::Timeout)
    };
    let park_timeout = || {
        thread::park_timeout(HOUR);
        true
    };
    [
        ("wait_timeout", wait_timeout),
        ("wait_timeout_while", wait_timeout_while),
        ("recv_timeout", recv_timeout),
        ("park_timeout", park_timeout),
    ]
}

#[test]
fn a_wait_whose_time_is_up_has_taken_that_time() {
    for (name, wait) in waits() {
        let report = explore(move || {
            let begun = Instant::now();
            (wait(), begun.elapsed())
        });
        assert_eq!(values(&report), [(true, HOUR)].into(), "{name}");
        assert_eq!(report.verdict(), Verdict::Pass, "{name}: {report}");
    }
}

#[test]
fn with_no_timeouts_a_wait_that_nobody_ends_hangs() {
    for (name, wait) in waits() {
        let report = Checker::new().timeouts_max(0).explore(wait);
        assert_eq!(report.verdict(), Verdict::Hang, "{name}: {report}");
    }
}

#[test]
fn a_wait_for_centuries_hangs_if_nobody_ends_it_and_nothing_overflows() {
    let report = explore(|| {
        let (lock, condvar) = (Mutex::new(()), Condvar::new());
        condvar.wait_timeout_while(lock.lock().unwrap(), Duration::MAX, |()| true).is_ok()
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    let report = explore(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        drop(sender);
        receiver.recv_timeout(Duration::MAX) == Err(RecvTimeoutError::Disconnected)
    });
    assert_eq!(values(&report), [true].into());
    let report = explore(|| thread::park_timeout(Duration::MAX));
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    let report = explore(|| thread::sleep(Duration::MAX));
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
    let report = explore(|| task::block_on(task::sleep(Duration::MAX)));
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn a_sleep_takes_its_time_under_every_checker() {
    for backend in CHECKERS {
        let report = Checker::new().backend(backend).executions_max(200).explore(|| {
            let (begun, today) = (Instant::now(), SystemTime::now());
            thread::sleep(HOUR);
            task::block_on(task::sleep(SECOND));
            (begun.elapsed(), today.elapsed().unwrap(), today > UNIX_EPOCH)
        });
        let slept = HOUR + SECOND;
        assert_eq!(values(&report), [(slept, slept, true)].into(), "{backend}");
    }
}

#[test]
fn who_learns_of_something_sees_no_earlier_time_than_when_it_was_done() {
    // By a join, a message, a flag, a lock, a token.
    let report = explore(|| {
        let begun = Instant::now();
        let slow = || thread::spawn(|| thread::sleep(HOUR));
        let by_join = (slow().join(), begun.elapsed()).1;
        let (sender, receiver) = mpsc::channel();
        let sends = thread::spawn(move || (thread::sleep(HOUR), sender.send(())).1);
        let by_message = (receiver.recv(), begun.elapsed()).1;
        sends.join().unwrap().unwrap();
        let main = thread::current();
        let wakes = thread::spawn(move || (thread::sleep(HOUR), main.unpark()).1);
        thread::park();
        let by_token = begun.elapsed();
        wakes.join().unwrap();
        [by_join, by_message, by_token]
    });
    assert_eq!(values(&report), [[HOUR, 2 * HOUR, 3 * HOUR]].into(), "{report}");

    let report = explore(|| {
        let begun = Instant::now();
        let flag = Arc::new(AtomicBool::new(false));
        let raised = flag.clone();
        let raises = thread::spawn(move || (thread::sleep(HOUR), raised.store(true, Relaxed)).1);
        let seen = (flag.load(Relaxed), begun.elapsed());
        raises.join().unwrap();
        seen
    });
    assert_eq!(values(&report), [(false, Duration::ZERO), (true, HOUR)].into(), "{report}");
}

#[test]
fn two_sleeps_take_the_longer_of_their_times_together() {
    let both = || {
        let begun = Instant::now();
        let sleeps = [HOUR, SECOND].map(|time| thread::spawn(move || thread::sleep(time)));
        sleeps.into_iter().for_each(|sleep| sleep.join().unwrap());
        begun.elapsed()
    };
    let report = explore(both);
    assert_eq!(values(&report), [HOUR].into());
    assert_eq!(report.executions(), 1, "time alone makes no difference to explore: {report}");
    let report = explore(|| {
        Runtime::multi_thread(2).block_on(async {
            let begun = Instant::now();
            let sleeps = [HOUR, SECOND].map(|time| task::spawn(task::sleep(time)));
            for sleep in sleeps {
                sleep.await.unwrap();
            }
            begun.elapsed()
        })
    });
    assert_eq!(values(&report), [HOUR].into());
}

#[test]
fn a_notification_comes_before_the_time_is_up_or_after() {
    let report = explore(|| {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let other = shared.clone();
        let notifies = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let begun = Instant::now();
        let guard = shared.0.lock().unwrap();
        let (guard, result) = shared.1.wait_timeout_while(guard, HOUR, |done| !*done).unwrap();
        let waited = (*guard, result.timed_out(), begun.elapsed());
        drop(guard);
        notifies.join().unwrap();
        waited
    });
    let expected = [
        (true, false, Duration::ZERO),
        (false, true, HOUR),
        // The time was up when the other had already done it.
        (true, false, HOUR),
    ];
    assert_eq!(values(&report), expected.into(), "{report}");
}

#[test]
fn a_loop_with_a_deadline_ends_whether_it_sleeps_yields_or_only_looks() {
    let pauses: [(&str, fn()); 3] =
        [("sleeps", || thread::sleep(SECOND)), ("yields", thread::yield_now), ("only looks", || {})];
    for (name, pause) in pauses {
        let report = explore(move || {
            let deadline = Instant::now() + 10 * SECOND;
            while Instant::now() < deadline {
                pause();
            }
            true
        });
        assert_eq!(values(&report), [true].into(), "{name}");
    }
}

#[test]
fn a_watchdog_does_not_bark_while_somebody_else_can_go_on() {
    for strategy in [Strategy::Dpor, Strategy::Random { seed: 0 }] {
        let report = Checker::new().strategy(strategy).executions_max(500).explore(|| {
            let done = Arc::new(AtomicBool::new(false));
            let other = done.clone();
            let finishes = thread::spawn(move || other.store(true, SeqCst));
            let begun = Instant::now();
            while !done.load(SeqCst) {
                assert!(begun.elapsed() < 10 * SECOND, "it takes too long");
                thread::yield_now();
            }
            finishes.join().unwrap();
        });
        assert_eq!(values(&report), [()].into(), "{report}");
    }
}

#[test]
fn a_retry_with_a_deadline_gives_up_if_nobody_ends_it() {
    let report = explore(|| {
        let (never, tries) = (AtomicBool::new(false), AtomicU32::new(0));
        let deadline = Instant::now() + 3 * SECOND;
        while !never.load(SeqCst) && Instant::now() < deadline {
            tries.fetch_add(1, SeqCst);
            thread::sleep(SECOND);
        }
        tries.load(SeqCst)
    });
    assert_eq!(values(&report), [3].into(), "{report}");
}

#[test]
fn arithmetic_is_that_of_std() {
    fn all_of_it() -> [Option<Duration>; 4] {
        let now = Instant::now();
        let mut later = now + HOUR;
        later += SECOND;
        later -= SECOND;
        let until = |moment: Option<Instant>| moment.map(|moment| moment - now);
        [
            until(now.checked_add(SECOND)),
            until((later - SECOND).checked_sub(HOUR - SECOND)),
            now.checked_duration_since(later),
            Some(now.duration_since(later) + now.saturating_duration_since(later)),
        ]
    }
    let expected = [Some(SECOND), Some(Duration::ZERO), None, Some(Duration::ZERO)];
    assert_eq!(all_of_it(), expected, "for real");
    assert_eq!(values(&explore(all_of_it)), [expected].into());
    let overflows = panic::catch_unwind(|| Instant::now() + Duration::MAX);
    let message = panic::message(&*overflows.unwrap_err());
    assert_eq!(message, "overflow when adding duration to instant");
    let calendar = || {
        let now = SystemTime::now();
        let mut later = now + HOUR;
        later += SECOND;
        later -= SECOND;
        let earlier = now.duration_since(later).unwrap_err().duration();
        (later.duration_since(now).unwrap(), earlier, now.checked_sub(SECOND).unwrap() < now)
    };
    assert_eq!(calendar(), (HOUR, HOUR, true), "for real");
    assert_eq!(values(&explore(calendar)), [(HOUR, HOUR, true)].into());
}

#[test]
fn an_instant_of_the_real_world_is_refused_inside_a_check() {
    let outside = Instant::now();
    let report = explore(move || outside.elapsed());
    assert_eq!(report.verdict(), Verdict::Skip, "{report}");
    let reason = report.incomplete().unwrap().to_string();
    assert!(reason.contains("call `Instant::now` inside the checked program"), "{reason}");
}

#[test]
fn an_early_end_of_a_wait_is_caught() {
    // The broken twin: it takes the end of a wait for the end of its time.
    let report = explore(|| {
        let main = thread::current();
        let wakes = thread::spawn(move || main.unpark());
        let begun = Instant::now();
        thread::park_timeout(HOUR);
        let waited = begun.elapsed();
        wakes.join().unwrap();
        assert!(waited >= HOUR, "it ended early");
    });
    let is_early = |outcome: &Outcome<()>| matches!(outcome, Outcome::Panicked(message) if message.contains("it ended early"));
    assert!(report.outcomes().any(is_early), "{report}");
}
