//! Which orderings a program needs, as values and as a table.

use super::witness::shown;
#[cfg(feature = "cli")]
use super::{Remedy, SCHEMA};
use crate::schedule::{Kind, Site};
use crate::witness::Place;
#[cfg(feature = "cli")]
use serde_json::{Value, json};
use std::fmt;
use std::sync::atomic::Ordering;

/// What [`Checker::orderings`](crate::Checker::orderings) found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orderings {
    /// If the program is wrong as it is: what it comes to. Then nothing can be said of its orderings.
    pub failure: Option<String>,
    /// One for each step by which an ordering can be weakened, by places.
    pub rows: Vec<OrderingRow>,
    /// What can be weakened together: with all of these every execution is right.
    pub together: Vec<Change>,
}

/// One ordering, made a step weaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderingRow {
    /// Which, and to what.
    pub change: Change,
    /// Whether that is noticed.
    pub need: Need,
}

/// Another ordering in the place of one that a program declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where.
    pub place: Place,
    /// The function that has it: `load`, `fetch_add`, `fence`, …; `compare_exchange (failure)`, if it is the second of two.
    pub function: String,
    /// What is declared.
    pub from: Ordering,
    /// What takes its place; `None` if there is to be no fence.
    pub to: Option<Ordering>,
}

/// Whether an ordering is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A weaker one lets the program go wrong.
    Needed {
        /// What it comes to, in a line.
        outcome: String,
        /// The program that notices, where there are several.
        by: Option<String>,
    },
    /// With a weaker one every execution is right.
    NotNeeded,
    /// No execution that was seen is wrong with a weaker one, and not all were seen.
    NotKnown {
        /// Why not.
        why: String,
    },
}

impl Orderings {
    /// Whether none is stronger than needed, as far as is known.
    pub fn are_all_needed(&self) -> bool {
        self.failure.is_none() && self.rows.iter().all(|row| matches!(row.need, Need::Needed { .. }))
    }

    /// Whether some search was cut, and so nothing is known of some ordering.
    pub fn has_unknown(&self) -> bool {
        self.rows.iter().any(|row| matches!(row.need, Need::NotKnown { .. }))
    }
}

impl Change {
    pub(crate) fn new(site: Site, to: Ordering, function: &str) -> Self {
        let is_failure = site.kind == Kind::Load && function == "compare_exchange";
        let is_no_fence = site.kind == Kind::Fence && to == Ordering::Relaxed;
        Change {
            place: Place::of(site.place),
            function: if is_failure { format!("{function} (failure)") } else { function.to_string() },
            from: site.declared,
            to: (!is_no_fence).then_some(to),
        }
    }

    /// `src/lib.rs:12`
    fn at(&self) -> String {
        format!("{}:{}", shown(self.place.file), self.place.line)
    }

    /// Whether it is about another call of the same function in the same line.
    fn is_beside(&self, other: &Change) -> bool {
        let key = |change: &Change| (change.place.file, change.place.line, change.function.clone());
        key(self) == key(other) && self.place != other.place || self == other
    }

    fn to(&self) -> String {
        self.to.map_or("none".to_string(), |to| format!("{to:?}"))
    }
}

/// `Release at src/lib.rs:12`
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.to.map_or("no fence".to_string(), |to| format!("{to:?}"));
        let is_failure = self.function.ends_with("(failure)");
        write!(f, "{what}{} at {}", if is_failure { " (failure)" } else { "" }, self.at())
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Need::Needed { outcome, by: None } => write!(f, "needed: {outcome}"),
            Need::Needed { outcome, by: Some(by) } => write!(f, "needed by {by}: {outcome}"),
            Need::NotNeeded => f.write_str("not needed"),
            Need::NotKnown { why } => write!(f, "not known: {why}"),
        }
    }
}

/// `a, b and c`
pub(crate) fn list(changes: &[Change]) -> String {
    let texts: Vec<String> = changes.iter().map(ToString::to_string).collect();
    match &texts[..] {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}

impl fmt::Display for Orderings {
    /// A table, without a newline at its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(failure) = &self.failure {
            return write!(f, "orderings   not looked at: the program is wrong as it is: {failure}");
        }
        let count = |is: fn(&Need) -> bool| self.rows.iter().filter(|row| is(&row.need)).count();
        let needed = count(|need| matches!(need, Need::Needed { .. }));
        let (unneeded, unknown) =
            (count(|need| *need == Need::NotNeeded), count(|need| matches!(need, Need::NotKnown { .. })));
        write!(f, "orderings   {needed} needed, {unneeded} not needed")?;
        if unknown > 0 {
            write!(f, ", {unknown} not known")?;
        }
        let changes: Vec<&Change> = self.rows.iter().map(|row| &row.change).collect();
        let lines = lines(&changes);
        for (line, row) in lines.iter().zip(&self.rows) {
            write!(f, "\n    {line}  {}", row.need)?;
        }
        if !self.together.is_empty() {
            let changes: Vec<&Change> = self.together.iter().collect();
            let lines = self::lines(&changes);
            write!(f, "\ntogether    every execution is right with")?;
            lines.iter().try_for_each(|line| write!(f, "\n    {}", line.trim_end()))?;
        }
        Ok(())
    }
}

/// Each in a line, in columns.
fn lines(changes: &[&Change]) -> Vec<String> {
    let cells = |change: &&Change| {
        let alike = changes.iter().filter(|other| other.is_beside(change)).count();
        let column = if alike > 1 { format!(":{}", change.place.column) } else { String::new() };
        let step = format!("{:?} → {}", change.from, change.to());
        [change.at() + &column, change.function.clone(), step]
    };
    let rows: Vec<[String; 3]> = changes.iter().map(cells).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let [at, what, step] = [0, 1, 2].map(width);
    rows.iter().map(|row| format!("{:<at$}  {:<what$}  {:<step$}", row[0], row[1], row[2])).collect()
}

/// Everything as one document.
#[cfg(feature = "cli")]
pub(crate) fn json(orderings: &Orderings) -> String {
    let row = |OrderingRow { change, need }: &OrderingRow| {
        let (needed, because, by) = match need {
            Need::Needed { outcome, by } => (Some(true), Some(outcome), by.as_ref()),
            Need::NotNeeded => (Some(false), None, None),
            Need::NotKnown { why } => (None, Some(why), None),
        };
        let mut row = change_value(change);
        row["needed"] = json!(needed);
        row["because"] = json!(because);
        row["by"] = json!(by);
        row
    };
    let rows: Vec<Value> = orderings.rows.iter().map(row).collect();
    let together: Vec<Value> = orderings.together.iter().map(change_value).collect();
    let failure = &orderings.failure;
    format!("{:#}\n", json!({"schema": SCHEMA, "failure": failure, "orderings": rows, "together": together}))
}

/// A remedy, as part of a document.
#[cfg(feature = "cli")]
pub(super) fn remedy_value(remedy: &Remedy) -> Value {
    let changes: Vec<Value> = remedy.changes.iter().map(change_value).collect();
    json!({
        "text": remedy.to_string(),
        "changes": changes,
        "complete": remedy.is_complete,
        "executions": remedy.executions,
    })
}

#[cfg(feature = "cli")]
fn change_value(change: &Change) -> Value {
    json!({
        "file": shown(change.place.file),
        "line": change.place.line,
        "column": change.place.column,
        "function": change.function,
        "ordering": format!("{:?}", change.from),
        "instead": change.to.map(|to| format!("{to:?}")),
    })
}
