//! What programs may have that other checkers of weak memory cannot see, as the README's table says: each found here if
//! it is wrong, and passed if it is right. Of which loom says otherwise is in `beyond_loom.rs`; where it is said to find the
//! same here, it is asked.
//!
//! Of Miri with GenMC, and of GenMC, the table says what is known of their sources; neither is run here.

use conccheck::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use conccheck::sync::atomic::{AtomicBool, AtomicU32, fence};
use conccheck::sync::{Arc, Condvar, Mutex, Once, RwLock};
use conccheck::{Backend, Checker, Outcome, Report, Verdict, thread};
use std::fmt::Debug;
use std::time::Duration;

/// What this says of a program, with nothing set.
fn verdict(program: impl Fn() + Send + Sync + 'static) -> Verdict {
    explore(program).verdict()
}

/// The same, where loom says so too.
fn verdict_of_both(program: impl Fn() + Clone + Send + Sync + 'static) -> Verdict {
    let loom = Checker::new().backend(Backend::Loom).explore(program.clone()).verdict();
    assert_eq!(verdict(program), loom);
    loom
}

fn explore<T: Ord + Debug + Send + 'static>(program: impl Fn() -> T + Send + Sync + 'static) -> Report<T> {
    Checker::new().explore(program)
}

/// Starts what runs beside `main` with something that both have.
pub fn beside<S: Send + Sync + 'static, T: Send + 'static>(
    shared: &Arc<S>,
    body: impl FnOnce(&S) -> T + Send + 'static,
) -> thread::JoinHandle<T> {
    let shared = Arc::clone(shared);
    thread::spawn(move || body(&shared))
}

#[test]
fn a_deadlock_is_found() {
    let program = |second: [usize; 2]| {
        move || {
            let locks = Arc::new([const { Mutex::new(()) }; 2]);
            let take = |locks: &[Mutex<()>; 2], [one, other]: [usize; 2]| {
                let _held = locks[one].lock().unwrap();
                drop(locks[other].lock().unwrap());
            };
            let thread = beside(&locks, move |locks| take(locks, second));
            take(&locks, [0, 1]);
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program([1, 0])), Verdict::Hang);
    assert_eq!(verdict_of_both(program([0, 1])), Verdict::Pass);
}

#[test]
fn a_condvar_that_is_notified_too_early_is_found() {
    let program = |too_early: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let thread = beside(&shared, move |(flag, condvar)| {
                if too_early {
                    condvar.notify_one();
                }
                *flag.lock().unwrap() = true;
                if !too_early {
                    condvar.notify_one();
                }
            });
            let (flag, condvar) = &*shared;
            drop(condvar.wait_while(flag.lock().unwrap(), |is_set| !*is_set).unwrap());
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program(true)), Verdict::Hang);
    assert_eq!(verdict_of_both(program(false)), Verdict::Pass);
}

#[test]
fn what_changes_between_reading_and_writing_under_an_rw_lock_is_found() {
    let program = |looks_again: bool| {
        move || {
            let lock = Arc::new(RwLock::new(0));
            let add_once = move |lock: &RwLock<u32>| {
                let is_first = *lock.read().unwrap() == 0;
                let mut count = lock.write().unwrap();
                if if looks_again { *count == 0 } else { is_first } {
                    *count += 1;
                }
            };
            let thread = beside(&lock, add_once);
            add_once(&lock);
            thread.join().unwrap();
            assert_eq!(*lock.read().unwrap(), 1);
        }
    };
    assert_eq!(verdict_of_both(program(false)), Verdict::Fail);
    assert_eq!(verdict_of_both(program(true)), Verdict::Pass);
}

#[test]
fn what_is_done_twice_beside_a_once_is_found() {
    let program = |is_inside: bool| {
        move || {
            let shared = Arc::new((Once::new(), AtomicU32::new(0)));
            let begin = move |(once, count): &(Once, AtomicU32)| {
                if !is_inside && !once.is_completed() {
                    count.fetch_add(1, Relaxed);
                }
                once.call_once(|| count.store(count.load(Relaxed) + u32::from(is_inside), Relaxed));
            };
            let thread = beside(&shared, begin);
            begin(&shared);
            // Who comes back from a `Once` sees what was done in it, without any ordering.
            assert_eq!(shared.1.load(Relaxed), 1);
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict(program(false)), Verdict::Fail);
    assert_eq!(verdict(program(true)), Verdict::Pass);
}

#[test]
fn a_thread_that_is_unparked_too_early_is_found() {
    let program = |too_early: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let main = thread::current();
            let thread = beside(&flag, move |flag| {
                if too_early {
                    main.unpark();
                }
                flag.store(true, Relaxed);
                if !too_early {
                    main.unpark();
                }
            });
            // Being unparked orders the store before it: no ordering is needed.
            while !flag.load(Relaxed) {
                thread::park();
            }
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program(true)), Verdict::Hang);
    assert_eq!(verdict_of_both(program(false)), Verdict::Pass);
}

#[test]
fn a_wait_whose_time_is_up_is_explored() {
    let program = |minds_time: bool| {
        move || {
            let shared = Arc::new((Mutex::new(false), Condvar::new()));
            let thread = beside(&shared, |(flag, condvar)| {
                *flag.lock().unwrap() = true;
                condvar.notify_one();
            });
            let (flag, condvar) = &*shared;
            let guard = flag.lock().unwrap();
            let (guard, result) =
                condvar.wait_timeout_while(guard, Duration::from_millis(1), |is_set| !*is_set).unwrap();
            assert!(*guard || minds_time && result.timed_out());
            drop(guard);
            thread.join().unwrap();
            result.timed_out()
        }
    };
    assert_eq!(explore(program(false)).verdict(), Verdict::Fail);
    let report = explore(program(true));
    assert_eq!((report.verdict(), report.outcomes().count()), (Verdict::Pass, 2), "{report}");
}

#[test]
fn an_exchange_that_fails_for_no_reason_is_explored_where_that_is_asked_for() {
    let program = |tries: usize| {
        move || {
            let place = AtomicU32::new(0);
            assert!((0..tries).any(|_| place.compare_exchange_weak(0, 1, Relaxed, Relaxed).is_ok()));
        }
    };
    let verdict = |tries| Checker::new().weak_failures_max(1).explore(program(tries)).verdict();
    assert_eq!(verdict(1), Verdict::Fail);
    assert_eq!(verdict(2), Verdict::Pass);
    // Under loom none ever does.
    assert_eq!(Checker::new().backend(Backend::Loom).explore(program(1)).verdict(), Verdict::Pass);
}

#[test]
fn an_exchange_that_fails_reads_with_the_ordering_for_that() {
    let program = |failure: Ordering| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let thread = beside(&places, |[value, state]| {
                value.store(7, Relaxed);
                state.store(1, Release);
            });
            let [value, state] = &*places;
            if state.compare_exchange(0, 2, AcqRel, failure).is_err() {
                assert_eq!(value.load(Relaxed), 7);
            }
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program(Relaxed)), Verdict::Fail);
    assert_eq!(verdict_of_both(program(Acquire)), Verdict::Pass);
}

#[test]
fn starting_another_thread_publishes_nothing_to_those_that_run() {
    let program = |has_fence: bool| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let thread = beside(&places, |[value, flag]| {
                if flag.load(Acquire) == 1 {
                    assert_eq!(value.load(Relaxed), 7);
                }
            });
            places[0].store(7, Relaxed);
            let other = thread::spawn(|| {});
            if has_fence {
                fence(Release);
            }
            places[1].store(1, Relaxed);
            other.join().unwrap();
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program(false)), Verdict::Fail);
    assert_eq!(verdict_of_both(program(true)), Verdict::Pass);
}

#[test]
fn joining_a_thread_acquires_nothing_of_others() {
    let program = |has_fence: bool| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let thread = beside(&places, |[value, flag]| {
                value.store(7, Relaxed);
                flag.store(1, Release);
            });
            let other = thread::spawn(|| {});
            let is_set = places[1].load(Relaxed) == 1;
            other.join().unwrap();
            if has_fence {
                fence(Acquire);
            }
            assert!(!is_set || places[0].load(Relaxed) == 7);
            thread.join().unwrap();
        }
    };
    assert_eq!(verdict_of_both(program(false)), Verdict::Fail);
    assert_eq!(verdict_of_both(program(true)), Verdict::Pass);
}

#[test]
fn what_the_order_of_seqcst_allows_is_found_to_the_last() {
    // Z6.U of the paper that repaired it, with the outcome that compilers to POWER need.
    let program = |[publish, look]: [Ordering; 2]| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let one = beside(&places, move |[x, y]| {
                x.store(1, SeqCst);
                y.store(1, publish);
            });
            let two = beside(&places, move |[_, y]| (y.fetch_add(1, SeqCst), y.load(look)));
            let three = beside(&places, |[x, y]| {
                y.store(3, SeqCst);
                x.load(SeqCst)
            });
            one.join().unwrap();
            (two.join().unwrap(), three.join().unwrap())
        }
    };
    let weak = Outcome::Returned(((1, 3), 0));
    let (report, strong) = (explore(program([Release, Relaxed])), explore(program([SeqCst, SeqCst])));
    assert_eq!((report.executions(), report.redundant()), (24, 0), "{report}");
    assert!(report.outcomes().any(|outcome| *outcome == weak), "{report}");
    assert_eq!((strong.executions(), strong.redundant()), (18, 0), "{strong}");
    assert!(!strong.outcomes().any(|outcome| *outcome == weak), "{strong}");
}

#[test]
fn cargo_test_tells_who_needs_a_weak_ordering_to_fail() {
    // What a `#[test]` is to call: it panics with what was found.
    let program = |publish: Ordering| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let thread = beside(&places, move |[value, flag]| {
                value.store(7, Relaxed);
                flag.store(1, publish);
            });
            if places[1].load(Acquire) == 1 {
                assert_eq!(places[0].load(Relaxed), 7);
            }
            thread.join().unwrap();
        }
    };
    let failure = std::panic::catch_unwind(|| conccheck::check(program(Relaxed))).expect_err("it fails");
    let text = failure.downcast_ref::<String>().expect("with a text");
    assert!(text.contains("old value after a weak flag: main sees"), "{text}");
    conccheck::check(program(Release));
}
