//! What an access of an atomic may see of others: as a table of litmus tests says, whose facts an oracle has computed
//! that enumerates all execution graphs of a program by brute force.

mod beyond;
mod beyond_loom;
mod bounded;
mod families;
mod family;
mod genmc;
mod handing_on;
mod litmus;
mod workers;

use conccheck::sync::atomic::{AtomicU32, AtomicUsize, Ordering, fence};
use conccheck::sync::{Arc, Mutex};
use conccheck::{
    Backend, Checker, Incomplete, Memory, Outcome, Report, SettingsError, Strategy, Verdict, thread,
};
use litmus::{Facts, Litmus};
use std::time::Duration;

/// What was found of a program, as far as the table tells.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    is_racy: bool,
    is_blocked: bool,
    outcomes: Vec<Vec<i64>>,
}

impl Found {
    fn of(report: &Report<Vec<i64>>) -> Self {
        let rows = report.outcomes().filter_map(|outcome| match outcome {
            Outcome::Returned(row) => Some(row.clone()),
            _ => None,
        });
        Found {
            is_racy: report.outcomes().any(|outcome| matches!(outcome, Outcome::DataRace { .. })),
            is_blocked: report.outcomes().any(Outcome::is_hang),
            outcomes: rows.collect(),
        }
    }

    fn expected(facts: &Facts) -> Self {
        Found { is_racy: facts.is_racy, is_blocked: facts.blocked > 0, outcomes: facts.outcomes.clone() }
    }
}

/// How many of those that were drawn are looked at, times `CONCCHECK_CASES`; there are five times as many.
const DRAWN: usize = 200;

/// Those that are known, and some that were drawn.
fn table() -> Vec<Litmus> {
    let times = std::env::var("CONCCHECK_CASES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut table = litmus::programs(include_str!("litmus.toml"));
    table.extend(litmus::programs(include_str!("generated.toml")).into_iter().take(DRAWN * times));
    table
}

fn explore(checker: Checker, litmus: &Litmus) -> Report<Vec<i64>> {
    let program = litmus.clone();
    checker.explore(move || program.run())
}

/// The programs of which `is_wrong` says how they are, together.
fn expect_none(is_wrong: impl Fn(&Litmus) -> Option<String>) {
    let wrong = |litmus: &Litmus| Some(format!("{}: {}", litmus.name, is_wrong(litmus)?));
    let wrong: Vec<_> = table().iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn rust() -> Checker {
    Checker::new().memory(Memory::Rust)
}

#[test]
fn a_program_comes_to_what_the_memory_model_of_rust_allows_and_to_nothing_else() {
    expect_none(|litmus| {
        let report = explore(rust().executions_max(1_000_000).time_max(Duration::from_secs(60)), litmus);
        let (found, expected) = (Found::of(&report), Found::expected(&litmus.rust));
        // Of a race nothing else is defined.
        let is_right =
            if expected.is_racy { found.is_racy } else { found == expected && report.is_complete() };
        (!is_right).then(|| format!("{found:?} instead of {expected:?}\n{report}"))
    });
}

#[test]
fn under_sequential_consistency_dpor_explores_each_graph_once() {
    let is_defined = |litmus: &&Litmus| !litmus.rust.is_racy;
    for litmus in table().iter().filter(is_defined) {
        let report = explore(Checker::new().memory(Memory::SequentiallyConsistent), litmus);
        let facts = &litmus.sc;
        assert_eq!(Found::of(&report), Found::expected(facts), "{}", litmus.name);
        let counts = (report.executions(), report.redundant());
        assert_eq!(counts, (facts.executions + facts.blocked, 0), "{}", litmus.name);
    }
}

#[test]
fn under_the_memory_model_of_rust_dpor_explores_each_graph_once() {
    let checker = || rust().strategy(Strategy::Dpor);
    expect_none(|litmus| {
        if litmus.rust.is_racy {
            return None;
        }
        let report = explore(checker(), litmus);
        let facts = &litmus.rust;
        let counts = (report.executions(), report.redundant());
        let is_right = Found::of(&report) == Found::expected(facts)
            && report.is_complete()
            && counts == (facts.executions + facts.blocked, 0);
        (!is_right).then(|| format!("{counts:?} instead of {}\n", facts.executions + facts.blocked))
    });
}

#[test]
fn the_table_tells_the_memory_models_apart() {
    let table = table();
    let differs = |litmus: &&Litmus| !litmus.rust.is_racy && litmus.sc.outcomes != litmus.rust.outcomes;
    let weak: Vec<&Litmus> = table.iter().filter(differs).collect();
    assert!(weak.len() > 30, "{}", weak.len());
    for litmus in weak {
        let found = Found::of(&explore(Checker::new().memory(Memory::SequentiallyConsistent), litmus));
        assert_ne!(found, Found::expected(&litmus.rust), "{}", litmus.name);
    }
}

#[test]
fn what_is_sampled_is_allowed() {
    let strategies =
        [Strategy::Random { seed: 1 }, Strategy::Pos { seed: 1 }, Strategy::Pct { seed: 1, depth: 3 }];
    expect_none(|litmus| {
        let sampled =
            strategies.map(|strategy| explore(rust().strategy(strategy).executions_max(50), litmus));
        let is_allowed = |report: &Report<Vec<i64>>| {
            let Found { is_racy, is_blocked, outcomes } = Found::of(report);
            let facts = &litmus.rust;
            let is_known = outcomes.iter().all(|row| facts.outcomes.contains(row));
            facts.is_racy || !is_racy && is_known && (!is_blocked || facts.blocked > 0)
        };
        let wrong = sampled.iter().find(|report| !is_allowed(report))?;
        Some(format!("{wrong} instead of {:?}", litmus.rust))
    });
}

/// Two tasks that each store to one place and load the other.
fn store_buffering(store: Ordering, load: Ordering) -> impl Fn() -> (u32, u32) + Clone {
    move || {
        let places = Arc::new([const { AtomicU32::new(0) }; 2]);
        let task = |mine: usize| {
            let places = Arc::clone(&places);
            thread::spawn(move || {
                places[mine].store(1, store);
                places[1 - mine].load(load)
            })
        };
        let [one, other] = [0, 1].map(task);
        (one.join().unwrap(), other.join().unwrap())
    }
}

#[test]
fn a_program_with_sequentially_consistent_atomics_only_has_no_other_executions() {
    let program = store_buffering(Ordering::SeqCst, Ordering::SeqCst);
    for strategy in [Strategy::Dfs, Strategy::Dpor] {
        let [sc, rust] = [Memory::SequentiallyConsistent, Memory::Rust]
            .map(|memory| Checker::new().memory(memory).strategy(strategy).explore(program.clone()));
        assert_eq!(sc.executions(), rust.executions());
        assert_eq!(sc.outcomes().collect::<Vec<_>>(), rust.outcomes().collect::<Vec<_>>());
    }
}

#[test]
fn samples_find_what_needs_an_old_value() {
    let program = store_buffering(Ordering::Release, Ordering::Acquire);
    let neither = |outcome: &Outcome<(u32, u32)>| *outcome == Outcome::Returned((0, 0));
    for strategy in [Strategy::Random { seed: 0 }, Strategy::Pos { seed: 0 }] {
        let report = rust().strategy(strategy).find(program.clone(), neither);
        assert!(report.outcomes().any(neither), "{report}");
    }
}

#[test]
fn a_lock_hands_on_all_that_came_before() {
    let report = rust().explore(|| {
        let shared = Arc::new((Mutex::new(false), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.1.store(1, Ordering::Relaxed);
            *other.0.lock().unwrap() = true;
        });
        let is_set = *shared.0.lock().unwrap();
        let value = shared.1.load(Ordering::Relaxed);
        writer.join().unwrap();
        (is_set, value)
    });
    let outcomes: Vec<_> = report.outcomes().cloned().collect();
    assert_eq!(outcomes, [(false, 0), (false, 1), (true, 1)].map(Outcome::Returned), "{report}");
}

#[test]
fn who_has_an_atomic_alone_changes_it_for_all() {
    rust().check(|| {
        let mut place = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| place.store(1, Ordering::Relaxed));
        });
        assert_eq!(*place.get_mut(), 1);
        *place.get_mut() = 2;
        let read = thread::scope(|scope| scope.spawn(|| place.load(Ordering::Relaxed)).join().unwrap());
        assert_eq!(read, 2);
    });
}

#[test]
fn a_loop_that_waits_for_a_relaxed_flag_sees_it_at_last() {
    let report = rust().explore(|| {
        let flag = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&flag);
        let setter = thread::spawn(move || other.store(1, Ordering::Relaxed));
        while flag.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        setter.join().unwrap();
    });
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(())], "{report}");
    assert_eq!((report.verdict(), report.executions()), (Verdict::Pass, 3), "{report}");
}

/// One takes what so many others have each added to `empty`, and waits in a loop until there is something.
fn taken(adders: usize, empty: usize) {
    let place = Arc::new(AtomicUsize::new(empty));
    let add = |_| {
        let place = Arc::clone(&place);
        thread::spawn(move || place.fetch_add(1, Ordering::Release))
    };
    let adders: Vec<_> = (0..adders).map(add).collect();
    while place.swap(empty, Ordering::Acquire) == empty {
        thread::yield_now();
    }
    adders.into_iter().for_each(|adder| _ = adder.join().unwrap());
}

#[test]
fn a_loop_that_takes_what_is_there_awaits_that_something_is() {
    /// Where addresses begin, as far as anybody can tell.
    const LARGE: usize = 1 << 32;
    for (adders, executions) in [(1, 3), (2, 12), (3, 54)] {
        for empty in [0, LARGE] {
            for strategy in [Strategy::Dpor, Strategy::Dfs] {
                let report = rust().strategy(strategy).explore(move || taken(adders, empty));
                let found = (report.verdict(), report.executions(), report.redundant());
                assert_eq!(found, (Verdict::Pass, executions, 0), "{adders} {empty} {strategy:?}: {report}");
            }
        }
    }
}

/// So many tasks that each add to a counter with a lock that they spin for.
fn locked(tasks: usize, lock: fn(&[AtomicU32; 3]), unlock: fn(&[AtomicU32; 3])) -> u32 {
    let places = Arc::new([const { AtomicU32::new(0) }; 3]);
    let task = |_| {
        let places = Arc::clone(&places);
        thread::spawn(move || {
            lock(&places);
            let count = places[2].load(Ordering::Relaxed);
            places[2].store(count + 1, Ordering::Relaxed);
            unlock(&places);
        })
    };
    let tasks: Vec<_> = (0..tasks).map(task).collect();
    tasks.into_iter().for_each(|task| task.join().unwrap());
    places[2].load(Ordering::Relaxed)
}

#[test]
fn spin_locks_are_explored_to_the_end_and_keep_what_they_guard() {
    let ticket = |tasks: usize| {
        let lock: fn(&[AtomicU32; 3]) = |[next, now, _]| {
            let mine = next.fetch_add(1, Ordering::Relaxed);
            while now.load(Ordering::Acquire) != mine {
                thread::yield_now();
            }
        };
        let unlock: fn(&[AtomicU32; 3]) = |[_, now, _]| {
            now.fetch_add(1, Ordering::Release);
        };
        move || locked(tasks, lock, unlock)
    };
    let report = rust().explore(ticket(3));
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(3)], "{report}");
    assert_eq!((report.verdict(), report.redundant()), (Verdict::Pass, 0), "{report}");
    // With only sequential consistency there is no other execution of it.
    let sc = Checker::new().memory(Memory::SequentiallyConsistent).explore(ticket(3));
    assert_eq!(report.executions(), sc.executions(), "{sc}");
    let twin = || {
        let relaxed: fn(&[AtomicU32; 3]) = |[lock, _, _]| {
            while lock.swap(1, Ordering::Acquire) == 1 {
                thread::yield_now();
            }
        };
        locked(2, relaxed, |[lock, _, _]| lock.store(0, Ordering::Relaxed))
    };
    let report = rust().explore(twin);
    assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned(1)), "{report}");
}

#[test]
fn a_loop_that_counts_its_rounds_while_it_reads_an_old_value_is_not_called_seen() {
    let report = rust().explore(|| {
        let places = Arc::new([const { AtomicU32::new(0) }; 2]);
        let other = Arc::clone(&places);
        let thread = thread::spawn(move || {
            other[0].store(1, Ordering::Relaxed);
            other[1].store(1, Ordering::Relaxed);
        });
        let mut rounds = 0;
        if places[1].load(Ordering::Relaxed) == 1 {
            // Never does it have to wait: what it waits for is there, and need not be seen.
            while places[0].load(Ordering::Relaxed) == 0 {
                rounds += 1;
            }
        }
        thread.join().unwrap();
        rounds
    });
    assert_eq!(report.verdict(), Verdict::Bounded, "{report}");
    assert!(matches!(report.incomplete(), Some(Incomplete::RoundsMax { .. })), "{report}");
}

#[test]
fn what_only_a_clock_tells_apart_is_not_called_seen() {
    let program = || {
        let place = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&place);
        let start = conccheck::time::Instant::now();
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(10));
            other.store(1, Ordering::Relaxed);
        });
        place.store(2, Ordering::Relaxed);
        let is_late = start.elapsed() >= Duration::from_millis(5);
        thread.join().unwrap();
        is_late
    };
    let report = rust().strategy(Strategy::Dpor).explore(program);
    assert_eq!(report.incomplete(), Some(&Incomplete::Clocks), "{report}");
    let report = Checker::new().memory(Memory::SequentiallyConsistent).explore(program);
    assert_eq!((report.verdict(), report.outcomes().count()), (Verdict::Pass, 2), "{report}");
}

#[test]
fn a_stack_of_nodes_that_have_other_addresses_each_time_is_explored_whole() {
    use conccheck::sync::atomic::AtomicPtr;
    struct Node {
        next: *mut Node,
    }
    let push = |head: &AtomicPtr<Node>| {
        let node = Box::into_raw(Box::new(Node { next: std::ptr::null_mut() }));
        let mut next = head.load(Ordering::Relaxed);
        loop {
            // SAFETY: nobody else has the node yet.
            unsafe { (*node).next = next };
            match head.compare_exchange(next, node, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => next = now,
            }
        }
    };
    let pop = |head: &AtomicPtr<Node>| {
        let mut first = head.load(Ordering::Acquire);
        while !first.is_null() {
            // SAFETY: no node is given back.
            let next = unsafe { (*first).next };
            match head.compare_exchange(first, next, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) => first = now,
            }
        }
        false
    };
    let program = move || {
        let head: Arc<AtomicPtr<Node>> = Arc::default();
        let (one, other) = (Arc::clone(&head), Arc::clone(&head));
        let pusher = thread::spawn(move || push(&one));
        let both = thread::spawn(move || {
            push(&other);
            pop(&other)
        });
        let popped = pop(&head);
        pusher.join().unwrap();
        (popped, both.join().unwrap())
    };
    let [report, sc] = [Memory::Rust, Memory::SequentiallyConsistent]
        .map(|memory| Checker::new().memory(memory).explore(program));
    assert_eq!((report.verdict(), report.redundant()), (Verdict::Pass, 0), "{report}");
    // Exchanges come one after another, whatever their orderings.
    assert_eq!(report.executions(), sc.executions(), "{report}");
    assert_eq!(report.outcomes().collect::<Vec<_>>(), sc.outcomes().collect::<Vec<_>>());
}

#[test]
fn a_failure_that_needs_an_old_value_is_replayed_and_says_which() {
    let program = || {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.store(7, Ordering::Relaxed);
            other.1.store(1, Ordering::Relaxed);
        });
        if shared.1.load(Ordering::Acquire) == 1 {
            assert_eq!(shared.0.load(Ordering::Relaxed), 7);
        }
        writer.join().unwrap();
    };
    let report = rust().explore(program);
    assert_eq!(report.verdict(), Verdict::Fail);
    let panicked = report.outcomes().find(|outcome| matches!(outcome, Outcome::Panicked { .. }));
    let schedule = report.seen(panicked.expect("it panics")).and_then(|seen| seen.schedule.clone()).unwrap();
    // Whatever the checker is set to: the schedule knows.
    let (outcome, witness) = Checker::new().replay(&schedule, program).unwrap();
    assert_eq!(Some(&outcome), panicked);
    let old: Vec<_> = witness.steps.iter().filter(|step| step.overlooks.is_some()).collect();
    assert_eq!(old.len(), 1, "{witness:?}");
    assert_eq!(old[0].function, "load");
    let failure = std::panic::catch_unwind(|| rust().check(program)).expect_err("it fails");
    let text = failure.downcast_ref::<String>().expect("with a text");
    assert!(text.contains("old value after a weak flag: main sees"), "{text}");
    // Published rightly, it never fails.
    rust().check(|| {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.store(7, Ordering::Relaxed);
            other.1.store(1, Ordering::Release);
        });
        if shared.1.load(Ordering::Acquire) == 1 {
            assert_eq!(shared.0.load(Ordering::Relaxed), 7);
        }
        writer.join().unwrap();
    });
}

#[test]
fn a_long_execution_is_explored_in_part_and_that_is_said() {
    let program = |accesses: usize, ordering: Ordering| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            (0..accesses).for_each(|_| places[1].store(1, ordering));
            let other = Arc::clone(&places);
            let thread = thread::spawn(move || other[0].store(1, Ordering::SeqCst));
            places[0].store(2, Ordering::SeqCst);
            thread.join().unwrap();
            places[0].load(Ordering::Relaxed)
        }
    };
    let explore = |accesses, ordering| rust().strategy(Strategy::Dfs).explore(program(accesses, ordering));
    let [short, long] = [1, 300].map(|accesses| explore(accesses, Ordering::SeqCst));
    assert!(short.is_complete(), "{short}");
    assert_eq!(short.outcomes().collect::<Vec<_>>(), long.outcomes().collect::<Vec<_>>());
    let relaxed = explore(300, Ordering::Relaxed);
    assert!(relaxed.is_complete(), "only what is SeqCst counts: {relaxed}");
    // dpor sees less of it, and says so too.
    for long in [long, rust().explore(program(300, Ordering::SeqCst))] {
        assert_eq!(
            (long.verdict(), long.incomplete()),
            (Verdict::Bounded, Some(&Incomplete::SeqCstMax(255)))
        );
    }
}

#[test]
fn an_exchange_that_may_fail_for_no_reason_takes_nothing_away() {
    let program = || {
        let places = Arc::new([const { AtomicU32::new(0) }; 2]);
        let task = |body: fn(&[AtomicU32; 2]) -> (u32, u32)| {
            let places = Arc::clone(&places);
            thread::spawn(move || body(&places))
        };
        let tasks = [
            task(|[x, _]| {
                x.store(1, Ordering::SeqCst);
                (x.compare_exchange_weak(1, 2, Ordering::Release, Ordering::Relaxed).is_ok().into(), 0)
            }),
            task(|[x, y]| (x.load(Ordering::Acquire), y.load(Ordering::SeqCst))),
            task(|[x, y]| {
                y.store(1, Ordering::SeqCst);
                (x.load(Ordering::SeqCst), 0)
            }),
        ];
        tasks.map(|task| task.join().unwrap())
    };
    let [without, with] = [0, 1].map(|count| {
        let report = rust().weak_failures_max(count).executions_max(1_000_000).explore(program);
        assert!(report.is_complete(), "{report}");
        report.outcomes().cloned().collect::<std::collections::BTreeSet<_>>()
    });
    assert!(without.is_subset(&with), "{:?}", without.difference(&with).collect::<Vec<_>>());
    assert!(without.contains(&Outcome::Returned([(1, 0), (2, 0), (0, 0)])));
}

#[test]
fn a_schedule_with_old_values_of_another_program_diverges() {
    let program = |second: Ordering| {
        move || {
            let places = Arc::new([const { AtomicU32::new(0) }; 2]);
            let other = Arc::clone(&places);
            let writer = thread::spawn(move || {
                other[0].store(1, Ordering::Relaxed);
                other[1].store(1, second);
            });
            let seen = places[1].load(Ordering::Acquire);
            let value = places[0].load(Ordering::Relaxed);
            writer.join().unwrap();
            (seen, value)
        }
    };
    let report = rust().explore(program(Ordering::Relaxed));
    let old = Outcome::Returned((1, 0));
    let schedule = report.seen(&old).and_then(|seen| seen.schedule.clone()).expect("it is seen");
    let diverged = rust().replay(&schedule, program(Ordering::Release)).expect_err("it cannot be");
    assert!(diverged.found.contains("load of main at"), "{diverged}");
    // Nor what looks at something that lives on.
    let runs = std::sync::atomic::AtomicU32::new(0);
    let report = rust().explore(move || {
        let place = Arc::new(AtomicU32::new(0));
        let other = Arc::clone(&place);
        let writer = thread::spawn(move || other.store(1, Ordering::Relaxed));
        if runs.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            place.load(Ordering::Relaxed);
        }
        writer.join().unwrap();
    });
    assert_eq!(report.verdict(), Verdict::Flaky, "{report}");
}

#[test]
fn a_spin_lock_that_swaps_is_found_to_wait() {
    let report = rust().explore(|| {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let add = |(lock, count): &(AtomicU32, AtomicU32)| {
            while lock.swap(1, Ordering::Acquire) == 1 {
                thread::yield_now();
            }
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            lock.store(0, Ordering::Release);
        };
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || add(&other));
        add(&shared);
        thread.join().unwrap();
        shared.1.load(Ordering::Relaxed)
    });
    assert_eq!(report.outcomes().collect::<Vec<_>>(), [&Outcome::Returned(2)], "{report}");
    assert!(
        report.incomplete_because().iter().all(|why| matches!(why, Incomplete::RoundsMax { .. })),
        "{report}"
    );
}

#[test]
fn what_needs_no_old_value_is_shown_without() {
    let program = || {
        let count = Arc::new(AtomicU32::new(0));
        let add = |count: &AtomicU32| count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        let other = Arc::clone(&count);
        let thread = thread::spawn(move || add(&other));
        add(&count);
        thread.join().unwrap();
        assert_eq!(count.load(Ordering::Relaxed), 2);
    };
    let failure = std::panic::catch_unwind(|| rust().check(program)).expect_err("it fails");
    let text = failure.downcast_ref::<String>().expect("with a text");
    assert!(text.contains("lost update: "), "{text}");
}

#[test]
fn who_cannot_explore_it_says_so() {
    for backend in [Backend::Real, Backend::Shuttle, Backend::Loom] {
        assert_eq!(rust().backend(backend).validate(), Err(SettingsError::Memory(backend)));
    }
    assert_eq!(rust().workers(2).validate(), Ok(()));
}

#[test]
fn orderings_that_std_refuses_are_refused() {
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    type Access = fn(&AtomicU32);
    let refused: [(&str, Access); 6] = [
        ("a release load", |atomic| _ = atomic.load(Release)),
        ("an acquire-release load", |atomic| _ = atomic.fetch_update(Relaxed, AcqRel, Some)),
        ("an acquire store", |atomic| atomic.store(1, Acquire)),
        ("a release failure ordering", |atomic| _ = atomic.compare_exchange(0, 1, SeqCst, Release)),
        ("an acquire-release failure ordering", |atomic| {
            _ = atomic.compare_exchange_weak(0, 1, SeqCst, AcqRel);
        }),
        ("a relaxed fence", |_| fence(Relaxed)),
    ];
    for (what, access) in refused {
        let report = rust().explore(move || access(&AtomicU32::new(0)));
        let message = format!("there is no such thing as {what}");
        let says = |outcome: &Outcome<()>| matches!(outcome, Outcome::Panicked(said) if *said == message);
        assert!(report.outcomes().all(says), "{what}: {report}");
    }
}

#[test]
fn where_load_buffering_could_happen_it_is_said() {
    use Ordering::{Acquire, Relaxed, Release};
    type Places = [AtomicU32; 2];
    /// Both tasks do the second thing after the first, on the two atomics in opposite order.
    fn crosswise(first: fn(&AtomicU32), then: fn(&AtomicU32)) -> Option<String> {
        let report = rust().explore(move || {
            let places = Arc::new(Places::default());
            let other = Arc::clone(&places);
            let thread = thread::spawn(move || {
                first(&other[1]);
                then(&other[0]);
            });
            first(&places[0]);
            then(&places[1]);
            thread.join().unwrap();
        });
        assert_eq!(report.verdict(), Verdict::Pass, "{report}");
        let is_in_the_text = report.to_string().contains("load buffering was not explored");
        assert_eq!(report.note().is_some(), is_in_the_text, "{report}");
        report.note()
    }
    let note = crosswise(|place| _ = place.load(Relaxed), |place| place.store(1, Relaxed)).unwrap();
    assert_eq!(note.matches("tests/it/memory/mod.rs:").count(), 2, "{note}");
    assert!(
        crosswise(|place| _ = place.fetch_add(1, Relaxed), |place| _ = place.fetch_add(1, Relaxed)).is_some()
    );
    assert_eq!(crosswise(|place| _ = place.load(Acquire), |place| place.store(1, Release)), None);
    assert_eq!(
        crosswise(|place| place.store(1, Relaxed), |place| _ = place.load(Relaxed)),
        None,
        "store buffering"
    );
    let additions = rust().explore(|| {
        let count = Arc::new(AtomicU32::new(0));
        let threads = [0; 3].map(|_| {
            let count = Arc::clone(&count);
            thread::spawn(move || count.fetch_add(1, Relaxed))
        });
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(additions.note(), None);
}

#[test]
fn a_failure_names_the_pattern_that_it_is_of() {
    use Ordering::{Acquire, Relaxed, Release};
    let says = |program: fn()| {
        let failure = std::panic::catch_unwind(|| rust().check(program)).expect_err("it fails");
        failure.downcast_ref::<String>().expect("with a text").replace("\n  ", " ")
    };
    /// One writes and sets a flag, with a fence in between; the other looks at the flag, and then, after a fence, at the value.
    fn passes(store: Ordering, load: Ordering, fences: [Option<Ordering>; 2]) {
        let places = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let [value, flag] = [Arc::clone(&places), Arc::clone(&places)];
        let writer = thread::spawn(move || {
            value[0].store(7, Relaxed);
            fences[0].into_iter().for_each(fence);
            value[1].store(1, store);
        });
        if flag[1].load(load) == 1 {
            fences[1].into_iter().for_each(fence);
            assert_eq!(flag[0].load(Relaxed), 7);
        }
        writer.join().unwrap();
    }
    let text = says(|| passes(Release, Relaxed, [None, None]));
    assert!(text.contains("old value after a weak flag") && text.contains("not Acquire"), "{text}");
    assert!(!text.contains("not Release"), "{text}");
    let text = says(|| passes(Relaxed, Acquire, [None, None]));
    assert!(text.contains("old value after a weak flag") && text.contains("not Release"), "{text}");
    assert!(!text.contains("not Acquire"), "{text}");
    let text = says(|| passes(Relaxed, Relaxed, [Some(Release), None]));
    assert!(text.contains("missing fence") && text.contains("no fence(Acquire) comes after it"), "{text}");
    let text = says(|| passes(Relaxed, Relaxed, [None, Some(Acquire)]));
    assert!(text.contains("missing fence") && text.contains("no fence(Release) comes before it"), "{text}");
    let text = says(|| {
        let (mine, theirs) = store_buffering(Relaxed, Relaxed)();
        assert!(mine == 1 || theirs == 1);
    });
    assert!(text.contains("store buffering: T1 stores 1") && text.contains("in each"), "{text}");
}
