//! What `conccheck check` found: a line per program, the outcomes where they are of interest, a
//! summary; or one JSON document.

use super::SCHEMA;
use crate::models::{Checked, PROGRAMS};
use crate::outcome::{Outcome, Seen, Verdict};
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

const BOLD: Style = Style::new().bold();

/// The line of one program.
pub fn line(checked: &Checked) -> String {
    let report = &checked.report;
    let verdict = checked.verdict();
    let style = style(checked);
    let outcomes = count(report.outcomes().count() as u64, "outcome");
    let width = PROGRAMS.iter().map(|program| program.name.len()).max().unwrap_or(0);
    let mut line = format!(
        "{style}{:>8}{style:#} [{:>8.3}s] {:<width$} {:>7} {:<10}  {outcomes:<10}",
        verdict.word(),
        report.elapsed().as_secs_f64(),
        checked.program.name,
        report.executions(),
        if report.executions() == 1 { "execution" } else { "executions" },
    );
    let note = match (checked.program.is_broken(), checked.is_as_expected()) {
        _ if verdict == Verdict::Skip => report.incomplete().map(ToString::to_string).unwrap_or_default(),
        (true, true) if verdict == Verdict::Bounded => "broken on purpose, which did not show".to_string(),
        (true, true) => "broken on purpose, and caught".to_string(),
        (true, false) => "BROKEN ON PURPOSE, NOT CAUGHT".to_string(),
        (false, false) if verdict <= Verdict::Bounded => "NOT ALL THAT CAN HAPPEN WAS SEEN".to_string(),
        (false, _) => report.incomplete().map_or("complete".to_string(), ToString::to_string),
    };
    let _ = writeln!(line, "  {note}");
    line
}

/// The outcomes of one program, the wrong ones marked, and how to see them again.
pub fn details(checked: &Checked, again: &str) -> String {
    let (program, report) = (&checked.program, &checked.report);
    let mut text = format!("\n{BOLD}{}{BOLD:#}: {}\n", program.name, program.about);
    for (outcome, seen) in &report.outcomes {
        let mark = checked.mark(outcome);
        let bad = if mark == '=' { Style::new() } else { AnsiColor::Red.on_default() };
        let shown = outcome_text(outcome);
        let _ = write!(text, "  {bad}{mark} {shown}{bad:#}   in {}", count(seen.executions, "execution"));
        let _ = writeln!(text, ", first in number {}", seen.first + 1);
    }
    if !program.right.is_empty() {
        let _ = writeln!(text, "  right is: {}", program.right.join(", or "));
    }
    let _ = writeln!(text, "  again: {again}");
    text
}

/// The last line.
pub fn summary(all: &[Checked], elapsed: Duration) -> String {
    let executions: u64 = all.iter().map(|checked| checked.report.executions()).sum();
    let number = |of: &dyn Fn(&&Checked) -> bool| all.iter().filter(of).count();
    let right = number(&|checked| !checked.program.is_broken() && checked.is_as_expected());
    let caught = number(&|checked| checked.program.is_broken() && checked.verdict() > Verdict::Bounded);
    let unseen = number(&|checked| checked.program.is_broken() && checked.verdict() <= Verdict::Bounded);
    let wrong = number(&|checked| !checked.program.is_broken() && !checked.is_as_expected());
    let mut text = format!(
        "{BOLD} Summary{BOLD:#} [{:>8.3}s] {}, {}: {right} as they should be, {caught} broken on purpose and caught",
        elapsed.as_secs_f64(),
        count(all.len() as u64, "program"),
        count(executions, "execution"),
    );
    if unseen > 0 {
        let _ = write!(text, ", {unseen} whose fault did not show");
    }
    if wrong > 0 {
        let _ = write!(text, ", {BOLD}{wrong} not as they should be{BOLD:#}");
    }
    text.push('\n');
    text
}

/// Everything as one document.
pub fn json(all: &[Checked]) -> String {
    let programs: Vec<Value> = all.iter().map(program_value).collect();
    format!("{:#}\n", json!({"schema": SCHEMA, "programs": programs}))
}

fn program_value(checked: &Checked) -> Value {
    let report = &checked.report;
    let outcomes: Vec<Value> =
        report.outcomes.iter().map(|(outcome, seen)| outcome_value(checked, outcome, seen)).collect();
    json!({
        "program": checked.program.name,
        "backend": report.backend().name(),
        "strategy": report.strategy().map(|strategy| strategy.name()),
        "seed": report.strategy().and_then(|strategy| strategy.seed()),
        "verdict": checked.verdict().word(),
        "as_expected": checked.is_as_expected(),
        "complete": report.is_complete(),
        "incomplete_because": report.incomplete().map(ToString::to_string),
        "executions": report.executions(),
        "outcomes": outcomes,
        "seconds": report.elapsed().as_secs_f64(),
    })
}

fn outcome_value(checked: &Checked, outcome: &Outcome<String>, seen: &Seen) -> Value {
    let kind = match outcome {
        Outcome::Returned(_) => "returned",
        Outcome::Panicked(_) => "panicked",
        Outcome::Deadlocked { .. } => "deadlocked",
        Outcome::Livelocked { .. } => "livelocked",
        Outcome::Unfinished { .. } => "unfinished",
    };
    json!({
        "kind": kind,
        "text": outcome_text(outcome),
        "expected": checked.is_right(outcome),
        "executions": seen.executions,
    })
}

/// The programs return text that is to be read as it is, without quotes.
fn outcome_text(outcome: &Outcome<String>) -> String {
    match outcome {
        Outcome::Returned(text) => text.clone(),
        other => other.to_string(),
    }
}

fn style(checked: &Checked) -> Style {
    if !checked.is_as_expected() {
        AnsiColor::Red.on_default().bold()
    } else if checked.program.is_broken() {
        AnsiColor::Yellow.on_default()
    } else {
        AnsiColor::Green.on_default()
    }
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
