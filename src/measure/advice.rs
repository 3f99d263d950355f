//! Which model to choose: the simplest of those that are about as fast as the fastest.
//!
//! When to use what, as Python programmers are taught it: a few jobs that mostly wait, threads or a
//! pool; thousands that wait, asyncio; computing under an interpreter lock, processes; computing
//! without one, threads or a pool; hardly anything to do, neither. The figures decide; this order
//! only breaks what they leave open.

use super::{Gil, Measurement, Row};
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
    let best = choose(measurement, |row| row.variant.gil == Gil::Off);
    let has_lock_free = best.is_some();
    let Some((best, fastest)) = best.or_else(|| choose(measurement, |_| true)) else {
        let reason = "no model was run and gave the sequential results".to_string();
        return Advice { model: None, reason };
    };
    let mut reason = format!("{}: {}", kind_of_work(measurement), figures(measurement, best, fastest));
    if has_lock_free && computing_share(measurement) >= 0.5 {
        reason.push_str(&under_a_gil(measurement));
    }
    Advice { model: Some(best.variant.model), reason }
}

/// The simplest of the about fastest rows with the sequential results, and the fastest.
fn choose(measurement: &Measurement, is_usable: impl Fn(&Row) -> bool) -> Option<(&Row, &Row)> {
    let sound = measurement.rows.iter().filter(|row| row.same_result() == Some(true) && is_usable(row));
    let timed: Vec<(Duration, &Row)> = sound.filter_map(|row| Some((row.seconds()?, row))).collect();
    let &(least, fastest) = timed.iter().min_by_key(|(seconds, _)| *seconds)?;
    let enough = least.mul_f64(ABOUT).max(least + TRIFLE);
    let about_fastest = timed.iter().filter(|(seconds, _)| *seconds <= enough).map(|&(_, row)| row);
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
    let computing = 100.0 * computing_share(measurement);
    match measurement.jobs.len() {
        1 => format!("one job, {computing:.0} % computing"),
        count if computing >= 50.0 => format!("{count} jobs, {computing:.0} % computing"),
        count => format!("{count} jobs, {:.0} % waiting", 100.0 - computing),
    }
}

fn figures(measurement: &Measurement, best: &Row, fastest: &Row) -> String {
    let seconds = |row: &Row| row.seconds().unwrap_or_default().as_secs_f64();
    let mut text = format!("{:.3} s", seconds(best));
    if best.variant.model == Model::Sequential {
        text.push_str(", and nothing saves enough to be worth more");
    } else if let Some(speedup) = measurement.speedup(best) {
        let digits = usize::from(speedup < 100.0);
        text.push_str(&format!(", {speedup:.digits$} times faster than sequential"));
    }
    if best.variant == fastest.variant {
        text.push_str(if best.variant.model == Model::Sequential { "" } else { ", the fastest" });
    } else {
        text.push_str(&format!(
            ", the simplest of those about as fast as {} ({:.3} s)",
            fastest.variant,
            seconds(fastest)
        ));
    }
    text
}

/// What to choose for computing where threads share a lock: a row that has it, or a model whose
/// workers do not share one. Says nothing when no row has the lock.
fn under_a_gil(measurement: &Measurement) -> String {
    if measurement.rows.iter().all(|row| row.variant.gil == Gil::Off) {
        return String::new();
    }
    let is_usable = |row: &Row| {
        row.variant.gil == Gil::On
            || matches!(row.variant.model, Model::Sequential | Model::Processes | Model::Asyncio)
    };
    match choose(measurement, is_usable) {
        Some((best, _)) => {
            let seconds = best.seconds().unwrap_or_default().as_secs_f64();
            format!("; under a GIL {} ({seconds:.3} s)", best.variant.model.name())
        }
        None => String::new(),
    }
}
