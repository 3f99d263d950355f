//! What `conccheck check` found: a line per program, the outcomes where they are of interest, a
//! summary; or one JSON document.

use super::witness::{self, Options};
use super::{Remedy, SCHEMA};
use crate::Backend;
use crate::models::{Checked, PROGRAMS};
use crate::outcome::{Incomplete, Outcome, Seen, Verdict};
use crate::schedule::Schedule;
use crate::token::Token;
use crate::witness::Witness;
use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

const BOLD: Style = Style::new().bold();

/// How to judge what a search did not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The search was long enough to show what can happen.
    Full,
    /// It was cut short, or only samples: what it did not see may be there.
    Limited,
}

/// What became of a program, beside what the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It is right, and all was as it should be.
    Right,
    /// It is broken on purpose, and was caught.
    Caught,
    /// What can happen was not seen, in a search of which that cannot be asked.
    Unseen,
    /// It could not be checked.
    Skipped,
    /// None of these: the program or the checker has a fault.
    Surprise,
}

/// Compares what was seen with what the table says.
pub fn judge(checked: &Checked, effort: Effort) -> Judgement {
    let verdict = checked.verdict();
    match checked.is_as_expected() {
        _ if checked.impossible().next().is_some() => Judgement::Surprise,
        _ if verdict == Verdict::Skip => Judgement::Skipped,
        true if checked.program.is_broken() && verdict > Verdict::Bounded => Judgement::Caught,
        true if checked.program.is_broken() => Judgement::Unseen,
        true => Judgement::Right,
        false if verdict == Verdict::Bounded && effort == Effort::Limited => Judgement::Unseen,
        false => Judgement::Surprise,
    }
}

/// The line of one program. `is_named`: it was asked for by its own name.
pub fn line(checked: &Checked, effort: Effort, is_named: bool) -> String {
    let report = &checked.report;
    let judgement = judge(checked, effort);
    let style = match judgement {
        Judgement::Right => AnsiColor::Green.on_default(),
        Judgement::Caught => AnsiColor::Yellow.on_default(),
        Judgement::Unseen | Judgement::Skipped => Style::new(),
        Judgement::Surprise => AnsiColor::Red.on_default().bold(),
    };
    let word = checked.verdict().word();
    // What fails because it is meant to is no alarm.
    let word =
        if judgement == Judgement::Caught && !is_named { format!("({word})") } else { word.to_string() };
    let width = PROGRAMS.iter().map(|program| program.to_string().len()).max().unwrap_or(0);
    let executions = format!(
        "{:>7} {}",
        report.executions(),
        if report.executions() == 1 { "execution" } else { "executions" }
    );
    let outcomes = count(report.outcomes().count(), "outcome");
    let why = || match report.incomplete_because() {
        [] if report.buffering.is_some() => "complete, but for load buffering".to_string(),
        [] => "complete".to_string(),
        reasons => Incomplete::list(reasons),
    };
    let note = match judgement {
        Judgement::Right | Judgement::Skipped => why(),
        Judgement::Caught => "broken on purpose, and caught".to_string(),
        Judgement::Unseen if checked.program.is_broken() => {
            format!("broken on purpose, which did not show: {}", why())
        }
        Judgement::Unseen => format!("not all that can happen was seen: {}", why()),
        Judgement::Surprise if checked.impossible().next().is_some() => {
            "NATIVE SAYS THAT THIS CANNOT HAPPEN".to_string()
        }
        Judgement::Surprise if checked.program.is_broken() => "BROKEN ON PURPOSE, NOT CAUGHT".to_string(),
        Judgement::Surprise if checked.verdict() <= Verdict::Bounded => {
            "NOT ALL THAT CAN HAPPEN WAS SEEN".to_string()
        }
        Judgement::Surprise => why(),
    };
    format!(
        "{style}{word:>8}{style:#} [{:>8.3}s] {:<width$} {executions:<18}  {outcomes:<10}  {note}\n",
        report.elapsed().as_secs_f64(),
        checked.program,
    )
}

/// The outcomes of one program, the wrong ones marked; how the least of those comes about; and how to see
/// all of it again. In so many columns, where it can be.
pub fn details(checked: &Checked, again: &str, ascii: bool, width: usize) -> String {
    let (program, report) = (&checked.program, &checked.report);
    let mut text = format!("\n{BOLD}{program}{BOLD:#}: {}\n", program.about);
    let least = report.least_witness(|outcome| !checked.is_right(outcome));
    let explained = least.as_ref().map(|(outcome, _)| *outcome);
    for (outcome, seen) in &report.outcomes {
        let mark = checked.mark(outcome);
        let bad = if mark == '=' { Style::new() } else { AnsiColor::Red.on_default() };
        let shown = outcome_text(outcome);
        let _ = write!(text, "  {bad}{mark} {shown}{bad:#}   in {}", super::executions(seen.executions));
        let _ = write!(text, ", first in number {}", seen.first + 1);
        // Where no witness can show it.
        let place = seen.place.as_ref().filter(|_| seen.schedule.is_none());
        let _ = writeln!(text, "{}", place.map_or(String::new(), |place| format!(", at {place}")));
        let is_elsewhere = mark == '=' || explained == Some(outcome);
        if let Some(token) = token(checked, outcome).filter(|_| !is_elsewhere) {
            let _ = writeln!(text, "      replay: conccheck replay {token}");
        }
    }
    let _ = writeln!(text, "  right is: {}", program.right.join(", or "));
    let note = report.note().filter(|_| report.outcomes().any(|outcome| !checked.is_right(outcome)));
    let notes = note.iter().flat_map(|note| note.lines()).map(ToString::to_string);
    for note in notes.chain(comparison(checked)) {
        let _ = writeln!(text, "  {note}");
    }
    let _ = writeln!(text, "  again: {again}");
    if let Some((outcome, witness)) = least {
        let replay = Some(format!("conccheck replay {}", token_of(checked, witness.schedule.clone())));
        let witness = Witness { outcome: outcome_text(outcome), ..witness };
        let remedy = report.remedy_of(&witness, |outcome| checked.is_right(outcome));
        let remedy = remedy.map(|remedy| remedy.to_string());
        let options = Options { color: true, ascii, width, remedy, replay, ..Options::default() };
        let _ = writeln!(text, "\n{}", witness::render(&witness, &options));
    }
    text
}

/// How what real runs were seen to do differs from what native says is possible, if it does.
fn comparison(checked: &Checked) -> Option<String> {
    let agreement = checked.within_native.as_ref()?;
    let differs: Vec<String> = agreement.wrong().map(|(outcome, _)| outcome_text(outcome)).collect();
    if differs.is_empty() {
        return None;
    }
    let differs = differs.join(", and ");
    Some(match agreement.doubt() {
        None => format!(
            "native says that this cannot happen: {differs}\n  one of the two is wrong: native, or the program, if it \
             uses what native does not see (std's own threads and atomics, a clock)"
        ),
        Some(doubt) => format!("native did not see this: {differs}\n  that is no proof of a fault: {doubt}"),
    })
}

/// Whether native says that real runs can do what they were seen to; `None` if that is not known.
fn is_possible(checked: &Checked, outcome: &Outcome<String>) -> Option<bool> {
    let agreement = checked.within_native.as_ref()?;
    match agreement.wrong().any(|(wrong, _)| wrong == outcome) {
        false => Some(true),
        true => agreement.doubt().is_none().then_some(false),
    }
}

/// Replays the least execution with this outcome.
fn token(checked: &Checked, outcome: &Outcome<String>) -> Option<Token> {
    let report = &checked.report;
    // The least where somebody may want to read it.
    let least = if checked.is_right(outcome) { None } else { report.witness(outcome) };
    let seen = || report.seen(outcome)?.schedule.clone();
    let schedule = least.map(|witness| witness.schedule).or_else(seen)?;
    Some(token_of(checked, schedule))
}

fn token_of(checked: &Checked, schedule: Schedule) -> Token {
    let size = checked.program.size().map(|size| size.value);
    Token { program: checked.program.name.to_string(), size, schedule }
}

/// The last line: how many programs of `asked` came to what.
pub fn summary(all: &[Checked], effort: Effort, asked: usize, elapsed: Duration) -> String {
    let executions: u64 = all.iter().map(|checked| checked.report.executions()).sum();
    let (cut, whole): (Vec<&Checked>, Vec<&Checked>) =
        all.iter().partition(|checked| is_interrupted(checked));
    let number = |judgement| whole.iter().filter(|checked| judge(checked, effort) == judgement).count();
    let mut text = format!(
        "{BOLD} Summary{BOLD:#} [{:>8.3}s] {}, {}: {} as they should be, {} broken on purpose and caught",
        elapsed.as_secs_f64(),
        count(all.len(), "program"),
        super::executions(executions),
        number(Judgement::Right),
        number(Judgement::Caught),
    );
    for (judgement, what) in [
        (Judgement::Unseen, "in which not all that can happen was seen"),
        (Judgement::Skipped, "skipped"),
        (Judgement::Surprise, "NOT AS THEY SHOULD BE"),
    ] {
        if number(judgement) > 0 {
            let _ = write!(text, ", {} {what}", number(judgement));
        }
    }
    if !cut.is_empty() || all.len() < asked {
        let _ =
            write!(text, "\n         interrupted: {} of {} finished", whole.len(), count(asked, "program"));
    }
    text.push('\n');
    text
}

fn is_interrupted(checked: &Checked) -> bool {
    checked.report.incomplete() == Some(&Incomplete::Interrupted)
}

/// Everything as one document.
pub fn json(all: &[Checked], asked: usize) -> String {
    let programs: Vec<Value> = all.iter().map(program_value).collect();
    let interrupted = all.len() < asked || all.iter().any(is_interrupted);
    format!("{:#}\n", json!({"schema": SCHEMA, "interrupted": interrupted, "programs": programs}))
}

fn program_value(checked: &Checked) -> Value {
    let report = &checked.report;
    let outcomes: Vec<Value> =
        report.outcomes.iter().map(|(outcome, seen)| outcome_value(checked, outcome, seen)).collect();
    json!({
        "program": checked.program.name,
        "size": checked.program.size().map(|size| size.value),
        "backend": report.backend().name(),
        "strategy": report.strategy().map(|strategy| strategy.name()),
        "memory": (report.backend() == Backend::Native).then(|| report.memory().name()),
        "seed": report.strategy().and_then(|strategy| strategy.seed()),
        "verdict": checked.verdict().word(),
        "as_expected": checked.is_as_expected(),
        "complete": report.is_complete(),
        "incomplete_because": (!report.is_complete()).then(|| Incomplete::list(report.incomplete_because())),
        "remedy": remedy(checked).map(|remedy| super::orderings::remedy_value(&remedy)),
        "note": report.note().map(|note| note.replace("note: ", "")),
        "executions": report.executions(),
        "redundant": report.redundant(),
        "samples": report.sampled(),
        "events": report.events(),
        "outcomes": outcomes,
        "seconds": report.elapsed().as_secs_f64(),
    })
}

/// What would make the wrong outcomes go away.
fn remedy(checked: &Checked) -> Option<Remedy> {
    let is_right = |outcome: &Outcome<String>| checked.is_right(outcome);
    let (_, witness) = checked.report.least_witness(|outcome| !is_right(outcome))?;
    checked.report.remedy_of(&witness, is_right)
}

fn outcome_value(checked: &Checked, outcome: &Outcome<String>, seen: &Seen) -> Value {
    json!({
        "kind": outcome_kind(outcome),
        "text": outcome_text(outcome),
        "expected": checked.is_right(outcome),
        "possible": is_possible(checked, outcome),
        "token": token(checked, outcome).map(|token| token.to_string()),
        "executions": seen.executions,
    })
}

/// One word for what it is.
pub(super) fn outcome_kind(outcome: &Outcome<String>) -> &'static str {
    match outcome {
        Outcome::Returned(_) => "returned",
        Outcome::Panicked(_) => "panicked",
        Outcome::Deadlocked { .. } => "deadlocked",
        Outcome::Livelocked { .. } => "livelocked",
        Outcome::DataRace { .. } => "data race",
        Outcome::Leaked { .. } => "leaked",
        Outcome::Unfinished { .. } => "unfinished",
    }
}

/// The programs return text that is to be read as it is, without quotes.
pub(super) fn outcome_text(outcome: &Outcome<String>) -> String {
    match outcome {
        Outcome::Returned(text) => text.clone(),
        other => other.to_string(),
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
