//! A program that has a size runs at the size that was asked for, and at none that it cannot have.

use super::cli::{assert_snapshot, output, transcript};
use conccheck::models::{PROGRAMS, SizeError};

#[test]
fn the_default_is_one_of_the_sizes() {
    for program in PROGRAMS {
        match program.size() {
            Some(size) => {
                assert!((size.min..=size.max).contains(&size.value), "{program}");
                assert!(program.sized(size.max + 1).is_err() && program.sized(size.max).is_ok(), "{program}");
                assert_eq!(program.to_string(), format!("{}({})", program.name, size.value));
            }
            None => {
                assert_eq!(program.sized(2).unwrap_err(), SizeError::None(program.name));
                assert_eq!(program.to_string(), program.name);
            }
        }
    }
}

#[test]
fn the_command_line_takes_a_size() {
    let checked =
        output(&["check", "atomics::readers", "--size", "4", "--backend", "native", "--format", "json"]);
    let text = transcript(&checked);
    assert_eq!(checked.status.code(), Some(0), "{text}");
    for expected in ["\"program\": \"atomics::readers\"", "\"size\": 4", "\"executions\": 16", "\"PASS\""] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let large = output(&["check", "atomics::readers", "--size", "24", "--executions-max", "2000"]);
    assert_eq!(large.status.code(), Some(0), "a sample of many need not show all: {}", transcript(&large));
    let named = output(&["check", "atomics::readers", "--size", "4", "--backend", "native"]);
    assert!(transcript(&named).contains("atomics::readers(4) "), "{}", transcript(&named));
}

#[test]
fn a_size_that_cannot_be_is_refused() {
    let cases: [&[&str]; 6] = [
        &["check", "--size", "3"],
        &["check", "threads::lost_update", "--size", "3"],
        &["check", "atomics::readers", "--size", "1"],
        &["check", "atomics::readers", "--size", "1000"],
        &["check", "atomics::readers", "--size", "-1"],
        &["check", "litmus", "--size", "2"],
    ];
    let mut all = String::new();
    for arguments in cases {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?} checks nothing");
        all += &format!("$ conccheck {}\n{}\n", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    assert_snapshot("wrong_sizes", &all, &[]);
}
