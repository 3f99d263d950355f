//! How far a run is, on stderr: a bar on a terminal, a line per workload in CI, else nothing.

use crate::measure::Measurement;
use crate::models::workload::Workload;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// Parts of the bar for each workload: finer than any terminal is wide.
const PARTS: usize = 1_000;

pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { workload_count: usize },
    Silent,
}

impl Progress {
    /// What suits stderr and the environment.
    pub(super) fn new(workloads: &[Workload]) -> Self {
        let workload_count = workloads.len();
        if std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false") {
            Progress::Lines { workload_count }
        } else if std::io::stderr().is_terminal() {
            Progress::Bar(bar(workloads))
        } else {
            Progress::Silent
        }
    }

    /// One more run is through of the workload number `index`.
    pub(super) fn ran(&self, index: usize, measurement: &Measurement) {
        if let Progress::Bar(bar) = self {
            bar.set_message(measurement.name.clone());
            bar.set_position((index * PARTS + done_parts(measurement)) as u64);
        }
    }

    /// The workload number `index` is done.
    pub(super) fn finished(&self, index: usize, measurement: &Measurement) {
        if let Progress::Lines { workload_count } = self {
            let runs: usize = measurement.rows.iter().map(|row| row.samples().len()).sum();
            // Progress that cannot be shown is not worth failing for.
            let _ = writeln!(
                std::io::stderr(),
                "[{}/{workload_count}] {}: {runs} runs",
                index + 1,
                measurement.name
            );
        }
    }

    /// Prints with `print`, between two states of the bar.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match self {
            Progress::Bar(bar) => bar.suspend(print),
            Progress::Lines { .. } | Progress::Silent => print(),
        }
    }

    /// Takes the bar away.
    pub(super) fn clear(&self) {
        if let Progress::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn bar(workloads: &[Workload]) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {wide_bar:.dim} {msg}, {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new((workloads.len() * PARTS) as u64).with_style(style);
    if let Some(first) = workloads.first() {
        bar.set_message(first.name.clone());
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Runs that are done, of those that there will be; before that is known, of three rounds.
fn done_parts(measurement: &Measurement) -> usize {
    let runs: usize = measurement.rows.iter().map(|row| row.samples().len()).sum();
    let planned = measurement.rounds.1.unwrap_or(3) * measurement.rows.len();
    (PARTS * runs).checked_div(planned).unwrap_or(0).min(PARTS)
}
