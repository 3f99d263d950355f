//! Waits on conditions that nobody ends: wakeups that are lost, go to the wrong task, or do not come.

use super::super::history::{first, last, takes};
use super::{Case, Diagnosis, number};
use crate::witness::{Effect, ObjectKind, Wait};

/// A notification came when nobody waited, after the waiter had looked for the last time; or the waiter
/// did not look at all, and nobody else took what was announced.
pub(super) fn lost_wakeup(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let began = began(case, wait)?;
    let notifies = |at: usize| {
        let step = case.step(at);
        step.object == wait.object && matches!(step.effect, Effect::Woke(_))
    };
    let end = case.witness.steps.len();
    if (began..end).any(notifies) {
        return None;
    }
    let lost = (0..began).rfind(|&at| notifies(at))?;
    let is_unheard = case.step(lost).effect == Effect::Woke(vec![]) && case.step(lost).task != wait.task;
    let looked: Vec<usize> = (lost + 1..began).filter(|&at| case.step(at).object.is_some()).collect();
    let is_mine = |at: &usize| case.step(*at).task == wait.task;
    let only_locks = looked.iter().filter(|at| is_mine(at)).all(|&at| takes(case.step(at)))
        && looked.iter().filter(|at| is_mine(at)).count() <= 1;
    let taken_by_others = looked.iter().any(|at| !is_mine(at) && takes(case.step(*at)));
    let looked_before = looked.iter().all(|at| !is_mine(at));
    if !is_unheard || !(looked_before || only_locks && !taken_by_others) {
        return None;
    }
    let condition = wait.object?;
    let sentence = format!(
        "lost wakeup: {} notifies {} at {}, when nobody waits; {} begins to wait at {} and is never woken",
        case.who(lost),
        case.object(condition),
        number(lost),
        case.waiter(wait),
        number(began),
    );
    let labels =
        [(lost, "notifies, and nobody waits".to_string()), (began, "begins to wait, too late".to_string())];
    Some(case.diagnosis(sentence, &labels).with_note(lost, "nobody hears it".to_string()))
}

/// A notification that came while somebody waited, and went to another alone.
struct Missed {
    waited: usize,
    notified: usize,
    other: usize,
}

/// The last notification of what the task waits for, if it was such a one.
fn missed(case: &Case, wait: &Wait) -> Option<Missed> {
    let waited = began(case, wait)?;
    let end = case.witness.steps.len();
    let notified =
        last(case.witness, end, |step| step.object == wait.object && matches!(step.effect, Effect::Woke(_)))?;
    let Effect::Woke(woken) = &case.step(notified).effect else { return None };
    let &[other] = &woken[..] else { return None };
    (waited < notified).then_some(Missed { waited, notified, other })
}

/// The last notification went to a task that only waited again.
pub(super) fn woke_another(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let Missed { waited, notified, other } = missed(case, wait)?;
    let again = case.wait_of(other).filter(|again| again.object == wait.object)?;
    let waits_again = began(case, again).filter(|&again| again > notified)?;
    let sentence = format!(
        "lost wakeup: {}'s {} at {} wakes {}, which only waits again; {} waits since {} and is never woken",
        case.who(notified),
        case.step(notified).function,
        number(notified),
        case.names.task(other),
        case.waiter(wait),
        number(waited),
    );
    let labels = [
        (waited, "waits".to_string()),
        (notified, format!("wakes {}", case.names.task(other))),
        (waits_again, "waits again".to_string()),
    ];
    Some(case.diagnosis(sentence, &labels).with_note(notified, "wakes the wrong one".to_string()))
}

/// Two waited, and the last notification went to the other one, which did not wait again.
pub(super) fn woke_only_another(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let Missed { waited, notified, other } = missed(case, wait)?;
    if case.wait_of(other).is_some() {
        return None;
    }
    let sentence = format!(
        "deadlock: {} {} since {}, and the last notification, {}'s {} at {}, wakes only {}",
        case.waiter(wait),
        case.waits_for(wait),
        number(waited),
        case.who(notified),
        case.step(notified).function,
        number(notified),
        case.names.task(other),
    );
    let labels =
        [(waited, "waits".to_string()), (notified, format!("wakes {} alone", case.names.task(other)))];
    let note = format!("does not wake {}", case.waiter(wait));
    Some(case.diagnosis(sentence, &labels).with_note(notified, note))
}

/// A task waits on a condition, and nobody notifies it after that.
pub(super) fn nobody_notifies(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let is_barrier = |&object: &usize| {
        let is_tokio = case.witness.objects[object].kind == ObjectKind::Callee("barrier");
        is_tokio || case.names.is_barrier(object) && began(case, wait).is_some()
    };
    if let Some(barrier) = wait.object.filter(is_barrier) {
        return Some(too_few(case, barrier));
    }
    let began = began(case, wait)?;
    let later = first(case.witness, began, |step| {
        step.object == wait.object && matches!(step.effect, Effect::Woke(_))
    });
    if later.is_some() {
        return None;
    }
    let sentence = format!(
        "deadlock: {} {} since {}, and nobody notifies it after that",
        case.waiter(wait),
        case.waits_for(wait),
        number(began),
    );
    Some(case.diagnosis(sentence, &[(began, "begins to wait, for ever".to_string())]))
}

/// Not as many come to a barrier as it waits for.
fn too_few(case: &Case, barrier: usize) -> Diagnosis {
    let waits: Vec<&Wait> = case.witness.waits.iter().filter(|wait| wait.object == Some(barrier)).collect();
    let sentence = format!(
        "deadlock: {} {} at the barrier {}, and nobody is left to come to it",
        case.names.list(waits.iter().map(|wait| wait.task)),
        if waits.len() == 1 { "waits" } else { "wait" },
        case.object(barrier),
    );
    case.hang(sentence, &[], &waits)
}

/// When a task began the wait on a condition that it is still in.
fn began(case: &Case, wait: &Wait) -> Option<usize> {
    let is_condition = case.kind(wait) == Some(ObjectKind::Condvar);
    let end = case.witness.steps.len();
    last(case.witness, end, |step| {
        let is_its = step.task == wait.task && step.object == wait.object;
        is_condition && is_its && step.function.starts_with("wait") && step.effect != Effect::GaveUp
    })
}
