//! Finds the workloads that a command line names: built-in ones by name, others by path.

use crate::models::workload::Workload;
use anyhow::{Context, anyhow, bail};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The workload called `argument`, or in the file of that path.
pub(super) fn find(argument: &OsStr) -> anyhow::Result<Workload> {
    let path = Path::new(argument);
    let named = argument.to_str().and_then(|name| Workload::builtin().into_iter().find(|w| w.name == name));
    match named {
        Some(workload) => Ok(workload),
        None if is_path(path) => read(path),
        None => Err(unknown(&argument.to_string_lossy())),
    }
}

fn is_path(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
        || path.components().count() > 1
        || path.to_string_lossy().contains(std::path::is_separator)
        || path.exists()
}

fn read(path: &Path) -> anyhow::Result<Workload> {
    let shown = path.display();
    if path.is_dir() {
        bail!("{shown} is a directory: a workload is a TOML file");
    }
    let bytes = fs::read(path).with_context(|| format!("failed to read the workload {shown}"))?;
    let stem = path.file_stem().map_or_else(|| "workload".into(), OsStr::to_string_lossy);
    // The error begins with the line, so that the whole reads as the file:line:column of compilers.
    Workload::from_toml(&bytes, &stem).map_err(|error| anyhow!("{shown}:{error}"))
}

fn unknown(name: &str) -> anyhow::Error {
    let known: Vec<String> = Workload::builtin().into_iter().map(|workload| workload.name).collect();
    let nearest = known.iter().min_by_key(|known| edit_distance(name, known));
    let hint = nearest
        .filter(|nearest| edit_distance(name, nearest) <= 1 + name.chars().count() / 3)
        .map_or_else(String::new, |nearest| format!(" did you mean {nearest}?"));
    anyhow!(
        "unknown workload {name:?}:{hint} there are {}; a file is named by its path, such as ./{name}.toml",
        known.join(", ")
    )
}

/// How many letters have to be inserted, removed or changed (Levenshtein).
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut distances: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut distances[0], row + 1);
        for (column, other) in to.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = distances[column + 1];
            distances[column + 1] = changed.min(diagonal + 1).min(distances[column] + 1);
        }
    }
    distances[to.len()]
}
