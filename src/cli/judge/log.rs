//! Logs of operations, in the forms of Jepsen: JSON, EDN, and the lines of its own log. Knows processes, kinds of
//! events and values; what the operations are is left to the specification.

use anyhow::{Context, anyhow, bail};
use clojure_reader::edn::{self, Edn};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// What was recorded, in the order of the calls.
pub(super) struct Log {
    path: PathBuf,
    pub(super) operations: Vec<Operation>,
}

/// An operation of a process.
pub(super) struct Operation {
    pub(super) process: usize,
    pub(super) function: String,
    pub(super) value: Value,
    /// Which event of the log is its call.
    pub(super) at: usize,
    pub(super) line: usize,
    pub(super) end: End,
}

/// What became of an operation.
pub(super) enum End {
    /// It returned a value, in this event of the log.
    Ok {
        value: Value,
        at: usize,
    },
    /// It did not happen.
    Failed,
    Unknown,
}

/// A value of whatever form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Value {
    Nil,
    Text(String),
    List(Vec<Value>),
}

struct Event {
    line: usize,
    process: usize,
    kind: String,
    function: String,
    value: Value,
}

impl Log {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut log = Log { path: path.to_path_buf(), operations: Vec::new() };
        let mut open: HashMap<usize, usize> = HashMap::new();
        for (at, event) in events(&log.name(), &text)?.into_iter().enumerate() {
            let line = event.line;
            log.add(at, event, &mut open).with_context(|| format!("{}:{line}", log.name()))?;
        }
        Ok(log)
    }

    /// As it was typed.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn failed(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter().filter(|one| matches!(one.end, End::Failed))
    }

    /// `open` is the operation that each process is in, or was when no more was heard of it.
    fn add(&mut self, at: usize, event: Event, open: &mut HashMap<usize, usize>) -> anyhow::Result<()> {
        let Event { line, process, kind, function, value } = event;
        if kind == "invoke" {
            if let Some(&before) = open.get(&process) {
                let before = self.operations[before].line;
                bail!(
                    "process {process} calls again, and nothing is known of its call in line {before}; a client that goes on is another process"
                );
            }
            open.insert(process, self.operations.len());
            self.operations.push(Operation { process, function, value, at, line, end: End::Unknown });
            return Ok(());
        }
        if !["ok", "fail", "info"].contains(&&*kind) {
            bail!("{kind:?} is no type of event; there are invoke, ok, fail and info");
        }
        let Some(&operation) = open.get(&process) else {
            bail!("process {process} has called nothing that could be {kind}");
        };
        let operation = &mut self.operations[operation];
        if operation.function != function {
            bail!("process {process} has called {}, not {function}", operation.function);
        }
        operation.end = match &*kind {
            "ok" => End::Ok { value, at },
            "fail" => End::Failed,
            _ => return Ok(()),
        };
        open.remove(&process);
        Ok(())
    }
}

/// The events of processes that have a number.
fn events(name: &str, text: &str) -> anyhow::Result<Vec<Event>> {
    let event = |(at, line): (usize, &str)| {
        let event = event(at + 1, line.trim()).with_context(|| format!("{name}:{}", at + 1));
        event.transpose()
    };
    text.lines().enumerate().filter_map(event).collect()
}

/// What a line tells, if it is about an operation.
fn event(line: usize, text: &str) -> anyhow::Result<Option<Event>> {
    if text.starts_with('{') || text.starts_with('#') {
        // A key of JSON is in quotes, one of EDN begins with a colon.
        if text[1..].trim_start().starts_with('"') {
            return of_json(line, &serde_json::from_str(text).context("this is no JSON")?);
        }
        return of_edn(
            line,
            &edn::read_string(text).map_err(|error| anyhow!("this is no EDN: {:?}", error.code))?,
        );
    }
    match text.split_once(" - ").and_then(|(_, event)| of_log(event)) {
        Some([process, kind, function, value]) => {
            let value = match edn::read_string(value) {
                _ if value.is_empty() => Value::Nil,
                Ok(value) => of_edn_value(&value),
                Err(_) => Value::Text(value.to_string()),
            };
            if function.is_empty() {
                bail!("the event has no operation: it has to be PROCESS :TYPE :F VALUE");
            }
            Ok(numbered(line, process.parse().ok(), [kind, function], value))
        }
        // A log has lines about other things, and JSON and EDN files have none.
        None if text.is_empty() || text.contains(" - ") || text.starts_with(';') => Ok(None),
        None => bail!("this is no event: see the forms of a line in `conccheck judge --help`"),
    }
}

/// Process, type, operation and value of "0 :invoke :cas [3 4]"; what is not there is empty.
fn of_log(event: &str) -> Option<[&str; 4]> {
    let word = |text: &'_ str| -> usize { text.find(char::is_whitespace).unwrap_or(text.len()) };
    let mut rest = event.trim();
    let parts = [(); 3].map(|()| {
        let (first, others) = rest.split_at(word(rest));
        rest = others.trim_start();
        first
    });
    let [process, kind, function] = parts;
    kind.starts_with(':').then_some([process, kind, function, rest])
}

fn of_json(line: usize, event: &Json) -> anyhow::Result<Option<Event>> {
    let text =
        |key: &str| event[key].as_str().with_context(|| format!("the event has no {key:?} that is a text"));
    let process = event.get("process").context("the event has no \"process\"")?.as_u64();
    Ok(numbered(line, process, [text("type")?, text("f")?], of_json_value(&event["value"])))
}

fn of_edn(line: usize, event: &Edn) -> anyhow::Result<Option<Event>> {
    if let Edn::Tagged(_, event) = event {
        return of_edn(line, event);
    }
    let get =
        |key: &'static str| event.get(&Edn::key(key)).with_context(|| format!("the event has no :{key}"));
    let process = match get("process")? {
        Edn::Int(number) => u64::try_from(*number).ok(),
        _ => None,
    };
    let [kind, function] = [get("type")?, get("f")?].map(ToString::to_string);
    let value = event.get(&Edn::key("value")).map_or(Value::Nil, of_edn_value);
    Ok(numbered(line, process, [&kind, &function], value))
}

/// An event, if its process has a number.
fn numbered(line: usize, process: Option<u64>, names: [&str; 2], value: Value) -> Option<Event> {
    let [kind, function] = names.map(|name| name.trim_start_matches(':').to_string());
    Some(Event { line, process: usize::try_from(process?).ok()?, kind, function, value })
}

fn of_json_value(value: &Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::String(text) => Value::Text(text.clone()),
        Json::Array(values) => Value::List(values.iter().map(of_json_value).collect()),
        other => Value::Text(other.to_string()),
    }
}

fn of_edn_value(value: &Edn) -> Value {
    match value {
        Edn::Nil => Value::Nil,
        Edn::Str(text) => Value::Text(text.to_string()),
        Edn::Vector(values) | Edn::List(values) => Value::List(values.iter().map(of_edn_value).collect()),
        Edn::Tagged(_, value) => of_edn_value(value),
        other => Value::Text(other.to_string()),
    }
}

/// As a person would write it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => f.write_str("nil"),
            Value::Text(text) => f.write_str(text),
            Value::List(values) => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", values.join(" "))
            }
        }
    }
}
