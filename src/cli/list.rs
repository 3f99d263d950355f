//! `conccheck list`: what can be named on the command line.

use super::args::Format;
use super::{Exit, output};
use crate::models::Model;
use crate::models::workload::Workload;
use crate::report::SCHEMA;
use anstream::ColorChoice;
use clap::ValueEnum;
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// List the models and the built-in workloads.
///
/// Examples:
///   conccheck list
///   conccheck list workloads --format json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Args {
    /// Only these
    #[arg(value_enum)]
    what: Option<What>,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text, hide_possible_values = true, value_name = "text|json")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Models,
    Workloads,
}

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let wanted: Vec<What> = match args.what {
        Some(what) => vec![what],
        None => vec![What::Models, What::Workloads],
    };
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
        What::Models => {
            ("models (run --model NAME)", Model::ALL.map(|m| (m.name().into(), m.about().into())).to_vec())
        }
        What::Workloads => ("workloads (run NAME)", workload_lines()),
    };
    let mut text = format!("{heading}\n");
    for (name, about) in lines {
        let _ = writeln!(text, "  {name:<12}{about}");
    }
    text
}

fn workload_lines() -> Vec<(String, String)> {
    Workload::builtin().into_iter().map(|workload| (workload.name, workload.about)).collect()
}

fn document(wanted: &[What]) -> String {
    let mut document = Map::from_iter([("schema".to_string(), json!(SCHEMA))]);
    for what in wanted {
        let (key, value) = match what {
            What::Models => ("models", Model::ALL.iter().map(|&model| model_value(model)).collect()),
            What::Workloads => ("workloads", Workload::builtin().iter().map(workload_value).collect()),
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
