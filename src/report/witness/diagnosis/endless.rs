//! Executions without end.

use super::super::history::{last, read};
use super::super::names::and;
use super::{Case, Diagnosis};
use crate::witness::Step;
use std::collections::BTreeSet;

/// How such an outcome's text begins.
pub(super) const BEGINNING: &str = "livelock: ";
/// More different steps than this are no loop that a sentence can tell.
const LOOP_MAX: usize = 24;
/// More objects are not named.
const OBJECTS_MAX: usize = 3;

pub(super) fn livelock(case: &Case) -> Option<Diagnosis> {
    polling(case).or_else(|| repeating(case))
}

/// The engine has seen that the tasks that are left go round in loops that only read.
fn polling(case: &Case) -> Option<Diagnosis> {
    let polls = |task: usize| {
        let end = case.witness.steps.len();
        let at = last(case.witness, end, |step| step.task == task && step.object.is_some())?;
        let (value, object) = (read(case.step(at))?, case.step(at).object?);
        // Who has looked only once may be one that is not let go on.
        let before = last(case.witness, at, |step| step.task == task && step.object == Some(object))?;
        if case.step(before).effect != case.step(at).effect {
            return None;
        }
        Some((at, format!("{} reads {value} of {} in a loop", case.who(at), case.object(object))))
    };
    let tasks = (0..case.witness.tasks.len()).filter(|&task| !is_over(case, task));
    let polling: Vec<(usize, String)> = tasks.map(polls).collect::<Option<_>>()?;
    let first = polling.first()?.0;
    let texts: Vec<&str> = polling.iter().map(|(_, text)| &**text).collect();
    let sentence = format!("livelock: {}, and nobody is left to change that", texts.join(", "));
    let labels: Vec<_> =
        polling.iter().map(|(at, _)| (*at, "reads this again and again".to_string())).collect();
    Some(case.diagnosis(sentence, &labels).with_note(first, "for ever".to_string()))
}

/// Whether a task has ended or cannot go on.
fn is_over(case: &Case, task: usize) -> bool {
    let waits = case.witness.waits.iter().any(|wait| wait.task == task);
    waits || case.steps().any(|(_, step)| step.task == task && step.function == "end")
}

/// The last quarter of the steps is nothing but what the quarter before it was.
fn repeating(case: &Case) -> Option<Diagnosis> {
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
    let kept_out: Vec<usize> = (0..case.witness.tasks.len())
        .filter(|&task| !tasks.contains(&task) && !is_over(case, task))
        .collect();
    let yields = tail.iter().any(|step| step.function.starts_with("yield"));
    if yields && !kept_out.is_empty() {
        return None;
    }
    let (object, value) = (objects.first(), values.first());
    let sentence = match (object, value) {
        (Some(&object), Some(Some(value)))
            if objects.len() == 1 && values.len() == 1 && !kept_out.is_empty() =>
        {
            format!(
                "livelock: {who} {} {value} of {} again and again and never {} {} go on, which may change it: \
                 call thread::yield_now in the loop",
                verb("reads", "read"),
                case.object(object),
                verb("lets", "let"),
                case.names.list(kept_out),
            )
        }
        _ if !kept_out.is_empty() => format!(
            "livelock: {who} {} the same steps again and again and never {} {} go on: \
             call thread::yield_now in the loop",
            verb("does", "do"),
            verb("lets", "let"),
            case.names.list(kept_out),
        ),
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
