//! Which model to choose: the simplest of those that are about as fast as the fastest.
//!
//! When to use what, as Python programmers are taught it: a few jobs that mostly wait, threads or a
//! pool; thousands that wait, asyncio; computing under an interpreter lock, processes; computing
//! without one, threads or a pool; hardly anything to do, neither. The figures decide; this order
//! only breaks what they leave open.

use super::{Gil, Measurement, Row, readable};
use crate::models::Model;
use std::time::Duration;

/// A recommendation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The model, `None` when no row can be recommended.
    pub model: Option<Model>,
    /// Why, with the figures.
    pub reason: String,
}

/// Rows within this factor of the fastest are about as fast …
const ABOUT: f64 = 1.05;
/// … and so are those that save less than this.
const TRIFLE: Duration = Duration::from_millis(1);
/// A thread for each of more jobs than this is no simple thing any more.
const THREADS_MAX: usize = 100;

pub(super) fn advise(measurement: &Measurement) -> Advice {
    let none = |reason: &str| Advice { model: None, reason: reason.to_string() };
    if !measurement.is_complete() {
        return none("interrupted before all rows had their runs");
    }
    if !measurement.is_comparison() {
        return none("there is only one model to choose from");
    }
    let best = choose(measurement, |row| row.variant.gil == Gil::Off);
    let has_lock_free = best.is_some();
    let Some((best, fastest)) = best.or_else(|| choose(measurement, |_| true)) else {
        return none("no model was run and gave the sequential results");
    };
    let mut reason = format!("{}: {}", kind_of_work(measurement), figures(measurement, best, fastest));
    if has_lock_free {
        reason.push_str(&under_a_gil(measurement, best));
    }
    reason.push_str(&caveat(measurement, best));
    Advice { model: Some(best.variant.model), reason }
}

/// The simplest of the about fastest rows with the sequential results, and the fastest.
fn choose(measurement: &Measurement, is_usable: impl Fn(&Row) -> bool) -> Option<(&Row, &Row)> {
    let sound = measurement.rows.iter().filter(|row| row.same_result() == Some(true) && is_usable(row));
    let timed: Vec<(Duration, &Row)> = sound.filter_map(|row| Some((row.seconds()?, row))).collect();
    let &(least, fastest) = timed.iter().min_by_key(|(seconds, _)| *seconds)?;
    let enough = least.mul_f64(ABOUT).max(least + TRIFLE);
    // A row that is slower by no more than its own spread may be as fast.
    let is_about = |seconds: Duration, row: &Row| seconds <= enough + row.spread().unwrap_or_default();
    let about_fastest = timed.iter().filter(|(seconds, row)| is_about(*seconds, row)).map(|&(_, row)| row);
    let best = about_fastest.min_by_key(|row| effort(row.variant.model, measurement.jobs.len()))?;
    Some((best, fastest))
}

/// How much a model asks of the programmer and the machine, the least first.
fn effort(model: Model, job_count: usize) -> usize {
    let by_effort = if job_count <= THREADS_MAX {
        [
            Model::Sequential,
            Model::Threads,
            Model::Pool,
            Model::Rayon,
            Model::Asyncio,
            Model::Tokio,
            Model::Processes,
        ]
    } else {
        [
            Model::Sequential,
            Model::Pool,
            Model::Rayon,
            Model::Asyncio,
            Model::Tokio,
            Model::Threads,
            Model::Processes,
        ]
    };
    by_effort.iter().position(|&listed| listed == model).unwrap_or(by_effort.len())
}

/// The part of the work that is computing, from 0 to 1.
fn computing_share(measurement: &Measurement) -> f64 {
    let cpu: Duration = measurement.jobs.iter().map(|job| job.cpu).sum();
    let total: Duration = measurement.jobs.iter().map(|job| job.total()).sum();
    if total.is_zero() { 0.0 } else { cpu.as_secs_f64() / total.as_secs_f64() }
}

fn kind_of_work(measurement: &Measurement) -> String {
    let jobs = match measurement.jobs.len() {
        1 => "one job".to_string(),
        count => format!("{count} jobs"),
    };
    let computing = 100.0 * computing_share(measurement);
    if measurement.jobs.iter().all(|job| job.total().is_zero()) {
        format!("{jobs}, neither waiting nor computing")
    } else if computing >= 50.0 {
        format!("{jobs}, {computing:.0} % computing")
    } else {
        format!("{jobs}, {:.0} % waiting", 100.0 - computing)
    }
}

fn figures(measurement: &Measurement, best: &Row, fastest: &Row) -> String {
    let time = |row: &Row| readable(row.seconds().unwrap_or_default());
    let mut text = time(best);
    if best.variant.model == Model::Sequential {
        text.push_str(&match best.variant == fastest.variant {
            true => ", the fastest".to_string(),
            false => format!("; {}, the fastest, saves too little ({})", fastest.variant, time(fastest)),
        });
        return text;
    }
    if let Some(speedup) = measurement.speedup(best) {
        let digits = usize::from(speedup < 100.0);
        text.push_str(&format!(", {speedup:.digits$} times as fast as sequential"));
    }
    text.push_str(&match best.variant == fastest.variant {
        true => ", the fastest".to_string(),
        false => {
            format!(", the simplest of those about as fast as {} ({})", fastest.variant, time(fastest))
        }
    });
    text
}

/// What to choose where threads share a lock: a row that has it, or a model whose workers do not share
/// one. Says nothing when no row has the lock, and of waiting only what the lock changes.
fn under_a_gil(measurement: &Measurement, best: &Row) -> String {
    if measurement.rows.iter().all(|row| row.variant.gil == Gil::Off) {
        return String::new();
    }
    let is_usable = |row: &Row| {
        row.variant.gil == Gil::On
            || matches!(row.variant.model, Model::Sequential | Model::Processes | Model::Asyncio)
    };
    match choose(measurement, is_usable) {
        Some((locked, _))
            if computing_share(measurement) >= 0.5 || locked.variant.model != best.variant.model =>
        {
            let time = readable(locked.seconds().unwrap_or_default());
            format!("; under a GIL {} ({time})", locked.variant.model.name())
        }
        _ => String::new(),
    }
}

/// A race that did not show in these runs may show in the next.
fn caveat(measurement: &Measurement, best: &Row) -> String {
    let is_safe = matches!(best.variant.model, Model::Sequential | Model::Asyncio);
    if measurement.racy_cells.is_empty() || is_safe {
        return String::new();
    }
    format!(
        "; but updates of {} are racy: its right results are luck until they are made safe",
        measurement.racy_cells.join(", ")
    )
}
