//! What makes a failure go away that needs a weak ordering, as a value and as text.

use super::orderings::{Change, list};
use super::{Report, executions};
use crate::outcome::Outcome;
use crate::schedule::Memory;
use crate::witness::Witness;
use std::fmt::{self, Debug};

/// Stronger orderings, none of which can be left out or be weaker, with which a failure is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    /// By places.
    pub changes: Vec<Change>,
    /// Whether every execution of the program that has them was seen, and is right.
    pub is_complete: bool,
    /// How many were seen, none of them wrong.
    pub executions: u64,
}

/// `with Release at src/lib.rs:12 and Acquire at src/lib.rs:20 every execution is right`
impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "with {} ", list(&self.changes))?;
        match self.is_complete {
            true => f.write_str("every execution is right"),
            false => write!(f, "there is no failure in {}", executions(self.executions)),
        }
    }
}

impl<T: Ord + Debug> Report<T> {
    /// The least strengthening of the program's orderings with which its failure is gone, if every returned value is right:
    /// only panics, hangs, data races and leaks are wrong. It is looked for now, in at most 100,000 executions and 10
    /// seconds. `None` if there is no failure, if it needs no weak ordering, or if none was found.
    ///
    /// ```
    /// use conccheck::sync::{Arc, atomic::{AtomicU32, Ordering::{Acquire, Relaxed, Release}}};
    /// use conccheck::{Checker, Memory, thread};
    ///
    /// let report = Checker::new().memory(Memory::Rust).explore(|| {
    ///     let shared = Arc::new([const { AtomicU32::new(0) }; 2]);
    ///     let writer = thread::spawn({
    ///         let shared = Arc::clone(&shared);
    ///         move || {
    ///             shared[0].store(7, Relaxed);
    ///             shared[1].store(1, Relaxed); // It does not say that the message is there.
    ///         }
    ///     });
    ///     if shared[1].load(Acquire) == 1 {
    ///         assert_eq!(shared[0].load(Relaxed), 7);
    ///     }
    ///     writer.join().unwrap();
    /// });
    /// let remedy = report.remedy().unwrap();
    /// assert_eq!(remedy.changes.len(), 1, "{remedy}");
    /// assert_eq!((remedy.changes[0].from, remedy.changes[0].to), (Relaxed, Some(Release)));
    /// assert!(remedy.to_string().ends_with(" every execution is right"), "{remedy}");
    /// ```
    pub fn remedy(&self) -> Option<Remedy> {
        self.remedy_if(|_| true)
    }

    /// The same when the values that `right` accepts are right.
    pub fn remedy_if(&self, right: impl Fn(&T) -> bool) -> Option<Remedy> {
        let is_right = |outcome: &Outcome<T>| matches!(outcome, Outcome::Returned(value) if right(value));
        let (_, witness) = self.least_witness(|outcome| !is_right(outcome))?;
        self.remedy_of(&witness, is_right)
    }

    /// That of a failure whose least execution is known. `is_right` is asked of outcomes that were not seen, too.
    pub(crate) fn remedy_of(
        &self,
        witness: &Witness,
        is_right: impl Fn(&Outcome<T>) -> bool,
    ) -> Option<Remedy> {
        let needs_weak_ordering =
            || witness.race.is_some() || witness.steps.iter().any(|step| step.overlooks.is_some());
        if self.memory != Memory::Rust || !needs_weak_ordering() {
            return None;
        }
        let explainer = self.explainer.as_ref()?;
        let mend = explainer.mend.as_ref()?;
        let wrong = self.outcomes().filter(|outcome| !is_right(outcome)).map(ToString::to_string);
        mend(witness, wrong.collect(), &|outcome| explainer.shows(outcome, &is_right))
    }
}
