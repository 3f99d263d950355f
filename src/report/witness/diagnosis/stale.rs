//! A memory model weaker than sequential consistency is needed for what happened: somebody reads an old value, or a store
//! goes before one that was there already. No other story is told of such an execution, since what was read is not
//! what was last written.

use super::super::history::{read, wrote};
use super::{Case, Diagnosis, number};

/// The last step that overlooks a store.
pub(super) fn old_value(case: &Case) -> Option<Diagnosis> {
    let (at, overlooked) = case.steps().rev().find_map(|(at, step)| Some((at, step.overlooks?)))?;
    let object = case.object(case.step(at).object?);
    let (_, newer) = wrote(case.step(overlooked))?;
    let (who, other) = (case.who(at), case.who(overlooked));
    let (here, there) = (number(at), number(overlooked));
    let newer_label = (overlooked, format!("stores {newer}"));
    if let Some(value) = read(case.step(at)) {
        let sentence = format!(
            "old value: {who} reads {value} of {object} at {here}, though {other} has stored {newer} at {there}: \
             nothing orders that before"
        );
        let labels = [newer_label, (at, format!("reads {value}, an old value"))];
        return Some(case.diagnosis(sentence, &labels));
    }
    let (_, value) = wrote(case.step(at))?;
    let sentence = format!(
        "store order: what {who} stores to {object} at {here}, {value}, goes before the {newer} that {other} has stored \
         at {there}: nothing orders that before"
    );
    Some(case.diagnosis(sentence, &[newer_label, (at, format!("stores {value}, which goes before"))]))
}
