//! What a thread returns is dropped by whoever lets go of it last, the thread or its handle, as std does; and a check
//! leaves nothing of its own behind.

use conccheck::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::mpsc::{self, TryRecvError};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Checker, Outcome, Strategy, Verdict, thread};
use std::cell::Cell;

conccheck::thread_local! {
    static LOCAL: Cell<u32> = const { Cell::new(0) };
}

/// Tells what its thread's thread-local is where it is dropped.
struct Tells(mpsc::Sender<u32>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.0.send(LOCAL.get()).unwrap();
    }
}

fn strategies() -> [Strategy; 3] {
    [Strategy::Dpor, Strategy::Dfs, Strategy::Random { seed: 1 }]
}

/// What a program returns in some execution, under each strategy the same.
fn outcomes<T: Ord + Clone + std::fmt::Debug + Send + Sync + 'static>(program: fn() -> T) -> Vec<T> {
    let sets = strategies().map(|strategy| {
        let report = Checker::new().strategy(strategy).explore(program);
        let returned = report.outcomes().map(|outcome| match outcome {
            Outcome::Returned(value) => value.clone(),
            other => panic!("{other:?} of {report}"),
        });
        returned.collect::<Vec<_>>()
    });
    assert!(sets.iter().all(|set| *set == sets[0]), "{sets:?}");
    sets[0].clone()
}

#[test]
fn a_thread_that_nobody_joins_may_still_have_its_result() {
    let returned = outcomes(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        thread::spawn(move || sender);
        receiver.try_recv() == Err(TryRecvError::Empty)
    });
    let dropped = outcomes(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        thread::spawn(move || drop(sender));
        receiver.try_recv() == Err(TryRecvError::Empty)
    });
    assert_eq!((returned, dropped), (vec![false, true], vec![false, true]));
}

#[test]
fn an_owner_that_is_returned_to_nobody_may_still_be_one() {
    let counts = outcomes(|| {
        let value = Arc::new(0);
        let other = Arc::clone(&value);
        thread::spawn(move || other);
        Arc::strong_count(&value)
    });
    assert_eq!(counts, [1, 2]);
}

#[test]
fn a_handle_that_is_dropped_later_may_have_the_result_or_not() {
    let seen = outcomes(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        let begun = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&begun);
        let thread = thread::spawn(move || {
            other.store(1, SeqCst);
            sender
        });
        let had_begun = begun.load(SeqCst);
        drop(thread);
        (had_begun, receiver.try_recv() == Err(TryRecvError::Empty))
    });
    assert_eq!(seen, [(0, false), (0, true), (1, false), (1, true)]);
}

#[test]
fn a_result_that_nobody_can_take_is_dropped_before_the_threads_own() {
    let told = outcomes(|| {
        let (seen, look) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        thread::spawn(move || {
            LOCAL.set(1);
            wait.recv().unwrap();
            Tells(seen)
        });
        go.send(()).unwrap();
        look.recv().unwrap()
    });
    assert_eq!(told, [1]);
}

#[test]
fn a_handle_that_is_dropped_at_the_same_time_drops_the_result_or_leaves_it_to_the_thread() {
    let told = outcomes(|| {
        let (seen, look) = mpsc::channel();
        let begun = Arc::new(Mutex::new(()));
        let other = Arc::clone(&begun);
        let thread = thread::spawn(move || {
            LOCAL.set(1);
            drop(other.lock());
            Tells(seen)
        });
        drop(begun.lock());
        drop(thread);
        look.recv().unwrap()
    });
    assert_eq!(told, [0, 1]);
}

#[test]
fn a_scoped_threads_result_is_dropped_by_it_or_by_its_handle() {
    struct Writes<'a>(&'a AtomicUsize);
    impl Drop for Writes<'_> {
        fn drop(&mut self) {
            self.0.store(1 + LOCAL.get() as usize, SeqCst);
        }
    }
    let seen = outcomes(|| {
        let dropped_by = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                LOCAL.set(1);
                Writes(&dropped_by)
            });
        });
        dropped_by.load(SeqCst)
    });
    assert_eq!(seen, [1, 2]);
}

#[test]
fn a_thread_local_whose_destructor_panics_is_its_threads_panic() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    conccheck::thread_local! {
        static PANICS: Panics = const { Panics };
    }
    let report = Checker::new().explore(|| thread::spawn(|| PANICS.with(|_| 7)).join().is_err());
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(true)], "{report}");
}

#[test]
fn a_joined_result_costs_no_trace_class() {
    let report = Checker::new().explore(|| {
        let threads: Vec<_> = (0..3).map(|n| thread::spawn(move || vec![n])).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!((report.verdict(), report.executions()), (Verdict::Pass, 1), "{report}");
}

#[test]
fn what_the_programs_closure_has_is_let_go_of_when_the_check_is_over() {
    for strategy in strategies() {
        let owned = std::sync::Arc::new(());
        let inside = std::sync::Arc::clone(&owned);
        Checker::new().strategy(strategy).check(move || {
            let _inside = &inside;
            let flag = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&flag);
            let thread = thread::spawn(move || other.store(true, SeqCst));
            // Rehearsed, so that executions are left in their middle.
            while !flag.load(SeqCst) {
                thread::yield_now();
            }
            thread.join().unwrap();
        });
        assert_eq!(std::sync::Arc::strong_count(&owned), 1, "{strategy:?}");
    }
}
