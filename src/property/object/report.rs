//! What a check of an object found, as a value and as text: the scenario as a table, what was seen, why no order
//! of the operations explains it, then how it comes about.

use super::trial::Fault;
use crate::checker::Unseen;
use crate::outcome::{Incomplete, Verdict};
use crate::property::Criterion;
use crate::property::case_id::CaseId;
use crate::replay;
use crate::report::Remedy;
use crate::report::witness::{Options, render};
use crate::witness::Witness;
use std::fmt::{self, Display};
use std::panic::Location;
use std::time::Duration;

/// What a check of an [`Object`](super::Object) found. Displayed, it is what a person reads; nothing in it varies
/// from run to run if the [seed](super::Object::seed) is fixed.
#[derive(Clone, Debug)]
pub struct ObjectReport {
    pub(super) criterion: Criterion,
    pub(super) scenarios: u32,
    pub(super) incomplete: u32,
    pub(super) executions: u64,
    /// Why some were not explored completely.
    pub(super) reasons: Vec<Incomplete>,
    pub(super) elapsed: Duration,
    pub(super) found: Result<Option<Failure>, Unchecked>,
}

/// A scenario that the specification does not explain.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(super) id: CaseId,
    /// In one line.
    pub(super) scenario: String,
    pub(super) table: String,
    /// How many tasks and operations it has.
    pub(super) size: (usize, usize),
    pub(super) fault: Fault,
    pub(super) is_sequential: bool,
    pub(super) witness: Option<Witness>,
    pub(super) remedy: Option<Remedy>,
    pub(super) shrunk: Option<Shrunk>,
}

/// How a failing scenario was made smaller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// How many operations it had.
    pub from: usize,
    /// How many are left.
    pub to: usize,
    /// How many smaller scenarios were tried.
    pub attempts: u32,
    /// Whether none that is smaller by one step fails; if not, the attempts or the time were used up.
    pub is_least: bool,
    /// How long it took.
    pub elapsed: Duration,
}

/// Why an object could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unchecked {
    /// The specification panics where the object does not.
    #[error(
        "the specification panics at {call} of {scenario}, where the object answers {answer}: {message}\n\
         one of the two is wrong there: the object should panic too, or the specification should answer, or say `None` in \
         a `blocking` operation"
    )]
    SpecificationPanics {
        /// The operations, one after another.
        scenario: String,
        /// Where it panics.
        call: String,
        /// What the object answers there.
        answer: String,
        /// What it says.
        message: String,
    },
    /// The specification fails by itself.
    #[error(
        "the specification fails in {scenario}: {message}\n\
         making it must not panic, equal states and calls must give equal answers, and answers must have one order"
    )]
    SpecificationFails {
        /// In which scenario.
        scenario: String,
        /// What it says.
        message: String,
    },
    /// The object does not do the same when it is run in the same order.
    #[error(
        "the object is not deterministic in {scenario}, {difference}\n\
         it depends on a clock, an address, the order of a `HashMap` or a random number, or on what an earlier \
         execution left behind: make all of that anew with the object, from the same beginnings"
    )]
    NotDeterministic {
        /// In which scenario.
        scenario: String,
        /// What was different.
        difference: String,
    },
    /// The object asks for something that the backend does not have.
    #[error("{scenario} could not be explored: {why}")]
    Unsupported {
        /// In which scenario.
        scenario: String,
        /// What it asks for, and the way out.
        why: String,
    },
    /// The strategies give no arguments.
    #[error("no scenario could be drawn, since a strategy gives no arguments: {0}")]
    NothingDrawn(String),
    /// Somebody stopped it before anything was seen.
    #[error("it was interrupted before anything was explored")]
    Interrupted,
}

impl ObjectReport {
    /// PASS if every scenario was explored completely and is right, BOUNDED if not all were explored completely,
    /// FAIL or HANG if one is wrong, SKIP or FLAKY if the object could not be checked.
    pub fn verdict(&self) -> Verdict {
        match &self.found {
            Ok(None) if self.incomplete == 0 => Verdict::Pass,
            Ok(None) => Verdict::Bounded,
            Ok(Some(Failure { fault: Fault::Ended { is_hang: true, .. }, .. })) => Verdict::Hang,
            Ok(Some(_)) => Verdict::Fail,
            Err(Unchecked::NotDeterministic { .. }) => Verdict::Flaky,
            Err(_) => Verdict::Skip,
        }
    }

    /// How many scenarios were looked at, the failing one included, its smaller ones not.
    pub fn scenarios(&self) -> u32 {
        self.scenarios
    }

    /// How many of them were not explored completely.
    pub fn incomplete(&self) -> u32 {
        self.incomplete
    }

    /// How many executions there were, with those of smaller scenarios.
    pub fn executions(&self) -> u64 {
        self.executions
    }

    /// How long it took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The failing scenario in one line, as small as it was made: `[push(1)] pop() ‖ pop()`.
    pub fn scenario(&self) -> Option<&str> {
        self.failure().map(|failure| failure.scenario.as_str())
    }

    /// How many tasks run in the failing scenario, and how many operations it has; no tasks, if it fails even
    /// when they come one after another.
    pub fn size(&self) -> Option<(usize, usize)> {
        self.failure().map(|failure| failure.size)
    }

    /// How the failing scenario was made smaller.
    pub fn shrunk(&self) -> Option<&Shrunk> {
        self.failure()?.shrunk.as_ref()
    }

    /// The simplest execution of the failing scenario that is wrong; of [`Backend::Native`](crate::Backend::Native)
    /// only.
    pub fn witness(&self) -> Option<&Witness> {
        self.failure()?.witness.as_ref()
    }

    /// The least strengthening of the object's orderings with which the failing scenario is right, if it needs a weak one to
    /// fail, in [`Memory::Rust`](crate::Memory::Rust).
    pub fn remedy(&self) -> Option<&Remedy> {
        self.failure()?.remedy.as_ref()
    }

    /// Why the object could not be checked, if so.
    pub fn unchecked(&self) -> Option<&Unchecked> {
        self.found.as_ref().err()
    }

    /// What a test at `place` has to say of what was not seen.
    pub(super) fn unseen<'a>(&'a self, place: &'a Location<'a>, is_sampled: bool) -> Unseen<'a> {
        let (incomplete, scenarios) = (self.incomplete, self.scenarios);
        let looked_at = format!("the executions of {incomplete} of {scenarios} scenarios that were seen");
        // The calls of each scenario have come to their ends one after another, if in no other way.
        Unseen { place, looked_at, reasons: &self.reasons, is_sampled, has_ended: true }
    }

    fn failure(&self) -> Option<&Failure> {
        self.found.as_ref().ok()?.as_ref()
    }

    /// The command that runs the shown execution again.
    pub(super) fn replay_command(&self, name: &str) -> Option<String> {
        let failure = self.failure()?;
        Some(replay::case_command(name, &failure.id, &failure.witness.as_ref()?.schedule))
    }

    pub(super) fn text(&self, again: Option<String>) -> String {
        match &self.found {
            Err(why) => format!("{}: {why}", self.verdict()),
            Ok(Some(failure)) => {
                let shrunk = failure.shrunk.as_ref().map_or(String::new(), Shrunk::to_string);
                format!("{}{shrunk}\n\n{}", self.headline(), failure.text(again))
            }
            Ok(None) => self.headline(),
        }
    }

    fn headline(&self) -> String {
        let (verdict, criterion) = (self.verdict(), self.criterion);
        let explored = match self.incomplete {
            0 => "all explored completely".to_string(),
            incomplete => format!("{incomplete} of them not completely"),
        };
        match &self.found {
            Err(why) => format!("{verdict}: {why}"),
            Ok(None) => format!("{verdict}: {criterion} in {} scenarios, {explored}", self.scenarios),
            Ok(Some(failure @ Failure { fault: Fault::Unexplained { .. }, .. })) if failure.is_sequential => {
                format!("{verdict}: not its specification, even without any tasks")
            }
            Ok(Some(Failure { fault: Fault::Ended { outcome, .. }, .. })) => format!("{verdict}: {outcome}"),
            Ok(Some(_)) => format!("{verdict}: not {criterion}"),
        }
    }
}

impl Display for ObjectReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.found {
            Ok(Some(failure)) => {
                write!(f, "{}\n\n{}", self.headline(), failure.text(None).trim_end())
            }
            _ => f.write_str(&self.headline()),
        }
    }
}

impl Display for Shrunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shrunk { from, to, attempts, is_least, elapsed } = self;
        let seconds = elapsed.as_secs_f64();
        write!(f, "; shrunk from {from} operations to {to} in {attempts} attempts, {seconds:.1} s")?;
        if !is_least { f.write_str(", which were all it had") } else { Ok(()) }
    }
}

impl Failure {
    /// Everything but the headline.
    pub(super) fn text(&self, again: Option<String>) -> String {
        let (mut text, outcome) = match &self.fault {
            Fault::Unexplained { history, unexplained } => {
                let why = unexplained.to_string();
                let why = why.split_once(": ").map_or(&*why, |(_, why)| why);
                (format!("{history}\n\n{why}\n"), String::new())
            }
            Fault::NotJudged(message) => (format!("{}\n", self.table), message.clone()),
            Fault::Ended { outcome, .. } => (format!("{}\n", self.table), outcome.clone()),
        };
        if let Some(witness) = &self.witness {
            let witness = Witness { outcome, ..witness.clone() };
            let remedy = self.remedy.as_ref().map(Remedy::to_string);
            text +=
                &format!("\n{}", render(&witness, &Options { remedy, replay: again, ..Options::default() }));
        }
        text
    }
}
