//! Sets of outcomes are text for review: each kind has its section, what is long is cut, and a sample is
//! compared as one.

use conccheck::snapshot::Within;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Checker, Report, Strategy, thread};
use std::process::Command;

/// Compares with `snapshots/outcome_sets/<name>.snap`.
fn settings() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/outcome_sets");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

fn assert_snapshot(name: &str, text: impl ToString) {
    settings().bind(|| insta::assert_snapshot!(name, text.to_string()));
}

/// As many tasks note in which order they come.
fn order_of(tasks: usize) -> impl Fn() -> Vec<usize> + Send + Sync {
    move || {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let spawn = |task| {
            let seen = Arc::clone(&seen);
            thread::spawn(move || seen.lock().unwrap().push(task))
        };
        let tasks: Vec<_> = (0..tasks).map(spawn).collect();
        tasks.into_iter().for_each(|task| task.join().unwrap());
        let seen = seen.lock().unwrap();
        seen.clone()
    }
}

#[test]
fn a_long_set_is_cut_and_what_is_left_out_has_a_hash() {
    let text = Checker::new().explore(order_of(5)).to_string();
    assert!(text.contains("outcomes    120\n"), "{text}");
    assert!(text.contains("\n  … and 70 more, fnv1a "), "{text}");
    assert_eq!(text.lines().count(), 2 + 1 + 50 + 1 + 4, "{text}");
    let hash = |text: &str| text.split("fnv1a ").nth(1).unwrap()[..16].to_string();
    let other = Checker::new().explore(move || {
        let mut order = order_of(5)();
        // The first fifty are the same.
        if order[0] == 4 {
            order[0] = 5;
        }
        order
    });
    assert_ne!(hash(&text), hash(&other.to_string()));
}

/// Two tasks, in which something is wrong: 0 panics, 1 hangs.
fn fails(how: usize) -> impl Fn() -> usize + Send + Sync {
    move || {
        let value = Arc::new((AtomicU32::new(0), Mutex::new(()), Mutex::new(())));
        let shared = Arc::clone(&value);
        let other = thread::spawn(move || match how {
            0 => shared.0.store(1, SeqCst),
            _ => drop((shared.1.lock().unwrap(), shared.2.lock().unwrap())),
        });
        match how {
            0 => assert_eq!(value.0.load(SeqCst), 0, "it was\nnot yet"),
            _ => drop((value.2.lock().unwrap(), value.1.lock().unwrap())),
        }
        other.join().unwrap();
        how
    }
}

#[test]
fn every_kind_of_outcome_has_its_section_and_what_is_wrong_its_least_execution() {
    let text = [0, 1].map(|how| Checker::new().explore(fails(how)).to_string());
    assert_snapshot("kinds", text.join("\n\n"));
}

/// So many tasks add to a counter, reading and writing apart.
fn adds(tasks: usize) -> impl Fn() -> u32 + Send + Sync {
    move || {
        let total = Arc::new(AtomicU32::new(0));
        let spawn = |_| {
            let total = Arc::clone(&total);
            thread::spawn(move || total.store(total.load(SeqCst) + 1, SeqCst))
        };
        let tasks: Vec<_> = (0..tasks).map(spawn).collect();
        tasks.into_iter().for_each(|task| task.join().unwrap());
        total.load(SeqCst)
    }
}

fn sampled(tasks: usize) -> Report<u32> {
    let checker = Checker::new().strategy(Strategy::Random { seed: 1 });
    let report = checker.executions_max(if tasks == 3 { 1 } else { 100 }).explore(adds(tasks));
    assert!(report.to_string().starts_with("explored    sampled\n"), "{report}");
    report
}

/// Compares with what is recorded of three tasks.
fn assert_within(report: &Report<u32>) {
    let mut settings = settings();
    settings.set_comparator(Box::new(Within));
    settings.set_info(&report.info());
    settings.bind(|| insta::assert_snapshot!("adds", report));
}

#[test]
fn a_sample_is_within_what_was_recorded() {
    let all = Checker::new().explore(adds(3));
    assert_snapshot("adds", &all);
    assert_within(&all);
    let few = sampled(3);
    assert_eq!(few.outcomes().count(), 1);
    assert_within(&few);
}

/// Does nothing but in a process that another test has started.
#[test]
fn as_a_child() {
    match std::env::var("CONCCHECK_TEST").as_deref() {
        Ok("more tasks, sampled") => assert_within(&sampled(4)),
        Ok("fewer tasks, explored in full") => assert_within(&Checker::new().explore(adds(2))),
        _ => {}
    }
}

#[test]
fn what_was_not_recorded_is_noticed() {
    for checks in ["more tasks, sampled", "fewer tasks, explored in full"] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "outcome_sets::as_a_child"]);
        command.env("CONCCHECK_TEST", checks).env("INSTA_UPDATE", "no").env_remove("INSTA_FORCE_PASS");
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success() && text.contains("snapshot assertion"), "{checks}: {text}");
    }
}
