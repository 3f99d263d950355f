//! The rooms of the source know only what `ROOMS` lets them know: arrows go one way, but where the table says
//! otherwise. A new arrow is a decision, made here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A room: a folder of `src` or a file in it, and what of the crate its `use` lines may name.
const ROOMS: &[(&str, &[&str])] = &[
    // The engine is pure.
    ("engine/object", &["engine"]),
    ("engine", &["engine/object", "schedule"]),
    ("schedule", &[]),
    ("token", &["schedule"]),
    ("witness", &["schedule"]),
    ("outcome", &["schedule"]),
    ("panic", &[]),
    // Strategies are of the engine; which backend has which is in their table.
    ("strategy", &["engine", "engine/object", "schedule", "backend"]),
    // Backends connect the facade to the engines.
    ("backend", &["engine", "engine/object", "strategy", "schedule", "outcome", "witness", "panic"]),
    // The facade.
    ("sync", &["backend", "engine", "engine/object", "time", "panic"]),
    ("cell", &["backend", "engine"]),
    ("alloc", &["backend"]),
    ("thread", &["backend", "sync", "panic"]),
    ("task", &["backend", "sync", "thread", "panic"]),
    // tokio's world on that: its own code, announced.
    ("tokio", &["backend", "sync", "thread", "task", "time"]),
    ("time", &["backend"]),
    ("async_test", &["checker", "tokio"]),
    ("process", &["backend", "sync", "thread", "panic"]),
    // What a check is, and says.
    ("checker", &["backend", "strategy", "outcome", "schedule", "replay", "report", "witness"]),
    (
        "property",
        &["backend", "checker", "thread", "panic", "outcome", "schedule", "replay", "report", "witness"],
    ),
    ("replay", &["property", "schedule", "token"]),
    (
        "report",
        &["backend", "checker", "strategy", "models", "measure", "outcome", "schedule", "token", "witness"],
    ),
    // Models know the facade, and their table what a check of each concludes.
    (
        "models",
        &[
            "sync", "cell", "thread", "task", "time", "process", "property", "panic", "backend", "checker",
            "strategy", "outcome", "report", "schedule",
        ],
    ),
    ("measure", &["models", "panic"]),
    // The command line knows everything, and nobody knows it.
    (
        "cli",
        &[
            "backend", "checker", "strategy", "property", "models", "measure", "report", "schedule",
            "outcome", "token",
        ],
    ),
];

/// Where names live that the crate's root has.
const AT_THE_ROOT: &[(&str, &str)] = &[
    ("Backend", "backend"),
    ("Checker", "checker"),
    ("Memory", "schedule"),
    ("Orderings", "report"),
    ("Outcome", "outcome"),
    ("Progress", "backend"),
    ("Report", "report"),
    ("Strategy", "strategy"),
    ("Token", "token"),
    ("Verdict", "outcome"),
    ("check", "checker"),
];

#[test]
fn the_rooms_know_only_what_they_may() {
    let known = arrows();
    assert_eq!(wrong(&known), Vec::<String>::new());
    let is_used = |room: &str, other: &str| known.contains_key(&(room.to_string(), other.to_string()));
    let allowed = ROOMS.iter().flat_map(|&(room, others)| others.iter().map(move |&other| (room, other)));
    let unused: Vec<_> = allowed.filter(|&(room, other)| !is_used(room, other)).collect();
    assert_eq!(unused, [], "nobody needs these any more");
}

#[test]
fn an_arrow_that_the_table_does_not_have_is_noticed() {
    let arrow = |room: &str, other: &str| ((room.to_string(), other.to_string()), PathBuf::from("file.rs"));
    let known = [arrow("engine", "cli"), arrow("engine", "schedule"), arrow("attic", "engine")].into();
    assert_eq!(wrong(&known), ["attic is no room of the table", "engine uses cli in file.rs"]);
}

/// The arrows that the table does not have.
fn wrong(known: &BTreeMap<(String, String), PathBuf>) -> Vec<String> {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let is_wrong = |((room, other), file): (&(String, String), &PathBuf)| match allowed.get(room.as_str()) {
        None => Some(format!("{room} is no room of the table")),
        Some(others) if others.contains(&other.as_str()) => None,
        Some(_) => Some(format!("{room} uses {other} in {}", file.display())),
    };
    known.iter().filter_map(is_wrong).collect()
}

#[test]
fn what_a_use_line_names_is_found() {
    let source = "
        use crate::sync::{Arc, Mutex};
        pub(crate) use crate::engine::object::State;
        use crate::{Backend, engine::{Event, object::Access}, outcome};
        use std::fmt;
        // use crate::models;
        mod tests { use crate::cli; }
    ";
    let found = rooms_used(source).into_iter().collect::<Vec<_>>();
    assert_eq!(found, ["backend", "cli", "engine", "engine/object", "outcome", "sync"]);
}

/// Which room uses which, each with a file that shows it. Tests may know what they like.
fn arrows() -> BTreeMap<(String, String), PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut arrows = BTreeMap::new();
    for folder in ["src", "models"] {
        for file in sources(&root.join(folder)) {
            let place = file.strip_prefix(root).expect("it is below").to_path_buf();
            let source = fs::read_to_string(&file).expect("a source file");
            let (source, _) = source.split_once("#[cfg(test)]\nmod tests {").unwrap_or((&source, ""));
            let room = room_of(&place);
            for other in rooms_used(source).into_iter().filter(|other| *other != room) {
                arrows.entry((room.clone(), other)).or_insert_with(|| place.clone());
            }
        }
    }
    arrows
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let is_test = path.file_stem().is_some_and(|name| name == "tests");
        if path.is_dir() && !is_test {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn room_of(place: &Path) -> String {
    let mut parts = place.iter().map(|part| part.to_string_lossy());
    if parts.next().is_some_and(|root| root == "models") {
        return "models".to_string();
    }
    let first = parts.next().unwrap_or_default();
    match (first.trim_end_matches(".rs"), parts.next().as_deref(), parts.next()) {
        ("engine", Some("object"), Some(_)) => "engine/object".to_string(),
        (room, ..) => room.to_string(),
    }
}

/// What of the crate the `use` lines of a source name.
fn rooms_used(source: &str) -> BTreeSet<String> {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let text = lines.collect::<Vec<_>>().join(" ");
    let trees = text.split("use crate::").skip(1).filter_map(|rest| rest.split_once(';'));
    let mut rooms = BTreeSet::new();
    for (tree, _) in trees {
        for path in paths(tree) {
            let mut parts = path.split("::").map(str::trim);
            let first = parts.next().unwrap_or_default();
            let at_the_root = AT_THE_ROOT.iter().find(|&&(name, _)| name == first);
            rooms.insert(match (first, parts.next()) {
                ("engine", Some("object")) => "engine/object".to_string(),
                _ => at_the_root.map_or(first, |&(_, room)| room).to_string(),
            });
        }
    }
    rooms
}

/// The paths of a use tree: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn paths(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else { return vec![tree.trim().to_string()] };
    let inside = rest.trim_end().trim_end_matches('}');
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in inside.chars() {
        match letter {
            ',' if depth == 0 => parts.push(String::new()),
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                parts.last_mut().expect("there is one").push(letter);
            }
        }
    }
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(&part)).map(|path| format!("{}{path}", before.trim())).collect()
}
