//! The GIL keeps CPython's promises in real runs: never two holders, every waiter served, waits
//! without the lock. What schedules can do to it, the checkers explore.

use conccheck::models::gil::{
    Attached, Interpreters, Setting, cpu_overlap, every_waiter_gets_it, io_overlaps, never_two_holders,
    racy_update,
};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const INTERVALS: [Duration; 3] = [Duration::ZERO, Duration::from_micros(50), Duration::from_millis(5)];

#[test]
fn one_holder_at_a_time_and_every_thread_to_its_end() {
    for switch_interval in INTERVALS {
        let interpreters = Interpreters::new(Setting::Shared { switch_interval });
        let (inside, most, steps) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                let interpreter = interpreters.interpreter();
                scope.spawn(|| {
                    let interpreter = interpreter;
                    let attached = interpreter.attach();
                    for step in 0..300 {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        steps.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                        if step % 10 == 0 {
                            attached.allow_threads(thread::yield_now);
                        }
                        attached.check_point();
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 1, "{switch_interval:?}");
        assert_eq!(steps.load(Ordering::SeqCst), 8 * 300, "{switch_interval:?}");
    }
}

#[test]
fn a_holder_that_never_waits_hands_over_at_a_check_point() {
    for switch_interval in INTERVALS {
        let interpreter = Interpreters::new(Setting::Shared { switch_interval }).interpreter();
        let turn = AtomicUsize::new(0);
        thread::scope(|scope| {
            for me in 0..2 {
                let (interpreter, turn) = (interpreter.clone(), &turn);
                scope.spawn(move || {
                    let attached = interpreter.attach();
                    // Ends only if the other thread has its turn while this one is busy.
                    while turn.load(Ordering::SeqCst) < 20 {
                        if turn.load(Ordering::SeqCst) % 2 == me {
                            turn.fetch_add(1, Ordering::SeqCst);
                        }
                        attached.check_point();
                    }
                });
            }
        });
        assert_eq!(turn.load(Ordering::SeqCst), 20);
    }
}

/// The one that keeps the time for both gets the lock from a thread that does not come back: the other
/// one is served only if it is made the next timekeeper. Which of them gets it the system decides, so
/// that it is tried a few times.
#[test]
fn whoever_still_waits_keeps_the_time() {
    let switch_interval = Duration::from_millis(5);
    for _ in 0..20 {
        let interpreter = Interpreters::new(Setting::Shared { switch_interval }).interpreter();
        let served = AtomicUsize::new(0);
        let give_up = Instant::now() + Duration::from_secs(20);
        thread::scope(|scope| {
            let first = interpreter.attach();
            for _ in 0..2 {
                let (interpreter, served) = (interpreter.clone(), &served);
                scope.spawn(move || {
                    let attached = interpreter.attach();
                    served.fetch_add(1, Ordering::SeqCst);
                    while served.load(Ordering::SeqCst) < 2 && Instant::now() < give_up {
                        attached.check_point();
                    }
                    assert_eq!(served.load(Ordering::SeqCst), 2, "both are served");
                });
                thread::sleep(Duration::from_millis(1));
            }
            drop(first);
        });
    }
}

#[test]
fn threads_meet_where_they_wait_and_where_there_is_no_lock() {
    let switch_interval = Duration::from_millis(5);
    let wait: fn(&Attached<'_>, &Barrier) = |attached, barrier| {
        attached.allow_threads(|| barrier.wait());
    };
    let compute: fn(&Attached<'_>, &Barrier) = |_, barrier| {
        barrier.wait();
    };
    for (setting, body) in [
        (Setting::Shared { switch_interval }, wait),
        (Setting::PerInterpreter { switch_interval }, compute),
        (Setting::Off, compute),
    ] {
        // Each test ends only if both threads are at the barrier at once.
        let (interpreters, barrier) = (Interpreters::new(setting), Barrier::new(2));
        thread::scope(|scope| {
            for _ in 0..2 {
                let (interpreter, barrier) = (interpreters.interpreter(), &barrier);
                scope.spawn(move || body(&interpreter.attach(), barrier));
            }
        });
    }
}

#[test]
fn a_panic_leaves_the_lock_as_it_should_be() {
    let setting = Setting::Shared { switch_interval: Duration::ZERO };
    let interpreter = Interpreters::new(setting).interpreter();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _attached = interpreter.attach();
        resume_unwind(Box::new("while attached"))
    }));
    assert!(panicked.is_err());

    let attached = interpreter.attach();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        attached.allow_threads(|| {
            attached.check_point();
            attached.allow_threads(|| ());
            resume_unwind(Box::new("while it waits"))
        })
    }));
    assert!(panicked.is_err());
    // Held again: the other thread passes only when this one lets go.
    let passed = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let _attached = interpreter.attach();
            passed.fetch_add(1, Ordering::SeqCst);
        });
        thread::sleep(Duration::from_millis(10));
        assert_eq!(passed.load(Ordering::SeqCst), 0);
        drop(attached);
    });
    assert_eq!(passed.load(Ordering::SeqCst), 1);
}

#[test]
fn the_programs_do_what_they_say() {
    for _ in 0..50 {
        assert_eq!(never_two_holders::never_two_holders(), "at most 1 at once");
        assert_eq!(every_waiter_gets_it::every_waiter_gets_it(), "held 4 times");
        assert_eq!(cpu_overlap::cpu_overlap_gil_on(), "at most 1 at once");
        assert_eq!(io_overlaps::io_overlaps(), "both waited at once");
        assert_eq!(racy_update::update_without_check_point(), "counter 2");
    }
}
