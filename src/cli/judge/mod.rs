//! `conccheck judge`: recorded histories of others against a specification.

mod log;
mod specification;

use super::{Exit, output};
use crate::property::{Criterion, Explanation, History, Unexplained, explain};
use anstream::ColorChoice;
use anyhow::{Context, bail};
use clap::ValueEnum;
use log::{End, Log, Operation};
use specification::{Answer, Call, Named};
use std::io::Write;
use std::path::PathBuf;

/// Judge recorded histories: could one operation after another have given these answers?
///
/// A log has an event a line: a process invokes an operation, and later that is ok, or failed, or nobody knows
/// (info, or no more of it). An operation that failed did not happen. One of which nobody knows may have happened
/// at any time after its call, or never.
#[derive(Debug, clap::Args)]
#[command(after_long_help = FORMS)]
pub(super) struct Args {
    /// The log; several are judged one by one
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<PathBuf>,
    /// What the object does when nothing is concurrent
    #[arg(long, value_enum, value_name = "NAME")]
    spec: Named,
    /// Which order of the operations has to be kept
    #[arg(long, value_enum, default_value_t = Kept::Linearizable, value_name = "NAME")]
    criterion: Kept,
    /// There is an object for each key: values are [key, value]
    #[arg(long)]
    keyed: bool,
}

const FORMS: &str = "\
The forms of a line, each as Jepsen writes it:
  {\"process\": 0, \"type\": \"invoke\", \"f\": \"write\", \"value\": 3}       JSON
  {:process 0, :type :ok, :f :write, :value 3}                     EDN
  INFO  jepsen.util - 0  :invoke  :cas  [3 4]                      a line of its log
Other lines of such a log are passed over, and so is what is no process with a number (the nemesis).

The exit code is 0 if each history is explained, and 1 if one is not. It is 2 if a log cannot be
read, has no operations, or some that the specification has not.";

/// The criteria of [`Criterion`], to be typed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kept {
    /// Of operations that follow each other in time
    Linearizable,
    /// Of the operations of each process
    Sequential,
    /// Of operations with a moment between them at which none was under way
    Quiescent,
}

impl From<Kept> for Criterion {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Linearizable => Criterion::Linearizable,
            Kept::Sequential => Criterion::SequentiallyConsistent,
            Kept::Quiescent => Criterion::QuiescentlyConsistent,
        }
    }
}

/// A log that cannot be judged is told, and the others are judged.
pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let criterion = args.criterion.into();
    let mut exit = Exit::Done;
    for path in &args.logs {
        let recorded = Log::read(path).and_then(|log| Ok((history(&log, args)?, log)));
        match recorded {
            Err(error) => {
                // There is nowhere else to say it.
                let _ = writeln!(anstream::stderr(), "error: {error:#}");
                exit = Exit::Usage;
            }
            Ok((history, log)) => {
                let judged = explain(&args.spec, &history, criterion);
                if judged.is_err() && exit == Exit::Done {
                    exit = Exit::Differs;
                }
                output::print(&text(&log, &history, criterion, &judged), color)?;
            }
        }
    }
    Ok(exit)
}

type Judged = Result<Explanation<Call, Answer>, Unexplained<Call, Answer>>;

/// "etcd.log   PASS: linearizable; 170 operations, 3 pending, 40 failed", and what does not fit.
fn text(log: &Log, history: &History<Call, Answer>, criterion: Criterion, judged: &Judged) -> String {
    let pending = history.operations().iter().filter(|one| one.is_pending()).count();
    let (operations, failed) = (history.operations().len(), log.failed().count());
    let counts = format!("{operations} operations, {pending} pending; {failed} failed");
    let name = log.name();
    match judged {
        Ok(_) => format!("{name}   PASS: {criterion}; {counts}\n"),
        Err(unexplained) => {
            let why = unexplained.to_string().replace('\n', "\n  ");
            format!("{name}   FAIL: {why}\n  {counts}; Tn is process n-1, and :n is line n of the log\n")
        }
    }
}

/// The log as a history. What failed did not happen, and is left out.
fn history(log: &Log, args: &Args) -> anyhow::Result<History<Call, Answer>> {
    let mut history = History::new();
    let mut events: Vec<(usize, bool, &Operation)> = Vec::new();
    for operation in &log.operations {
        let returned = match &operation.end {
            End::Failed => continue,
            End::Ok { at, .. } => Some(*at),
            End::Unknown => None,
        };
        events.push((operation.at, true, operation));
        events.extend(returned.map(|at| (at, false, operation)));
    }
    events.sort_by_key(|(at, ..)| *at);
    for (_, is_call, operation) in events {
        let place = || format!("{}:{}", log.name(), operation.line);
        let task =
            operation.process.checked_add(1).context("no process has such a number").with_context(place)?;
        if is_call {
            let call = args.spec.call(operation, args.keyed).with_context(place)?;
            history.call(task, call);
        } else if let End::Ok { value, .. } = &operation.end {
            history.answer(task, args.spec.answer(operation, value, args.keyed).with_context(place)?);
        }
    }
    if history.operations().is_empty() {
        bail!("{} has no operations: see the forms of a line in `conccheck judge --help`", log.name());
    }
    Ok(history)
}
