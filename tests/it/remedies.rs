//! A failure that needs a weak ordering says which stronger ones make it go away: the least, and they do.

use crate::orderings::message;
use conccheck::cell::UnsafeCell;
use conccheck::models::{Expected, Program, Run};
use conccheck::property::Exact;
use conccheck::sync::Arc;
use conccheck::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release, SeqCst};
use conccheck::sync::atomic::{AtomicBool, AtomicU32, fence};
use conccheck::{Checker, Memory, Outcome, Remedy, Strategy, Verdict, panic, report, thread};
use serde_json::Value;

fn rust() -> Checker {
    Checker::new().memory(Memory::Rust)
}

/// The remedy's changes: the function, what is declared, what instead.
fn changes(remedy: &Remedy) -> Vec<(&str, Ordering, Option<Ordering>)> {
    remedy.changes.iter().map(|change| (change.function.as_str(), change.from, change.to)).collect()
}

#[track_caller]
fn remedy(program: impl Fn() + Send + Sync + 'static) -> Remedy {
    let report = rust().explore(program);
    assert_ne!(report.verdict(), Verdict::Pass);
    report.remedy().unwrap_or_else(|| panic!("there is a remedy of {report}"))
}

#[test]
fn what_it_says_helps_and_nothing_less_does() {
    let (stores, loads) = ([Relaxed, Release, SeqCst], [Relaxed, Acquire, SeqCst]);
    let verdict = |store, load| rust().explore(message(store, load)).verdict();
    for (store, load) in stores.iter().flat_map(|&store| loads.map(|load| (store, load))) {
        let report = rust().explore(message(store, load));
        let Some(remedy) = report.remedy() else {
            assert_eq!(report.verdict(), Verdict::Pass, "{store:?} {load:?}");
            continue;
        };
        assert!(remedy.is_complete, "{remedy}");
        let needed = [(store, stores), (load, loads)].map(|(declared, all)| {
            let change = remedy.changes.iter().find(|change| all.contains(&change.to.unwrap()));
            change.map_or(declared, |change| change.to.unwrap())
        });
        assert_eq!(verdict(needed[0], needed[1]), Verdict::Pass, "{remedy}");
        let less = |all: [Ordering; 3], ordering, declared| {
            let at = all.iter().position(|&it| it == ordering).unwrap();
            (ordering != declared).then(|| all[at - 1])
        };
        if let Some(weaker) = less(stores, needed[0], store) {
            assert_eq!(verdict(weaker, needed[1]), Verdict::Fail, "{remedy}");
        }
        if let Some(weaker) = less(loads, needed[1], load) {
            assert_eq!(verdict(needed[0], weaker), Verdict::Fail, "{remedy}");
        }
    }
}

#[test]
fn a_publication_needs_both_sides() {
    let remedy = remedy(message(Relaxed, Relaxed));
    let expected = [("store", Relaxed, Some(Release)), ("load", Relaxed, Some(Acquire))];
    assert_eq!(changes(&remedy), expected, "{remedy}");
}

#[test]
fn plain_memory_that_is_published_needs_both_sides_too() {
    #[derive(Default)]
    struct Shared(UnsafeCell<u32>, AtomicBool);
    // SAFETY: only accesses that are ordered, or end the execution, are made.
    unsafe impl Sync for Shared {}
    let remedy = remedy(|| {
        let shared = Arc::new(Shared::default());
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            // SAFETY: whether it is ordered is what the check finds out.
            other.0.with_mut(|value| unsafe { *value = 1 });
            other.1.store(true, Relaxed);
        });
        if shared.1.load(Relaxed) {
            // SAFETY: as above.
            shared.0.with(|value| unsafe { *value });
        }
        writer.join().unwrap();
    });
    let expected = [("store", Relaxed, Some(Release)), ("load", Relaxed, Some(Acquire))];
    assert_eq!(changes(&remedy), expected, "{remedy}");
}

/// Two tasks that each store to one place and load the other, and what comes between.
fn store_buffering(store: Ordering, between: Option<Ordering>, load: Ordering) -> impl Fn() + Send + Sync {
    move || {
        let places = Arc::new([const { AtomicU32::new(0) }; 2]);
        let task = |mine: usize| {
            let places = Arc::clone(&places);
            thread::spawn(move || {
                places[mine].store(1, store);
                if let Some(order) = between {
                    fence(order);
                }
                places[1 - mine].load(load)
            })
        };
        let [one, other] = [0, 1].map(task);
        assert_ne!((one.join().unwrap(), other.join().unwrap()), (0, 0));
    }
}

#[test]
fn store_buffering_needs_seq_cst() {
    let remedy = remedy(store_buffering(Release, None, Acquire));
    let expected = [("store", Release, Some(SeqCst)), ("load", Acquire, Some(SeqCst))];
    assert_eq!(changes(&remedy), expected, "{remedy}");
}

#[test]
fn a_fence_that_is_there_is_made_stronger() {
    let remedy = remedy(store_buffering(Relaxed, Some(AcqRel), Relaxed));
    assert_eq!(changes(&remedy), [("fence", AcqRel, Some(SeqCst))], "{remedy}");
}

#[test]
fn what_is_wrong_with_any_ordering_has_no_remedy() {
    // The flag is set too early; and an update is lost.
    let too_early = || {
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.1.store(1, Relaxed);
            other.0.store(7, Relaxed);
        });
        let is_there = shared.1.load(Relaxed) == 1;
        assert!(!is_there || shared.0.load(Relaxed) == 7);
        writer.join().unwrap();
    };
    let report = rust().explore(too_early);
    assert_eq!((report.verdict(), report.remedy()), (Verdict::Fail, None), "{report}");
}

#[test]
fn under_sequential_consistency_nothing_is_looked_for() {
    assert_eq!(Checker::new().explore(store_buffering(SeqCst, None, SeqCst)).remedy(), None);
    assert_eq!(Checker::new().explore(|| panic!("always")).remedy(), None);
}

/// A spin lock around two places that belong together.
fn locked(lock: Ordering, unlock: Ordering) -> impl Fn() + Send + Sync {
    move || {
        let shared = Arc::new((AtomicBool::new(false), [const { AtomicU32::new(0) }; 2]));
        let add = move |(is_locked, places): &(AtomicBool, [AtomicU32; 2])| {
            while is_locked.compare_exchange(false, true, lock, Relaxed).is_err() {
                thread::yield_now();
            }
            let [one, other] = places.each_ref().map(|place| place.load(Relaxed));
            places.iter().for_each(|place| place.store(one + 1, Relaxed));
            is_locked.store(false, unlock);
            assert_eq!(one, other);
        };
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || add(&other));
        add(&shared);
        thread.join().unwrap();
    }
}

#[test]
fn where_not_everything_can_be_seen_it_says_how_much_was() {
    let samples = rust().strategy(Strategy::Random { seed: 0 }).executions_max(200);
    let report = samples.explore(locked(Acquire, Relaxed));
    let remedy = report.remedy().expect("there is one");
    assert_eq!(changes(&remedy), [("store", Relaxed, Some(Release))], "{remedy}");
    assert!(!remedy.is_complete && remedy.to_string().contains(" there is no failure in "), "{remedy}");
}

#[test]
fn a_failing_test_says_it() {
    let says = |check: &dyn Fn()| {
        let failure = panic::catch_unwind(panic::AssertUnwindSafe(check)).expect_err("it fails");
        let text = panic::message(&*failure);
        let remedy = text.split("\nremedy: ").nth(1).unwrap_or_else(|| panic!("no remedy: {text}"));
        remedy.split("\nreplay: ").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (file, line) = (file!(), line!() + 2);
    let published = |store| {
        let flag = move |shared: &(AtomicU32, AtomicU32)| shared.1.store(1, store);
        let shared = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            other.0.store(7, Relaxed);
            flag(&other);
        });
        let seen = if shared.1.load(Acquire) == 1 { shared.0.load(Relaxed) } else { 7 };
        writer.join().unwrap();
        seen
    };
    let expected = format!("with Release at {file}:{line} every execution is right");
    assert_eq!(says(&|| rust().check(move || assert_eq!(published(Relaxed), 7))), expected);
    // Also where what is right is said by a relation.
    assert_eq!(says(&|| rust().agrees(|| 7, move || published(Relaxed), Exact).assert()), expected);
    let report = rust().explore(move || published(Relaxed));
    assert!(report.outcomes().any(|outcome| *outcome == Outcome::Returned(0)));
    assert_eq!(report.remedy(), None, "no value is wrong");
    assert!(report.remedy_if(|&seen| seen == 7).is_some());
}

/// Each of two tasks may overlook what the other has stored.
fn neither() -> String {
    let places = Arc::new([const { AtomicU32::new(0) }; 2]);
    let other = Arc::clone(&places);
    let thread = thread::spawn(move || {
        other[1].store(1, SeqCst);
        other[0].load(Acquire)
    });
    places[0].store(1, SeqCst);
    let seen = (places[1].load(SeqCst), thread.join().unwrap());
    if seen == (0, 0) { "neither" } else { "one sees the other" }.to_string()
}

#[test]
fn the_command_line_tells_it_as_text_and_as_json() {
    let program = Program {
        name: "remedies::neither",
        about: "one of two loads is too weak",
        run: Run::Plain(neither),
        right: &["one sees the other"],
        right_under_loom: &[],
        twin_of: None,
        expected: Expected::Fail,
        traces: &[],
        found_within: 100,
        pct_depth: 3,
        loom_preemptions_max: None,
    };
    let checked = program.check(&rust());
    let document: Value =
        serde_json::from_str(&report::check::json(std::slice::from_ref(&checked), 1)).unwrap();
    let remedy = &document["programs"][0]["remedy"];
    let text = remedy["text"].as_str().expect("a text");
    assert!(text.starts_with("with SeqCst at ") && text.ends_with(" every execution is right"), "{text}");
    let change = &remedy["changes"][0];
    assert_eq!((&change["function"], &change["ordering"]), (&"load".into(), &"Acquire".into()), "{remedy:#}");
    assert_eq!((&change["instead"], &remedy["complete"]), (&"SeqCst".into(), &true.into()), "{remedy:#}");
    let details = report::check::details(&checked, "", true, 100);
    assert!(details.contains(&format!("\nremedy: {text}\n")), "{details}");
    // And nothing is said where there is none.
    let checked = program.check(&Checker::new().memory(Memory::SequentiallyConsistent));
    let document: Value = serde_json::from_str(&report::check::json(&[checked], 1)).unwrap();
    assert_eq!(document["programs"][0]["remedy"], Value::Null);
}
