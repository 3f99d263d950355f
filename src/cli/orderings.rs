//! `conccheck check --orderings`: which orderings of the programs are stronger than they need.

use super::args::Format;
use super::watch::Watch;
use super::{Exit, output};
use crate::models::Program;
use crate::{Checker, Progress, checker, report};
use anstream::ColorChoice;
use anyhow::ensure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What was asked for besides the programs.
pub(super) struct Asked {
    pub(super) checker: Checker,
    pub(super) progress: Arc<Progress>,
    pub(super) time_max: Option<Duration>,
    pub(super) interrupted: Arc<AtomicBool>,
    pub(super) requires_complete: bool,
    pub(super) format: Format,
}

/// Looks at those of `programs` that are not broken on purpose, together: what one of them needs is needed.
pub(super) fn run(programs: &[Program], asked: Asked, color: ColorChoice) -> anyhow::Result<Exit> {
    let sound: Vec<Program> = programs.iter().copied().filter(|program| !program.is_broken()).collect();
    ensure!(
        !sound.is_empty(),
        "--orderings is for programs that are right, and all of these are broken on purpose; `conccheck list programs` \
         shows the fixed twin of each above it"
    );
    let trials: Vec<_> = sound.iter().map(|program| program.trial(&asked.checker)).collect();
    let watch = Watch::new(1, asked.progress, asked.time_max);
    watch.begin("orderings".to_string());
    let orderings = checker::audit(&trials);
    drop(watch);
    let text = match asked.format {
        Format::Text => format!("{orderings}\n"),
        Format::Json => report::orderings_json(&orderings),
    };
    output::print(&text, color)?;
    Ok(if asked.interrupted.load(Ordering::Relaxed) {
        Exit::Interrupted
    } else if orderings.failure.is_some() {
        Exit::Differs
    } else if asked.requires_complete && orderings.has_unknown() {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}
