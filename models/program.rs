//! A small program to check: what runs, at which size, what it may return, and what a check of it should
//! conclude.

#[cfg(feature = "cli")]
use crate::checker::Trial;
use crate::property::Agreement;
use crate::report::{Judged, outcomes};
use crate::{Backend, Checker, Outcome, Report, Verdict};
use std::fmt;

/// A program of the table. It returns text that says what happened.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// `folder::program`, as the command line takes it.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// What runs.
    pub run: Run,
    /// What it may return; the first is what a sequential run would. Empty if it should never end.
    pub right: &'static [&'static str],
    /// What it may return besides, and does, in a memory model in which sequentially consistent accesses
    /// only acquire and release: loom's.
    pub right_under_loom: &'static [&'static str],
    /// The program that keeps the promise which this one breaks; `None` if this has no fault.
    pub twin_of: Option<&'static str>,
    /// What a check of it concludes.
    pub expected: Expected,
    /// How many trace classes it has under sequential consistency, at sizes for which that is known.
    pub traces: &'static [Traces],
    /// If it has a fault: each strategy finds it within so many executions. Some twenty times what
    /// shuttle's random and PCT need on average, and a hundred at least.
    pub found_within: u64,
    /// The depth with which pct finds its fault, or all that it shows: it lowers the priority of the running task
    /// at one less of the points where two could go on.
    pub pct_depth: usize,
    /// The bound on preemptions with which loom sees all within about a second; `None` needs no bound.
    pub loom_preemptions_max: Option<usize>,
}

/// What runs.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// One program.
    Plain(fn() -> String),
    /// One program for each size.
    Sized(fn(usize) -> String, Size),
}

/// How large a program is: the number that it is run with, and which it can be run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The number; in the table, that of a check that names none.
    pub value: usize,
    /// The least.
    pub min: usize,
    /// The greatest.
    pub max: usize,
    /// What there are so many of.
    pub of: &'static str,
}

/// How many trace classes a program has, which is how many executions an optimal exploration takes:
/// published or counted by brute force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traces {
    /// At this size; `None` if the program has none.
    pub size: Option<usize>,
    /// Deadlocks and failures included.
    pub all: u64,
    /// Those that end as they should not.
    pub wrong: u64,
}

/// What a check of a program concludes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Every outcome is right.
    Pass,
    /// Every outcome is right, and every right one is seen: what can happen, does in some execution.
    PassAndSeeAll,
    /// Some outcome is wrong: the program has a fault that a check has to find.
    Fail,
    /// Some execution never ends: the program has a fault that a check has to find.
    Hang,
}

/// A program and what a check of it found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was checked.
    pub program: Program,
    /// What the exploration saw.
    pub report: Report<String>,
    /// Of real runs: whether what they were seen to do is within what native says is possible.
    pub within_native: Option<Agreement<String>>,
}

/// Why a program cannot be run at a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SizeError {
    /// It is always the same.
    #[error("{0} has no size")]
    None(&'static str),
    /// It would be empty, or too large for a check.
    #[error("{name} runs with {min} to {max} {of}, not {size}", min = .can.min, max = .can.max, of = .can.of)]
    Range {
        /// The program.
        name: &'static str,
        /// The size that was asked for.
        size: usize,
        /// What it can have.
        can: Size,
    },
}

impl Program {
    /// What the rows of right programs have in common.
    pub(super) const PASSES: Program = Program {
        name: "",
        about: "",
        run: Run::Plain(String::new),
        right: &[],
        right_under_loom: &[],
        expected: Expected::Pass,
        traces: &[],
        found_within: 0,
        pct_depth: 3,
        loom_preemptions_max: None,
        twin_of: None,
    };
    /// Of those that show what can happen.
    pub(super) const PASSES_AND_SHOWS_ALL: Program =
        Program { expected: Expected::PassAndSeeAll, ..Program::PASSES };
    /// Of those that end in the wrong way.
    pub(super) const FAILS: Program =
        Program { expected: Expected::Fail, found_within: 100, ..Program::PASSES };
    /// Of those that never end.
    pub(super) const HANGS: Program = Program { expected: Expected::Hang, ..Program::FAILS };

    /// The folder that it is in: the model that it is about, or what kind of program it is.
    pub fn model(&self) -> &'static str {
        self.name.split("::").next().unwrap_or(self.name)
    }

    /// Whether it has a fault on purpose.
    pub fn is_broken(&self) -> bool {
        matches!(self.expected, Expected::Fail | Expected::Hang)
    }

    /// How large it is, if it has a size.
    pub fn size(&self) -> Option<Size> {
        match self.run {
            Run::Plain(_) => None,
            Run::Sized(_, size) => Some(size),
        }
    }

    /// The same program at another size.
    ///
    /// # Errors
    /// When it has no size, or not that one.
    pub fn sized(self, value: usize) -> Result<Program, SizeError> {
        let Run::Sized(run, can) = self.run else {
            return Err(SizeError::None(self.name));
        };
        if !(can.min..=can.max).contains(&value) {
            return Err(SizeError::Range { name: self.name, size: value, can });
        }
        Ok(Program { run: Run::Sized(run, Size { value, ..can }), ..self })
    }

    /// Runs it once.
    pub fn run_once(&self) -> String {
        match self.run {
            Run::Plain(run) => run(),
            Run::Sized(run, size) => run(size.value),
        }
    }

    /// For exploring it again and again, with other orderings.
    #[cfg(feature = "cli")]
    pub(crate) fn trial(self, checker: &Checker) -> Trial {
        let is_right = move |text: &String| self.right.contains(&text.as_str());
        checker.trial(Some(self.to_string()), move || self.run_once(), is_right, text)
    }

    /// Explores it; and if these are real runs, also under native, to compare.
    pub fn check(self, checker: &Checker) -> Checked {
        let report = checker.explore(move || self.run_once());
        let is_real = report.backend() == Backend::Real;
        let within_native = is_real.then(|| checker.is_possible(report.clone(), move || self.run_once()));
        Checked { program: self, report, within_native }
    }
}

/// Its name, and its size in parentheses if it has one.
impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.size() {
            None => f.pad(self.name),
            Some(size) => f.pad(&format!("{}({})", self.name, size.value)),
        }
    }
}

/// The set of its outcomes, for review: what is not right with its least execution, for which this looks.
impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let judge = |outcome: &Outcome<String>| Judged { mark: self.mark(outcome), why: None };
        write!(f, "{}\n\n{}", self.program.about, outcomes::text(&self.report, judge, text))
    }
}

/// What a program returns is to be read as it is, without quotes.
fn text(outcome: &Outcome<String>) -> String {
    match outcome {
        Outcome::Returned(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Run {
    /// For the table: `run`, with `value` of something unless another number is asked for.
    pub(super) const fn sized(
        run: fn(usize) -> String,
        value: usize,
        range: std::ops::RangeInclusive<usize>,
        of: &'static str,
    ) -> Run {
        Run::Sized(run, Size { value, min: *range.start(), max: *range.end(), of })
    }
}

impl Traces {
    /// Of a program without a size, all as it should be.
    pub(super) const fn plain(all: u64) -> Traces {
        Traces { size: None, all, wrong: 0 }
    }

    /// At one size, all as it should be.
    pub(super) const fn at(size: usize, all: u64) -> Traces {
        Traces { size: Some(size), all, wrong: 0 }
    }

    /// The same, `wrong` of them not as they should be.
    pub(super) const fn wrong(self, wrong: u64) -> Traces {
        Traces { wrong, ..self }
    }
}

impl Checked {
    /// Whether this is an outcome that the program may have.
    pub fn is_right(&self, outcome: &Outcome<String>) -> bool {
        matches!(outcome, Outcome::Returned(text) if self.right().any(|right| right == text))
    }

    /// What the program may return under the backend that ran it.
    fn right(&self) -> impl Iterator<Item = &'static str> {
        let weaker = if self.report.backend() == Backend::Loom { self.program.right_under_loom } else { &[] };
        self.program.right.iter().chain(weaker).copied()
    }

    /// What follows from what was seen.
    pub fn verdict(&self) -> Verdict {
        self.report.verdict_if(|text| self.right().any(|right| right == text))
    }

    /// What real runs were seen to do although native has seen all that is possible, and not this.
    pub fn impossible(&self) -> impl Iterator<Item = &Outcome<String>> {
        let proofs = self.within_native.iter().filter(|agreement| agreement.doubt().is_none());
        proofs.flat_map(|agreement| agreement.wrong().map(|(outcome, _)| outcome))
    }

    /// Whether that is what the table expects. Real runs need not show what can happen, only nothing else.
    pub fn is_as_expected(&self) -> bool {
        if self.impossible().next().is_some() {
            return false;
        }
        if self.report.backend() == Backend::Real && self.verdict() == Verdict::Bounded {
            return true;
        }
        let is_seen = |text: &str| self.report.seen(&Outcome::Returned(text.to_string())).is_some();
        match (self.program.expected, self.verdict()) {
            (Expected::Pass, Verdict::Pass | Verdict::Bounded) => true,
            (Expected::PassAndSeeAll, Verdict::Pass | Verdict::Bounded) => self.right().all(is_seen),
            (Expected::Fail, verdict) => verdict == Verdict::Fail,
            (Expected::Hang, verdict) => verdict == Verdict::Hang,
            _ => false,
        }
    }

    /// One letter for an outcome: `=` right, `!` wrong, `P` a panic, `H` a hang, `R` a data race.
    pub fn mark(&self, outcome: &Outcome<String>) -> char {
        match outcome {
            Outcome::Returned(_) if self.is_right(outcome) => '=',
            Outcome::Returned(_) => '!',
            outcome => outcome.mark(),
        }
    }
}
