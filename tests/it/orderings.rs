//! Which orderings a program needs, and which are stronger than it needs: each made a step weaker is as if the program
//! declared that.

use super::cli::{assert_snapshot, output, transcript};
use conccheck::cell::UnsafeCell;
use conccheck::models::objects::OBJECTS;
use conccheck::sync::Arc;
use conccheck::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use conccheck::sync::atomic::{AtomicU32, AtomicUsize, fence};
use conccheck::{Backend, Checker, Memory, Need, OrderingRow, Orderings, SettingsError, Verdict, thread};

/// What was said of the steps: the function, what is declared, what instead, and whether that is needed.
fn steps(orderings: &Orderings) -> Vec<(String, Ordering, Option<Ordering>, Option<bool>)> {
    let step = |row: &conccheck::OrderingRow| {
        let needed = match row.need {
            Need::Needed { .. } => Some(true),
            Need::NotNeeded => Some(false),
            Need::NotKnown { .. } => None,
        };
        (row.change.function.clone(), row.change.from, row.change.to, needed)
    };
    orderings.rows.iter().map(step).collect()
}

fn step(
    function: &str,
    from: Ordering,
    to: Ordering,
    needed: bool,
) -> (String, Ordering, Option<Ordering>, Option<bool>) {
    (function.to_string(), from, Some(to), Some(needed))
}

/// A message, and a flag that says that it is there.
pub fn message(store: Ordering, load: Ordering) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.store(7, Relaxed);
            other.1.store(1, store);
        });
        if shared.1.load(load) == 1 {
            assert_eq!(shared.0.load(Relaxed), 7);
        }
        writer.join().unwrap();
    }
}

fn verdict(program: impl Fn() + Send + Sync + 'static) -> Verdict {
    Checker::new().memory(Memory::Rust).explore(program).verdict()
}

#[test]
fn a_step_weaker_comes_to_what_the_program_would_that_declares_it() {
    for store in [Release, SeqCst] {
        for load in [Acquire, SeqCst] {
            let weaker = |ordering, least| if ordering == SeqCst { least } else { Relaxed };
            let (weaker_store, weaker_load) = (weaker(store, Release), weaker(load, Acquire));
            let is_wrong = |store, load| verdict(message(store, load)) == Verdict::Fail;
            assert_eq!(
                steps(&Checker::new().orderings(message(store, load))),
                [
                    step("store", store, weaker_store, is_wrong(weaker_store, load)),
                    step("load", load, weaker_load, is_wrong(store, weaker_load)),
                ]
            );
        }
    }
}

#[test]
fn what_can_be_weakened_together_is_weakened_as_far_as_it_can_be() {
    let orderings = Checker::new().orderings(message(SeqCst, SeqCst));
    let together: Vec<_> = orderings.together.iter().map(|change| change.to).collect();
    assert_eq!(together, [Some(Release), Some(Acquire)], "{orderings}");
    assert!(Checker::new().orderings(message(Release, Acquire)).are_all_needed());
}

#[test]
fn what_each_can_be_weakened_alone_is_not_weakened_together() {
    // Either of the two flags says enough.
    let orderings = Checker::new().orderings(|| {
        let shared = Arc::new([const { AtomicU32::new(0) }; 3]);
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other[0].store(7, Relaxed);
            other[1].store(1, Release);
            other[2].store(1, Release);
        });
        if shared[2].load(Acquire) == 1 && shared[1].load(Acquire) == 1 {
            assert_eq!(shared[0].load(Relaxed), 7);
        }
        writer.join().unwrap();
    });
    assert!(orderings.rows.iter().all(|row| row.need == Need::NotNeeded), "{orderings}");
    assert_eq!(orderings.together.len(), 2, "{orderings}");
}

#[test]
fn a_fence_can_be_weakened_and_left_out() {
    let fenced = |release, acquire| {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.store(7, Relaxed);
            fence(release);
            other.1.store(1, Relaxed);
            fence(Release);
        });
        if shared.1.load(Relaxed) == 1 {
            fence(acquire);
            assert_eq!(shared.0.load(Relaxed), 7);
        }
        writer.join().unwrap();
    };
    let orderings = Checker::new().orderings(move || fenced(SeqCst, AcqRel));
    let none = |needed| ("fence".to_string(), Release, None, Some(needed));
    let expected = [
        step("fence", SeqCst, AcqRel, false),
        none(false),
        step("fence", AcqRel, Acquire, false),
        step("fence", AcqRel, Release, true),
    ];
    assert_eq!(steps(&orderings), expected, "{orderings}");
    let together: Vec<_> = orderings.together.iter().map(|change| change.to).collect();
    assert_eq!(together, [Some(Release), None, Some(Acquire)], "{orderings}");
}

/// A spin lock that is tried once, around plain memory.
fn tried(success: Ordering, failure: Ordering, unlock: Ordering) {
    #[derive(Default)]
    struct Locked(AtomicUsize, UnsafeCell<()>);
    // SAFETY: nothing is ever read or written in the cell; whether its accesses are ordered is what the check finds out.
    unsafe impl Sync for Locked {}
    let lock = Arc::new(Locked::default());
    let other = Arc::clone(&lock);
    let enter = move |lock: &Locked| {
        if lock.0.compare_exchange(0, 1, success, failure).is_ok() {
            lock.1.with_mut(|_| ());
            lock.0.store(0, unlock);
        }
    };
    let thread = thread::spawn(move || enter(&other));
    enter(&lock);
    thread.join().unwrap();
}

#[test]
fn an_exchange_has_two_orderings() {
    let orderings = Checker::new().orderings(|| tried(AcqRel, Acquire, Release));
    let expected = [
        step("compare_exchange (failure)", Acquire, Relaxed, false),
        step("compare_exchange", AcqRel, Acquire, false),
        step("compare_exchange", AcqRel, Release, true),
        step("store", Release, Relaxed, true),
    ];
    assert_eq!(steps(&orderings), expected, "{orderings}");
    let Need::Needed { outcome, by: None } = &orderings.rows[3].need else { panic!("{orderings}") };
    assert!(outcome.starts_with("data race: "), "{outcome}");
}

#[test]
fn of_a_program_that_is_wrong_as_it_is_nothing_is_said() {
    let orderings = Checker::new().orderings(message(Relaxed, Acquire));
    assert!(orderings.rows.is_empty());
    assert!(orderings.failure.as_ref().is_some_and(|failure| failure.starts_with("panics: ")), "{orderings}");
}

#[test]
fn what_was_not_explored_to_its_end_is_not_known() {
    let orderings = Checker::new().executions_max(2).orderings(message(SeqCst, SeqCst));
    assert!(orderings.has_unknown() && orderings.together.is_empty(), "{orderings}");
    assert!(
        orderings.to_string().contains("not known: no failure in 2 executions: stopped after 2"),
        "{orderings}"
    );
}

#[test]
fn who_does_not_explore_the_memory_model_of_rust_says_so() {
    let checker = Checker::new().backend(Backend::Shuttle);
    let refused = std::panic::catch_unwind(|| checker.orderings(|| ())).expect_err("it is refused");
    let text = refused.downcast_ref::<String>().expect("a text");
    assert_eq!(*text, SettingsError::Memory(Backend::Shuttle).to_string());
}

#[test]
fn the_command_line_shows_a_table_and_refuses_what_makes_no_sense() {
    let shown = |arguments: &[&str], code| {
        let output = output(&[&["check", "--orderings"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{}", transcript(&output));
        format!("{}\n{}", arguments.join(" "), transcript(&output))
    };
    let texts = [
        shown(&["litmus::message_passing", "litmus::store_buffering"], 0),
        shown(&["litmus::store_buffering", "--format", "json"], 0),
        shown(&["litmus::message_passing", "--executions-max", "1", "--require-complete"], 3),
        shown(&[], 2),
        shown(&["litmus::announced_too_early"], 2),
        shown(&["litmus::store_buffering", "--backend", "loom"], 2),
        shown(&["litmus::store_buffering", "--memory", "sc"], 2),
    ];
    assert_snapshot("orderings", &texts.join("\n\n"), &[]);
}

/// How many steps weaker there are to be tried, of all objects; of how many it is not known in so many executions whether
/// they would do: two where a third task has to help Michael and Scott's queue.
const STEPS: usize = 33;
const UNKNOWN: usize = 2;
const EXECUTIONS_MAX: u64 = 4_000;

#[test]
fn every_ordering_of_every_object_is_needed() {
    let (mut steps, mut unknown) = (0, 0);
    for object in OBJECTS.iter().filter(|object| !object.clients.is_empty()) {
        let orderings = object.orderings(&Checker::new().executions_max(EXECUTIONS_MAX));
        tell!("{}: {orderings}", object.name);
        let is_unneeded = |row: &OrderingRow| row.need == Need::NotNeeded;
        assert!(!orderings.rows.iter().any(is_unneeded), "{}: {orderings}", object.name);
        steps += orderings.rows.len();
        unknown += orderings.rows.iter().filter(|row| matches!(row.need, Need::NotKnown { .. })).count();
    }
    assert_eq!((steps, unknown), (STEPS, UNKNOWN));
}

#[test]
fn every_object_is_right_with_the_orderings_that_it_declares() {
    for (object, client) in OBJECTS.iter().flat_map(|it| it.clients.iter().map(move |client| (it, client))) {
        let name = format!("{}::{}", object.name, client.name);
        let report = Checker::new().memory(Memory::Rust).explore(client.run);
        tell!("{name}: {} executions, {:?}", report.executions(), report.incomplete_because());
        assert!(matches!(report.verdict(), Verdict::Pass | Verdict::Bounded), "{name}: {report}");
    }
}
