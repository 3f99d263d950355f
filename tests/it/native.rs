//! The native engine's row of the policy: what it explores of timeouts, wakeups and failures, each within
//! its bound; what it does with loops that wait, with a task that unwinds, with data races and with programs
//! that do not repeat.

use super::policy::values;
use super::trace_counts::{Shared, native, run};
use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use conccheck::sync::mpsc::{self, RecvTimeoutError};
use conccheck::sync::{Arc, Condvar, Mutex, RwLock};
use conccheck::{Backend, Checker, Incomplete, Memory, Outcome, Report, Strategy, Verdict, thread};
use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_millis(1);

/// The values that were returned in all executions, of which none may end otherwise.
#[track_caller]
fn all<T: Ord + Clone + Debug>(report: &Report<T>) -> BTreeSet<T> {
    assert!(report.is_complete() && report.redundant() == 0, "{report}");
    let returned = |outcome: &Outcome<T>| match outcome {
        Outcome::Returned(value) => value.clone(),
        _ => panic!("it does not always return: {report}"),
    };
    report.outcomes().map(returned).collect()
}

/// How each outcome begins: what a hang's tasks are called does not matter here.
fn kinds<T: Ord>(report: &Report<T>) -> BTreeSet<&'static str> {
    let kind = |outcome: &Outcome<T>| match outcome {
        Outcome::Returned(_) => "returned",
        Outcome::Deadlocked { .. } => "deadlocked",
        Outcome::Livelocked { .. } => "livelocked",
        Outcome::DataRace { .. } => "data race",
        _ => "other",
    };
    report.outcomes().map(kind).collect()
}

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
    assert_eq!(all(&report), BTreeSet::from([(false, true), (true, true)]));
    assert_eq!(report.executions(), 2);
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
        let shuttle = Checker::new().backend(Backend::Shuttle).strategy(Strategy::Dfs).explore(program);
        assert!(dpor.executions() < dfs.executions());
        assert!(dpor.outcomes().eq(dfs.outcomes()), "{dpor}\n{dfs}");
        assert!(dpor.outcomes().eq(shuttle.outcomes()), "{dpor}\n{shuttle}");
    }
}

/// How many of two waits, one after the other, end because their time is up, while another thread opens
/// the gates that they wait for.
fn gates_timed_out() -> usize {
    let gates = Arc::new([0; 2].map(|_| (Mutex::new(false), Condvar::new())));
    let opener = thread::spawn({
        let gates = Arc::clone(&gates);
        move || {
            for (open, opened) in &*gates {
                *open.lock().unwrap() = true;
                opened.notify_one();
            }
        }
    });
    let timed_out = |(open, opened): &(Mutex<bool>, Condvar)| {
        opened.wait_timeout_while(open.lock().unwrap(), TIMEOUT, |open| !*open).unwrap().1.timed_out()
    };
    let count = gates.iter().filter(|gate| timed_out(gate)).count();
    opener.join().unwrap();
    count
}

/// How many of two waits for a message end because their time is up. (The message comes twice.)
fn receives_timed_out() -> usize {
    let (sender, receiver) = mpsc::channel();
    let thread = thread::spawn(move || [sender.send(()), sender.send(())].iter().all(Result::is_ok));
    let count = (0..2).filter(|_| receiver.recv_timeout(TIMEOUT) == Err(RecvTimeoutError::Timeout)).count();
    drop(receiver);
    let _ = thread.join().unwrap();
    count
}

#[test]
fn as_many_timeouts_fire_as_are_allowed() {
    for program in [gates_timed_out, receives_timed_out] {
        for timeouts_max in 0..3 {
            let report = native().timeouts_max(timeouts_max).explore(program);
            assert_eq!(values(&report), (0..=timeouts_max).collect(), "{timeouts_max} allowed");
            let bound = Some(Incomplete::TimeoutsMax(1)).filter(|_| timeouts_max == 1);
            assert_eq!(report.incomplete(), bound.as_ref(), "two could be up, and 0 is no bound");
        }
        assert_eq!(values(&native().explore(program)), BTreeSet::from([0, 1]), "one if nothing is said");
    }
}

#[test]
fn a_timed_park_ends_with_a_token_or_without() {
    let program = || {
        let main = thread::current();
        let told = Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let told = Arc::clone(&told);
            move || {
                told.store(true, SeqCst);
                main.unpark();
            }
        });
        thread::park_timeout(TIMEOUT);
        let knows = told.load(SeqCst);
        thread.join().unwrap();
        knows
    };
    assert_eq!(all(&native().explore(program)), BTreeSet::from([false, true]));
    assert_eq!(all(&native().timeouts_max(0).explore(program)), BTreeSet::from([true]));
}

#[test]
fn waits_end_without_a_reason_as_often_as_is_allowed() {
    // Notified before it waits, or woken without a reason, or never.
    let program = || {
        let gate = (Mutex::new(()), Condvar::new());
        drop(gate.1.wait(gate.0.lock().unwrap()));
    };
    assert_eq!(kinds(&native().explore(program)), BTreeSet::from(["deadlocked"]));
    let spurious = native().spurious_wakeups_max(1).explore(program);
    assert_eq!(kinds(&spurious), BTreeSet::from(["deadlocked", "returned"]), "{spurious}");
    assert_eq!(kinds(&native().explore(thread::park)), BTreeSet::from(["deadlocked"]));
    let spurious = native().spurious_wakeups_max(1).explore(thread::park);
    assert_eq!(kinds(&spurious), BTreeSet::from(["deadlocked", "returned"]), "{spurious}");
    // Waiting in a loop is not fooled.
    let loops = || {
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let opener = thread::spawn({
            let gate = Arc::clone(&gate);
            move || {
                *gate.0.lock().unwrap() = true;
                gate.1.notify_one();
            }
        });
        let open = *gate.1.wait_while(gate.0.lock().unwrap(), |open| !*open).unwrap();
        opener.join().unwrap();
        open
    };
    assert_eq!(all(&native().spurious_wakeups_max(2).explore(loops)), BTreeSet::from([true]));
}

#[test]
fn weak_exchanges_fail_without_a_reason_as_often_as_is_allowed() {
    let failures = || {
        let cell = AtomicUsize::new(0);
        (0..2).filter(|_| cell.compare_exchange_weak(0, 0, SeqCst, SeqCst).is_err()).count()
    };
    for weak_failures_max in 0..3 {
        let report = native().weak_failures_max(weak_failures_max).explore(failures);
        assert_eq!(all(&report), (0..=weak_failures_max).collect());
    }
    assert_eq!(all(&native().explore(failures)), BTreeSet::from([0]), "none if nothing is said");
}

#[test]
fn a_loop_that_polls_ends_with_what_it_waits_for_or_is_a_livelock_at_once() {
    let polls = |flag: &AtomicBool| {
        while !flag.load(SeqCst) {
            thread::yield_now();
        }
    };
    let raised = move || {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let raises = thread::spawn(move || other.store(true, SeqCst));
        polls(&flag);
        raises.join().unwrap();
    };
    assert_eq!(all(&native().explore(raised)), BTreeSet::from([()]));
    let forgotten = move || {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        thread::spawn(move || other.load(SeqCst));
        polls(&flag);
    };
    let report = native().explore(forgotten);
    assert_eq!(kinds(&report), BTreeSet::from(["livelocked"]), "{report}");
    assert!(report.events() < 100, "found by {} events, not by the limit of steps", report.events());
}

#[test]
fn a_token_is_kept_until_somebody_parks_and_there_is_never_more_than_one() {
    let parks = |unparks: usize, parks: usize| {
        move || {
            let me = thread::current();
            (0..unparks).for_each(|_| me.unpark());
            (0..parks).for_each(|_| thread::park());
        }
    };
    assert_eq!(all(&native().explore(parks(1, 1))), BTreeSet::from([()]));
    assert_eq!(kinds(&native().explore(parks(2, 2))), BTreeSet::from(["deadlocked"]));
}

#[test]
fn a_thread_is_finished_in_some_execution_and_not_in_another() {
    let program = || {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || other.store(true, SeqCst));
        let finished = thread.is_finished();
        let seen = flag.load(SeqCst);
        thread.join().unwrap();
        (finished, seen)
    };
    let expected = BTreeSet::from([(false, false), (false, true), (true, true)]);
    assert_eq!(all(&native().memory(Memory::SequentiallyConsistent).explore(program)), expected);
    // As in std, to ask whether a thread is finished is no join: it hands nothing on.
    let weak = BTreeSet::from_iter(expected.into_iter().chain([(true, false)]));
    assert_eq!(all(&native().explore(program)), weak);
}

/// Counts, as an operation, that it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// How many results are dropped when a thread leaves one and `act` has the right to join it.
fn dropped_after(act: fn(thread::JoinHandle<Counted>)) -> Report<usize> {
    native().explore(move || {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Counted(Arc::clone(&count));
        act(thread::spawn(move || {
            counted.0.load(SeqCst);
            counted
        }));
        count.load(SeqCst)
    })
}

#[test]
fn what_a_thread_leaves_is_dropped_by_who_is_last_to_have_it() {
    let by_the_joiner = dropped_after(|thread| drop(thread.join().unwrap()));
    assert_eq!(all(&by_the_joiner), BTreeSet::from([1]));
    let by_who_gives_it_up_too_late = dropped_after(|thread| {
        while !thread.is_finished() {
            thread::yield_now();
        }
        drop(thread);
    });
    assert_eq!(all(&by_who_gives_it_up_too_late), BTreeSet::from([1]));
    let by_the_thread = dropped_after(drop);
    assert_eq!(all(&by_the_thread), BTreeSet::from([0, 1]));
    // Nobody: what such an execution holds is leaked, and dropped in no other.
    let by_nobody = dropped_after(|thread| {
        thread::park();
        drop(thread);
    });
    assert_eq!(kinds(&by_nobody), BTreeSet::from(["deadlocked"]));
}

#[test]
fn readers_overlap_and_writers_are_alone() {
    /// How many were inside at once, at most.
    fn most_at_once(enter: fn(&RwLock<()>, &mut dyn FnMut())) -> usize {
        let state = Arc::new((RwLock::new(()), AtomicUsize::new(0)));
        let visit = move |(lock, inside): &(RwLock<()>, AtomicUsize)| {
            let mut seen = 0;
            enter(lock, &mut || {
                seen = inside.fetch_add(1, SeqCst) + 1;
                inside.fetch_sub(1, SeqCst);
            });
            seen
        };
        let other = thread::spawn({
            let state = Arc::clone(&state);
            move || visit(&state)
        });
        visit(&state).max(other.join().unwrap())
    }
    let read = || most_at_once(|lock, then| drop((lock.read(), then()).0));
    let write = || most_at_once(|lock, then| drop((lock.write(), then()).0));
    assert_eq!(all(&native().explore(read)), BTreeSet::from([1, 2]));
    assert_eq!(all(&native().explore(write)), BTreeSet::from([1]));
}

#[test]
fn a_task_that_unwinds_gives_back_its_ends_of_channels() {
    let report = native().explore(|| {
        let (sender, receiver) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let _sender = sender;
            panic!("on purpose");
        });
        let disconnected = receiver.recv().is_err();
        (disconnected, thread.join().is_err())
    });
    assert_eq!(all(&report), BTreeSet::from([(true, true)]));
}

#[test]
fn what_a_task_does_while_it_unwinds_is_done() {
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, SeqCst);
        }
    }
    let report = native().explore(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let counts = Counts(Arc::clone(&drops));
        let thread = thread::spawn(move || {
            let _counts = counts;
            panic!("on purpose");
        });
        let _ = thread.join();
        drops.load(SeqCst)
    });
    assert_eq!(values(&report), BTreeSet::from([1]));
    assert_eq!(report.verdict(), Verdict::Pass);
}

/// A counter whose updates somebody else has to keep apart.
#[derive(Default)]
struct Counter(UnsafeCell<u32>);

// SAFETY: not always true, and the check finds out when.
unsafe impl Sync for Counter {}

impl Counter {
    fn add(&self) {
        // SAFETY: the pointer is valid. Whether anybody else uses it now is what the tests are about.
        self.0.with_mut(|value| unsafe { *value += 1 });
    }
}

#[test]
fn a_data_race_is_found_where_nothing_orders_two_accesses_and_nowhere_else() {
    let counts = |locked: bool| {
        move || {
            let shared = Arc::new((Mutex::new(()), Counter::default()));
            let count = move |(mutex, counter): &(Mutex<()>, Counter)| {
                let _guard = locked.then(|| mutex.lock());
                counter.add();
            };
            let other = thread::spawn({
                let shared = Arc::clone(&shared);
                move || count(&shared)
            });
            count(&shared);
            other.join().unwrap();
        }
    };
    let races = native().explore(counts(false));
    assert_eq!(kinds(&races), BTreeSet::from(["data race"]), "{races}");
    assert_eq!(races.verdict(), Verdict::Fail);
    assert_eq!(all(&native().explore(counts(true))), BTreeSet::from([()]));
}

/// Two threads add to a cell, after `main` did something.
fn adds_after(first: impl Fn(&Shared)) -> Vec<usize> {
    let s = Shared::new();
    first(&s);
    let add = |s: &Shared| s.x[0].fetch_add(1, SeqCst);
    run(vec![s.thread(add), s.thread(add)])
}

#[test]
fn a_program_that_does_not_repeat_is_flaky_and_it_says_where() {
    let runs = std::sync::atomic::AtomicUsize::new(0);
    let counts = native().explore(move || {
        let is_first = runs.fetch_add(1, SeqCst) == 0;
        adds_after(|s| {
            if is_first {
                s.write(1, 1);
            } else {
                s.read(1);
            }
        })
    });
    assert_eq!(counts.verdict(), Verdict::Flaky, "{counts}");
    let Some(Incomplete::Flaky { step, expected, found }) = counts.incomplete() else { panic!("{counts}") };
    assert_eq!(*step, 1, "{counts}");
    assert!(expected.contains("of main") && found.contains("load of main"), "{counts}");

    // In the order of the set, which is another for each set.
    let hashes = native().explore(|| {
        adds_after(|s| {
            for cell in (1..20).collect::<HashSet<_>>() {
                if cell % 2 == 0 {
                    s.write(cell, 1);
                } else {
                    s.read(cell);
                }
            }
        })
    });
    assert_eq!(hashes.verdict(), Verdict::Flaky, "{hashes}");
    assert_eq!(native().explore(|| adds_after(|s| s.write(1, 1))).verdict(), Verdict::Pass);
}

/// A loop has an execution begun again in its middle, and then it has one task less.
#[test]
fn a_program_that_begins_fewer_tasks_when_it_is_run_again_is_flaky_under_every_strategy() {
    for strategy in [Strategy::Dpor, Strategy::Pct { seed: 0, depth: 3 }, Strategy::Pos { seed: 0 }] {
        let seen = std::sync::atomic::AtomicBool::new(false);
        let report = native().strategy(strategy).executions_max(10).explore(move || {
            if !seen.swap(true, SeqCst) {
                (0..3).for_each(|_| drop(thread::spawn(thread::yield_now)));
            }
            let ready = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&ready);
            let thread = thread::spawn(move || other.store(true, SeqCst));
            while !ready.load(SeqCst) {
                thread::yield_now();
            }
            thread.join().unwrap();
        });
        assert!(
            matches!(report.verdict(), Verdict::Flaky | Verdict::Pass | Verdict::Bounded),
            "{strategy:?}: {report}"
        );
    }
}

#[test]
fn what_another_execution_left_behind_is_named_as_the_likely_cause_in_a_line_that_can_be_read() {
    let runs = std::sync::atomic::AtomicUsize::new(0);
    let counts = native().explore(move || runs.fetch_add(1, SeqCst));
    let why = counts.incomplete().unwrap().to_string();
    assert!(
        why.starts_with("step 1 of a schedule was the end of the execution, and was its end with another")
    );
    assert!(why.contains("a lock that is std's and not conccheck's"), "{why}");

    let runs = std::sync::atomic::AtomicUsize::new(0);
    let many = native().explore(move || {
        let (s, is_first) = (Shared::new(), runs.fetch_add(1, SeqCst) == 0);
        let acts = || {
            s.thread(move |s| {
                if is_first {
                    s.write(0, 1);
                    0
                } else {
                    s.read(0)
                }
            })
        };
        run((0..10).map(|_| acts()).collect())
    });
    let why = many.incomplete().unwrap().to_string();
    assert!(why.contains("or one of 8 others"), "{why}");
}

#[test]
fn a_search_estimates_how_far_it_is() {
    let program =
        conccheck::models::PROGRAMS.iter().find(|program| program.name == "atomics::lastzero").unwrap();
    let explored_after = |executions_max: u64| {
        let progress = std::sync::Arc::new(conccheck::Progress::default());
        let checker = native().executions_max(executions_max).progress(std::sync::Arc::clone(&progress));
        program.sized(10).unwrap().check(&checker);
        progress.explored()
    };
    let (early, late) = (explored_after(600).unwrap(), explored_after(3_328).unwrap());
    assert!(0.0 < early && early < late && late <= 1.0, "{early} {late}");
    // Too few to tell.
    assert_eq!(explored_after(100), None);
}
