//! Every program of the table gives the verdict that the table expects, under each checker; and the
//! outcomes that were seen are kept, as text, for review.

use conccheck::models::{Checked, PROGRAMS, Program};
use conccheck::{Backend, Checker, Strategy};
use std::collections::BTreeMap;
use std::time::Duration;

/// `CONCCHECK_EXECUTIONS` explores more.
fn executions_max() -> u64 {
    std::env::var("CONCCHECK_EXECUTIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(2_000)
}

fn random() -> Checker {
    Checker::new().strategy(Strategy::Random { seed: 1 }).executions_max(executions_max())
}

/// PCT of depth `d` lowers the priority of the running task at `d - 1` of the points where two could go
/// on. An execution of `loses_the_last_wakeup` has three such points or fewer, and its hang needs one
/// change and no second: from depth 3 on there is a change at every point, and no seed finds it. Plain
/// shuttle finds it and does not at the same depths.
fn pct(program: &Program) -> Checker {
    let depth = if program.name == "pool::loses_the_last_wakeup" { 2 } else { 3 };
    Checker::new().strategy(Strategy::Pct { seed: 1, depth }).executions_max(executions_max())
}

fn loom(program: &Program) -> Checker {
    let checker = Checker::new().backend(Backend::Loom).time_max(Duration::from_secs(60));
    match program.loom_preemptions_max {
        Some(preemptions_max) => checker.preemptions_max(preemptions_max),
        None => checker,
    }
}

fn all_are_as_expected(checker: impl Fn(&Program) -> Checker) {
    let checked: Vec<Checked> = PROGRAMS.iter().map(|program| program.check(&checker(program))).collect();
    let executions: u64 = checked.iter().map(|checked| checked.report.executions()).sum();
    println!("explored {executions} executions of {} programs", checked.len());
    let surprises: Vec<String> = checked
        .iter()
        .filter(|checked| !checked.is_as_expected())
        .map(|checked| format!("{}: {}\n{}", checked.program.name, checked.verdict(), checked.report))
        .collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn under_shuttle_at_random() {
    all_are_as_expected(|_| random());
}

#[test]
fn under_shuttle_with_priorities() {
    all_are_as_expected(pct);
}

#[test]
fn under_loom() {
    all_are_as_expected(loom);
}

#[test]
fn every_broken_program_stands_next_to_one_that_is_right() {
    let mut right_in_model: BTreeMap<&str, bool> = BTreeMap::new();
    for program in PROGRAMS {
        *right_in_model.entry(program.model()).or_default() |= !program.is_broken();
        assert!(!program.right.is_empty(), "{} says what is right", program.name);
    }
    for (model, is_right) in right_in_model {
        assert!(is_right, "{model} has a program that is right");
        assert!(
            PROGRAMS.iter().any(|program| program.model() == model && program.is_broken()),
            "{model} has a twin"
        );
    }
}

#[test]
fn what_was_seen_is_kept_for_review() {
    for program in PROGRAMS {
        let seen = [random(), loom(program)].map(|checker| program.check(&checker));
        let mut lines: Vec<String> = seen.iter().flat_map(Checked::outcome_lines).collect();
        lines.sort();
        lines.dedup();
        let (model, name) = program.name.split_once("::").unwrap();
        let text = format!("{}\n\n{}", program.about, lines.join("\n"));
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("../../snapshots/{model}"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}
