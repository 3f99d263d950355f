//! Finds the workloads that a command line names: built-in ones by name, others by path.

use super::nearest;
use crate::models::workload::{FormError, Workload};
use anyhow::{Context, anyhow, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

/// A larger file is no workload that anyone wrote.
const FILE_BYTES_MAX: u64 = 1_000_000;

/// All that are named, none twice.
pub(super) fn find_all(arguments: &[OsString]) -> anyhow::Result<Vec<Workload>> {
    let mut workloads: Vec<Workload> = Vec::new();
    for argument in arguments {
        let workload = find(argument)?;
        if workloads.iter().any(|other| other.name == workload.name) {
            bail!("two workloads are called {:?}: each is run once", workload.name);
        }
        workloads.push(workload);
    }
    Ok(workloads)
}

/// The workload called `argument`, or in the file of that path.
fn find(argument: &OsStr) -> anyhow::Result<Workload> {
    let path = Path::new(argument);
    let named = argument.to_str().and_then(|name| Workload::builtin().into_iter().find(|w| w.name == name));
    match named {
        Some(workload) => Ok(workload),
        None if is_path(path) => read(path),
        None => Err(unknown(&argument.to_string_lossy())),
    }
}

/// Whether it is meant as a path, or can be nothing else.
fn is_path(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
        || path.components().count() > 1
        || path.to_string_lossy().contains(std::path::is_separator)
        || path.exists()
}

fn read(path: &Path) -> anyhow::Result<Workload> {
    let shown = path.display();
    // Before it is opened: opening a pipe would wait for whoever writes into it.
    let kind = fs::metadata(path).with_context(|| format!("failed to read the workload {shown}"))?;
    if kind.is_dir() {
        bail!("{shown} is a directory: a workload is a TOML file");
    }
    if !kind.is_file() {
        bail!("{shown} is a device or a pipe: a workload is a TOML file");
    }
    if kind.len() > FILE_BYTES_MAX {
        bail!("{shown} has {} bytes: a workload has at most {FILE_BYTES_MAX}", kind.len());
    }
    let bytes = fs::read(path).with_context(|| format!("failed to read the workload {shown}"))?;
    let stem = path.file_stem().map_or_else(|| "workload".into(), OsStr::to_string_lossy);
    Workload::from_toml(&bytes, &stem).map_err(|error| match error {
        // It begins with the line, so that the whole reads as the file:line:column of compilers.
        FormError::NotAWorkload { .. } => anyhow!("{shown}:{error}"),
        FormError::NotUtf8 { .. } => anyhow!("{shown}: {error}"),
    })
}

fn unknown(name: &str) -> anyhow::Error {
    if name.is_empty() {
        return anyhow!("the name of a workload is empty; `conccheck list workloads` shows all");
    }
    let known: Vec<String> = Workload::builtin().into_iter().map(|workload| workload.name).collect();
    let hint = nearest(name, known.iter().map(String::as_str))
        .map_or_else(String::new, |nearest| format!(" did you mean {nearest}?"));
    anyhow!(
        "unknown workload {name:?}:{hint} there are {}; a file is named by its path, such as ./{name}.toml",
        known.join(", ")
    )
}
