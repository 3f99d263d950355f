//! The table in the docs of `models::asyncio` is true: what it names there is, and happens under a checker as it says.

use super::{explore, programs};
use conccheck::models::{PROGRAMS, Program};
use conccheck::{Backend, Checker};
use std::collections::BTreeSet;

struct Row {
    here: Vec<&'static str>,
    shown_by: Vec<&'static str>,
    is_explored: bool,
}

const SOURCE: &str = include_str!("../../../models/asyncio/mod.rs");

fn rows() -> Vec<Row> {
    let rows = SOURCE.lines().filter_map(|line| line.strip_prefix("//! | ")).skip(1);
    rows.map(|row| {
        let cells: Vec<_> = row.trim_end_matches('|').split(" | ").collect();
        let [_, here, shown_by, under] = cells[..] else { panic!("four cells: {row}") };
        let is_explored = match under.trim() {
            "explored" => true,
            "one order" => false,
            other => panic!("no such words: {other}"),
        };
        Row { here: quoted(here), shown_by: quoted(shown_by), is_explored }
    })
    .collect()
}

/// What stands between backticks.
fn quoted(text: &'static str) -> Vec<&'static str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The programs of the room that show that promise; the file's name is theirs, or the first one's.
fn of_the_room(name: &str) -> Option<&'static Program> {
    let file = if name == "switches_only_at_await" { "update_between_awaits" } else { name };
    PROGRAMS.iter().find(|program| program.name.strip_prefix("asyncio::") == Some(file))
}

#[test]
fn every_row_names_what_there_is() {
    let public: BTreeSet<_> = SOURCE
        .split("pub use ")
        .skip(1)
        .flat_map(|line| line.split(';').next().unwrap_or_default().split(['{', '}', ',', ':', ' ', '\n']))
        .collect();
    let cpythons: BTreeSet<_> = programs().map(|(name, _)| name).collect();
    let rows = rows();
    assert!(rows.len() > 20, "the table was found");
    for Row { here, shown_by, .. } in &rows {
        assert!(!here.is_empty() && !shown_by.is_empty());
        for name in here {
            let item = name.split("::").next().unwrap_or(name);
            assert!(public.contains(item), "{name} is not public");
        }
        for name in shown_by {
            assert!(cpythons.contains(name) || of_the_room(name).is_some(), "{name} is no program");
        }
    }
}

#[test]
fn every_promise_of_the_room_is_in_a_row() {
    let shown: BTreeSet<_> =
        rows().into_iter().flat_map(|row| row.shown_by).filter_map(of_the_room).map(|p| p.name).collect();
    let promises = PROGRAMS.iter().filter(|program| program.model() == "asyncio" && !program.is_broken());
    let missing: Vec<_> = promises.filter(|program| !shown.contains(program.name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// How many executions native sees.
fn executions(name: &str) -> u64 {
    let native = Checker::new().backend(Backend::Native).executions_max(50);
    match (programs().find(|(other, _)| *other == name), of_the_room(name)) {
        (Some((_, body)), _) => explore(&native, body).executions(),
        (None, Some(program)) => program.check(&native).report.executions(),
        (None, None) => panic!("{name} is no program"),
    }
}

#[test]
fn under_a_checker_there_is_one_order_where_a_row_says_so() {
    let is_wrong = |Row { here, shown_by, is_explored }: Row| {
        let most = shown_by.iter().map(|name| executions(name)).max();
        (is_explored != (most > Some(1))).then(|| format!("{here:?}: {most:?} executions"))
    };
    assert_eq!(rows().into_iter().filter_map(is_wrong).collect::<Vec<_>>(), Vec::<String>::new());
}
