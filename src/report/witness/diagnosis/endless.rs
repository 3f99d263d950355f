//! Executions without end.

use super::super::history::{gives_back, is_atomic_update, last, looks, read, takes, wrote};
use super::super::names::and;
use super::super::path::{is_of_program, shown};
use super::super::phrase::is_exchange;
use super::{Case, Diagnosis, number};
use crate::witness::{Effect, Step};
use std::collections::BTreeSet;

/// How such an outcome's text begins.
pub(super) const BEGINNING: &str = "livelock: ";
/// How the name of a task of an event loop begins.
const LOOP_TASK: &str = "task ";
/// More different steps than this are no loop that a sentence can tell.
const LOOP_MAX: usize = 24;
/// More objects are not named.
const OBJECTS_MAX: usize = 3;

pub(super) fn livelock(case: &Case) -> Option<Diagnosis> {
    polling(case).or_else(|| repeating(case))
}

/// The engine has seen that the tasks that are left go round in loops that nothing ends.
fn polling(case: &Case) -> Option<Diagnosis> {
    let left: Vec<usize> = (0..case.witness.tasks.len()).filter(|&task| !is_over(case, task)).collect();
    let (spinning, others): (Vec<usize>, Vec<usize>) =
        left.iter().copied().partition(|&task| spins(case, task));
    // Those that a task keeps from their turns do nothing.
    let keeps = match &spinning[..] {
        &[alone] => {
            !others.is_empty() && [alone].iter().chain(&others).all(|&task| is_of_mains_loop(case, task))
        }
        _ => false,
    };
    let going = if keeps { spinning } else { left };
    let rounds: Vec<Vec<usize>> = going.iter().map(|&task| round(case, task)).collect::<Option<_>>()?;
    let first = *rounds.first()?.iter().find(|&&at| says_something(case, at))?;
    let mut file = None;
    let parts: Vec<String> = rounds.iter().map(|round| goes_round(case, round, &mut file)).collect();
    let why = if keeps {
        "without an await, so that no other task of its thread has a turn"
    } else {
        "and nobody is left to change that"
    };
    let comma = if keeps { "" } else { "," };
    let sentence = format!("livelock: {}{comma} {why}", parts.join(", "));
    let label = |&at: &usize| (at, format!("{} again and again", found(case, at, "")));
    let told = rounds.iter().flatten().filter(|&&at| says_something(case, at));
    let labels: Vec<_> = told.map(label).collect();
    Some(case.diagnosis(sentence, &labels).with_note(first, "for ever".to_string()))
}

/// Whether the task goes round in a loop in which nothing is awaited.
fn spins(case: &Case, task: usize) -> bool {
    let Some(round) = round(case, task) else { return false };
    let is_its = |step: &Step| step.task == task && step.object.is_some();
    let own = case.steps().filter(|(_, step)| is_its(step)).map(|(at, _)| at);
    let before = own.rev().nth(2 * round.len() - 1).unwrap_or(0);
    let awaits = |step: &Step| step.task == task && ["await", "yield_now"].contains(&step.function);
    !case.witness.steps[before..].iter().any(awaits)
}

/// Whether it is a task of an event loop that main runs, as far as the names tell: there is no thread but main.
fn is_of_mains_loop(case: &Case, task: usize) -> bool {
    let is_main_or_of_loop = |task: usize| task == 0 || case.witness.tasks[task].name.starts_with(LOOP_TASK);
    is_main_or_of_loop(task) && (1..case.witness.tasks.len()).all(is_main_or_of_loop)
}

/// The last round of the loop that a task is in: its last steps, as often as they were the same before.
fn round(case: &Case, task: usize) -> Option<Vec<usize>> {
    let is_its = |step: &Step| step.task == task && step.object.is_some();
    let own: Vec<usize> = case.steps().filter(|(_, step)| is_its(step)).map(|(at, _)| at).collect();
    let is_same = |one: &usize, other: &usize| {
        let (one, other) = (case.step(*one), case.step(*other));
        let what = |step: &Step| (step.function, step.object, step.place);
        what(one) == what(other) && one.effect == other.effect
    };
    (1..=LOOP_MAX.min(own.len() / 2)).find_map(|period| {
        let (before, round) = own[own.len() - 2 * period..].split_at(period);
        let is_round = before.iter().zip(round).all(|(one, other)| is_same(one, other));
        is_round.then(|| round.to_vec())
    })
}

/// "main reads false of `ready` at src/x.rs:12 again and again". The file is named where it is another one.
fn goes_round(case: &Case, round: &[usize], file: &mut Option<&'static str>) -> String {
    let mut told: Vec<usize> = round.iter().copied().filter(|&at| says_something(case, at)).collect();
    let more = if told.len() > OBJECTS_MAX { " and so on" } else { "" };
    told.truncate(OBJECTS_MAX);
    let mut part = |&at: &usize| {
        let object = case.step(at).object.map_or(String::new(), |object| case.object(object));
        format!("{}{}", found(case, at, &object), line(case, at, file))
    };
    let parts: Vec<String> = told.iter().map(&mut part).collect();
    let left = if let [at] = told[..] { left_so(case, at) } else { String::new() };
    format!("{} {}{more} again and again{left}", case.who(round[0]), and(&parts))
}

/// " at src/x.rs:12", where a step was done.
fn line(case: &Case, at: usize, file: &mut Option<&'static str>) -> String {
    let Some(place) = case.step(at).place.filter(|place| is_of_program(place.file)) else {
        return String::new();
    };
    let name = if file.replace(place.file) == Some(place.file) { String::new() } else { shown(place.file) };
    format!(" at {name}:{}", place.line)
}

/// Whose doing it is that the loop finds what it finds.
fn left_so(case: &Case, at: usize) -> String {
    let task = case.step(at).task;
    let by = |leaves: fn(&Step) -> bool| {
        let object = case.step(at).object;
        last(case.witness, at, |step| step.object == object && leaves(step) && step.task != task)
    };
    if case.step(at).effect == Effect::WouldBlock {
        return by(takes).map_or(String::new(), |taken| {
            format!(", since {} took it at {}", case.who(taken), number(taken))
        });
    }
    if !looks(case.step(at)) {
        return String::new();
    }
    let changes = |step: &Step| wrote(step).is_some_and(|(old, new)| old != new);
    by(changes)
        .map_or(String::new(), |wrote| format!(", as {} left it at {}", case.who(wrote), number(wrote)))
}

/// Whether a step of a loop says what the loop waits for.
fn says_something(case: &Case, at: usize) -> bool {
    case.step(at).object.is_some() && !gives_back(case.step(at))
}

/// "reads false of `ready`"; without the object, "reads false".
fn found(case: &Case, at: usize, object: &str) -> String {
    let step = case.step(at);
    let with = |word: &str| if object.is_empty() { String::new() } else { format!(" {word} {object}") };
    match &step.effect {
        Effect::Read(value) if is_exchange(step) => format!("finds {value}{}", with("in")),
        Effect::Read(value) => format!("reads {value}{}", with("of")),
        Effect::Wrote { before, after } if is_atomic_update(step) && before == after => {
            format!("finds {before}{}", with("in"))
        }
        Effect::Wrote { after, .. } => format!("writes {after}{}", with("to")),
        Effect::WouldBlock => format!("does {}{} in vain", step.function, with("of")),
        _ => format!("does {}{}", step.function, with("of")),
    }
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
