//! What a thread returns is dropped by whoever lets go of it last, the thread or its handle, as std does; and a check
//! leaves nothing of its own behind.

use conccheck::cell::UnsafeCell;
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

#[test]
fn who_drops_a_result_matters_where_a_destructor_touches_plain_memory() {
    struct Writes(Arc<Plain>);
    struct Plain(UnsafeCell<u32>);
    // SAFETY: whether accesses race is what is checked, and one that does is never made.
    unsafe impl Sync for Plain {}
    // SAFETY: as above.
    unsafe impl Send for Plain {}
    impl Drop for Writes {
        fn drop(&mut self) {
            // SAFETY: as above.
            self.0.0.with_mut(|value| unsafe { *value += 1 });
        }
    }
    for strategy in strategies() {
        let report = Checker::new().strategy(strategy).explore(|| {
            let shared = Arc::new((AtomicBool::new(false), Arc::new(Plain(UnsafeCell::new(0)))));
            let other = Arc::clone(&shared);
            let thread = thread::spawn(move || {
                other.0.store(true, SeqCst);
                Writes(Arc::clone(&other.1))
            });
            while !shared.0.load(SeqCst) {
                thread::yield_now();
            }
            drop(thread);
            // SAFETY: as above.
            shared.1.0.with_mut(|value| unsafe { *value += 1 });
        });
        let is_race = |outcome: &Outcome<()>| matches!(outcome, Outcome::DataRace { .. });
        assert!(report.outcomes().any(is_race), "{report}");
    }
}

#[test]
fn a_result_that_panics_when_it_is_dropped_may_do_so_in_its_thread_which_nobody_sees() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let report = Checker::new().explore(|| {
        let begun = Arc::new(Mutex::new(()));
        let other = Arc::clone(&begun);
        let thread = thread::spawn(move || {
            drop(other.lock());
            Panics
        });
        drop(begun.lock());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(thread))).is_err()
    });
    let panicked = |outcome: &Outcome<bool>| matches!(outcome, Outcome::Panicked { .. });
    assert!(report.outcomes().any(panicked), "{report}");
    assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned(true)), "{report}");
}

#[test]
fn a_destructor_that_only_reads_a_thread_local_shows_whose_it_is() {
    struct Keeps(std::sync::Arc<std::sync::atomic::AtomicU32>);
    impl Drop for Keeps {
        fn drop(&mut self) {
            self.0.store(10 + LOCAL.get(), SeqCst);
        }
    }
    let seen = outcomes(|| {
        let kept = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
        let begun = Arc::new(Mutex::new(()));
        let (other, inside) = (Arc::clone(&begun), std::sync::Arc::clone(&kept));
        let thread = thread::spawn(move || {
            LOCAL.set(1);
            drop(other.lock());
            Keeps(inside)
        });
        drop(begun.lock());
        drop(thread);
        drop(begun.lock());
        kept.load(SeqCst)
    });
    assert!(seen.contains(&10) && seen.contains(&11), "{seen:?}");
}
