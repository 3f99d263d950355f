//! Executions without end.

use super::super::history::read;
use super::super::names::and;
use super::{Case, Diagnosis};
use crate::witness::Step;
use std::collections::BTreeSet;

/// More different steps than this are no loop that a sentence can tell.
const LOOP_MAX: usize = 24;
/// More objects are not named.
const OBJECTS_MAX: usize = 3;

/// The last quarter of the steps is nothing but what the quarter before it was.
pub(super) fn livelock(case: &Case) -> Option<Diagnosis> {
    let steps = &case.witness.steps;
    let quarter = steps.len() / 4;
    let (before, tail) = steps[steps.len() - 2 * quarter..].split_at(quarter);
    let what = kinds_of_steps(tail);
    if quarter == 0 || what.len() * 2 > quarter || what.len() > LOOP_MAX || what != kinds_of_steps(before) {
        return None;
    }
    let tasks: BTreeSet<usize> = tail.iter().map(|step| step.task).collect();
    let objects: BTreeSet<usize> = tail.iter().filter_map(|step| step.object).collect();
    let values: BTreeSet<Option<&str>> = tail.iter().filter(|step| step.object.is_some()).map(read).collect();
    let at = steps.len() - quarter;
    let who = case.names.list(tasks.iter().copied());
    let verb = |one: &'static str, more: &'static str| if tasks.len() == 1 { one } else { more };
    let (object, value) = (objects.first(), values.first());
    let sentence = match (object, value) {
        (Some(&object), Some(Some(value))) if objects.len() == 1 && values.len() == 1 => format!(
            "livelock: {who} {} {value} of {} again and again, and nobody changes it",
            verb("reads", "read"),
            case.object(object),
        ),
        _ if objects.len() <= OBJECTS_MAX && !objects.is_empty() => {
            let names: Vec<String> = objects.iter().map(|&object| case.object(object)).collect();
            format!(
                "livelock: {who} {} the same steps on {} again and again",
                verb("does", "do"),
                and(&names)
            )
        }
        _ => format!("livelock: {who} {} the same steps again and again", verb("does", "do")),
    };
    let first_on_object = (at..steps.len()).find(|&at| case.step(at).object.is_some());
    let labels = first_on_object.and_then(|at| Some((case.step(at).place?, "again and again".to_string())));
    Some(Diagnosis { sentence, steps: vec![], labels: labels.into_iter().collect(), note: None })
}

/// Who did what with what result, each once.
fn kinds_of_steps(steps: &[Step]) -> BTreeSet<(usize, &str, Option<usize>, String)> {
    steps.iter().map(|step| (step.task, step.function, step.object, format!("{:?}", step.effect))).collect()
}
