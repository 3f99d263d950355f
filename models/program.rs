//! A small program to check: what runs, what it may return, and what a check of it should conclude.

use crate::{Backend, Checker, Outcome, Report, Verdict};

/// A program of the table. It returns text that says what happened.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// `model::program`, as the command line takes it.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// Runs it once.
    pub run: fn() -> String,
    /// What it may return; the first is what a sequential run would. Empty if it should never end.
    pub right: &'static [&'static str],
    /// The program that keeps the promise which this one breaks; `None` if this has no fault.
    pub twin_of: Option<&'static str>,
    /// What a check of it concludes.
    pub expected: Expected,
    /// The bound on preemptions with which loom sees all within about a second; `None` needs no bound.
    pub loom_preemptions_max: Option<usize>,
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
}

impl Program {
    /// The model that it is about.
    pub fn model(&self) -> &'static str {
        self.name.split("::").next().unwrap_or(self.name)
    }

    /// Whether it has a fault on purpose.
    pub fn is_broken(&self) -> bool {
        matches!(self.expected, Expected::Fail | Expected::Hang)
    }

    /// Explores it.
    pub fn check(self, checker: &Checker) -> Checked {
        Checked { program: self, report: checker.explore(self.run) }
    }
}

impl Checked {
    /// Whether this is an outcome that the program may have.
    pub fn is_right(&self, outcome: &Outcome<String>) -> bool {
        matches!(outcome, Outcome::Returned(text) if self.program.right.contains(&text.as_str()))
    }

    /// What follows from what was seen.
    pub fn verdict(&self) -> Verdict {
        self.report.verdict_if(|text| self.program.right.contains(&text.as_str()))
    }

    /// Whether that is what the table expects. Real runs need not show what can happen, only nothing else.
    pub fn is_as_expected(&self) -> bool {
        if self.report.backend() == Backend::Real && self.verdict() == Verdict::Bounded {
            return true;
        }
        let seen = |text: &&str| self.report.seen(&Outcome::Returned(text.to_string())).is_some();
        match (self.program.expected, self.verdict()) {
            (Expected::Pass, Verdict::Pass | Verdict::Bounded) => true,
            (Expected::PassAndSeeAll, Verdict::Pass | Verdict::Bounded) => {
                self.program.right.iter().all(seen)
            }
            (Expected::Fail, verdict) => verdict == Verdict::Fail,
            (Expected::Hang, verdict) => verdict == Verdict::Hang,
            _ => false,
        }
    }

    /// The outcomes that were seen, a line each: `=` right, `!` wrong, `P` a panic, `H` a hang.
    pub fn outcome_lines(&self) -> Vec<String> {
        self.report
            .outcomes()
            .map(|outcome| match outcome {
                Outcome::Returned(text) => format!("{} {text}", self.mark(outcome)),
                other => format!("{} {other}", self.mark(outcome)),
            })
            .collect()
    }

    /// One letter for an outcome, as in [`Checked::outcome_lines`].
    pub fn mark(&self, outcome: &Outcome<String>) -> char {
        match outcome {
            Outcome::Returned(_) if self.is_right(outcome) => '=',
            Outcome::Returned(_) => '!',
            outcome => outcome.mark(),
        }
    }
}
