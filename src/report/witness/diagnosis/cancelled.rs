//! Futures and tasks that were dropped before they were done, in executions that end otherwise than they should.

use super::{Case, Diagnosis, number};
use crate::report::witness::names::and;
use crate::report::witness::path::shown;
use crate::witness::{Effect, Place, Step, Wait};
use std::ops::Range;

/// By what one task aborts another.
pub(super) const ABORTS: [&str; 2] = ["abort", WITH_SET];
/// It drops the set that the task is in.
const WITH_SET: &str = "JoinSet aborts";
/// How somebody gets what is given back, and how that is.
const TAKES: [&str; 4] = ["lock", "read", "write", "acquire"];
const GIVES: [&str; 3] = ["unlock", "release", "forget"];
/// What is done as something is dropped, besides what begins with `DROP`.
const GIVEN_UP: [&str; 3] = ["unlock", "release", "cancel"];
const DROP: &str = "drop ";
/// A future is dropped since its time is up.
const ELAPSES: &str = "timeout drops";

/// What was dropped, if the outcome speaks of that or nothing but that was drawn.
pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let closed = || sender(case).map(|diagnosis| after(case, diagnosis, only_loss(case)));
    dropped(case).or_else(|| awaited_in_vain(case)).or_else(closed).or_else(|| {
        // What a `select!` leaves is mostly none the worse for it.
        let Loss { sentence, labels, .. } = only_loss(case).filter(|loss| !loss.is_of_select)?;
        Some(case.diagnosis(format!("cancelled: {sentence}"), &labels))
    })
}

/// The one future that was dropped where it waited, by the checker. The least execution has it, so that without it the
/// outcome would be another.
pub(super) fn dropped(case: &Case) -> Option<Diagnosis> {
    let mut drops = case.steps().filter_map(|(at, step)| match &step.effect {
        Effect::Cancelled(what) if step.function != ELAPSES => Some((at, what)),
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
fn awaited_in_vain(case: &Case) -> Option<Diagnosis> {
    if !case.witness.outcome.contains("JoinError::Cancelled(Id(_))") {
        return None;
    }
    let (ended, _) = case.steps().rfind(|(_, step)| step.function == "cancelled")?;
    let task = case.step(ended).task;
    let at = aborts(case).find(|&at| case.step(at).effect == Effect::Task(task))?;
    let aborted = case.names.task(task);
    let sentence = format!(
        "cancelled: {} aborts {aborted} at {}, which ends by that, at {}; who awaits it gets an error",
        case.who(at),
        number(at),
        number(ended),
    );
    Some(case.diagnosis(sentence, &[(at, format!("aborts {aborted}"))]))
}

/// What came to its end before it was done, as the program has it.
struct Loss {
    sentence: String,
    labels: Vec<(usize, String)>,
    is_of_select: bool,
}

/// With what was dropped before, if that was one thing only: whether the hang comes of that is for the reader to say.
pub(super) fn and_what_was_lost(case: &Case, diagnosis: Diagnosis) -> Diagnosis {
    let is_told = ["abort", "drops", "which dropped"].iter().any(|word| diagnosis.sentence.contains(word));
    let loss = only_loss(case).filter(|_| !is_told);
    after(case, diagnosis, loss)
}

fn after(case: &Case, mut diagnosis: Diagnosis, loss: Option<Loss>) -> Diagnosis {
    if let Some(Loss { sentence, labels, .. }) = loss {
        diagnosis.sentence += &format!("; before that {sentence}");
        let more = case.diagnosis(String::new(), &labels);
        diagnosis.steps.extend(more.steps);
        diagnosis.labels.extend(more.labels);
    }
    diagnosis
}

/// What was dropped, if that was one thing only: a task, a set of tasks, a future whose time was up or that a `select!` left.
fn only_loss(case: &Case) -> Option<Loss> {
    let aborts: Vec<usize> = aborts(case).filter(|&at| ended_by(case, at).is_some()).collect();
    let elapsed: Vec<usize> =
        case.steps().filter(|(_, step)| step.function == ELAPSES).map(|(at, _)| at).collect();
    let selected: Vec<(usize, usize)> = selected(case).collect();
    match (&aborts[..], &elapsed[..], &selected[..]) {
        (&[at], [], []) if case.step(at).function != WITH_SET => aborted(case, at),
        (&[at, ..], [], []) if aborts.iter().all(|&other| case.step(other).function == WITH_SET) => {
            dropped_with_set(case, at, &aborts)
        }
        ([], &[at], []) => timed_out(case, at),
        ([], [], &[(select, at)]) => left_by_select(case, select, at),
        _ => None,
    }
}

/// Not those of a panic, which drops what there is.
fn aborts(case: &Case) -> impl DoubleEndedIterator<Item = usize> {
    let panics = |(_, step): &(usize, &Step)| matches!(step.effect, Effect::Panicked(_));
    let end = case.steps().find(panics).map_or(case.witness.steps.len(), |(at, _)| at);
    (0..end).filter(|&at| ABORTS.contains(&case.step(at).function))
}

/// Where the task has ended that is aborted there, if it has ended by that.
fn ended_by(case: &Case, abort: usize) -> Option<usize> {
    let Effect::Task(task) = case.step(abort).effect else { return None };
    let ended = |step: &Step| step.task == task && step.function == "cancelled";
    (abort..case.witness.steps.len()).find(|&at| ended(case.step(at)))
}

fn aborted(case: &Case, at: usize) -> Option<Loss> {
    let ended = ended_by(case, at)?;
    let task = case.step(ended).task;
    let began = began_before(case, ended);
    let when = match began {
        None => " before it has begun".to_string(),
        Some(began) => while_it(case, began..ended, task).map_or(String::new(), |when| format!(" {when}")),
    };
    let aborted = case.names.task(task);
    let sentence =
        format!("{} aborts {aborted} at {}, which ends at {}{when}", case.who(at), number(at), number(ended));
    Some(Loss { sentence, labels: vec![(at, format!("aborts {aborted}"))], is_of_select: false })
}

fn dropped_with_set(case: &Case, at: usize, aborts: &[usize]) -> Option<Loss> {
    let tasks = aborts.iter().filter_map(|&at| ended_by(case, at)).map(|ended| case.step(ended).task);
    let tasks: Vec<usize> = tasks.collect();
    let end = if tasks.len() == 1 { "its end" } else { "their ends" };
    let place = case.step(at).place?;
    let sentence = format!(
        "{} drops at {} the JoinSet that was made at {}, which aborts {} before {end}",
        case.who(at),
        number(at),
        place_of(place),
        case.names.list(tasks),
    );
    Some(Loss { sentence, labels: vec![(at, "drops this set".to_string())], is_of_select: false })
}

/// Only if that lets go of something that others can see.
fn timed_out(case: &Case, at: usize) -> Option<Loss> {
    let Effect::Cancelled(what) = &case.step(at).effect else { return None };
    let task = case.step(at).task;
    let when = while_it(case, at..end_of_drops(case, at + 1), task)?;
    let sentence = format!("`timeout` drops {} at {} {when}", quoted(what), number(at));
    let labels = vec![(at, format!("drops {} here", quoted(what)))];
    Some(Loss { sentence, labels, is_of_select: false })
}

/// A wait that ends in a turn in which a `select!` has begun: where that is, and the wait's end.
fn selected(case: &Case) -> impl Iterator<Item = (usize, usize)> {
    let selects = case.steps().filter(|(_, step)| step.function == "select").map(|(at, _)| at);
    selects.filter_map(|select| {
        let task = case.step(select).task;
        let is_cancel = |&at: &usize| case.step(at).task == task && case.step(at).function == "cancel";
        let cancel = (select..end_of_turn(case, select)).find(is_cancel)?;
        Some((select, cancel))
    })
}

fn left_by_select(case: &Case, select: usize, at: usize) -> Option<Loss> {
    let place = case.step(select).place?;
    let when = while_it(case, at..at + 1, case.step(at).task)?;
    let sentence = format!(
        "{}'s `select!` at {} drops a branch at {} {when}",
        case.who(at),
        place_of(place),
        number(at)
    );
    Some(Loss { sentence, labels: vec![(at, "drops this wait".to_string())], is_of_select: true })
}

/// The task's last step before that in which it awaits something; if it has begun.
fn began_before(case: &Case, ended: usize) -> Option<usize> {
    let task = case.step(ended).task;
    let awaits = |step: &Step| step.task == task && ["await", "yield_now"].contains(&step.function);
    (0..ended).rfind(|&at| awaits(case.step(at)))
}

/// Where the task that does this step gives way next.
fn end_of_turn(case: &Case, at: usize) -> usize {
    let task = case.step(at).task;
    let gives_way = |step: &Step| step.task == task && ["await", "yield_now", "end"].contains(&step.function);
    let end = case.witness.steps.len();
    (at..end).find(|&at| gives_way(case.step(at))).unwrap_or(end)
}

/// Up to where the task that does this step does nothing but drop things.
fn end_of_drops(case: &Case, from: usize) -> usize {
    let task = case.step(from - 1).task;
    let is_drop = |step: &Step| GIVEN_UP.contains(&step.function) || step.function.starts_with(DROP);
    let end = case.witness.steps.len();
    (from..end).find(|&at| case.step(at).task == task && !is_drop(case.step(at))).unwrap_or(end)
}

/// "while it holds `a` and waits for `b`": of what the steps give up that were done as something was dropped.
fn while_it(case: &Case, steps: Range<usize>, task: usize) -> Option<String> {
    let (mut held, mut does) = (Vec::new(), Vec::new());
    for at in steps.clone().filter(|&at| case.step(at).task == task) {
        let Step { function, object: Some(object), .. } = *case.step(at) else { continue };
        match function {
            "unlock" | "release" if was_held(case, steps.start, task, object) => {
                held.push(case.object(object))
            }
            "cancel" => does.extend(waited(case, at)),
            end if end.starts_with(DROP) => {
                let own = || format!("has a {} of {}", end.trim_start_matches(DROP), case.object(object));
                does.push(waited(case, at).unwrap_or_else(own));
            }
            _ => {}
        }
    }
    held.dedup();
    if !held.is_empty() {
        does.insert(0, format!("holds {}", and(&held)));
    }
    (!does.is_empty()).then(|| format!("while it {}", and(&does)))
}

/// Whether the task has the object when it comes to that step.
fn was_held(case: &Case, before: usize, task: usize, object: usize) -> bool {
    let is_its = |step: &Step| step.task == task && step.object == Some(object);
    let of_it = (0..before).filter(|&at| is_its(case.step(at)));
    let count = |functions: &[&str]| {
        { of_it.clone() }.filter(|&at| functions.contains(&case.step(at).function)).count()
    };
    let taken = of_it.clone().filter(|&at| {
        let step = case.step(at);
        let function = step.function.trim_start_matches("try_");
        step.effect == Effect::Done && TAKES.iter().any(|taking| function.starts_with(taking))
    });
    taken.count() > count(&GIVES)
}

/// What a wait that was given up was for.
fn waited(case: &Case, cancel: usize) -> Option<String> {
    let Step { task, object, .. } = *case.step(cancel);
    let is_it = |step: &Step| step.task == task && step.object == object && step.effect == Effect::Waits;
    let wait = (0..cancel).rfind(|&at| is_it(case.step(at)))?;
    let Step { function, place, .. } = *case.step(wait);
    Some(case.waits_for(&Wait { task, function, object, held_by: Vec::new(), place, is_forgotten: false }))
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
