//! What was seen is seen again: every outcome's token replays to that outcome, and what is no longer the same
//! is said to be so.

use super::cli::{assert_snapshot, conccheck, output, transcript};
use conccheck::models::{Checked, PROGRAMS, Program};
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Backend, Checker, Outcome, Token, Verdict, thread};
use serde_json::Value;
use std::process::Output;

fn native() -> Checker {
    Checker::new().backend(Backend::Native)
}

fn program(name: &str) -> &'static Program {
    PROGRAMS.iter().find(|program| program.name == name).unwrap()
}

/// A token for the least execution of the program with this outcome.
fn token(name: &str, outcome: &str) -> Token {
    let checked = program(name).check(&native());
    token_of(&checked, &Outcome::Returned(outcome.to_string()))
}

fn token_of(checked: &Checked, outcome: &Outcome<String>) -> Token {
    let schedule = checked.report.witness(outcome).unwrap().schedule;
    let size = checked.program.size().map(|size| size.value);
    Token { program: checked.program.name.to_string(), size, schedule }
}

fn replay(token: &Token) -> Output {
    output(&["replay", &token.to_string()])
}

#[test]
fn every_outcome_of_every_program_comes_again_and_looks_the_same() {
    let (mut programs, mut outcomes) = (0, 0);
    for program in PROGRAMS {
        let checked = program.check(&native().executions_max(1_000));
        if checked.verdict() == Verdict::Skip {
            continue;
        }
        programs += 1;
        for outcome in checked.report.outcomes() {
            let witness = checked.report.witness(outcome).unwrap();
            let token: Token = token_of(&checked, outcome).to_string().parse().unwrap();
            let (again, shown) = native().replay(&token.schedule, || program.run_once()).unwrap();
            assert_eq!(&again, outcome, "{}", program.name);
            assert_eq!(shown.steps, witness.steps, "{}", program.name);
            outcomes += 1;
        }
    }
    tell!("replayed {outcomes} outcomes of {programs} programs under native");
    assert!(programs > 0 && outcomes > programs);
}

#[test]
fn a_wrong_outcome_is_shown_and_exits_1_a_right_one_exits_0() {
    let wrong = replay(&token("threads::lost_update", "counter 1"));
    assert_eq!(wrong.status.code(), Some(1));
    assert_snapshot("replay", &transcript(&wrong), &[]);
    let right = replay(&token("threads::lost_update", "counter 2"));
    assert_eq!(right.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&right.stdout).contains("= counter 2"));
}

#[test]
fn the_token_that_check_prints_is_one_that_replay_takes() {
    let checked = output(&["check", "threads::lost_update"]);
    let text = String::from_utf8_lossy(&checked.stdout).into_owned();
    let command = text.split("replay: conccheck ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let replayed = output(&command.split(' ').collect::<Vec<_>>());
    assert_eq!(replayed.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&replayed.stdout).contains("! counter 1"));
}

#[test]
fn the_tokens_in_the_readme_are_of_this_program() {
    let readme = include_str!("../../README.md");
    let tokens: Vec<&str> =
        readme.split("conccheck replay ").skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    let shown: Vec<&str> = tokens.into_iter().filter(|token| token.starts_with("cc1-")).collect();
    assert!(shown.len() >= 2, "{shown:?}");
    for token in shown {
        let replayed = output(&["replay", token]);
        assert_eq!(replayed.status.code(), Some(1), "{token}: {}", String::from_utf8_lossy(&replayed.stdout));
    }
}

#[test]
fn json_tells_the_outcome_or_where_it_diverged() {
    let document = |token: &Token| -> Value {
        serde_json::from_slice(&output(&["replay", &token.to_string(), "--format", "json"]).stdout).unwrap()
    };
    let mut token = token("threads::lost_update", "counter 1");
    let replayed = document(&token);
    assert_eq!(replayed["schema"], "conccheck/1");
    assert_eq!(replayed["outcome"]["text"], "counter 1");
    assert_eq!(replayed["outcome"]["expected"], false);
    assert_eq!(replayed["diverged"], Value::Null);
    token.program = "threads::safe_counter".to_string();
    let diverged = document(&token);
    assert_eq!(diverged["outcome"], Value::Null);
    assert!(diverged["diverged"]["step"].as_u64().unwrap() > 0);
}

#[test]
fn a_token_of_a_program_that_changed_exits_5_and_says_at_which_step() {
    let mut token = token("threads::lost_update", "counter 1");
    token.program = "threads::safe_counter".to_string();
    let diverged = replay(&token);
    assert_eq!(diverged.status.code(), Some(5));
    assert_snapshot("replay_diverged", &transcript(&diverged), &[]);
}

#[test]
fn a_schedule_is_noticed_not_to_fit_at_the_step_that_is_different() {
    /// Two tasks: one writes, one does `other` to the same value.
    fn program(other: fn(&AtomicU32)) -> impl Fn() -> u32 + Send + Sync {
        move || {
            let value = Arc::new(AtomicU32::new(1));
            let shared = Arc::clone(&value);
            let task = thread::spawn(move || other(&shared));
            value.store(2, SeqCst);
            task.join().unwrap();
            value.load(SeqCst)
        }
    }
    type Use = fn(&AtomicU32);
    let load: Use = |value| {
        value.load(SeqCst);
    };
    let report = native().explore(program(load));
    let witness = report.witness(&Outcome::Returned(2)).unwrap();
    assert_eq!(witness.schedule.len(), 3);
    assert!(native().replay(&witness.schedule, program(load)).is_ok());
    let changed: [(&str, Use); 3] = [
        ("stores", |value| value.store(3, SeqCst)),
        ("does nothing", |_| ()),
        ("loads twice", |value| {
            value.load(SeqCst);
            value.load(SeqCst);
        }),
    ];
    for (how, other) in changed {
        let diverged = native().replay(&witness.schedule, program(other)).unwrap_err();
        assert!((1..=3).contains(&diverged.step), "{how}: {diverged}");
        assert_ne!(diverged.expected, diverged.found, "{how}");
    }
}

#[test]
fn tokens_that_are_none_are_refused_and_exit_2() {
    let token = token("threads::lost_update", "counter 1").to_string();
    let of = |program: &str, size| {
        let schedule = token.parse::<Token>().unwrap().schedule;
        Token { program: program.to_string(), size, schedule }.to_string()
    };
    let mut all = String::new();
    for (what, given) in [
        ("nothing", String::new()),
        ("a name", "threads::lost_update".to_string()),
        ("of another version", token.replace("cc1-", "cc2-")),
        ("cut", token[..token.len() - 3].to_string()),
        ("with more behind it", format!("{token}cc1")),
        ("with two letters exchanged", format!("{}{}{}", &token[..12], "zz", &token[14..])),
        ("with a character that no token has", format!("{}!{}", &token[..12], &token[13..])),
        ("of a program that is not there", of("threads::found_update", None)),
        ("of a size of what has none", of("threads::lost_update", Some(3))),
        ("without a size of what has one", of("atomics::readers", None)),
        ("of a size that is too large", of("atomics::readers", Some(1_000_000))),
    ] {
        let output = output(&["replay", &given]);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(output.stdout.is_empty(), "{what}");
        all += &format!("{what}\n{}\n", String::from_utf8_lossy(&output.stderr));
    }
    assert_snapshot("replay_errors", &all, &[]);
}

/// Does nothing but in a process that another test has started, with what that is to check in the variable.
#[test]
fn as_a_child() {
    let add: fn(&Mutex<u32>) = match std::env::var("CONCCHECK_TEST").as_deref() {
        Ok("racy") => |total| {
            let before = *total.lock().unwrap();
            *total.lock().unwrap() = before + 1;
        },
        Ok("fixed") => |total| *total.lock().unwrap() += 1,
        _ => return,
    };
    native().check(move || {
        let total = Arc::new(Mutex::new(0));
        let shared = Arc::clone(&total);
        let other = thread::spawn(move || add(&shared));
        add(&total);
        other.join().unwrap();
        assert_eq!(*total.lock().unwrap(), 2, "an update is lost");
    });
}

fn child(checks: &str, token: Option<&str>) -> (bool, String) {
    super::child::child("replay::as_a_child", checks, token)
}

#[test]
fn a_failing_test_prints_a_line_that_replays_it() {
    let (passes, text) = child("racy", None);
    assert!(!passes && text.contains("an update is lost"), "{text}");
    let line = text.lines().find(|line| line.contains("CONCCHECK_REPLAY=")).unwrap();
    assert!(line.ends_with(" cargo test replay::as_a_child"), "{line}");
    let token = line.split(['=', ' ']).find(|word| word.starts_with("cc1-")).unwrap();

    let (passes, text) = child("racy", Some(token));
    assert!(!passes && text.contains("replayed") && text.contains("an update is lost"), "{text}");
    let (passes, text) = child("fixed", Some(token));
    assert!(!passes && text.contains("the replay diverged at step"), "{text}");
    let (passes, text) = child("racy", Some(&token[..token.len() - 1]));
    assert!(!passes && text.contains("the token is cut"), "{text}");
    let mut other: Token = token.parse().unwrap();
    other.program = "another_test".to_string();
    let (passes, text) = child("fixed", Some(&other.to_string()));
    assert!(passes, "a token of another test is not this one's: {text}");
}

#[test]
fn a_replay_shows_the_same_text_twice() {
    let token = token("threads::lost_update", "counter 1").to_string();
    let text = || conccheck().args(["replay", &token]).output().unwrap().stdout;
    assert_eq!(text(), text());
}
