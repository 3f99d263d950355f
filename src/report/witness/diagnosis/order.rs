//! Things that happen in the wrong order, or in none: order violations and data races.

use super::super::history::{first, gives_back, is_ordered, is_panic, read, wrote};
use super::{Case, Diagnosis, number};
use crate::witness::ObjectKind;

/// A task reads an object that nobody has written yet, and panics at once; somebody writes it later.
pub(super) fn used_before_set(case: &Case) -> Option<Diagnosis> {
    let panic = first(case.witness, 0, is_panic)?;
    let task = case.step(panic).task;
    let used = (0..panic).rfind(|&at| case.step(at).task == task && !gives_back(case.step(at)))?;
    let object = case.step(used).object?;
    let value = read(case.step(used))?;
    let sets = |at: usize| case.step(at).object == Some(object) && wrote(case.step(at)).is_some();
    let set = (0..case.witness.steps.len()).find(|&at| sets(at)).filter(|&set| set > used)?;
    let (_, new) = wrote(case.step(set))?;
    if case.step(set).task == task {
        return None;
    }
    let sentence = format!(
        "order violation: {} reads {value} of {} at {}, before {} sets it at {}",
        case.who(used),
        case.object(object),
        number(used),
        case.who(set),
        number(set),
    );
    let labels = [(used, format!("reads {value}")), (set, format!("sets it to {new}"))];
    Some(case.diagnosis(sentence, &labels).with_note(set, format!("read at {}", number(used))))
}

/// The last access of a cell, and the one that it races with.
pub(super) fn data_race(case: &Case) -> Option<Diagnosis> {
    let cells = |at: usize| {
        let object = case.step(at).object?;
        (case.witness.objects[object].kind == ObjectKind::Cell).then_some(object)
    };
    let end = case.witness.steps.len();
    let last = (0..end).rfind(|&at| cells(at).is_some())?;
    let object = cells(last)?;
    let is_write = |at: usize| {
        let reads = ["read", "get", "with"].contains(&case.step(at).function);
        wrote(case.step(at)).is_some() || !(reads || read(case.step(at)).is_some())
    };
    let mut conflicting = (0..last).rev().filter(|&at| {
        let other = case.step(at).task != case.step(last).task;
        other && cells(at) == Some(object) && (is_write(at) || is_write(last))
    });
    let racing = conflicting.find(|&at| !is_ordered(case.witness, at, last))?;
    let does = |at: usize| if is_write(at) { "writes" } else { "reads" };
    let sentence = format!(
        "data race: {} {} {} at {} and {} {} it at {}, and nothing makes one wait for the other",
        case.who(racing),
        does(racing),
        case.object(object),
        number(racing),
        case.who(last),
        does(last),
        number(last),
    );
    let labels = [(racing, format!("{} it", does(racing))), (last, format!("{} it", does(last)))];
    Some(case.diagnosis(sentence, &labels).with_note(last, format!("races with {}", number(racing))))
}
