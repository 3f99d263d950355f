//! `conccheck run` measures every model, compares the results, and tells what it found.

use crate::cli::{assert_snapshot, conccheck, output, transcript};
use serde_json::Value;
use std::fs;
use std::process::{Output, Stdio};

fn document(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("stdout is one JSON document")
}

/// Runs this text as a workload file.
fn run_text(text: &str, arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("mine.toml"), text).expect("a file");
    let run = conccheck().current_dir(directory.path()).args(["run", "mine.toml"]).args(arguments).output();
    run.expect("the program starts")
}

fn rows(document: &Value) -> Vec<Value> {
    document["workloads"][0]["rows"].as_array().expect("rows").clone()
}

#[test]
fn every_model_gives_the_sequential_results() {
    let text = r#"
        workers = 2
        [[jobs]]
        name = "page"
        count = 3
        steps = [{ io = 0.01 }, { cpu = 1000 }, { shared = { cell = "hits", add = 2, how = "safe" } }]
        [[jobs]]
        name = "lost"
        steps = [{ fail = "no route" }]
    "#;
    let output = run_text(text, &["--runs", "2", "--format", "json"]);
    let document = document(&output);
    assert_eq!(output.status.code(), Some(0), "{document:#}");
    assert_eq!(document["schema"], "conccheck/1");
    let named: Vec<String> = rows(&document)
        .iter()
        .map(|row| format!("{} {}", row["model"], row["gil"]).replace('"', ""))
        .collect();
    assert_eq!(
        named,
        [
            "sequential off",
            "threads off",
            "threads on",
            "pool off",
            "pool on",
            "rayon off",
            "processes off",
            "asyncio off",
            "tokio off",
        ]
    );
    for row in rows(&document) {
        assert_eq!((&row["same_result"], &row["runs"]), (&Value::Bool(true), &Value::from(2)), "{row:#}");
    }
}

#[test]
fn the_table_is_for_readers() {
    let output = output(&["run", "downloads", "--time-scale", "0.001", "--runs", "1"]);
    let volatile = [
        // Spaces go too: how many there are follows from the figures.
        (r"[0-9]+ cores?", "[cores]"),
        (r" +[0-9.]+ (ms|s)\b", " [time]"),
        (r" +[0-9.]+×", " [speedup]"),
        (r" +[0-9]+ %", " [part]"),
        (r" +([0-9.]+ MB|-)", " [memory]"),
        (r"(pool|pool \+ GIL|rayon|processes|tokio)( +)[0-9]+", "$1$2[workers]"),
        (r"advice: .*", "advice: [advice]"),
        (r" {2,}", "  "),
    ];
    assert_snapshot("run", &transcript(&output), &volatile);
}

#[test]
fn with_the_gil_on_every_row_has_it() {
    let output = run_text("[[jobs]]\nsteps = []", &["--runs", "1", "--gil", "on", "--format", "json"]);
    let rows = rows(&document(&output));
    assert!(rows.iter().all(|row| row["gil"] == "on"));
    let models: Vec<&str> = rows.iter().filter_map(|row| row["model"].as_str()).collect();
    assert_eq!(models, ["sequential", "threads", "pool", "processes", "asyncio"]);
}

#[test]
fn a_result_that_differs_is_told_and_exits_1() {
    // Each job reads, and writes when the other has read: a pool of one and sequential never do.
    let text = "[[jobs]]\ncount = 64\nsteps = [{ shared = { cell = \"a\", add = 1, how = \"racy\" } }]";
    let output = run_text(text, &["--model", "sequential,pool", "--workers", "1", "--gil", "off"]);
    assert_eq!(output.status.code(), Some(0), "one worker loses no update: {}", transcript(&output));
}

#[test]
fn absurd_rows_are_computed_and_the_crowd_still_measured() {
    let run = ["run", "crowd", "--model", "sequential,pool,asyncio", "--runs", "1", "--format", "json"];
    let output = output(&run);
    let document = document(&output);
    assert_eq!(output.status.code(), Some(0));
    let measured: Vec<bool> = rows(&document).iter().map(|row| row["measured"] == true).collect();
    assert_eq!(measured, [false, false, false, true]);
    assert_eq!(rows(&document)[0]["limit_seconds"].as_f64().map(f64::round), Some(1000.0));
    assert_eq!(document["workloads"][0]["advice"]["model"], "asyncio");
}

#[test]
fn the_exported_document_is_the_printed_one() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("run.json");
    fs::write(&file, "longer than nothing").expect("a file");
    let run =
        ["run", "downloads", "--time-scale", "0.001", "--runs", "1", "--format", "json", "--export-json"];
    let output = conccheck().args(run).arg(&file).output().expect("the program starts");
    assert_eq!(fs::read(&file).expect("the document"), output.stdout);
}

#[test]
fn in_ci_progress_is_a_line_per_workload() {
    let run = ["run", "downloads", "gather", "--time-scale", "0.001", "--runs", "1", "--model", "threads"];
    let output = conccheck().env("CI", "true").args(run).output().expect("the program starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "[1/2] downloads: 2 runs\n[2/2] gather: 2 runs\n");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let run = ["run", "downloads", "--time-scale", "0.001", "--runs", "1", "--model", "threads"];
    let escapes = |color: &[&str]| {
        let output = conccheck().args(run).args(color).output().expect("the program starts");
        output.stdout.contains(&0x1b)
    };
    assert!(!escapes(&[]));
    assert!(!escapes(&["--color", "never"]));
    assert!(escapes(&["--color", "always"]));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let run = ["run", "downloads", "--time-scale", "0.001", "--runs", "1"];
    let mut child = conccheck()
        .args(run)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[test]
#[cfg(unix)]
fn an_interrupt_prints_what_was_measured_and_exits_130() {
    use std::io::Read;
    // The sequential row comes first; then a process worker is in the middle of ten long minutes.
    let text = "[[jobs]]\nsteps = [{ io = 600 }]";
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("long.toml");
    fs::write(&file, text).expect("a file");
    let run = ["run", "downloads", "--time-scale", "0.01", "--runs", "1", "--model", "threads,processes"];
    let mut child = conccheck()
        .env("CI", "true")
        .args(run)
        .arg(&file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The counter line says that the first workload is through, so the second has begun.
    let mut line = [0; 10];
    child.stderr.as_mut().expect("stderr").read_exact(&mut line).expect("a line");
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{printed}");
    assert!(printed.contains("downloads") && printed.contains("not run"), "{printed}");
}
