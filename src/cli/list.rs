//! `conccheck list`: what can be named on the command line.

use super::args::Format;
use super::{Exit, output};
use crate::models::workload::Workload;
use crate::models::{Model, PROGRAMS, Program};
use crate::report::SCHEMA;
use crate::strategy::{Row, STRATEGIES};
use anstream::ColorChoice;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// List models, workloads, programs, backends and strategies
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Only these
    #[arg(value_enum)]
    what: Option<What>,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  conccheck list
  conccheck list programs
  conccheck list workloads --format json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Models,
    Workloads,
    Programs,
    Backends,
    Strategies,
}

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let wanted: Vec<What> = args.what.map_or_else(|| What::value_variants().to_vec(), |what| vec![what]);
    let text = match args.format {
        Format::Text => wanted.into_iter().map(section).collect::<Vec<_>>().join("\n"),
        Format::Json => document(&wanted),
    };
    output::print(&text, color)?;
    Ok(Exit::Done)
}

/// A heading and a line for each.
fn section(what: What) -> String {
    let (heading, lines) = match what {
        What::Models => ("models (run --model NAME)", model_lines()),
        What::Workloads => ("workloads (run NAME)", workload_lines()),
        What::Programs => ("programs (check NAME); the indented ones are broken on purpose", program_lines()),
        What::Backends => ("backends (check --backend NAME)", backend_lines()),
        What::Strategies => ("strategies (check --strategy NAME)", strategy_lines()),
    };
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0) + 2;
    let mut text = format!("{heading}\n");
    for (name, about) in lines {
        let _ = writeln!(text, "  {name:<width$}{about}");
    }
    text
}

const BACKENDS: [(&str, &str); 4] = [
    ("native", "every execution, each trace class once; the memory model of Rust"),
    ("shuttle", "sampled schedules, or all of them with dfs; sequential consistency"),
    ("loom", "every execution of a memory model weaker than sequential consistency; small programs"),
    ("real", "the operating system's threads and tokio: samples what this machine happens to do"),
];

fn backend_lines() -> Vec<(String, String)> {
    BACKENDS.iter().map(|(name, about)| (name.to_string(), about.to_string())).collect()
}

fn strategy_lines() -> Vec<(String, String)> {
    let line = |row: &Row| {
        let options = row.options.join(", ");
        let options = if options.is_empty() { options } else { format!(" ({options})") };
        (row.name.to_string(), format!("{}: {}{options}", row.backend_names(), row.about))
    };
    STRATEGIES.iter().map(line).collect()
}

fn model_lines() -> Vec<(String, String)> {
    Model::ALL.map(|model| (model.name().to_string(), model.about().to_string())).to_vec()
}

fn workload_lines() -> Vec<(String, String)> {
    Workload::builtin().into_iter().map(|workload| (workload.name, workload.about)).collect()
}

fn program_lines() -> Vec<(String, String)> {
    let indented =
        |program: &Program| format!("{}{}", if program.twin_of.is_some() { "  " } else { "" }, program);
    PROGRAMS.iter().map(|program| (indented(program), about(program))).collect()
}

fn about(program: &Program) -> String {
    match program.size() {
        None => program.about.to_string(),
        Some(size) => format!("{} (--size {} to {} {})", program.about, size.min, size.max, size.of),
    }
}

fn document(wanted: &[What]) -> String {
    let mut document = Map::from_iter([("schema".to_string(), json!(SCHEMA))]);
    for what in wanted {
        let (key, value) = match what {
            What::Models => ("models", Model::ALL.iter().map(|&model| model_value(model)).collect()),
            What::Workloads => ("workloads", Workload::builtin().iter().map(workload_value).collect()),
            What::Programs => ("programs", PROGRAMS.iter().map(program_value).collect()),
            What::Backends => ("backends", backend_lines().iter().map(named_value).collect()),
            What::Strategies => ("strategies", strategy_lines().iter().map(named_value).collect()),
        };
        document.insert(key.to_string(), Value::Array(value));
    }
    format!("{:#}\n", Value::Object(document))
}

fn model_value(model: Model) -> Value {
    json!({"name": model.name(), "about": model.about()})
}

fn workload_value(workload: &Workload) -> Value {
    json!({
        "name": workload.name,
        "about": workload.about,
        "jobs": workload.jobs.len(),
        "workers": workload.workers,
    })
}

fn program_value(program: &Program) -> Value {
    json!({
        "name": program.name,
        "model": program.model(),
        "about": program.about,
        "broken_on_purpose": program.is_broken(),
        "twin_of": program.twin_of,
        "right": program.right,
        "size": program.size().map(|size| {
            json!({"default": size.value, "min": size.min, "max": size.max, "of": size.of})
        }),
    })
}

fn named_value((name, about): &(String, String)) -> Value {
    json!({"name": name, "about": about})
}
