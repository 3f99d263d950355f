//! The command line says what it can do, and what is wrong with what it was given.

use std::path::Path;
use std::process::{Command, Output};

/// The program, in an environment that is the same everywhere: no colour, no terminal, not CI.
pub fn conccheck() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conccheck"));
    for variable in ["CI", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(variable);
    }
    command
}

/// Runs the program to its end.
pub fn output(arguments: &[&str]) -> Output {
    conccheck().args(arguments).output().expect("the program starts")
}

/// What a run came to, for a snapshot: the exit code and both streams.
pub fn transcript(output: &Output) -> String {
    let code = output.status.code().map_or("none".to_string(), |code| code.to_string());
    let stream = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("exit code {code}\n--- stdout\n{}--- stderr\n{}", stream(&output.stdout), stream(&output.stderr))
}

/// Compares with the snapshot `snapshots/cli/<name>.snap`.
pub fn assert_snapshot(name: &str, text: &str, filters: &[(&str, &str)]) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/cli"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_input_file("tests/it/cli.rs");
    for (pattern, replacement) in filters {
        settings.add_filter(pattern, *replacement);
    }
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn help_teaches() {
    for (name, arguments) in [
        ("help", vec!["--help"]),
        ("help_run", vec!["run", "--help"]),
        ("help_check", vec!["check", "--help"]),
        ("help_replay", vec!["replay", "--help"]),
        ("help_judge", vec!["judge", "--help"]),
        ("help_list", vec!["list", "--help"]),
        ("no_arguments", vec![]),
    ] {
        assert_snapshot(name, &transcript(&output(&arguments)), &[]);
    }
}

#[test]
fn list_names_what_can_be_run() {
    assert_snapshot("list", &transcript(&output(&["list"])), &[]);
    assert_snapshot("list_json", &transcript(&output(&["list", "--format", "json"])), &[]);
    let workloads = output(&["list", "workloads"]);
    assert!(!String::from_utf8_lossy(&workloads.stdout).contains("asyncio"));
}

#[test]
fn wrong_arguments_are_named_and_exit_2() {
    let cases: &[&[&str]] = &[
        &["run", "dwnloads"],
        &["run", "qqqqqqqq"],
        &["run", ""],
        &["run", "pages", "pages"],
        &["run", "--model", "proceses"],
        &["run", "--models", "pool"],
        &["run", "--runs", "0"],
        &["run", "--runs", "-1"],
        &["run", "--runs", "many"],
        &["run", "--workers", "-1"],
        &["run", "--workers", "0"],
        &["run", "--time-scale", "0"],
        &["run", "--time-scale", "-1"],
        &["run", "--time-scale", "nan"],
        &["run", "--switch-interval", "0"],
        &["run", "--switch-interval", "5s"],
        &["run", "--gil", "maybe"],
        &["run", "--gil", "on", "--model", "rayon"],
        &["run", "pages", "--export-json", "no-such-directory/run.json"],
        &["check", "pol"],
        &["check", "pool::every_job_run"],
        &["check", "--executions-max", "0"],
        &["check", "--time-max", "0"],
        &["check", "--backend", "lom"],
        &["check", "--backend", "loom", "--strategy", "pct"],
        &["check", "--strategy", "dfs", "--seed", "3"],
        &["check", "--depth", "2"],
        &["check", "--backend", "loom", "--strategy", "dpor"],
        &["check", "--backend", "shuttle", "--strategy", "pos"],
        &["check", "--strategy", "dpr"],
        &["check", "--seed", "3"],
        &["check", "--backend", "shuttle", "--preemptions-max", "2"],
        &["check", "--strategy", "dpor", "--preemptions-max", "2"],
        &["check", "--backend", "loom", "--timeouts-max", "1"],
        &["check", "--timeouts-max", "256"],
        &["check", "--backend", "shuttle", "--workers", "2"],
        &["check", "--workers", "0"],
        &["check", "--workers", "257"],
        &["replay"],
        &["lst"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?} measures nothing");
        all += &format!("$ conccheck {}\n{}\n", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    assert_snapshot("errors", &all, &[]);
}
