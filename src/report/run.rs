//! What `conccheck run` measured: a table per workload with a line of advice, or one JSON document.

use super::SCHEMA;
use crate::measure::{Gil, Measurement, Row, RowState};
use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;
use std::fmt::Write;
use std::time::Duration;

const HEADER: [&str; 9] =
    ["model", "workers", "median", "± MAD", "speedup", "limit", "of limit", "peak memory", "same result"];
const BOLD: anstyle::Style = anstyle::Style::new().bold();

/// One workload: what it is, a row per model, the advice. With ANSI styles; the writer strips them
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
    let _ = writeln!(text, "  {BOLD}advice: {chosen}{BOLD:#}. {}", advice.reason);
    text
}

/// The line above the first table.
pub fn heading(cores: usize, time_scale: f64) -> String {
    let cores = if cores == 1 { "1 core".to_string() } else { format!("{cores} cores") };
    let scale = match time_scale {
        1.0 => "waits at their original length".to_string(),
        0.1 => "seconds of waiting shown as tenths (--time-scale 1 for the original)".to_string(),
        scale => format!("waits multiplied by {scale}"),
    };
    format!("conccheck {}: {cores}, {scale}\n", env!("CARGO_PKG_VERSION"))
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
        RowState::Computed => Some(format!("~ {}", seconds(row.limit))),
        RowState::Measured { .. } => row.seconds().map(seconds),
    };
    [
        row.variant.to_string(),
        row.workers.to_string(),
        or_dash(median),
        or_dash(row.spread().map(seconds)),
        or_dash(measurement.speedup(row).map(times)),
        seconds(row.limit),
        or_dash(row.of_limit().map(|part| format!("{:.0} %", 100.0 * part))),
        or_dash(row.peak_bytes.map(|bytes| format!("{:.1} MB", bytes as f64 / 1e6))),
        same_result(row),
    ]
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.01 { format!("{:.2} ms", 1e3 * seconds) } else { format!("{seconds:.3} s") }
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
        RowState::Computed => "computed".to_string(),
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
    if measurement.rows.iter().any(|row| row.state == RowState::Computed) {
        notes.push("~ computed, not run: it would take absurdly long".to_string());
    }
    if measurement.rows.iter().all(|row| row.variant.gil == Gil::On) {
        notes.push("rayon and tokio are left out: Python, which has the lock, has neither".to_string());
    }
    notes.extend(measurement.rows.iter().filter_map(note).map(|(row, note)| format!("{row}: {note}")));
    notes
}

/// The row's name and what is to be said of it alone.
fn note(row: &Row) -> Option<(String, String)> {
    match &row.state {
        RowState::Failed(why) => Some((row.variant.to_string(), format!("could not run: {why}"))),
        _ => None,
    }
}

/// All workloads as one JSON document.
///
/// # Panics
/// Never: the document has no key that is not text.
pub fn json(measurements: &[Measurement]) -> String {
    let document =
        DocumentForm { schema: SCHEMA, workloads: measurements.iter().map(WorkloadForm::new).collect() };
    let mut text = serde_json::to_string_pretty(&document).expect("every key is text");
    text.push('\n');
    text
}

#[derive(Serialize)]
struct DocumentForm {
    schema: &'static str,
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
            peak_bytes: row.peak_bytes,
            note: note(row).map(|(_, note)| note).or_else(|| {
                (row.state == RowState::Computed).then(|| "computed: it would take absurdly long".to_string())
            }),
        }
    }
}
