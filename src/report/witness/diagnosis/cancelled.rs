//! Futures and tasks that were dropped before they were done, in executions that end otherwise than they should.

use super::{Case, Diagnosis, number};
use crate::report::witness::path::shown;
use crate::witness::{Effect, Place};

/// What was dropped, if the outcome speaks of that or nothing but that was drawn.
pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    dropped(case).or_else(|| aborted(case)).or_else(|| sender(case))
}

/// The one future that was dropped where it waited, by the checker. The least execution has it, so that without it the
/// outcome would be another.
pub(super) fn dropped(case: &Case) -> Option<Diagnosis> {
    let mut drops = case.steps().filter_map(|(at, step)| match &step.effect {
        Effect::Cancelled(what) => Some((at, what)),
        _ => None,
    });
    let ((at, what), None) = (drops.next()?, drops.next()) else { return None };
    let place = case.step(at).place.map_or(String::new(), |place| format!(" {}", place_of(place)));
    let sentence = format!(
        "cancelled: {} is dropped at its await{place}, at {}, by `cancellable`",
        quoted(what),
        number(at)
    );
    let after = case.witness.waits.first().map(|wait| {
        let waiter = case.names.task(wait.task);
        format!("; then {waiter} {} for ever", case.waits_for(wait))
    });
    let sentence = sentence + &after.unwrap_or_default();
    let label = format!("drops {} here", quoted(what));
    let waits = case.witness.waits.iter().take(1).collect::<Vec<_>>();
    Some(case.hang(sentence, &[(at, label)], &waits))
}

/// The outcome is what is told to who awaits a task that was aborted.
fn aborted(case: &Case) -> Option<Diagnosis> {
    if !case.witness.outcome.contains("JoinError::Cancelled(Id(_))") {
        return None;
    }
    let ended = case.steps().rev().find(|(_, step)| step.function == "cancelled")?;
    let (at, step) = case
        .steps()
        .find(|(_, step)| step.function == "abort" && step.effect == Effect::Task(ended.1.task))?;
    let aborted = case.names.task(ended.1.task);
    let sentence = format!(
        "cancelled: {} aborts {aborted} at {}, which ends by that, at {}; who awaits it gets an error",
        case.names.task(step.task),
        number(at),
        number(ended.0),
    );
    Some(case.diagnosis(sentence, &[(at, format!("aborts {aborted}"))]))
}

/// The outcome is what is told to who receives of a oneshot channel whose sender was dropped.
fn sender(case: &Case) -> Option<Diagnosis> {
    use crate::witness::ObjectKind::Callee;
    if !case.witness.outcome.contains("RecvError(())") {
        return None;
    }
    let is_oneshot = |object: usize| case.witness.objects[object].kind == Callee("oneshot");
    let of = |object: usize, function: &'static str| {
        case.steps().find(move |(_, step)| step.object == Some(object) && step.function == function)
    };
    let unsent =
        (0..case.witness.objects.len()).filter(|&object| is_oneshot(object) && of(object, "send").is_none());
    let dropped: Vec<(usize, usize)> =
        unsent.filter_map(|object| Some((object, of(object, "drop sender")?.0))).collect();
    let &[(object, at)] = &dropped[..] else { return None };
    let sentence = format!(
        "closed channel: {} drops the sender of {} at {} without a message",
        case.who(at),
        case.object(object),
        number(at),
    );
    Some(case.diagnosis(sentence, &[(at, "drops its sender".to_string())]))
}

/// "`recv_line`", or "the future".
pub(super) fn quoted(what: &str) -> String {
    if what.contains(' ') { what.to_string() } else { format!("`{what}`") }
}

/// `src/lib.rs:12`.
fn place_of(place: Place) -> String {
    format!("{}:{}", shown(place.file), place.line)
}
