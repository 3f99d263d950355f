//! One body, several backends: what each finds in the same program.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, mpsc};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict, thread};
use std::fmt::Debug;

const CHECKERS: [Backend; 3] = [Backend::Native, Backend::Shuttle, Backend::Loom];

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
fn every_checker_loses_the_update_of_a_racy_counter() {
    for backend in CHECKERS {
        let report = explore(backend, racy_total);
        assert_eq!(values(&report), [1, 2], "{backend}");
        assert_eq!(report.verdict_against(&2), Verdict::Fail);
    }
}

#[test]
fn native_loom_and_shuttles_dfs_see_every_execution() {
    let shuttle = Checker::new().backend(Backend::Shuttle).strategy(Strategy::Dfs);
    for checker in [Checker::new().backend(Backend::Native), Checker::new().backend(Backend::Loom), shuttle] {
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

#[test]
fn a_task_that_unwinds_poisons_what_it_holds_and_nothing_else() {
    // The thread's panic drops a sender, which is an operation, while main takes and gives the lock.
    let program = || {
        let total = Mutex::new(0);
        let (sender, receiver) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let _sender = sender;
            panic!("x");
        });
        for _ in 0..2 {
            let mut guard = total.lock().unwrap();
            thread::yield_now();
            *guard += 1;
        }
        assert!(receiver.recv().is_err());
        assert!(thread.join().is_err());
        *total.lock().unwrap()
    };
    for backend in CHECKERS {
        let report = explore(backend, program);
        assert_eq!(values(&report), [2], "{backend}: {report}");
        assert!(report.verdict() <= Verdict::Bounded, "{backend}: {report}");
    }
}

#[test]
fn a_multi_thread_runtime_whose_future_panics_ends_its_tasks() {
    use conccheck::panic::{AssertUnwindSafe, catch_unwind};
    use conccheck::task::{self, Runtime};

    let program = || {
        catch_unwind(AssertUnwindSafe(|| {
            Runtime::multi_thread(2).block_on(async {
                task::spawn(std::future::pending::<()>());
                panic!("x");
            });
        }))
        .is_err()
    };
    for backend in CHECKERS {
        assert_eq!(
            explore(backend, program).outcomes().collect::<Vec<_>>(),
            [&Outcome::Returned(true)],
            "{backend}"
        );
    }
}

#[test]
fn a_check_that_saw_nothing_does_not_pass() {
    let progress = std::sync::Arc::new(conccheck::Progress::default());
    progress.stop();
    for backend in Backend::ALL {
        let report =
            Checker::new().backend(backend).progress(std::sync::Arc::clone(&progress)).explore(|| ());
        assert_eq!((report.executions(), report.verdict()), (0, Verdict::Skip), "{backend}");
    }
}

#[test]
fn a_panic_that_is_only_passed_on_is_told_once() {
    for backend in CHECKERS {
        let report = explore(backend, || thread::spawn(|| panic!("oh no")).join().unwrap());
        let Some(Outcome::Panicked(message)) = report.outcomes().next() else { panic!("{report}") };
        assert_eq!(message, "T1: oh no", "{backend}");
        let place = report.outcomes().find_map(|outcome| report.seen(outcome)?.place.clone());
        assert!(place.is_some_and(|place| place.starts_with("tests/it/backends.rs:")), "{backend}");
    }
}

#[test]
fn an_execution_without_end_proves_nothing() {
    let program = || {
        let turns = AtomicUsize::new(0);
        thread::spawn(|| ());
        while turns.fetch_add(1, SeqCst) < usize::MAX {}
    };
    for (backend, executions) in [(Backend::Shuttle, 3), (Backend::Loom, 1), (Backend::Native, 1)] {
        let checker = Checker::new().backend(backend).steps_max(100).executions_max(3);
        let report = checker.explore(program);
        assert_eq!((report.verdict(), report.outcomes().count()), (Verdict::Bounded, 0), "{backend}");
        assert_eq!(report.executions(), executions, "{backend}");
    }
}

#[test]
fn a_panic_with_words_of_its_own_is_told_after_the_one_before_it() {
    for backend in CHECKERS {
        let report = explore(backend, || {
            let thread = thread::spawn(|| panic!("oh no"));
            assert!(thread.join().is_ok(), "the thread is lost");
        });
        let outcomes: Vec<_> = report.outcomes().cloned().collect();
        let told = "T1: oh no; then the thread is lost".to_string();
        assert_eq!(outcomes, [Outcome::Panicked(told)], "{backend}");
    }
}
