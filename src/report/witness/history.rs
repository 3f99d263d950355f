//! Questions about the steps of a witness, which the texts ask.

use crate::witness::{Effect, ObjectKind, Step, Witness};

/// The value that a step read without writing, if it did.
pub(super) fn read(step: &Step) -> Option<&str> {
    match &step.effect {
        Effect::Read(value) if !super::phrase::is_exchange(step) => Some(value),
        _ => None,
    }
}

/// What a step wrote: the value before and after.
pub(super) fn wrote(step: &Step) -> Option<(&str, &str)> {
    match &step.effect {
        Effect::Wrote { before, after } => Some((before, after)),
        _ => None,
    }
}

/// Whether a step reads and writes at once, so that nobody comes between.
pub(super) fn is_atomic_update(step: &Step) -> bool {
    ["fetch_", "compare_", "swap"].iter().any(|name| step.function.starts_with(name))
}

/// Whether a step learns what an object's value is.
pub(super) fn looks(step: &Step) -> bool {
    matches!(step.effect, Effect::Read(_)) || is_atomic_update(step)
}

/// Whether a step is a panic.
pub(super) fn is_panic(step: &Step) -> bool {
    matches!(step.effect, Effect::Panicked(_))
}

/// Whether a step took a lock.
pub(super) fn takes(step: &Step) -> bool {
    const TAKES: [&str; 11] = [
        "lock",
        "try_lock",
        "read",
        "write",
        "try_read",
        "try_write",
        "call_once",
        "acquire",
        "acquire_many",
        "try_acquire",
        "try_acquire_many",
    ];
    let is_lock = TAKES.contains(&step.function);
    is_lock && step.effect == Effect::Done
}

/// Whether a step gave a lock back; a condition's wait does too, which is told apart by its object.
pub(super) fn gives_back(step: &Step) -> bool {
    step.function.starts_with("unlock") || ["complete", "poison"].contains(&step.function)
}

/// The step by which `task` took what it holds.
pub(super) fn held_since(witness: &Witness, task: usize, object: usize) -> Option<usize> {
    last(witness, witness.steps.len(), |step| {
        step.task == task && step.object == Some(object) && (takes(step) || step.function.starts_with("wait"))
    })
}

/// The last step before a position of which something is true.
pub(super) fn last(witness: &Witness, before: usize, is: impl Fn(&Step) -> bool) -> Option<usize> {
    witness.steps[..before].iter().rposition(is)
}

/// The first step from a position on of which something is true.
pub(super) fn first(witness: &Witness, from: usize, is: impl Fn(&Step) -> bool) -> Option<usize> {
    let from = from.min(witness.steps.len());
    witness.steps[from..].iter().position(is).map(|at| from + at)
}

/// Whether `task` was made to leave between two steps although it could have gone on.
pub(super) fn is_preempted_between(witness: &Witness, task: usize, from: usize, to: usize) -> bool {
    (from + 1..=to).any(|at| witness.steps[at].preempts && witness.steps[at - 1].task == task)
}

/// Whether a chain of steps leads from one to the other, each of them by the task of the one before, or
/// on the same object, or about the task. More is taken for order than is, so that "no" is sure.
pub(super) fn is_ordered(witness: &Witness, from: usize, to: usize) -> bool {
    let mut tasks = vec![witness.steps[from].task];
    let mut objects = Vec::new();
    for step in &witness.steps[from + 1..to] {
        let shared = step.object.filter(|&object| witness.objects[object].kind != ObjectKind::Cell);
        let about: &[usize] = match &step.effect {
            Effect::Task(other) => std::slice::from_ref(other),
            Effect::Woke(woken) => woken,
            _ => &[],
        };
        let joins = step.function == "join" && about.iter().any(|other| tasks.contains(other));
        if tasks.contains(&step.task) || joins || shared.is_some_and(|object| objects.contains(&object)) {
            tasks.push(step.task);
            tasks.extend(about);
            objects.extend(shared);
        }
    }
    tasks.contains(&witness.steps[to].task)
}
