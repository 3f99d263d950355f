//! Executions in which no task can go on: deadlock cycles, and waits for what nobody will do.

use super::super::history::{first, gives_back, held_since};
use super::super::names::and;
use super::{Case, Diagnosis, asleep, cancelled, kept_out, number, update, wakeup};
use crate::witness::{ObjectKind, Wait};

pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    hung(case).map(|diagnosis| cancelled::and_what_was_lost(case, diagnosis))
}

fn hung(case: &Case) -> Option<Diagnosis> {
    let waits = || case.witness.waits.iter();
    waits()
        .find_map(|wait| kept_out::kept_out(case, wait))
        .or_else(|| cycle(case))
        .or_else(|| waits().find_map(|wait| wakeup::lost_wakeup(case, wait)))
        .or_else(|| waits().find_map(|wait| wakeup::woke_another(case, wait)))
        .or_else(|| waits().find_map(|wait| wakeup::woke_only_another(case, wait)))
        .or_else(|| waits().find_map(|wait| waits_with_lock(case, wait)))
        .or_else(|| waits().find_map(|wait| never_given_back(case, wait)))
        .or_else(|| waits().find_map(|wait| stops_its_loop(case, wait)))
        .or_else(|| waits().find_map(|wait| asleep::looked_too_early(case, wait)))
        .or_else(|| let_in_between(case))
        .or_else(|| waits().find_map(|wait| wakeup::nobody_notifies(case, wait)))
        .or_else(|| waits().find_map(|wait| asleep::nobody_wakes(case, wait)))
        .or_else(|| waits().find_map(|wait| left_sender(case, wait)))
        .or_else(|| no_message(case))
        .or_else(|| cancelled::dropped(case))
}

impl Case<'_> {
    pub(super) fn kind(&self, wait: &Wait) -> Option<ObjectKind> {
        wait.object.map(|object| self.witness.objects[object].kind)
    }

    fn is_for_lock(&self, wait: &Wait) -> bool {
        let is_lock = matches!(
            self.kind(wait),
            Some(ObjectKind::Mutex | ObjectKind::RwLock | ObjectKind::Callee("mutex" | "rwlock"))
        );
        // What is sent of a watch channel is under a lock.
        let is_watch = self.kind(wait) == Some(ObjectKind::Callee("watch"));
        let is_lock = is_lock || is_watch && ["read", "write"].contains(&wait.function);
        // Who is at the attempt has what others wait for.
        is_lock || self.kind(wait) == Some(ObjectKind::Once) && wait.function == "call_once"
    }

    /// Whether it waits for a message.
    fn receives(&self, wait: &Wait) -> bool {
        let is_channel = matches!(
            self.kind(wait),
            Some(ObjectKind::Channel | ObjectKind::Callee("channel" | "oneshot" | "broadcast"))
        );
        is_channel && wait.function.starts_with("recv")
    }

    /// Whether it waits for a message, or for room for one.
    pub(super) fn is_for_channel(&self, wait: &Wait) -> bool {
        let has_room = matches!(self.kind(wait), Some(ObjectKind::Channel | ObjectKind::Callee("channel")));
        self.receives(wait) || has_room && wait.function != "closed"
    }

    pub(super) fn wait_of(&self, task: usize) -> Option<&Wait> {
        self.witness.waits.iter().find(|wait| wait.task == task)
    }

    /// The wait of the task whose end is waited for.
    fn joined(&self, wait: &Wait) -> Option<&Wait> {
        let &[joined] = &wait.held_by[..] else { return None };
        self.wait_of(joined).filter(|_| wait.object.is_none())
    }

    fn has_ended(&self, task: usize) -> bool {
        let is_end = |function: &str| ["end", "cancelled"].contains(&function);
        self.steps().any(|(_, step)| step.task == task && is_end(step.function))
    }

    pub(super) fn waiter(&self, wait: &Wait) -> &str {
        self.names.task(wait.task)
    }

    /// "waits for `b`", "waits for T1 to end".
    pub(super) fn waits_for(&self, wait: &Wait) -> String {
        let object = wait.object.map_or(String::new(), |object| self.object(object));
        match self.kind(wait) {
            None if wait.function == "turn after" => {
                format!("waits for its turn after {}", self.names.list(wait.held_by.iter().copied()))
            }
            None if wait.held_by.is_empty() && wait.function == "await" => "waits to be woken".to_string(),
            None if wait.held_by.is_empty() => format!("waits to {}", wait.function),
            None => format!("waits for {} to end", self.names.list(wait.held_by.iter().copied())),
            Some(ObjectKind::Condvar) if wait.object.is_some_and(|object| self.names.is_barrier(object)) => {
                format!("waits at {object}")
            }
            Some(ObjectKind::Condvar) => format!("waits to be notified of {object}"),
            Some(ObjectKind::Channel) if wait.function == "rendezvous" => {
                format!("waits for its message of {object} to be taken")
            }
            Some(ObjectKind::Channel | ObjectKind::Callee("channel"))
                if ["send", "rese"].iter().any(|verb| wait.function.starts_with(verb)) =>
            {
                format!("waits for room in {object}")
            }
            Some(ObjectKind::Channel) => format!("waits for a message of {object}"),
            Some(ObjectKind::Callee(_)) if self.receives(wait) => format!("waits for a message of {object}"),
            Some(ObjectKind::Parker) => "waits to be unparked".to_string(),
            Some(ObjectKind::Callee("barrier")) => format!("waits at {object}"),
            Some(ObjectKind::Callee(_)) if self.is_for_lock(wait) => format!("waits for {object}"),
            Some(ObjectKind::Callee("watch")) if wait.function == "changed" => {
                format!("waits for a change of {object}")
            }
            Some(ObjectKind::Callee(_)) => format!("waits in {} of {object}", wait.function),
            Some(_) => format!("waits for {object}"),
        }
    }

    /// A diagnosis with a label where each of `waits` stands, after the labels of `steps`.
    pub(super) fn hang(&self, sentence: String, steps: &[(usize, String)], waits: &[&Wait]) -> Diagnosis {
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
    let mut labels: Vec<(usize, String)> = shortest
        .iter()
        .filter_map(|wait| {
            let holder = next_in(wait, &shortest)?;
            let since = held_since(case.witness, holder.task, wait.object?)?;
            Some((since, format!("takes {}", case.object(wait.object?))))
        })
        .collect();
    labels.sort();
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
    let sentence = match &parts[..] {
        [one, other] => format!("deadlock: {one}, {other}"),
        [_, _, _] => format!("deadlock: {}", and(&parts)),
        [one, .., last] => format!(
            "deadlock: {} wait for each other in a circle: {one}, and so on: {last}",
            case.names.list(shortest.iter().map(|wait| wait.task)),
        ),
        _ => return None,
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

/// A task that waits for somebody's help has a lock that others need.
fn waits_with_lock(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let object = wait.object.filter(|_| case.is_for_lock(wait))?;
    let holder = wait.held_by.iter().find_map(|&task| case.wait_of(task))?;
    if case.is_for_lock(holder) {
        return None;
    }
    // Whose end is waited for may be what waits for help.
    let joined = case.joined(holder);
    if joined.is_some_and(|joined| joined.object.is_none() || case.is_for_lock(joined)) {
        return None;
    }
    let helped = joined
        .map_or(String::new(), |joined| format!(", {} {}", case.waiter(joined), case.waits_for(joined)));
    let sentence = format!(
        "deadlock: {} holds {} while it {}{helped}, {} waits for {}",
        case.waiter(holder),
        case.object(object),
        case.waits_for(holder),
        case.waiter(wait),
        case.object(object),
    );
    let since = held_since(case.witness, holder.task, object);
    let steps: Vec<_> = since.map(|at| (at, format!("takes {}", case.object(object)))).into_iter().collect();
    let waits: Vec<&Wait> = [Some(holder), joined, Some(wait)].into_iter().flatten().collect();
    Some(case.hang(sentence, &steps, &waits))
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

/// An async task waits as threads do, and others of its thread that could go on have no turn.
fn stops_its_loop(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    if matches!(case.kind(wait), None | Some(ObjectKind::Callee(_))) {
        return None;
    }
    let kept = |other: &&Wait| other.function == "turn after" && other.held_by.contains(&wait.task);
    let kept: Vec<usize> = case.witness.waits.iter().filter(kept).map(|other| other.task).collect();
    let has = match kept.len() {
        0 => return None,
        1 => "has its turn",
        _ => "have their turns",
    };
    let sentence = format!(
        "deadlock: {} {} in {}, which stops its thread, so that {} never {has}: await instead, or wait within \
         spawn_blocking",
        case.waiter(wait),
        case.waits_for(wait),
        wait.function,
        case.names.list(kept),
    );
    Some(case.hang(sentence, &[], &[wait]))
}

/// A task gave a lock back before it went to wait, and somebody was let in between.
fn let_in_between(case: &Case) -> Option<Diagnosis> {
    let torn = update::torn_section(case)?;
    let wait = case.wait_of(case.step(*torn.steps.first()?).task)?;
    let sentence = format!("{}; then {} {} for ever", torn.sentence, case.waiter(wait), case.waits_for(wait));
    let label = wait.place.map(|place| (place, format!("{} {}", case.waiter(wait), case.waits_for(wait))));
    let labels = torn.labels.into_iter().chain(label).collect();
    Some(Diagnosis { sentence, labels, ..torn })
}

/// A task waits for a message though nobody else is left: had all senders been dropped, it would not wait.
fn left_sender(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    // Of a channel that is closed, who receives waits for no sender's end.
    let is_closed = case.steps().any(|(_, step)| step.object == wait.object && step.function == "close");
    let is_receiver = case.receives(wait) && !is_closed;
    let mut others = (0..case.witness.tasks.len()).filter(|&task| task != wait.task);
    if !is_receiver || !others.all(|task| case.has_ended(task)) {
        return None;
    }
    let sender = match case.kind(wait) {
        Some(ObjectKind::Callee("oneshot")) => "its sender was neither used nor dropped",
        _ => "some sender was never dropped",
    };
    let sentence = format!(
        "deadlock: {} {} when everybody else has ended; {sender}, else {} would return",
        case.waiter(wait),
        case.waits_for(wait),
        wait.function,
    );
    Some(case.hang(sentence, &[], &[wait]))
}

/// Tasks wait for messages or for room; whoever could give it waits too, or has ended.
fn no_message(case: &Case) -> Option<Diagnosis> {
    let waits: Vec<&Wait> = case.witness.waits.iter().filter(|wait| case.is_for_channel(wait)).collect();
    let does = match waits.iter().filter(|wait| case.receives(wait)).count() {
        _ if waits.is_empty() => return None,
        0 => "take one",
        count if count == waits.len() => "send one",
        _ => "help",
    };
    let parts: Vec<String> =
        waits.iter().map(|wait| format!("{} {}", case.waiter(wait), case.waits_for(wait))).collect();
    let sentence = format!("deadlock: {}, and whoever could {does} waits too or has ended", parts.join(", "));
    Some(case.hang(sentence, &[], &waits))
}
