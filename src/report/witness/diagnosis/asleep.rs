//! Tasks that sleep until somebody wakes them by name, and nobody does: parked threads, and async tasks whose wakers
//! are not used.

use super::super::history::{first, held_since, last, looks, read, wrote};
use super::{Case, Diagnosis, cancelled, number};
use crate::witness::{Effect, ObjectKind, Wait};

/// How a task is woken, and what it is called when it sleeps.
struct Sleep {
    /// The function that wakes it.
    wake: &'static str,
    /// The function by which it sleeps.
    sleep: &'static str,
    state: &'static str,
}

const PARKED: Sleep = Sleep { wake: "unpark", sleep: "park", state: "is parked" };
const PENDING: Sleep = Sleep { wake: "wake", sleep: "await", state: "is pending" };

fn sleep(case: &Case, wait: &Wait) -> Option<Sleep> {
    if case.kind(wait) == Some(ObjectKind::Parker) || wait.function.starts_with("park") {
        return Some(PARKED);
    }
    let is_callee = matches!(case.kind(wait), Some(ObjectKind::Callee(_)));
    (is_callee || wait.function == "await" && wait.held_by.is_empty()).then_some(PENDING)
}

/// A task looked whether it has to sleep; somebody changed that before it slept, and it did not look again. The
/// only preemption is in between, so without it the outcome would be right.
pub(super) fn looked_too_early(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let is_message = case.kind(wait) == Some(ObjectKind::Channel) && wait.function.starts_with("recv");
    let is_notified = case.kind(wait) == Some(ObjectKind::Condvar);
    let is_asleep = is_message || is_notified || sleep(case, wait).is_some();
    let preemption = first(case.witness, 1, |step| step.preempts)?;
    let is_mine = |at: usize| case.step(at).task == wait.task;
    if !is_asleep || case.witness.preemptions != 1 || !is_mine(preemption - 1) {
        return None;
    }
    let end = case.witness.steps.len();
    let seen = (0..preemption).rfind(|&at| is_mine(at) && looks(case.step(at)))?;
    let (value, object) = (read(case.step(seen))?, case.step(seen).object?);
    let changed = (preemption..end).find(|&at| {
        let step = case.step(at);
        !is_mine(at)
            && step.object == Some(object)
            && wrote(step).is_some_and(|(old, new)| old == value && new != value)
    })?;
    if (changed..end).any(|at| is_mine(at) && case.step(at).object == Some(object)) {
        return None;
    }
    let (_, new) = wrote(case.step(changed))?;
    let sentence = format!(
        "lost wakeup: {} reads {value} of {} at {}, {} makes it {new} at {}, and {} goes to sleep after that: it {}",
        case.waiter(wait),
        case.object(object),
        number(seen),
        case.who(changed),
        number(changed),
        case.waiter(wait),
        case.waits_for(wait),
    );
    let steps = [(seen, format!("reads {value}")), (changed, format!("makes it {new}"))];
    let diagnosis = case.hang(sentence, &steps, &[wait]);
    Some(diagnosis.with_note(changed, format!("{} looked at {}", case.waiter(wait), number(seen))))
}

/// A task sleeps, and nobody wakes it: what has become of the wake-ups that there were.
pub(super) fn nobody_wakes(case: &Case, wait: &Wait) -> Option<Diagnosis> {
    let sleep = sleep(case, wait)?;
    let wakes: Vec<(usize, usize)> = case
        .steps()
        .filter(|(_, step)| step.function == sleep.wake)
        .filter_map(|(at, step)| if let Effect::Task(woken) = step.effect { Some((at, woken)) } else { None })
        .collect();
    let own: Vec<usize> = wakes.iter().filter(|(_, woken)| *woken == wait.task).map(|(at, _)| *at).collect();
    let is_for_channel = case.is_for_channel(wait);
    // Each message wakes its receiver.
    let spent = || if is_for_channel { None } else { spent(case, wait, &sleep, &own) };
    let found = unheard(case, wait).or_else(spent);
    let found = found.or_else(|| went_astray(case, &sleep, &wakes));
    if is_for_channel && found.is_none() {
        return None;
    }
    let state = if wait.object.is_some() && sleep.wake == PENDING.wake {
        case.waits_for(wait)
    } else {
        sleep.state.to_string()
    };
    let (waiter, wake) = (case.waiter(wait), sleep.wake);
    let (why, at) = found.unzip();
    let sentence = match why {
        Some(why) => format!("deadlock: {waiter} {state}, and nobody is left to {wake} it: {why}"),
        None if wait.is_forgotten => format!("deadlock: {waiter} {state}, and nobody holds its waker"),
        None => format!("deadlock: {waiter} {state}, and nobody is left to {wake} it"),
    };
    let label = |at: usize| match case.step(at).effect {
        Effect::Task(woken) => format!("{wake}s {}", case.names.task(woken)),
        _ => case.step(at).function.to_string(),
    };
    let steps: Vec<_> = at.map(|at| (at, label(at))).into_iter().collect();
    let diagnosis = case.hang(sentence, &steps, &[wait]);
    Some(match at {
        Some(at) if case.step(at).function.contains("acquire") => {
            diagnosis.with_note(at, "not given back".to_string())
        }
        Some(at) => diagnosis.with_note(at, "does not help".to_string()),
        None => diagnosis,
    })
}

/// Something was done to what the task waits for that would have helped, had it come later: or that never helps.
fn unheard(case: &Case, wait: &Wait) -> Option<(String, usize)> {
    let Some(ObjectKind::Callee(_)) = case.kind(wait) else { return None };
    let end = case.witness.steps.len();
    let is_of = |at: usize, function: &str| {
        let step = case.step(at);
        step.object == wait.object && step.function == function
    };
    let began = (0..end).rfind(|&at| is_of(at, wait.function) && case.step(at).task == wait.task)?;
    if let Some(notified) = (0..began).rfind(|&at| is_of(at, "notify_waiters")) {
        let who = case.who(notified);
        return Some((
            format!(
                "{who}'s notify_waiters at {} came before it waited, at {}",
                number(notified),
                number(began)
            ),
            notified,
        ));
    }
    if wait.function == "changed"
        && let Some(sent) = (0..began).rfind(|&at| is_of(at, "send"))
    {
        let first =
            (sent..=began).find(|&at| case.step(at).task == wait.task && case.step(at).object == wait.object);
        let looked = first.unwrap_or(began);
        let what = if looked == began { "it waited, at" } else { "it looked, at" };
        let why =
            format!("{}'s send at {} came before {what} {}", case.who(sent), number(sent), number(looked));
        return Some((why, sent));
    }
    if let Some(forgotten) = (0..end).rfind(|&at| is_of(at, "forget")) {
        let why = format!("{}'s permit was forgotten at {}", case.who(forgotten), number(forgotten));
        return Some((why, forgotten));
    }
    permit_kept(case, wait)
}

/// Somebody has a permit, and does not give it back.
fn permit_kept(case: &Case, wait: &Wait) -> Option<(String, usize)> {
    let object = wait.object.filter(|_| wait.function.starts_with("acquire"))?;
    let holder = *wait.held_by.first()?;
    let since = held_since(case.witness, holder, object)?;
    let who = case.names.task(holder);
    let why = match case.wait_of(holder) {
        Some(other) if holder == wait.task => {
            format!(
                "it has one itself, since {}, and waits {}",
                number(since),
                if other.object == wait.object { "for more" } else { "too" }
            )
        }
        Some(other) => format!("{who} has one since {} and {}", number(since), case.waits_for(other)),
        None => format!("{who} took one at {} that nobody gave back", number(since)),
    };
    Some((why, since))
}

/// The task was woken, and has used that up.
fn spent(case: &Case, wait: &Wait, sleep: &Sleep, own: &[usize]) -> Option<(String, usize)> {
    let woken = *own.last()?;
    let end = case.witness.steps.len();
    let slept =
        last(case.witness, end, |step| step.task == wait.task && step.function.starts_with(sleep.sleep))
            .filter(|&slept| slept > woken)?;
    let (who, wake) = (case.who(woken), sleep.wake);
    let before = own.iter().rev().nth(1).copied();
    let is_one_token = |before: &usize| {
        let parks =
            |at: usize| case.step(at).task == wait.task && case.step(at).function.starts_with(sleep.sleep);
        wake == PARKED.wake && !(*before..woken).any(parks)
    };
    let why = match before.filter(is_one_token) {
        Some(before) => format!(
            "{who}'s {wake} at {} came on top of the one at {}, and its {} at {} took both",
            number(woken),
            number(before),
            sleep.sleep,
            number(slept),
        ),
        None if wake == PARKED.wake => {
            format!(
                "{who}'s {wake} at {} was taken by its {} at {}",
                number(woken),
                sleep.sleep,
                number(slept)
            )
        }
        None => format!("after {who}'s {wake} at {} it awaits again, at {}", number(woken), number(slept)),
    };
    Some((why, woken))
}

/// The last wake-up went to a task that had ended, or that was aborted before it could use it.
fn went_astray(case: &Case, sleep: &Sleep, wakes: &[(usize, usize)]) -> Option<(String, usize)> {
    let &(at, woken) = wakes.last()?;
    let is_end =
        |at: usize| case.step(at).task == woken && ["end", "cancelled"].contains(&case.step(at).function);
    let (who, other) = (case.who(at), case.names.task(woken));
    let begin = format!("{who}'s {} at {} went to {other}, which", sleep.wake, number(at));
    if let Some(ended) = (0..at).find(|&at| is_end(at)) {
        return Some((format!("{begin} had ended at {}", number(ended)), at));
    }
    let end = case.witness.steps.len();
    let next = (at..end).find(|&at| case.step(at).task == woken && case.step(at).function != "abort")?;
    if let Effect::Cancelled(what) = &case.step(next).effect {
        return Some((format!("{begin} dropped {} at {}", cancelled::quoted(what), number(next)), at));
    }
    if case.step(next).function != "cancelled" {
        return None;
    }
    let is_abort = |at: &usize| {
        let step = case.step(*at);
        cancelled::ABORTS.contains(&step.function) && step.effect == Effect::Task(woken)
    };
    let abort = (0..next).rfind(is_abort).map_or(String::new(), |abort| format!(" at {}", number(abort)));
    Some((format!("{begin} was aborted{abort} before it ran"), at))
}
