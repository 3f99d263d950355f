//! `conccheck check` says what it explored and what it found, and exits accordingly.

use super::cli::{assert_snapshot, output, transcript};
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
    let output = output(&["check", "threads", "asyncio"]);
    assert_eq!(output.status.code(), Some(0));
    assert_snapshot("check_models", &transcript(&output), &VOLATILE);
}

#[test]
fn a_search_that_was_cut_short_need_not_catch_every_twin_and_says_so() {
    // One execution cannot show both orders.
    let output = output(&["check", "pool", "--executions-max", "1"]);
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
        let output = output(&["check", "threads::lost_update", "--seed", seed, "--format", "json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        document["programs"][0]["outcomes"].clone()
    };
    assert_eq!(counts("7"), counts("7"));
    assert_ne!(counts("7"), counts("8"));
}

#[test]
fn json_is_one_document_of_the_agreed_form() {
    let output = output(&["check", "threads::lost_update", "--backend", "loom", "--format", "json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "conccheck/1");
    let program = &document["programs"][0];
    for (key, value) in [
        ("program", Value::from("threads::lost_update")),
        ("backend", Value::from("loom")),
        ("strategy", Value::Null),
        ("verdict", Value::from("FAIL")),
        ("complete", Value::from(true)),
    ] {
        assert_eq!(program[key], value, "{key}");
    }
    let outcomes: Vec<_> =
        program["outcomes"].as_array().unwrap().iter().map(|o| (&o["text"], &o["expected"])).collect();
    assert_eq!(
        outcomes,
        [(&Value::from("counter 1"), &Value::from(false)), (&Value::from("counter 2"), &Value::from(true)),]
    );
    assert!(program["executions"].as_u64().unwrap() > 1 && program["seconds"].as_f64().unwrap() > 0.0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_was_found_and_exits_130() {
    use super::cli::conccheck;
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    // The first program has one schedule; the second goes on for days.
    let mut child = conccheck()
        .args(["check", "asyncio::tasks_start_in_fifo_order", "threads::safe_counter"])
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
