//! loom's settings and its variables: each is conccheck's, or refused in words. The environment is of a whole process, so
//! what is asked for there is run in one of its own.

use loom::model::Builder;
use loom::sync::{Arc, Mutex};
use loom::thread;
use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::time::Duration;

/// Set where this is run by itself.
const ASKED: &str = "LOOM_DROP_IN_TEST";

/// Three threads that take a lock twice.
fn three_threads() {
    let lock = Arc::new(Mutex::new(0));
    for _ in 0..3 {
        let lock = Arc::clone(&lock);
        thread::spawn(move || (0..2).for_each(|_| *lock.lock().unwrap() += 1));
    }
}

/// Runs `asked_for` in a process of its own, with these variables; what it says on stderr, and whether it passes.
fn run(variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "asked_for", "--nocapture"]).env(ASKED, "1").envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// What the others run; alone it checks nothing that they do not.
#[test]
fn asked_for() {
    if env::var_os(ASKED).is_some() {
        loom::model(three_threads);
    }
}

#[test]
fn a_pass_is_silent() {
    assert_eq!(run(&[]), (true, String::new()));
}

#[test]
fn what_bounds_a_pass_is_said() {
    let (passes, text) = run(&[("LOOM_MAX_PERMUTATIONS", "2")]);
    assert!(passes && text.contains("stopped after 2 executions"), "{text}");
}

/// Where no execution comes to its end nothing was seen, which is no pass, as with loom.
#[test]
fn too_few_branches_are_a_failure() {
    let (passes, text) = run(&[("LOOM_MAX_BRANCHES", "1")]);
    let words = ["NOTHING SEEN", "some execution had not ended after 10 steps"];
    assert!(!passes && words.iter().all(|words| text.contains(words)), "{text}");
}

/// Crates bound preemptions for loom's sake. What takes more is found all the same, and a pass has seen all.
#[test]
fn a_bound_on_preemptions_leaves_nothing_out() {
    assert_eq!(run(&[("LOOM_MAX_PREEMPTIONS", "0")]), (true, String::new()));
    let mut builder = Builder::new();
    builder.preemption_bound = Some(0);
    let fails = catch_unwind(AssertUnwindSafe(|| {
        builder.check(|| {
            let total = Arc::new(Mutex::new(0));
            let add = |total: &Mutex<u8>| {
                let seen = *total.lock().unwrap();
                *total.lock().unwrap() = seen + 1;
            };
            let other = thread::spawn({
                let total = Arc::clone(&total);
                move || add(&total)
            });
            add(&total);
            other.join().unwrap();
            assert_eq!(*total.lock().unwrap(), 2);
        });
    }));
    assert!(fails.is_err());
}

#[test]
fn a_log_counts_the_executions() {
    let (passes, text) = run(&[("LOOM_LOG", "info")]);
    assert!(passes && text.starts_with("loom: the model at ") && text.ends_with(" executions\n"), "{text}");
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    let refused = |name, value, words: &str| {
        let (passes, text) = run(&[(name, value)]);
        assert!(!passes && text.contains(words), "{text}");
    };
    refused("LOOM_MAX_PREEMPTIONS", "few", "LOOM_MAX_PREEMPTIONS is \"few\"; it takes a whole number");
    refused("LOOM_CHECKPOINT_FILE", "here.json", "conccheck keeps no checkpoints: set none");
    refused("LOOM_MAX_DURATION", "0", "the time must be at least one");
}

#[test]
fn the_builder_says_the_same() {
    let mut builder = Builder::new();
    (builder.preemption_bound, builder.max_duration) = (Some(2), Some(Duration::from_secs(60)));
    builder.check(three_threads);
    builder.checkpoint_file("here.json");
    assert!(catch_unwind(AssertUnwindSafe(|| builder.check(three_threads))).is_err());
}
