//! What `conccheck run` measured: a table per workload with a line of advice, or one JSON document.

use super::SCHEMA;
use crate::measure::{Gil, Measurement, Row, RowState, readable};
use crate::models::Model;
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

const HEADER: [&str; 9] =
    ["model", "workers", "median", "± MAD", "speedup", "limit", "of limit", "memory", "same result"];
const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// One workload: what it is, a row per model, the advice if there is a choice. With ANSI styles; the writer strips them
/// where they are not wanted.
pub fn text(measurement: &Measurement) -> String {
    let advice = measurement.advice();
    let chosen = advice.model.map_or("none", |model| model.name());
    let mut text = format!("{BOLD}{}{BOLD:#}", measurement.name);
    if !measurement.about.is_empty() {
        let _ = write!(text, ": {}", measurement.about);
    }
    let _ = writeln!(text, "\n{}", table(measurement));
    for note in notes(measurement) {
        let _ = writeln!(text, "  {note}");
    }
    if measurement.is_comparison() {
        let _ = writeln!(text, "  {BOLD}advice: {chosen}{BOLD:#}. {}", advice.reason);
    }
    text
}

/// The line above the first table. The switch interval is given where a row has the lock.
pub fn heading(cores: usize, time_scale: f64, switch_interval: Option<Duration>) -> String {
    let cores = if cores == 1 { "1 core".to_string() } else { format!("{cores} cores") };
    let scale = match time_scale {
        1.0 => "waits at their original length".to_string(),
        0.1 => "seconds of waiting shown as tenths (--time-scale 1 for the original)".to_string(),
        scale => format!("waits multiplied by {scale}"),
    };
    let lock = switch_interval.map_or_else(String::new, |interval| {
        format!(", GIL switch interval {} ms", 1e3 * interval.as_secs_f64())
    });
    format!("conccheck {}: {cores}, {scale}{lock}\n", env!("CARGO_PKG_VERSION"))
}

/// The line below the last table of a measurement that was interrupted.
pub fn interrupted(complete: usize, workload_count: usize) -> String {
    format!("\ninterrupted: {complete} of {workload_count} workloads measured\n")
}

fn table(measurement: &Measurement) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(HEADER);
    for row in &measurement.rows {
        table.add_row(cells(measurement, row));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if index == 0 { 2 } else { 1 }, 1));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn cells(measurement: &Measurement, row: &Row) -> [String; 9] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_string());
    let median = match &row.state {
        RowState::Failed(_) => Some("failed".to_string()),
        RowState::Computed(_) => Some(format!("~ {}", readable(row.limit))),
        RowState::Measured { .. } => row.seconds().map(readable),
    };
    [
        row.variant.to_string(),
        row.workers.to_string(),
        or_dash(median),
        or_dash(row.spread().filter(|_| row.samples().len() > 1).map(readable)),
        or_dash(measurement.speedup(row).map(times)),
        readable(row.limit),
        or_dash(row.of_limit().map(|part| format!("{:.0} %", 100.0 * part))),
        or_dash(row.memory().map(|bytes| format!("{:.1} MB", bytes as f64 / 1e6))),
        same_result(row),
    ]
}

fn times(speedup: f64) -> String {
    if speedup < 100.0 { format!("{speedup:.2}×") } else { format!("{speedup:.0}×") }
}

fn same_result(row: &Row) -> String {
    match &row.state {
        RowState::Measured { samples, .. } if samples.is_empty() => "not run".to_string(),
        RowState::Measured { differing: 0, .. } => "yes".to_string(),
        RowState::Measured { samples, differing } => {
            format!("NO ({differing} of {} runs)", samples.len())
        }
        RowState::Computed(_) => "computed".to_string(),
        RowState::Failed(_) => "NO".to_string(),
    }
}

/// What the table cannot say in its cells.
fn notes(measurement: &Measurement) -> Vec<String> {
    let mut notes = Vec::new();
    let runs: Vec<usize> =
        measurement.rows.iter().map(|row| row.samples().len()).filter(|&n| n > 0).collect();
    if let (Some(least), Some(most)) = (runs.iter().min(), runs.iter().max()) {
        let runs = if least == most { least.to_string() } else { format!("{least} to {most}") };
        notes.push(format!("runs per row: {runs}"));
    }
    if measurement.rows.iter().any(|row| row.memory().is_some()) {
        notes.push(
            "memory: how far this process grew over what it was before the first row, from 2 MB on"
                .to_string(),
        );
    }
    let has_speedup = measurement.rows.iter().any(|row| measurement.speedup(row).is_some());
    if has_speedup && measurement.is_sequential_computed() {
        notes.push("speedup: over the sequential time as computed, which was not measured".to_string());
    }
    if measurement.rows.iter().all(|row| row.variant.gil == Gil::On) {
        notes.push("rayon and tokio are left out: Python, which has the lock, has neither".to_string());
    }
    notes.extend(racy_notes(measurement));
    notes.extend(computed_notes(measurement));
    let failed = measurement.rows.iter().filter(|row| matches!(row.state, RowState::Failed(_)));
    notes.extend(failed.filter_map(|row| Some(format!("{}: {}", row.variant, note(row)?))));
    notes
}

/// That "yes" is luck where updates can be lost, and why processes lose them nearly always.
fn racy_notes(measurement: &Measurement) -> Vec<String> {
    if measurement.racy_cells.is_empty() {
        return vec![];
    }
    let mut notes = vec![format!(
        "racy updates of {}: a \"yes\" where jobs overlap is luck; `conccheck check threads::lost_update` tells why",
        measurement.racy_cells.join(", ")
    )];
    if measurement.row(Model::Processes).is_some_and(|row| row.same_result() == Some(false)) {
        notes.push(
            "processes: each access to a shared cell is a message to the parent, so racy updates \
             overlap more often"
                .to_string(),
        );
    }
    notes
}

/// The reasons for computing rows, each once.
fn computed_notes(measurement: &Measurement) -> BTreeSet<String> {
    let reasons = measurement.rows.iter().filter_map(|row| match row.state {
        RowState::Computed(why) => Some(format!("~ {why}")),
        _ => None,
    });
    reasons.collect()
}

/// What is to be said of a row alone.
fn note(row: &Row) -> Option<String> {
    match &row.state {
        RowState::Failed(why) => Some(format!("could not run: {why}")),
        RowState::Computed(why) => Some(why.to_string()),
        RowState::Measured { .. } => None,
    }
}

/// All workloads as one JSON document.
///
/// # Panics
/// Never: the document has no key that is not text.
pub fn json(measurements: &[Measurement], switch_interval: Duration, interrupted: bool) -> String {
    let document = DocumentForm {
        schema: SCHEMA,
        interrupted,
        switch_interval_seconds: switch_interval.as_secs_f64(),
        workloads: measurements.iter().map(WorkloadForm::new).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("every key is text");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct DocumentForm {
    schema: &'static str,
    interrupted: bool,
    switch_interval_seconds: f64,
    workloads: Vec<WorkloadForm>,
}

#[derive(Serialize)]
struct WorkloadForm {
    name: String,
    time_scale: f64,
    cores: usize,
    rows: Vec<RowForm>,
    advice: AdviceForm,
}

#[derive(Serialize)]
struct RowForm {
    model: &'static str,
    gil: &'static str,
    workers: usize,
    median_seconds: Option<f64>,
    mad_seconds: Option<f64>,
    runs: usize,
    measured: bool,
    speedup: Option<f64>,
    limit_seconds: f64,
    of_limit: Option<f64>,
    same_result: Option<bool>,
    peak_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
struct AdviceForm {
    model: Option<&'static str>,
    reason: String,
}

impl WorkloadForm {
    fn new(measurement: &Measurement) -> Self {
        let advice = measurement.advice();
        WorkloadForm {
            name: measurement.name.clone(),
            time_scale: measurement.time_scale,
            cores: measurement.cores,
            rows: measurement.rows.iter().map(|row| RowForm::new(measurement, row)).collect(),
            advice: AdviceForm { model: advice.model.map(|model| model.name()), reason: advice.reason },
        }
    }
}

impl RowForm {
    fn new(measurement: &Measurement, row: &Row) -> Self {
        RowForm {
            model: row.variant.model.name(),
            gil: if row.variant.gil == Gil::On { "on" } else { "off" },
            workers: row.workers,
            median_seconds: row.seconds().map(|seconds| seconds.as_secs_f64()),
            mad_seconds: row.spread().map(|spread| spread.as_secs_f64()),
            runs: row.samples().len(),
            measured: row.is_measured(),
            speedup: measurement.speedup(row),
            limit_seconds: row.limit.as_secs_f64(),
            of_limit: row.of_limit(),
            same_result: row.same_result(),
            peak_bytes: row.memory(),
            note: note(row).or_else(|| interruption(measurement, row)),
        }
    }
}

/// What an interrupt left of a row that was meant to be run.
fn interruption(measurement: &Measurement, row: &Row) -> Option<String> {
    let is_cut = !measurement.is_complete();
    is_cut.then(|| match row.samples().len() {
        0 => "interrupted before its first run".to_string(),
        1 => "interrupted after 1 run".to_string(),
        count => format!("interrupted after {count} runs"),
    })
}
