//! Without a diagnosis: the steps that led there. Where tasks were made to leave; of a panic, what its task did last, and
//! who had written what it read.

use super::names::Names;
use crate::witness::{Effect, Place, Step, Witness};
use std::collections::BTreeSet;

/// So many switches are shown in the source.
const SWITCHES_MAX: usize = 3;
/// So many steps of the task that panics first, before it does.
const BEFORE_PANIC: usize = 6;

/// Where the execution took its turn.
pub(super) struct TurningPoints {
    /// The steps that are to be seen, by position; none where nothing panics.
    pub(super) steps: Vec<usize>,
    /// What is said of places in the source.
    pub(super) labels: Vec<(Place, String)>,
}

pub(super) fn turning_points(witness: &Witness, names: &Names) -> TurningPoints {
    let steps = &witness.steps;
    let label = |at: usize, what: &str| {
        Some((steps[at].place?, format!("{} {what} (step {})", names.task(steps[at].task), at + 1)))
    };
    let switches: Vec<usize> = (1..steps.len()).filter(|&at| steps[at].preempts).map(|at| at - 1).collect();
    let last = &switches[switches.len().saturating_sub(SWITCHES_MAX)..];
    let left = last.iter().filter_map(|&at| label(at, "is preempted after this"));
    // Some may have been caught; the first that is the outcome, if one is, has led to the others.
    let is_panic = |at: &usize| matches!(steps[*at].effect, Effect::Panicked(_));
    let is_outcome = |at: &usize| match &steps[*at].effect {
        Effect::Panicked(message) => !message.is_empty() && witness.outcome.contains(&**message),
        _ => false,
    };
    let panic = (0..steps.len()).find(is_outcome).or_else(|| (0..steps.len()).find(is_panic));
    let labels = left.chain(panic.and_then(|at| label(at, "panics"))).collect();
    let led_there = panic.map_or(BTreeSet::new(), |at| led_to(steps, at));
    let turned = last.iter().copied().filter(|_| panic.is_some());
    TurningPoints { steps: led_there.into_iter().chain(turned).collect(), labels }
}

/// What the task of the step at `panic` did last, and for all that it read there who had written it.
fn led_to(steps: &[Step], panic: usize) -> BTreeSet<usize> {
    let is_own = |at: &usize| steps[*at].task == steps[panic].task && steps[*at].object.is_some();
    let own = (0..panic).rev().filter(is_own).take(BEFORE_PANIC);
    let writer = |at: usize| {
        let is_write = |step: &Step| matches!(step.effect, Effect::Wrote { .. });
        (0..at).rev().find(|&before| steps[before].object == steps[at].object && is_write(&steps[before]))
    };
    own.flat_map(|at| [Some(at), writer(at)]).flatten().chain([panic]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::Sample;
    use crate::witness::ObjectKind::Atomic;

    #[test]
    fn a_panic_was_led_to_by_what_its_task_read_and_who_wrote_that() {
        let mut sample = Sample::new("");
        sample.object(Atomic, None).object(Atomic, None);
        sample.store(2, 0, ("0", "1"), "").store(2, 0, ("1", "2"), "").store(2, 1, ("0", "1"), "");
        sample.load(0, 1, "1", "").load(1, 0, "2", "").panics(1, "two", "").load(0, 0, "2", "");
        sample.panics(0, "joined", "");
        let Sample { witness, .. } = sample;
        assert_eq!(led_to(&witness.steps, 5), BTreeSet::from([1, 4, 5]));
    }
}
