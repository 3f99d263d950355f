//! Executions in which no task can go on: deadlock cycles, lost wakeups, waits for what nobody will do.

use super::super::history::{first, gives_back, held_since, last, takes};
use super::super::names::and;
use super::{Case, Diagnosis, number};
use crate::witness::{Effect, ObjectKind, Wait};

pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let waits = || case.witness.waits.iter();
    cycle(case)
        .or_else(|| waits().find_map(|wait| lost_wakeup(case, wait)))
        .or_else(|| waits().find_map(|wait| woke_another(case, wait)))
        .or_else(|| waits().find_map(|wait| waits_with_lock(case, wait)))
        .or_else(|| waits().find_map(|wait| never_given_back(case, wait)))
        .or_else(|| waits().find_map(|wait| nobody_notifies(case, wait)))
        .or_else(|| waits().find_map(|wait| no_message(case, wait)))
        .or_else(|| waits().find_map(|wait| never_unparked(case, wait)))
}

impl Case<'_> {
    fn kind(&self, wait: &Wait) -> Option<ObjectKind> {
        wait.object.map(|object| self.witness.objects[object].kind)
    }

    fn is_for_lock(&self, wait: &Wait) -> bool {
        matches!(self.kind(wait), Some(ObjectKind::Mutex | ObjectKind::RwLock))
    }

    fn wait_of(&self, task: usize) -> Option<&Wait> {
        self.witness.waits.iter().find(|wait| wait.task == task)
    }

    fn waiter(&self, wait: &Wait) -> &str {
        self.names.task(wait.task)
    }

    /// "waits for `b`", "waits for T1 to end".
    fn waits_for(&self, wait: &Wait) -> String {
        let object = wait.object.map_or(String::new(), |object| self.object(object));
        match self.kind(wait) {
            None if wait.held_by.is_empty() => format!("waits to {}", wait.function),
            None => format!("waits for {} to end", self.names.list(wait.held_by.iter().copied())),
            Some(ObjectKind::Condvar) => format!("waits to be notified of {object}"),
            Some(ObjectKind::Channel) if wait.function.starts_with("send") => {
                format!("waits for room in {object}")
            }
            Some(ObjectKind::Channel) => format!("waits for a message of {object}"),
            Some(ObjectKind::Parker) => "waits to be unparked".to_string(),
            Some(_) => format!("waits for {object}"),
        }
    }

    /// A diagnosis with a label where each of `waits` stands, after the labels of `steps`.
    fn hang(&self, sentence: String, steps: &[(usize, String)], waits: &[&Wait]) -> Diagnosis {
        let mut diagnosis = self.diagnosis(sentence, steps);
        let label =
            |wait: &&Wait| Some((wait.place?, format!("{} {}", self.waiter(wait), self.waits_for(wait))));
        diagnosis.labels.extend(waits.iter().filter_map(label));
        diagnosis
    }
}

/// Tasks that wait for each other in a circle, or one for itself.
fn cycle(case: &Case) -> Option<Diagnosis> {
    let shortest =
        case.witness.waits.iter().filter_map(|wait| circle_from(case, wait)).min_by_key(Vec::len)?;
    let labels: Vec<(usize, String)> = shortest
        .iter()
        .filter_map(|wait| {
            let holder = next_in(wait, &shortest)?;
            let since = held_since(case.witness, holder.task, wait.object?)?;
            Some((since, format!("takes {}", case.object(wait.object?))))
        })
        .collect();
    if let [alone] = shortest[..] {
        let since = labels.first().map_or(String::new(), |(at, _)| format!(" since {}", number(*at)));
        let own = if alone.object.is_some() {
            format!("which it holds itself{since}")
        } else {
            "which is itself".into()
        };
        let sentence = format!("deadlock: {} {}, {own}", case.waiter(alone), case.waits_for(alone));
        return Some(case.hang(sentence, &labels, &shortest));
    }
    let part = |at: usize| {
        let wait = shortest[at];
        let before = shortest[(at + shortest.len() - 1) % shortest.len()];
        let holds =
            before.object.map_or(String::new(), |object| format!("holds {} and ", case.object(object)));
        format!("{} {holds}{}", case.waiter(wait), case.waits_for(wait))
    };
    let parts: Vec<String> = (0..shortest.len()).map(part).collect();
    let sentence = if let [one, other] = &parts[..] {
        format!("deadlock: {one}, {other}")
    } else {
        format!("deadlock: {}", and(&parts))
    };
    Some(case.hang(sentence, &labels, &shortest))
}

/// The waits from `start` back to it, each for a lock or an end that the next one's task has.
fn circle_from<'a>(case: &'a Case, start: &'a Wait) -> Option<Vec<&'a Wait>> {
    let mut paths: Vec<Vec<&Wait>> = vec![vec![start]];
    for _ in 0..case.witness.waits.len() {
        let mut longer = Vec::new();
        for path in paths {
            let wait = *path.last().expect("never empty");
            if wait.object.is_some() && !case.is_for_lock(wait) {
                continue;
            }
            if wait.held_by.contains(&start.task) {
                return Some(path);
            }
            let next = wait.held_by.iter().filter_map(|&task| case.wait_of(task));
            let fresh = next.filter(|next| path.iter().all(|on_path| on_path.task != next.task));
            longer.extend(fresh.map(|next| [&path[..], &[next]].concat()));
        }
        paths = longer;
    }
    None
}

/// The wait in a circle whose task has what `wait` is for.
fn next_in<'a>(wait: &Wait, circle: &[&'a Wait]) -> Option<&'a Wait> {
    circle.iter().copied().find(|other| wait.held_by.contains(&other.task))
}

/// When a task began the wait on a condition that it is still in.
fn began(case: &Case, wait: &Wait) -> Option<usize> {
    let is_condition = case.kind(wait) == Some(ObjectKind::Condvar);
    let end = case.witness.steps.len();
    last(case.witness, end, |step| {
        is_condition && step.task == wait.task && step.object == wait.object && step.effect == Effect::Waits
    })
}

/// A notification came when nobody waited, after the waiter had looked for the last time; or the waiter
/// did not look at all, and nobody else took what was announced.
fn lost_wakeup(case: &Case, wait: &Wait) -> Option<Diagnosis> {
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

/// The last notification went to a task that only waited again.
fn woke_another(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let waited = began(case, wait)?;
    let end = case.witness.steps.len();
    let notified =
        last(case.witness, end, |step| step.object == wait.object && matches!(step.effect, Effect::Woke(_)))?;
    let Effect::Woke(woken) = &case.step(notified).effect else { return None };
    let &[other] = &woken[..] else { return None };
    let again = case.wait_of(other).filter(|again| again.object == wait.object)?;
    let waits_again = began(case, again).filter(|&again| again > notified)?;
    if waited > notified {
        return None;
    }
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

/// A task that waits for somebody's help has a lock that others need.
fn waits_with_lock(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let object = wait.object.filter(|_| case.is_for_lock(wait))?;
    let holder = wait.held_by.iter().find_map(|&task| case.wait_of(task))?;
    if holder.object.is_none() || case.is_for_lock(holder) {
        return None;
    }
    let sentence = format!(
        "deadlock: {} holds {} while it {}, {} waits for {}",
        case.waiter(holder),
        case.object(object),
        case.waits_for(holder),
        case.waiter(wait),
        case.object(object),
    );
    let since = held_since(case.witness, holder.task, object);
    let steps: Vec<_> = since.map(|at| (at, format!("takes {}", case.object(object)))).into_iter().collect();
    Some(case.hang(sentence, &steps, &[holder, wait]))
}

/// The task that has the lock has ended.
fn never_given_back(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let object = wait.object.filter(|_| case.is_for_lock(wait))?;
    let holder = *wait.held_by.iter().find(|&&task| case.wait_of(task).is_none())?;
    let since = held_since(case.witness, holder, object)?;
    let given_back = first(case.witness, since, |step| {
        step.task == holder && step.object == Some(object) && gives_back(step)
    });
    if given_back.is_some() {
        return None;
    }
    let sentence = format!(
        "deadlock: {} waits for {}, which {} took at {} and never gave back",
        case.waiter(wait),
        case.object(object),
        case.names.task(holder),
        number(since),
    );
    Some(case.hang(sentence, &[(since, "takes it for ever".to_string())], &[wait]))
}

/// A task waits on a condition, and nobody notifies it after that.
fn nobody_notifies(case: &Case, wait: &Wait) -> Option<Diagnosis> {
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

/// A task waits for a message or for room; whoever could give it waits too, or has ended.
fn no_message(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    if case.kind(wait) != Some(ObjectKind::Channel) {
        return None;
    }
    let does = if wait.function.starts_with("send") { "receive one" } else { "send one" };
    let sentence = format!(
        "deadlock: {} {}, and whoever could {does} waits too or has ended",
        case.waiter(wait),
        case.waits_for(wait),
    );
    Some(case.hang(sentence, &[], &[wait]))
}

/// A task is parked, and nobody unparks it.
fn never_unparked(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let is_parked = case.kind(wait) == Some(ObjectKind::Parker) || wait.function.starts_with("park");
    let sentence = format!("deadlock: {} is parked, and nobody is left to unpark it", case.waiter(wait));
    is_parked.then(|| case.hang(sentence, &[], &[wait]))
}
