//! One sentence that says what went wrong, where the steps leave no doubt. What is unsure is not said:
//! a wrong diagnosis is worse than none.

mod asleep;
mod blocked;
mod cancelled;
mod endless;
mod kept_out;
mod order;
mod race;
mod stale;
#[cfg(test)]
mod tests;
mod update;
mod wakeup;

use super::names::Names;
use crate::witness::{Place, Step, Witness};

/// What went wrong, and where that is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Diagnosis {
    /// Begins with the standard name of the bug.
    pub(super) sentence: String,
    /// The steps that it speaks of.
    pub(super) steps: Vec<usize>,
    /// What to say at places of the source.
    pub(super) labels: Vec<(Place, String)>,
    /// What to say beside a step.
    pub(super) note: Option<(usize, String)>,
}

/// What an execution ended with, as far as a diagnosis depends on it.
enum Ending {
    Blocked,
    Endless,
    Raced,
    /// With a value or a panic.
    Wrong,
}

/// What went wrong in an execution that should have ended otherwise.
pub(super) fn diagnose(witness: &Witness, names: &Names) -> Option<Diagnosis> {
    let case = Case { witness, names };
    match ending(witness) {
        Ending::Raced => race::data_race(&case),
        _ if witness.steps.iter().any(|step| step.overlooks.is_some()) => stale::old_value(&case),
        Ending::Blocked => blocked::diagnose(&case),
        Ending::Endless => endless::livelock(&case),
        Ending::Wrong => update::diagnose(&case)
            .or_else(|| order::used_before_set(&case))
            .or_else(|| cancelled::diagnose(&case)),
    }
}

/// The outcome's own text tells its kind.
fn ending(witness: &Witness) -> Ending {
    let begins = |words: &str| witness.outcome.starts_with(words);
    if begins(endless::BEGINNING) {
        Ending::Endless
    } else if begins("data race") {
        Ending::Raced
    } else if !witness.waits.is_empty() {
        Ending::Blocked
    } else {
        Ending::Wrong
    }
}

/// A witness and the names of what is in it.
struct Case<'a> {
    witness: &'a Witness,
    names: &'a Names,
}

impl Case<'_> {
    fn steps(&self) -> impl DoubleEndedIterator<Item = (usize, &Step)> {
        self.witness.steps.iter().enumerate()
    }

    fn step(&self, at: usize) -> &Step {
        &self.witness.steps[at]
    }

    /// "T1", who did a step.
    fn who(&self, at: usize) -> &str {
        self.names.task(self.step(at).task)
    }

    /// "`counter`", as it stands in a sentence.
    fn object(&self, object: usize) -> String {
        format!("`{}`", self.names.object(object))
    }

    /// A diagnosis with a label at each of its steps: "T1 reads 0 (step 3)".
    fn diagnosis(&self, sentence: String, labels: &[(usize, String)]) -> Diagnosis {
        let label = |(at, text): &(usize, String)| {
            Some((self.step(*at).place?, format!("{} {text} ({})", self.who(*at), number(*at))))
        };
        Diagnosis {
            sentence,
            steps: labels.iter().map(|(at, _)| *at).collect(),
            labels: labels.iter().filter_map(label).collect(),
            note: None,
        }
    }
}

impl Diagnosis {
    fn with_note(mut self, at: usize, note: String) -> Self {
        self.note = Some((at, note));
        self
    }
}

/// "step 7", as the table numbers it.
fn number(at: usize) -> String {
    format!("step {}", at + 1)
}
