//! A search that did not see everything is never silent: a test that passes says so in a line which the harness does
//! not keep to itself, and fails if everything had to be seen. All reasons are told.

use conccheck::property::{Object, Refines};
use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicU8, Ordering::SeqCst};
use conccheck::{Backend, Checker, Incomplete, Strategy, Verdict, thread};
use std::process::Command;

/// Two threads that add to a counter, in as many steps as that takes.
fn count(rounds: u8) {
    let total = Arc::new(AtomicU8::new(0));
    let add = |total: Arc<AtomicU8>| move || (0..rounds).for_each(|_| _ = total.fetch_add(1, SeqCst));
    let other = thread::spawn(add(Arc::clone(&total)));
    add(Arc::clone(&total))();
    other.join().unwrap();
}

/// Does nothing but in a process that another test has started, with what that is to check in the variable.
#[test]
fn as_a_child() {
    let cut = Checker::new().executions_max(2);
    let sampled = Checker::new().strategy(Strategy::Random { seed: 0 });
    let object = |checker: Checker| {
        let counter = Object::new(|| AtomicU8::new(0), || 0_u8);
        let add = |total: &mut u8| std::mem::replace(total, total.wrapping_add(1));
        let counter = counter.operation("add", |total| total.fetch_add(1, SeqCst), add);
        counter.checker(checker).scenarios(5).seed(1).check();
    };
    match std::env::var("CONCCHECK_TEST").as_deref() {
        Ok("whole") => Checker::new().require_complete().check(|| count(2)),
        Ok("cut") => cut.check(|| count(2)),
        Ok("cut, required") => cut.require_complete().check(|| count(2)),
        Ok("sampled") => sampled.check(|| count(2)),
        Ok("sampled, required") => sampled.require_complete().check(|| count(2)),
        Ok("sampled, cut") => sampled.steps_max(20).check(|| {
            let is_set = Arc::new(AtomicU8::new(0));
            let other = Arc::clone(&is_set);
            thread::spawn(move || other.store(1, SeqCst));
            if is_set.load(SeqCst) == 0 {
                count(20);
            }
        }),
        Ok("inputs") => cut.for_all(0..3_u8, count),
        Ok("scenarios") => object(cut),
        Ok("relation") => cut.agrees(|| count(2), || count(2), Refines).assert(),
        _ => {}
    }
}

#[test]
fn a_check_in_which_no_execution_ends_is_a_failure() {
    let counts = |checker: Checker| {
        let check = move || {
            checker.check(|| {
                let total = AtomicU8::new(0);
                loop {
                    total.fetch_add(1, SeqCst);
                }
            });
        };
        let failure =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).expect_err("nothing was seen");
        failure.downcast_ref::<String>().expect("with a text").clone()
    };
    for backend in [Backend::Native, Backend::Shuttle] {
        let text = counts(Checker::new().backend(backend).executions_max(5).steps_max(300));
        assert!(text.contains("NOTHING SEEN: ") && text.contains("none came to its end"), "{text}");
    }
}

/// Whether the child passes that checks this, and what a user sees without `--nocapture`.
fn child(checks: &str, required: Option<&str>) -> (bool, Vec<String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "incomplete::as_a_child"]).env("CONCCHECK_TEST", checks);
    command.env_remove("CONCCHECK_REPLAY").env_remove("CONCCHECK_REQUIRE_COMPLETE");
    command.env("PROPTEST_CASES", "5");
    command.envs(required.map(|value| ("CONCCHECK_REQUIRE_COMPLETE", value)));
    let output = command.output().unwrap();
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    let is_told = |line: &&str| line.contains("conccheck: ") || line.contains("INCOMPLETE: ");
    (output.status.success(), text.lines().filter(is_told).map(str::to_string).collect())
}

#[test]
fn a_test_that_passes_says_in_a_line_what_it_did_not_see() {
    for (checks, told) in [
        (
            "cut",
            "2 executions are not everything: stopped after 2 executions; a higher executions_max sees more",
        ),
        ("sampled, cut", "are not everything: "),
        ("inputs", " inputs that were seen are not everything: stopped after 2 executions"),
        ("scenarios", " of 5 scenarios that were seen are not everything: stopped after 2 executions"),
        ("relation", "2 executions are not everything: stopped after 2 executions"),
    ] {
        let (passes, lines) = child(checks, None);
        let [.., line] = &lines[..] else { panic!("{checks}: nothing is said") };
        assert!(passes, "{checks}: {line}");
        assert!(line.contains("conccheck: incomplete::as_a_child (tests/it/incomplete.rs:"), "{line}");
        assert!(line.contains(told), "{line}");
        assert!(line.ends_with("; CONCCHECK_REQUIRE_COMPLETE=1 makes this a failure"), "{line}");
        let (passes, lines) = child(checks, Some("1"));
        assert!(!passes, "{checks}");
        assert!(lines.iter().any(|line| line.starts_with("INCOMPLETE: ")), "{lines:?}");
    }
}

#[test]
fn a_whole_search_has_nothing_to_say_nor_has_a_sample_that_was_asked_for() {
    for (checks, required) in [("whole", Some("1")), ("sampled", None), ("sampled", Some("0"))] {
        assert_eq!(child(checks, required), (true, vec![]), "{checks}");
    }
}

#[test]
fn what_had_to_be_seen_and_was_not_is_a_failure() {
    for checks in ["cut, required", "sampled, required"] {
        let (passes, lines) = child(checks, None);
        assert!(!passes && lines.iter().any(|line| line.contains("INCOMPLETE: ")), "{checks}: {lines:?}");
    }
}

#[test]
fn every_reason_is_told() {
    let report = Checker::new().executions_max(1).steps_max(10).explore(|| count(100));
    assert_eq!(report.incomplete_because(), [Incomplete::ExecutionsMax(1), Incomplete::StepsMax(10)]);
    assert_eq!(report.verdict(), Verdict::Bounded);
    let text = report.to_string();
    assert!(
        text.starts_with(
            "explored    bounded, by executions, some execution had not ended after 10 steps (steps_max)"
        ),
        "{text}"
    );
}
