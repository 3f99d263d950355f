//! What a check found, as values: outcomes, a verdict, and how much was looked at. `Display` is the
//! text that a person reads and a snapshot keeps: it holds nothing that varies from run to run.

#[cfg(feature = "cli")]
pub mod check;
#[cfg(feature = "cli")]
pub mod run;

use crate::Backend;
use crate::checker::Strategy;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::time::Duration;

/// What every JSON document calls its form.
pub const SCHEMA: &str = "conccheck/1";

/// How one execution ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome<T> {
    /// The program returned this, and all its tasks ended.
    Returned(T),
    /// The program panicked with this message, or a task did whose panic nobody would see.
    Panicked(String),
    /// No task could go on.
    Deadlocked {
        /// The tasks that had not ended, in the order of spawning.
        blocked: Vec<String>,
    },
    /// The program was still going after so many steps.
    Livelocked {
        /// The limit.
        steps_max: usize,
    },
    /// A real run gave no answer in this time.
    Unfinished {
        /// How long it was waited for.
        after: Duration,
    },
}

/// In how many executions an outcome was seen, and first in which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How many.
    pub executions: u64,
    /// The first, counted from 0.
    pub first: u64,
    /// If it is a panic, where the first was raised: `file:line:column`.
    pub place: Option<String>,
}

/// Why a check did not see everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incomplete {
    /// It stopped after this many executions.
    ExecutionsMax(u64),
    /// It stopped after this long.
    TimeMax(Duration),
    /// It looked only at executions with at most this many preemptions.
    PreemptionsMax(usize),
    /// The backend cannot go on after a hang.
    FirstHang,
    /// Somebody stopped it.
    Interrupted,
    /// The program asks for something that the backend does not have.
    Unsupported(String),
}

/// What a check concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every execution that the backend knows was seen, and all are as they should be.
    Pass,
    /// No execution that was seen is wrong; not all were seen.
    Bounded,
    /// Some execution has a result that it should not have, or panics.
    Fail,
    /// Some execution never ends.
    Hang,
    /// The check could not be done.
    Skip,
}

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Report<T> {
    pub(crate) backend: Backend,
    pub(crate) strategy: Option<Strategy>,
    pub(crate) outcomes: BTreeMap<Outcome<T>, Seen>,
    pub(crate) executions: u64,
    pub(crate) redundant: u64,
    pub(crate) incomplete: Option<Incomplete>,
    pub(crate) elapsed: Duration,
}

impl<T: Ord> Report<T> {
    /// The backend that explored.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Who chose the schedules, where the backend leaves a choice.
    pub fn strategy(&self) -> Option<Strategy> {
        self.strategy
    }

    /// The outcomes that were seen, least first.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome<T>> {
        self.outcomes.keys()
    }

    /// How often an outcome was seen.
    pub fn seen(&self, outcome: &Outcome<T>) -> Option<&Seen> {
        self.outcomes.get(outcome)
    }

    /// Where the program was seen to panic, each place once: `file:line:column`.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        let places: BTreeSet<&str> =
            self.outcomes.values().filter_map(|seen| seen.place.as_deref()).collect();
        places.into_iter()
    }

    /// How many executions were run to their end, failures and hangs included.
    pub fn executions(&self) -> u64 {
        self.executions
    }

    /// How many executions were begun and given up because they were like one that was seen:
    /// none, under [`Backend::Native`]'s `dpor`; not told by other backends.
    pub fn redundant(&self) -> u64 {
        self.redundant
    }

    /// Whether every execution that the backend knows was seen.
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_none()
    }

    /// Why not everything was seen, if so.
    pub fn incomplete(&self) -> Option<&Incomplete> {
        self.incomplete.as_ref()
    }

    /// How long it took.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// What follows when every returned value is right: only panics and hangs are wrong.
    pub fn verdict(&self) -> Verdict {
        self.verdict_if(|_| true)
    }

    /// What follows when `expected` is the only right value: what a sequential run returned, say.
    pub fn verdict_against(&self, expected: &T) -> Verdict {
        self.verdict_if(|value| value == expected)
    }

    /// What follows when the values that `right` accepts are right.
    pub fn verdict_if(&self, right: impl Fn(&T) -> bool) -> Verdict {
        let worst = self.outcomes().map(|outcome| match outcome {
            Outcome::Returned(value) if right(value) => Verdict::Pass,
            Outcome::Returned(_) | Outcome::Panicked(_) => Verdict::Fail,
            _ => Verdict::Hang,
        });
        match (worst.max().unwrap_or(Verdict::Pass), &self.incomplete) {
            (Verdict::Pass, Some(Incomplete::Unsupported(_))) => Verdict::Skip,
            (Verdict::Pass, Some(_)) => Verdict::Bounded,
            (verdict, _) => verdict,
        }
    }
}

impl Verdict {
    /// The word for it in every output.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Pass => "PASS",
            Verdict::Bounded => "BOUNDED",
            Verdict::Fail => "FAIL",
            Verdict::Hang => "HANG",
            Verdict::Skip => "SKIP",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Incomplete::ExecutionsMax(count) => write!(f, "stopped after {count} executions"),
            Incomplete::TimeMax(time) => write!(f, "stopped after {time:?}"),
            Incomplete::PreemptionsMax(count) => write!(f, "at most {count} preemptions"),
            Incomplete::FirstHang => f.write_str("stopped at the first hang"),
            Incomplete::Interrupted => f.write_str("interrupted"),
            Incomplete::Unsupported(reason) => f.write_str(reason),
        }
    }
}

impl<T: Debug> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Returned(value) => write!(f, "{value:?}"),
            Outcome::Panicked(message) => write!(f, "panics: {}", message.replace('\n', "\n      ")),
            Outcome::Deadlocked { blocked } => write!(f, "deadlock: {} cannot go on", blocked.join(", ")),
            Outcome::Livelocked { steps_max } => write!(f, "no end within {steps_max} steps"),
            Outcome::Unfinished { after } => write!(f, "no answer within {after:?}"),
        }
    }
}

impl<T: Debug> fmt::Display for Report<T> {
    /// One line per outcome: `P` a panic, `H` a hang, nothing a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.incomplete {
            None => writeln!(f, "explored    complete")?,
            Some(why) => writeln!(f, "explored    {why}")?,
        }
        write!(f, "outcomes    {}", self.outcomes.len())?;
        for outcome in self.outcomes.keys() {
            let mark = match outcome {
                Outcome::Returned(_) => ' ',
                Outcome::Panicked(_) => 'P',
                _ => 'H',
            };
            write!(f, "\n  {mark} {outcome}")?;
        }
        Ok(())
    }
}
