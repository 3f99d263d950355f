//! Things that happen in the wrong order.

use super::super::history::{first, gives_back, is_panic, read, wrote};
use super::{Case, Diagnosis, number};

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
