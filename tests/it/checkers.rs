//! The checkers are second opinions of each other: native, shuttle's depth-first search and loom see the
//! same outcomes of small programs, each its own memory model's. Where they differ, the difference is one
//! that the documentation states.

use conccheck::models::{Checked, PROGRAMS, Program};
use conccheck::{Backend, Checker, Outcome, Strategy};
use std::collections::BTreeSet;
use std::time::Duration;

/// The rooms whose programs use nothing that the checkers treat in different ways on purpose.
const ROOMS: [&str; 6] = ["litmus", "locks", "conditions", "channels", "atomics", "structures"];

fn programs() -> impl Iterator<Item = &'static Program> {
    PROGRAMS.iter().filter(|program| ROOMS.contains(&program.model()))
}

fn see(program: &Program, checker: Checker) -> Checked {
    program.check(&checker.executions_max(20_000).time_max(Duration::from_secs(1)))
}

fn outcomes(checked: &Checked) -> BTreeSet<Outcome<String>> {
    checked.report.outcomes().cloned().collect()
}

/// Native sees what `checker` sees, but for what `may_differ` allows; and if that saw all, nothing else.
/// How many were seen in full.
fn agree(checker: impl Fn(&Program) -> Checker, may_differ: impl Fn(&Program, &str) -> bool) -> usize {
    let mut complete = 0;
    for program in programs() {
        let native = see(program, Checker::new().backend(Backend::Native));
        assert!(native.report.is_complete(), "{program}: {}", native.report);
        let other = see(program, checker(program));
        let (ours, theirs) = (outcomes(&native), outcomes(&other));
        for outcome in &theirs {
            let differs = matches!(outcome, Outcome::Returned(text) if may_differ(program, text));
            assert!(ours.contains(outcome) || differs, "{program}: native does not see {outcome}");
        }
        if other.report.is_complete() {
            complete += 1;
            for outcome in ours.difference(&theirs) {
                let backend = other.report.backend();
                let differs = matches!(outcome, Outcome::Returned(text) if may_differ(program, text));
                assert!(differs, "{program}: {backend} does not see {outcome}");
            }
        }
    }
    complete
}

#[test]
fn native_and_shuttles_search_see_the_same() {
    let shuttle = Checker::new().backend(Backend::Shuttle).strategy(Strategy::Dfs);
    let complete = agree(|_| shuttle.clone(), |_, _| false);
    tell!("{complete} of {} programs seen in full by shuttle", programs().count());
    assert!(complete >= 10, "only {complete}");
}

#[test]
fn native_and_loom_see_the_same_but_for_what_is_said_below() {
    let differs = |program: &Program, text: &str| {
        program.right_under_loom.contains(&text)
            || failed_to_lock().any(|outcome| (program.name, text) == outcome)
    };
    let loom = Checker::new().backend(Backend::Loom);
    let complete = agree(|_| loom.clone(), differs);
    tell!("{complete} of {} programs seen in full by loom", programs().count());
    assert!(complete >= 10, "only {complete}");
}

/// Programs in which `try_lock` can fail, and what they return then.
fn failed_to_lock() -> impl Iterator<Item = (&'static str, &'static str)> {
    [("locks::trylock", "not all got it"), ("locks::locker_and_trylocker", "found it taken")].into_iter()
}

#[test]
fn loom_lets_nobody_between_locking_and_unlocking_and_the_others_do() {
    for (name, text) in failed_to_lock() {
        let program = programs().find(|program| program.name == name).unwrap();
        let failed = Outcome::Returned(text.to_string());
        for backend in [Backend::Native, Backend::Shuttle] {
            let seen = see(program, Checker::new().backend(backend));
            assert!(outcomes(&seen).contains(&failed), "{program} under {backend}");
        }
        let loom = see(program, Checker::new().backend(Backend::Loom).preemptions_max(3));
        assert!(!outcomes(&loom).contains(&failed), "{program}");
    }
}

#[test]
fn loom_sees_what_sequential_consistency_forbids_and_native_and_shuttle_do_not() {
    let mut differ = 0;
    for program in programs().filter(|program| !program.right_under_loom.is_empty()) {
        let weak: BTreeSet<_> =
            program.right_under_loom.iter().map(|text| Outcome::Returned(text.to_string())).collect();
        let loom = Checker::new().backend(Backend::Loom);
        let loom = match program.loom_preemptions_max {
            Some(preemptions_max) => loom.preemptions_max(preemptions_max),
            None => loom,
        };
        assert!(weak.is_subset(&outcomes(&see(program, loom))), "{program}");
        for backend in [Backend::Native, Backend::Shuttle] {
            let seen = outcomes(&see(program, Checker::new().backend(backend)));
            assert!(weak.is_disjoint(&seen), "{program} under {backend}");
        }
        differ += 1;
    }
    assert!(differ >= 3, "store buffering, two writes and independent reads");
}
