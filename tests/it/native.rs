//! What the native engine does with panics, with programs that do not repeat and with what it lacks; and
//! that its two searches, and shuttle's, see the same.

use super::trace_counts::{Shared, native, run};
use conccheck::sync::atomic::Ordering::SeqCst;
use conccheck::sync::{Arc, Condvar, Mutex};
use conccheck::{Checker, Outcome, Strategy, Verdict, thread};

#[test]
fn a_panic_ends_its_task_and_poisons_what_it_held() {
    let report = native().explore(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || {
            let _guard = other.lock().unwrap();
            panic!("on purpose");
        });
        let poisoned = mutex.lock().is_err();
        (poisoned, thread.join().is_err())
    });
    let outcomes: Vec<_> = report.outcomes().cloned().collect();
    assert_eq!(outcomes, [Outcome::Returned((false, true)), Outcome::Returned((true, true))]);
    assert_eq!((report.executions(), report.redundant()), (2, 0));
}

#[test]
fn dpor_sees_what_dfs_and_shuttles_dfs_see() {
    let programs: [fn() -> Vec<usize>; 2] = [
        || {
            let s = Shared::new();
            run(vec![
                s.thread(|s| {
                    s.write(0, 1);
                    s.read(1)
                }),
                s.thread(|s| {
                    s.write(1, 1);
                    s.read(0)
                }),
            ])
        },
        || {
            let s = Shared::new();
            let take = |s: &Shared| {
                let guard = s.m[0].try_lock();
                let seen = s.read(0);
                if guard.is_ok() {
                    s.write(0, seen + 1);
                }
                seen
            };
            run(vec![s.thread(take), s.thread(take)])
        },
    ];
    for program in programs {
        let dpor = native().strategy(Strategy::Dpor).explore(program);
        let dfs = native().strategy(Strategy::Dfs).explore(program);
        let shuttle = Checker::new().strategy(Strategy::Dfs).explore(program);
        assert!(dpor.executions() < dfs.executions());
        assert!(dpor.outcomes().eq(dfs.outcomes()), "{dpor}\n{dfs}");
        assert!(dpor.outcomes().eq(shuttle.outcomes()), "{dpor}\n{shuttle}");
    }
}

#[test]
fn a_program_that_does_not_repeat_is_told_from_one_that_does() {
    let runs = std::sync::atomic::AtomicUsize::new(0);
    let report = native().explore(move || {
        let first = runs.fetch_add(1, SeqCst) == 0;
        let s = Shared::new();
        s.write(if first { 1 } else { 2 }, 1);
        let add = |s: &Shared| s.x[0].fetch_add(1, SeqCst);
        run(vec![s.thread(add), s.thread(add)])
    });
    assert_eq!(report.verdict(), Verdict::Skip);
    assert!(report.to_string().contains("went another way"), "{report}");
}

#[test]
fn what_the_engine_lacks_is_refused() {
    let report = native().explore(|| {
        Condvar::new();
    });
    assert_eq!(report.verdict(), Verdict::Skip);
    assert!(report.to_string().contains("the native backend cannot do this: a condvar"), "{report}");
}
