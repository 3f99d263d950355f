//! `conccheck run` measures every model, compares the results, and tells what it found.

use crate::cli::{assert_snapshot, conccheck, output, transcript};
use conccheck::measure::{GilChoice, Plan, RowState, SWITCH_INTERVAL, Variant, measure};
use conccheck::models::Model;
use conccheck::models::processes::Launch;
use conccheck::models::workload::Workload;
use serde_json::Value;
use std::fs;
use std::io::Read;
use std::process::{Command, Output, Stdio};

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
    let output = output(&["run", "downloads", "--time-scale", "0.001", "--runs", "2"]);
    let volatile = [
        // Whether the rows of so small a workload reach the 2 MB from which memory is told varies.
        (r"(?m)^  memory: .*\n", ""),
        // Spaces go too: how many there are follows from the figures.
        (r"[0-9]+ cores?", "[cores]"),
        (r" +[0-9]+\.[0-9]+ (µs|ms|s)\b", " [time]"),
        (r" +[0-9.]+×", " [speedup]"),
        (r" +[0-9]+ %", " [part]"),
        (r" +([0-9]+\.[0-9] MB|-)", " [memory]"),
        (r"(pool|pool \+ GIL|rayon|processes|tokio)( +)[0-9]+", "$1$2[workers]"),
        (r"advice: .*", "advice: [advice]"),
        (r" {2,}", "  "),
    ];
    assert_snapshot("run", &transcript(&output), &volatile);
}

#[test]
fn with_the_gil_on_every_row_has_it() {
    let output =
        run_text("[[jobs]]\nsteps = [{ io = 0 }]", &["--runs", "1", "--gil", "on", "--format", "json"]);
    let rows = rows(&document(&output));
    assert!(rows.iter().all(|row| row["gil"] == "on"));
    let models: Vec<&str> = rows.iter().filter_map(|row| row["model"].as_str()).collect();
    assert_eq!(models, ["sequential", "threads", "pool", "processes", "asyncio"]);
}

#[test]
fn a_result_that_differs_is_told_and_exits_1() {
    // Eight jobs update one cell five thousand times each, in two steps: in fifty runs on threads no
    // update would have to be lost.
    let steps = "{ shared = { cell = \"a\", add = 1, how = \"racy\" } },".repeat(5_000);
    let text = format!("[[jobs]]\ncount = 8\nsteps = [{steps}]");
    let output = run_text(&text, &["--model", "sequential,threads", "--runs", "50", "--gil", "off"]);
    let printed = transcript(&output);
    assert_eq!(output.status.code(), Some(1), "{printed}");
    assert!(printed.contains("NO (") && printed.contains("advice: sequential"), "{printed}");
    assert!(printed.contains("racy updates of a: "), "{printed}");
}

#[test]
fn a_model_that_cannot_run_is_a_row_that_says_so() {
    let workload = Workload::from_toml(b"[[jobs]]\nsteps = [{ io = 0.001 }]", "one").expect("a workload");
    let models = [Model::Sequential, Model::Processes];
    let plan = Plan {
        variants: Variant::all(&models, GilChoice::Off),
        runs: Some(2),
        workers: None,
        runs_long_rows: false,
        time_scale: 1.0,
        switch_interval: SWITCH_INTERVAL,
        cores: 2,
        worker_process: Launch::command("no-such-program", [""; 0]),
    };
    let measurement = measure(&workload, &plan, &mut |_| ());
    assert!(measurement.has_failure());
    assert_eq!(measurement.rows[0].samples().len(), 2, "nothing else is lost");
    assert!(matches!(measurement.rows[1].state, RowState::Failed(_)));
    let text = conccheck::report::run::text(&measurement);
    assert!(text.contains("processes: could not run: "), "{text}");
    assert_eq!(measurement.advice().model, Some(Model::Sequential));
}

#[test]
#[cfg(target_os = "linux")]
fn more_threads_than_the_machine_has_room_for_fail_their_row_only() {
    let text = "[[jobs]]\ncount = 100000\nsteps = [{ io = 0.001 }]";
    let output = run_text(text, &["--model", "threads,asyncio", "--gil", "off", "--format", "json"]);
    let document = document(&output);
    assert_eq!(output.status.code(), Some(1), "{document:#}");
    let note = rows(&document)[0]["note"].as_str().expect("a note").to_string();
    assert!(note.contains("could not run: 100000 threads"), "{note}");
    assert_eq!(rows(&document)[1]["same_result"], true);
}

#[test]
fn a_step_of_any_length_has_a_limit_above_zero() {
    let text = "[[jobs]]\nsteps = [{ cpu = 300 }]";
    let rows = rows(&document(&run_text(text, &["--runs", "1", "--format", "json"])));
    assert!(rows.iter().all(|row| row["limit_seconds"].as_f64() > Some(0.0)), "{rows:#?}");
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
fn a_wait_of_a_day_is_computed_unless_it_is_asked_for() {
    let output = run_text("[[jobs]]\nsteps = [{ io = 86400 }]", &["--format", "json"]);
    let document = document(&output);
    assert_eq!((output.status.code(), &document["interrupted"]), (Some(0), &Value::Bool(false)));
    for row in rows(&document) {
        assert_eq!((&row["measured"], &row["runs"]), (&Value::Bool(false), &Value::from(0)), "{row:#}");
        assert!(row["note"].as_str().is_some_and(|note| note.contains("--runs")), "{row:#}");
    }
}

#[test]
fn without_the_sequential_row_speedup_is_over_what_was_computed() {
    let arguments = ["--model", "threads", "--gil", "off", "--runs", "1"];
    let text = "[[jobs]]\ncount = 4\nsteps = [{ io = 0.5 }]";
    let printed = transcript(&run_text(text, &arguments));
    assert!(printed.contains("×") && printed.contains("as computed"), "{printed}");
    assert!(!printed.contains("advice"), "one model leaves no choice: {printed}");
}

#[test]
#[cfg(target_os = "linux")]
fn results_that_cannot_be_written_exit_74() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").expect("a full disk");
    let run = ["run", "downloads", "--time-scale", "0.001", "--runs", "1", "--model", "threads"];
    let printed = conccheck().args(run).stdout(full()).output().expect("the program starts");
    let exported = conccheck().args(run).args(["--export-json", "/dev/full"]).output();
    for output in [printed, exported.expect("the program starts")] {
        assert_eq!(output.status.code(), Some(74), "{}", transcript(&output));
    }
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
#[cfg(target_os = "linux")]
fn an_interrupt_prints_what_was_measured_and_leaves_no_worker() {
    // A worker process would be busy for a quarter of an hour. It shares our stderr, so that this test
    // ends only when it has ended too.
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("long.toml");
    fs::write(&file, "[[jobs]]\nsteps = [{ io = 86400 }]").expect("a file");
    let run = ["run", "downloads", "--time-scale", "0.01", "--runs", "1", "--model", "threads,processes"];
    let mut command = conccheck();
    command.env("CI", "true").args(run).arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // The counter line says that the first workload is through and its workers have ended.
    let mut line = [0; 10];
    child.stderr.as_mut().expect("stderr").read_exact(&mut line).expect("a line");
    wait_for_child_of(child.id());
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{printed}");
    assert!(printed.contains("downloads") && printed.contains("not run"), "{printed}");
    assert!(printed.ends_with("\ninterrupted: 1 of 2 workloads measured\n"), "{printed}");
    assert_eq!(printed.matches("advice:").count(), 1, "none for what is unfinished: {printed}");
}

/// Returns when that process has a child process.
#[cfg(target_os = "linux")]
fn wait_for_child_of(process: u32) {
    let has_child = || {
        let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("a process that runs");
        let children = tasks.flatten().map(|task| fs::read_to_string(task.path().join("children")));
        children.flatten().any(|children| !children.is_empty())
    };
    while !has_child() {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
