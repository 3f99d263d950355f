//! What can come of an execution and of a check, as values: outcomes, verdicts, and why a check did not
//! see everything.

use crate::schedule::Schedule;
use std::fmt::{self, Debug};
use std::time::Duration;

/// What a program under check may return: values with an order, so that outcomes can be collected and
/// sorted, and that can be printed and sent between threads.
///
/// Nobody implements it; deriving `PartialEq, Eq, PartialOrd, Ord, Debug` does. A `HashMap` has no order:
///
/// ```compile_fail,E0277
/// use std::collections::HashMap;
///
/// conccheck::Checker::new().explore(|| HashMap::from([("visits", 2)]));
/// ```
///
/// ```
/// use std::collections::{BTreeMap, HashMap};
///
/// let visits = || HashMap::from([("visits", 2)]);
/// conccheck::Checker::new().explore(move || visits().into_iter().collect::<BTreeMap<_, _>>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an outcome: it has to be `Ord + Debug + Send + 'static`",
    label = "returned by a program under check",
    note = "derive `PartialEq, Eq, PartialOrd, Ord, Debug` for your own types; collect a `HashMap` into a `BTreeMap` \
            and a `HashSet` into a `BTreeSet`; return the bits of a float, or round it to an integer; own what \
            you return"
)]
pub trait Value: Ord + Debug + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Ord + Debug + Send + 'static> Value for T {}

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
    /// The tasks that had not ended went round loops that nothing would ever end, and no task could do anything
    /// about it. [`Backend::Native`](crate::Backend::Native) only.
    Livelocked {
        /// Who they were, in the order of spawning.
        polling: Vec<String>,
    },
    /// Two tasks accessed a [cell](crate::cell::UnsafeCell), one of them to write, with nothing between that
    /// orders the two.
    DataRace {
        /// The tasks, in the order in which they came.
        tasks: [String; 2],
    },
    /// The program returned and all its tasks ended, but something that it owned is still there, which nobody can let
    /// go of any more. Only where [`Checker::find_leaks`](crate::Checker::find_leaks) asks for it.
    Leaked {
        /// What it is, and where in the program it was made: "an Arc made at src/lib.rs:3:14".
        what: Vec<String>,
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
    /// If it is a panic, where the first was raised: `file:line:column`. If it is a data race under
    /// [`Backend::Loom`](crate::Backend::Loom), where its two accesses are, in the order of the tasks.
    pub place: Option<String>,
    /// The least schedule that led to it, of those that were seen: fewest preemptions, then fewest steps.
    /// [`Backend::Native`](crate::Backend::Native) only.
    pub schedule: Option<Schedule>,
    /// What that schedule costs: preemptions and steps.
    pub(crate) cost: (usize, usize),
}

/// Why a check did not see everything.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Incomplete {
    /// It stopped after this many executions.
    ExecutionsMax(u64),
    /// It stopped after this long.
    TimeMax(Duration),
    /// It looked only at executions with at most this many preemptions.
    PreemptionsMax(usize),
    /// It looked only at executions in which at most this many timeouts pass.
    TimeoutsMax(usize),
    /// It looked only at executions in which at most this many reads of a socket bring less than there is.
    ShortReadsMax(usize),
    /// It looked only at executions in which at most this many writes to a socket take less than they are given.
    ShortWritesMax(usize),
    /// Some execution had not ended after so many steps, and was left.
    StepsMax(usize),
    /// A loop that goes round in vain, and ends by itself at some time or for a reason that cannot be seen, went round
    /// at most so often while another task could have gone on; or one that reads old values, though there were newer.
    RoundsMax {
        /// Where it yields or reads: `file:line:column`.
        place: String,
        /// The bound.
        rounds_max: u32,
    },
    /// Some execution had more `SeqCst` accesses and fences than this, beside weaker ones. Those that came then saw what came
    /// before them in the order of execution.
    SeqCstMax(usize),
    /// The program looks at its clock while time passes, and has atomic accesses that are weaker than `SeqCst`: of
    /// executions that differ only in the order of such accesses, and in what the clock shows, one was seen.
    /// [`Memory::SequentiallyConsistent`](crate::Memory::SequentiallyConsistent) tells them apart.
    Clocks,
    /// The backend cannot go on after a hang.
    FirstHang,
    /// The backend cannot go on after a data race.
    FirstDataRace,
    /// An execution ends at its data race, so that what its tasks would have done after it was not seen, nor what that
    /// would have led to in another order.
    AfterDataRace,
    /// It found what it was looking for.
    Found,
    /// Somebody stopped it.
    Interrupted,
    /// The program asks for something that the backend does not have.
    Unsupported(String),
    /// The program does not do the same when it is run in the same order: it depends on a clock, an
    /// address, the order of a `HashMap`, or on what another execution left behind.
    Flaky {
        /// At which step of a schedule, from 1.
        step: usize,
        /// What was done there before.
        expected: String,
        /// What is done there now.
        found: String,
    },
}

/// A replay that could not go as the execution which it repeats: the program, or what it depends on beside its
/// schedule, is no longer the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("diverged at step {step}: expected {expected}, found {found}")]
pub struct Diverged {
    /// The first that is different, counted from 1.
    pub step: usize,
    /// What the schedule says of it.
    pub expected: String,
    /// What would happen instead.
    pub found: String,
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
    /// The program does not repeat what it did, so nothing follows from what was seen.
    Flaky,
    /// The check could not be done: the program needs what the backend does not have, or no execution
    /// was begun within the limits.
    Skip,
}

impl Seen {
    /// What another worker saw of the same outcome.
    pub(crate) fn merge(&mut self, other: Seen) {
        self.executions += other.executions;
        if other.first < self.first {
            (self.first, self.place) = (other.first, other.place);
        }
        if (other.cost, &other.schedule) < (self.cost, &self.schedule) {
            (self.cost, self.schedule) = (other.cost, other.schedule);
        }
    }

    /// Keeps the schedule of an execution with this outcome, and its cost, if it is the least so far.
    pub(crate) fn keep_least(&mut self, least: Option<((usize, usize), Schedule)>) {
        if let Some((cost, schedule)) = least {
            (self.cost, self.schedule) = (cost, Some(schedule));
        }
    }
}

impl Incomplete {
    /// The setting of a [`Checker`](crate::Checker) that bounds it, if one does.
    pub(crate) fn setting(&self) -> Option<&'static str> {
        match self {
            Incomplete::ExecutionsMax(_) => Some("executions_max"),
            Incomplete::TimeMax(_) => Some("time_max"),
            Incomplete::PreemptionsMax(_) => Some("preemptions_max"),
            Incomplete::TimeoutsMax(_) => Some("timeouts_max"),
            Incomplete::ShortReadsMax(_) => Some("short_reads_max"),
            Incomplete::ShortWritesMax(_) => Some("short_writes_max"),
            Incomplete::StepsMax(_) => Some("steps_max"),
            _ => None,
        }
    }

    /// Several, in a line.
    pub(crate) fn list(reasons: &[Incomplete]) -> String {
        reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }
}

impl<T> Outcome<T> {
    /// One letter for its kind: `P` a panic, `H` a hang, `R` a data race, `L` a leak, a space for a value.
    pub fn mark(&self) -> char {
        match self {
            Outcome::Returned(_) => ' ',
            Outcome::Panicked(_) => 'P',
            Outcome::DataRace { .. } => 'R',
            Outcome::Leaked { .. } => 'L',
            Outcome::Deadlocked { .. } | Outcome::Livelocked { .. } | Outcome::Unfinished { .. } => 'H',
        }
    }

    /// Whether the program did not end.
    pub fn is_hang(&self) -> bool {
        self.mark() == 'H'
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
            Verdict::Flaky => "FLAKY",
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
            Incomplete::ExecutionsMax(1) => f.write_str("stopped after 1 execution"),
            Incomplete::ExecutionsMax(count) => write!(f, "stopped after {count} executions"),
            Incomplete::TimeMax(time) => write!(f, "stopped after {time:?}"),
            Incomplete::PreemptionsMax(count) => write!(f, "at most {count} preemptions"),
            Incomplete::TimeoutsMax(1) => f.write_str("at most 1 timeout"),
            Incomplete::TimeoutsMax(count) => write!(f, "at most {count} timeouts"),
            Incomplete::ShortReadsMax(1) => f.write_str("at most 1 short read"),
            Incomplete::ShortReadsMax(count) => write!(f, "at most {count} short reads"),
            Incomplete::ShortWritesMax(1) => f.write_str("at most 1 short write"),
            Incomplete::ShortWritesMax(count) => write!(f, "at most {count} short writes"),
            Incomplete::StepsMax(count) => {
                write!(f, "some execution had not ended after {count} steps (steps_max), and was left there")
            }
            Incomplete::RoundsMax { place, rounds_max } => write!(
                f,
                "the loop at {place} was followed for at most {rounds_max} rounds in a row in which it found nothing new"
            ),
            Incomplete::SeqCstMax(count) => write!(
                f,
                "after {count} SeqCst accesses and fences of an execution, more were explored in the order of execution only"
            ),
            Incomplete::Clocks => f.write_str(
                "the program looks at its clock: of orders of weak accesses that only the clock tells apart, one was seen",
            ),
            Incomplete::FirstHang => f.write_str("stopped at the first hang"),
            Incomplete::FirstDataRace => f.write_str("stopped at the first data race"),
            Incomplete::AfterDataRace => f.write_str("an execution ends at its data race"),
            Incomplete::Found => f.write_str("stopped at the first that was looked for"),
            Incomplete::Interrupted => f.write_str("interrupted"),
            Incomplete::Unsupported(reason) => f.write_str(reason),
            Incomplete::Flaky { step, expected, found } => write!(
                f,
                "step {step} of a schedule was {expected}, and was {found} when it was run again; the program \
                 must not depend on clocks, addresses, the order of a HashMap, or what another execution left \
                 behind: in a static, a thread-local or a lock that is std's and not conccheck's, mostly"
            ),
        }
    }
}

impl<T: Debug> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Returned(value) => write!(f, "{value:?}"),
            Outcome::Panicked(message) => write!(f, "panics: {}", one_block(message)),
            Outcome::Deadlocked { blocked } => write!(f, "deadlock: {} cannot go on", blocked.join(", ")),
            Outcome::Livelocked { polling } => {
                write!(
                    f,
                    "livelock: {} {} for ever",
                    polling.join(", "),
                    if polling.len() == 1 { "polls" } else { "poll" }
                )
            }
            Outcome::DataRace { tasks: [one, other] } => {
                write!(f, "data race: {one} and {other} access a cell at the same time, one of them to write")
            }
            Outcome::Leaked { what } => write!(f, "leaks {}", what.join(", ")),
            Outcome::Unfinished { after } => write!(f, "no answer within {after:?}"),
        }
    }
}

/// A message that may have several lines, indented below its first, without control characters.
fn one_block(message: &str) -> String {
    let lines = message.lines().map(|line| {
        let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
        line.chars().map(escape).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n      ")
}
