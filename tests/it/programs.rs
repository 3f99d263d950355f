//! Every program of the table gives the verdict that the table expects, under each checker; and the
//! outcomes that were seen are kept, as text, for review.

use conccheck::models::{Checked, PROGRAMS, Program};
use conccheck::{Backend, Checker, Outcome, Strategy};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

/// `CONCCHECK_EXECUTIONS` explores more.
fn executions_max() -> u64 {
    std::env::var("CONCCHECK_EXECUTIONS").ok().and_then(|number| number.parse().ok()).unwrap_or(2_000)
}

fn random() -> Checker {
    Checker::new()
        .backend(Backend::Shuttle)
        .strategy(Strategy::Random { seed: 1 })
        .executions_max(executions_max())
}

fn pct(program: &Program) -> Checker {
    let strategy = Strategy::Pct { seed: 1, depth: program.pct_depth };
    Checker::new().backend(Backend::Shuttle).strategy(strategy).executions_max(executions_max())
}

fn loom(program: &Program) -> Checker {
    let checker = Checker::new().backend(Backend::Loom).time_max(Duration::from_secs(60));
    match program.loom_preemptions_max {
        Some(preemptions_max) => checker.preemptions_max(preemptions_max),
        None => checker,
    }
}

/// What was seen of every program at random; three tests ask.
static AT_RANDOM: LazyLock<Vec<Checked>> = LazyLock::new(|| check_all(|_| random()));

/// What loom saw of every program; two tests ask.
static UNDER_LOOM: LazyLock<Vec<Checked>> = LazyLock::new(|| check_all(loom));

/// What the native engine saw of every program; two tests ask.
static UNDER_NATIVE: LazyLock<Vec<Checked>> =
    LazyLock::new(|| check_all(|_| Checker::new().backend(Backend::Native)));

fn check_all(checker: impl Fn(&Program) -> Checker) -> Vec<Checked> {
    PROGRAMS.iter().map(|program| program.check(&checker(program))).collect()
}

fn assert_as_expected(checked: &[Checked]) {
    let executions: u64 = checked.iter().map(|checked| checked.report.executions()).sum();
    let backend = checked[0].report.backend();
    let strategy = checked[0].report.strategy().map_or("", |strategy| strategy.name());
    tell!("explored {executions} executions of {} programs under {backend} {strategy}", checked.len());
    let surprises: Vec<String> = checked
        .iter()
        .filter(|checked| !checked.is_as_expected())
        .map(|checked| format!("{}: {}\n{}", checked.program.name, checked.verdict(), checked.report))
        .collect();
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn under_shuttle_at_random() {
    assert_as_expected(&AT_RANDOM);
}

#[test]
fn under_shuttle_with_priorities() {
    assert_as_expected(&check_all(pct));
}

/// Every execution of every program, and nothing given up.
#[test]
fn under_native() {
    assert_as_expected(&UNDER_NATIVE);
    for Checked { program, report, .. } in &*UNDER_NATIVE {
        assert!(report.is_complete() && report.redundant() == 0, "{program}: {report}");
    }
}

#[test]
fn what_is_seen_at_random_native_sees_too() {
    for (Checked { program, report, .. }, under_native) in AT_RANDOM.iter().zip(&*UNDER_NATIVE) {
        for outcome in report.outcomes() {
            assert!(under_native.report.seen(outcome).is_some(), "{program}: {outcome}");
        }
    }
}

#[test]
fn under_loom() {
    assert_as_expected(&UNDER_LOOM);
}

#[test]
fn every_broken_program_follows_the_one_that_it_is_a_twin_of() {
    let mut twins_in_model: BTreeMap<&str, usize> = BTreeMap::new();
    let mut right: Option<&Program> = None;
    for program in PROGRAMS {
        assert_eq!(program.found_within > 0, program.is_broken(), "{}", program.name);
        assert!(!program.right.is_empty(), "{} says what is right", program.name);
        assert_eq!(program.twin_of.is_some(), program.is_broken(), "{}", program.name);
        let twins = twins_in_model.entry(program.model()).or_default();
        if program.twin_of.is_none() {
            right = Some(program);
        } else {
            assert_eq!(program.twin_of, right.map(|right| right.name), "{}", program.name);
            assert_eq!(Some(program.model()), right.map(Program::model), "{}", program.name);
            *twins += 1;
        }
    }
    for (model, twins) in twins_in_model {
        assert!(twins > 0, "{model} has a twin");
    }
}

/// All that there is under sequential consistency; and what loom's weaker model adds.
#[test]
fn what_can_happen_is_kept_for_review() {
    for (checked, under_loom) in UNDER_NATIVE.iter().zip(&*UNDER_LOOM) {
        let mut text = checked.to_string();
        for outcome in under_loom.report.outcomes().filter(|outcome| checked.report.seen(outcome).is_none()) {
            text += &format!("\nloom too    {} {}", under_loom.mark(outcome), told(outcome));
        }
        let (model, name) = checked.program.name.split_once("::").unwrap();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(format!("../../snapshots/{model}"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_info(&checked.report.info());
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}

fn told(outcome: &Outcome<String>) -> String {
    match outcome {
        Outcome::Returned(text) => text.clone(),
        other => other.to_string(),
    }
}
