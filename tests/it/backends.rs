//! One body, several backends: what each finds in the same program.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, mpsc};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict, thread};
use std::fmt::Debug;

const CHECKERS: [Backend; 2] = [Backend::Shuttle, Backend::Loom];

fn explore<T: Ord + Debug + Send + 'static>(
    backend: Backend,
    program: impl Fn() -> T + Send + Sync + 'static,
) -> Report<T> {
    Checker::new().backend(backend).explore(program)
}

fn values<T: Ord + Clone>(report: &Report<T>) -> Vec<T> {
    report
        .outcomes()
        .filter_map(|outcome| match outcome {
            Outcome::Returned(value) => Some(value.clone()),
            _ => None,
        })
        .collect()
}

fn racy_total() -> usize {
    let total = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let total = Arc::clone(&total);
            thread::spawn(move || total.store(total.load(SeqCst) + 1, SeqCst))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    total.load(SeqCst)
}

#[test]
fn both_checkers_lose_the_update_of_a_racy_counter() {
    for backend in CHECKERS {
        let report = explore(backend, racy_total);
        assert_eq!(values(&report), [1, 2], "{backend}");
        assert_eq!(report.verdict_against(&2), Verdict::Fail);
    }
}

#[test]
fn loom_and_shuttles_dfs_see_every_execution() {
    for checker in [Checker::new().backend(Backend::Loom), Checker::new().strategy(Strategy::Dfs)] {
        let report = checker.explore(racy_total);
        assert!(report.is_complete(), "{report}");
        assert_eq!(values(&report), [1, 2]);
    }
}

#[test]
fn a_deadlock_is_an_outcome_and_names_who_is_blocked() {
    let program = || {
        let (a, b) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(())));
        let (a2, b2) = (Arc::clone(&a), Arc::clone(&b));
        let other = thread::spawn(move || {
            let _b = b2.lock().unwrap();
            let _a = a2.lock().unwrap();
        });
        {
            let _a = a.lock().unwrap();
            let _b = b.lock().unwrap();
        }
        other.join().unwrap();
    };
    for backend in CHECKERS {
        let report = explore(backend, program);
        let blocked = Outcome::Deadlocked { blocked: vec!["main".to_string(), "T1".to_string()] };
        assert!(report.outcomes().any(|outcome| *outcome == blocked), "{backend}: {report}");
        assert_eq!(report.verdict(), Verdict::Hang);
    }
}

#[test]
fn a_lost_wakeup_is_a_hang() {
    let program = || {
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let opener = {
            let gate = Arc::clone(&gate);
            thread::spawn(move || {
                *gate.0.lock().unwrap() = true;
                gate.1.notify_one();
            })
        };
        let open = *gate.0.lock().unwrap();
        if !open {
            // The opener may notify here, before anybody waits.
            drop(gate.1.wait(gate.0.lock().unwrap()));
        }
        opener.join().unwrap();
    };
    for backend in CHECKERS {
        assert_eq!(explore(backend, program).verdict(), Verdict::Hang, "{backend}");
    }
}

#[test]
fn channels_keep_order_and_tell_when_the_senders_are_gone() {
    let program = || {
        let (sender, receiver) = mpsc::sync_channel(1);
        let thread = thread::spawn(move || {
            for n in 0..3 {
                sender.send(n).unwrap();
            }
        });
        let received: Vec<u32> = receiver.iter().collect();
        thread.join().unwrap();
        received
    };
    assert_eq!(program(), [0, 1, 2]);
    for backend in CHECKERS {
        let report = explore(backend, program);
        assert_eq!(values(&report), [[0, 1, 2]], "{backend}: {report}");
        assert!(report.verdict() <= Verdict::Bounded, "{backend}: {report}");
    }
}
