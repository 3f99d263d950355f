//! What `conccheck check --corpus` found: how soon each strategy finds each fault, as a table or as one
//! JSON document.

use super::SCHEMA;
use super::check::{outcome_kind, outcome_text};
use crate::models::corpus::{Hunt, SEEDS};
use crate::outcome::Outcome;
use serde_json::{Map, Value, json};

/// Between two columns.
const GAP: &str = "  ";

/// What the table's figures are.
pub fn header() -> String {
    let seeds = SEEDS.map(|seed| seed.to_string()).join(", ");
    format!(
        "Executions to the first wrong outcome, under native; of pct, pos and random the median of seeds {seeds}\n\
         within: in so many executions every strategy has to find it\n"
    )
}

/// A row per program.
pub fn table(hunts: &[Hunt]) -> String {
    let mut rows = vec![vec!["program".to_string(), "fixed twin".to_string(), "bug".to_string()]];
    let strategies = hunts.first().map_or(&[][..], |hunt| &hunt.executions);
    rows[0].extend(strategies.iter().map(|(strategy, _)| strategy.to_string()));
    rows[0].push("within".to_string());
    rows.extend(hunts.iter().map(row));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..rows[0].len()).map(width).collect();
    let cell = |(column, text): (usize, &String)| match column {
        0..3 => format!("{text:<width$}", width = widths[column]),
        _ => format!("{text:>width$}", width = widths[column]),
    };
    let line = |row: &Vec<String>| row.iter().enumerate().map(cell).collect::<Vec<_>>().join(GAP) + "\n";
    rows.iter().map(line).collect()
}

/// How many faults every strategy found.
pub fn summary(hunts: &[Hunt]) -> String {
    let found = hunts.iter().filter(|hunt| hunt.is_successful()).count();
    format!("{found} of {} found by every strategy within its bound\n", hunts.len())
}

/// Everything as one document.
pub fn json(hunts: &[Hunt]) -> String {
    let corpus: Vec<Value> = hunts.iter().map(value).collect();
    format!("{:#}\n", json!({"schema": SCHEMA, "backend": "native", "seeds": SEEDS, "corpus": corpus}))
}

fn row(hunt: &Hunt) -> Vec<String> {
    let program = &hunt.program;
    let texts = [program.to_string(), program.twin_of.unwrap_or_default().to_string(), bug(hunt).to_string()];
    let not_found = || format!("not within {}", program.found_within);
    let figure = |number: Option<u64>| number.map_or_else(not_found, |number| number.to_string());
    let figures = hunt.executions.iter().map(|(_, number)| figure(*number));
    let within = program.found_within.to_string();
    texts.into_iter().chain(figures).chain([within]).collect()
}

/// What goes wrong.
fn bug(hunt: &Hunt) -> &'static str {
    match &hunt.bug {
        None => "none seen",
        Some(Outcome::Returned(_)) => "wrong result",
        Some(Outcome::Panicked(_)) => "panic",
        Some(Outcome::Deadlocked { .. }) => "deadlock",
        Some(Outcome::Livelocked { .. }) => "livelock",
        Some(Outcome::DataRace { .. }) => "data race",
        Some(Outcome::Leaked { .. }) => "leak",
        Some(Outcome::Unfinished { .. }) => "no answer",
    }
}

fn value(hunt: &Hunt) -> Value {
    let program = &hunt.program;
    let executions: Map<String, Value> =
        hunt.executions.iter().map(|(strategy, number)| (strategy.to_string(), json!(number))).collect();
    let bug = hunt.bug.as_ref().map(|bug| json!({"kind": outcome_kind(bug), "text": outcome_text(bug)}));
    json!({
        "program": program.name,
        "size": program.size().map(|size| size.value),
        "twin_of": program.twin_of,
        "bug": bug,
        "executions": executions,
        "found_within": program.found_within,
        "found_by_all": hunt.is_successful(),
    })
}
