//! `conccheck check` says what it explored and what it found, and exits accordingly.

use super::cli::{assert_snapshot, output, transcript};
use conccheck::Token;
use serde_json::Value;

/// Times vary, and so does the version.
const VOLATILE: [(&str, &str); 1] = [(r"\[ *\d+\.\d+s\]", "[ time s]")];

#[test]
fn a_program_that_is_named_and_fails_exits_1_and_shows_its_outcomes() {
    let output = output(&["check", "threads::lost_update", "threads::safe_counter"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot("check_fails", &transcript(&output), &VOLATILE);
}

#[test]
fn a_hang_names_the_tasks_that_cannot_go_on() {
    let output = output(&["check", "pool::shutdown_notifies_nobody", "--backend", "loom"]);
    assert_eq!(output.status.code(), Some(1));
    assert_snapshot("check_hangs", &transcript(&output), &VOLATILE);
}

#[test]
fn a_model_whose_broken_twins_are_caught_exits_0() {
    let output = output(&["check", "threads", "asyncio", "--backend", "shuttle"]);
    assert_eq!(output.status.code(), Some(0));
    assert_snapshot("check_models", &transcript(&output), &VOLATILE);
}

#[test]
fn a_search_that_was_cut_short_need_not_catch_every_twin_and_says_so() {
    // One execution cannot show both orders.
    let output = output(&["check", "pool", "--backend", "shuttle", "--executions-max", "1"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stdout).contains("broken on purpose, which did not show"));
}

#[test]
fn a_program_that_could_not_be_looked_at_exits_1() {
    let output = output(&["check", "threads::safe_counter", "--time-max", "0.000000001"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("SKIP"));
}

#[test]
fn the_same_seed_gives_the_same_outcomes() {
    let counts = |seed: &str| {
        let shuttle = ["check", "threads::lost_update", "--backend", "shuttle", "--format", "json"];
        let output = output(&[&shuttle[..], &["--seed", seed]].concat());
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["programs"][0]["outcomes"].clone()
    };
    assert_eq!(counts("7"), counts("7"));
    assert_ne!(counts("7"), counts("8"));
}

#[test]
fn json_is_one_document_of_the_agreed_form() {
    let output = output(&["check", "threads::lost_update", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "conccheck/1");
    let program = &document["programs"][0];
    for (key, value) in [
        ("program", Value::from("threads::lost_update")),
        ("size", Value::Null),
        ("backend", Value::from("native")),
        ("strategy", Value::from("dpor")),
        ("verdict", Value::from("FAIL")),
        ("complete", Value::from(true)),
        ("executions", Value::from(4)),
        ("redundant", Value::from(0)),
        ("samples", Value::from(0)),
        // Two loads, two stores and main's load, in each.
        ("events", Value::from(20)),
    ] {
        assert_eq!(program[key], value, "{key}");
    }
    assert!(program["seconds"].as_f64().unwrap() > 0.0);
    let outcomes = program["outcomes"].as_array().unwrap();
    for (outcome, (text, expected)) in outcomes.iter().zip([("counter 1", false), ("counter 2", true)]) {
        assert_eq!(outcome["kind"], "returned");
        assert_eq!(outcome["text"], text);
        assert_eq!(outcome["expected"], expected);
        let token: Token = outcome["token"].as_str().unwrap().parse().unwrap();
        assert_eq!(token.program, "threads::lost_update");
    }
    assert_eq!(outcomes.len(), 2);
}

#[test]
fn real_runs_are_compared_with_what_native_says_is_possible() {
    let possible = |backend: &str| {
        let output = output(&["check", "threads::safe_counter", "--backend", backend, "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["programs"][0]["outcomes"][0]["possible"].clone()
    };
    assert_eq!(possible("real"), true);
    assert_eq!(possible("native"), Value::Null);
}

#[test]
fn what_a_backend_does_not_tell_is_null_in_json() {
    let output = output(&["check", "threads::lost_update", "--backend", "loom", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let program = &document["programs"][0];
    assert_eq!((&program["strategy"], &program["seed"]), (&Value::Null, &Value::Null));
    assert_eq!(program["outcomes"][0]["token"], Value::Null);
}

#[test]
fn what_loom_takes_for_less_is_said_beside_what_is_wrong() {
    let check =
        |name, format: &[&str]| output(&[&["check", name, "--backend", "loom"], format].concat()).stdout;
    let text = |name| String::from_utf8(check(name, &[])).unwrap();
    let note = "loom takes SeqCst loads and stores for AcqRel";
    assert!(text("threads::lost_update").contains(&format!("\n  note: {note}")));
    assert!(!text("threads::safe_counter").contains(note));
    let json = |name| -> Value { serde_json::from_slice(&check(name, &["--format", "json"])).unwrap() };
    assert!(json("threads::lost_update")["programs"][0]["note"].as_str().unwrap().starts_with(note));
    assert_eq!(json("pool::shutdown_notifies_nobody")["programs"][0]["note"], Value::Null);
}

#[test]
fn a_search_that_a_limit_stopped_exits_3_only_if_everything_is_required_and_nothing_is_wrong() {
    let code = |arguments: &[&str]| output(&[&["check"], arguments].concat()).status.code();
    let cut = ["threads::safe_counter", "--executions-max", "1"];
    assert_eq!(code(&cut), Some(0));
    assert_eq!(code(&[&cut[..], &["--require-complete"]].concat()), Some(3));
    assert_eq!(code(&["threads::safe_counter", "--require-complete"]), Some(0));
    assert_eq!(
        code(&[
            "threads::safe_counter",
            "threads::lost_update",
            "--executions-max",
            "2",
            "--require-complete"
        ]),
        Some(1)
    );
    let output = output(&["check", "threads", "--executions-max", "1", "--require-complete"]);
    assert_eq!(output.status.code(), Some(3));
    assert_snapshot("check_incomplete", &transcript(&output), &VOLATILE);
}

#[test]
fn a_check_within_ascii_prints_nothing_else() {
    let output = output(&["check", "threads::lost_update", "--ascii"]);
    assert!(output.stdout.is_ascii(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_budget_holds_to_within_an_execution() {
    let executions = |backend: &str, max: &str| {
        let output = output(&[
            "check",
            "threads::lost_update",
            "--backend",
            backend,
            "--executions-max",
            max,
            "--format",
            "json",
        ]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["programs"][0]["executions"].as_u64().unwrap()
    };
    for backend in ["native", "shuttle", "loom", "real"] {
        assert_eq!(executions(backend, "1"), 1, "{backend}");
        assert_eq!(executions(backend, "3"), 3, "{backend}");
    }
}

#[test]
fn a_short_check_that_nobody_watches_tells_nothing_of_its_progress() {
    let output = output(&["check", "threads"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_was_found_and_exits_130() {
    use super::cli::conccheck;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    // The first program has one schedule; the second goes on for days.
    let mut child = conccheck()
        .args([
            "check",
            "asyncio::tasks_start_in_fifo_order",
            "threads::safe_counter",
            "--backend",
            "shuttle",
        ])
        .args(["--executions-max", "1000000000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    stdout.read_line(&mut text).unwrap();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    stdout.read_to_string(&mut text).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{text}");
    assert!(text.contains("interrupted") && text.contains("Summary"), "{text}");
}
