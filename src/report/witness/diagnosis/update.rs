//! Updates that others come between: a value is read, somebody else changes it, and what was read is
//! acted on all the same. Lost updates, atomicity violations, ABA.

use super::super::history::{
    first, gives_back, is_atomic_update, is_ordered, is_panic, is_preempted_between, last, looks, read,
    takes, wrote,
};
use super::super::phrase::is_exchange;
use super::{Case, Diagnosis, number};
use crate::witness::{Effect, Step};

pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let writes = || case.steps().map(|(at, _)| at).filter(|&at| wrote(case.step(at)).is_some());
    let mut stale = writes().filter_map(|write| Stale::before(case, write));
    stale
        .find_map(|stale| stale.lost_update(case).or_else(|| stale.check_then_act(case)))
        .or_else(|| writes().find_map(|write| outdated_condition(case, write)))
        .or_else(|| writes().find_map(|write| aba(case, write)))
        .or_else(|| torn_section(case))
        .or_else(|| half_written(case))
}

/// A task writes an object that somebody else has changed since it read it.
struct Stale {
    object: usize,
    read: usize,
    /// The other's first write in between.
    between: usize,
    write: usize,
}

impl Stale {
    /// Of a write that does not read: an update that reads at once loses nothing.
    fn before(case: &Case, write: usize) -> Option<Stale> {
        let step = case.step(write);
        let object = step.object.filter(|_| !is_atomic_update(step))?;
        let seen = last_access(case, step.task, object, write)?;
        let value = read(case.step(seen))?;
        let is_change = |at: usize| {
            let other = case.step(at);
            other.object == Some(object) && wrote(other).is_some_and(|(old, new)| old == value && old != new)
        };
        let between = (seen + 1..write).find(|&at| is_change(at))?;
        let (old, new) = wrote(step)?;
        let overwrites = old != value && new != value;
        // It wrote the same as the other one, over it: both did the same work.
        let repeats = old == new && new != value;
        (overwrites || repeats).then_some(Stale { object, read: seen, between, write })
    }

    fn lost_update(&self, case: &Case) -> Option<Diagnosis> {
        let (mine, other) = (case.who(self.write), case.who(self.between));
        let object = case.object(self.object);
        let value = read(case.step(self.read))?;
        if ["true", "false"].contains(&value) || !is_seen(case, self.object, self.write) {
            return None;
        }
        let overwritten = format!("overwrites {}", number(self.between));
        let (_, new) = wrote(case.step(self.write))?;
        let (_, lost) = wrote(case.step(self.between))?;
        let write = (self.write, format!("writes {new} over it"));
        if is_atomic_update(case.step(self.between)) {
            let sentence = format!(
                "lost update: {mine} reads {value} of {object} at {} and writes {new} at {}, over {other}'s {} at {}",
                number(self.read),
                number(self.write),
                case.step(self.between).function,
                number(self.between),
            );
            let labels =
                [(self.read, format!("reads {value}")), (self.between, format!("writes {lost}")), write];
            return Some(case.diagnosis(sentence, &labels).with_note(self.write, overwritten));
        }
        let theirs = last_access(case, case.step(self.between).task, self.object, self.between)?;
        if read(case.step(theirs)) != Some(value) {
            return None;
        }
        let (a, b) = if self.read < theirs { (self.read, theirs) } else { (theirs, self.read) };
        let sentence = format!(
            "lost update: {} and {} both read {value} of {object} before either wrote; \
             {mine}'s write at {} overwrites {other}'s at {}",
            case.who(a),
            case.who(b),
            number(self.write),
            number(self.between),
        );
        let labels = [
            (a, format!("reads {value}")),
            (b, format!("reads {value}")),
            (self.between, format!("writes {lost}")),
            write,
        ];
        Some(case.diagnosis(sentence, &labels).with_note(self.write, overwritten))
    }

    /// Only where the scheduler took the task away in between: else it may have meant to wait.
    fn check_then_act(&self, case: &Case) -> Option<Diagnosis> {
        let task = case.step(self.write).task;
        let is_interrupted = is_preempted_between(case.witness, task, self.read, self.between);
        if !is_interrupted || !(is_seen(case, self.object, self.write) || self.both_took_it(case)) {
            return None;
        }
        let (mine, other, object) = (case.who(self.write), case.who(self.between), case.object(self.object));
        let value = read(case.step(self.read))?;
        let (_, changed) = wrote(case.step(self.between))?;
        let (_, new) = wrote(case.step(self.write))?;
        let sentence = format!(
            "atomicity violation: {mine} finds {value} in {object} at {} and acts on it at {}, \
             but {other} has made it {changed} at {}",
            number(self.read),
            number(self.write),
            number(self.between),
        );
        let labels = [
            (self.read, format!("reads {value}")),
            (self.between, format!("writes {changed}")),
            (self.write, format!("writes {new} as if it were still {value}")),
        ];
        let note = format!("not {value} since {}", number(self.between));
        Some(case.diagnosis(sentence, &labels).with_note(self.write, note))
    }
}

impl Stale {
    /// Whether both found a flag the same and turned it: only one was to have the right. Of numbers, it may
    /// be an update that nobody misses.
    fn both_took_it(&self, case: &Case) -> bool {
        let theirs = last_access(case, case.step(self.between).task, self.object, self.between);
        let new = |at: usize| wrote(case.step(at)).map(|(_, new)| new);
        let found = theirs.and_then(|theirs| read(case.step(theirs)));
        let is_flag = matches!(found, Some("true" | "false"));
        is_flag && found == read(case.step(self.read)) && new(self.between) == new(self.write)
    }
}

/// Whether somebody reads what a write has left, before anything else is written: else it has no
/// consequence. If the execution ends with a panic, who panics can know of it. What an object under check
/// answers is looked at in any case.
fn is_seen(case: &Case, object: usize, write: usize) -> bool {
    if case.steps().any(|(_, step)| matches!(step.effect, Effect::Returned(_))) {
        return true;
    }
    let is_next = |step: &Step| step.object == Some(object) && (looks(step) || wrote(step).is_some());
    let Some(next) = first(case.witness, write + 1, is_next).filter(|&at| looks(case.step(at))) else {
        return false;
    };
    first(case.witness, 0, is_panic).is_none_or(|panic| next < panic && is_ordered(case.witness, next, panic))
}

/// An exchange that succeeds because what it expects is there again.
fn aba(case: &Case, exchange: usize) -> Option<Diagnosis> {
    let step = case.step(exchange);
    let object = step.object.filter(|_| is_exchange(step))?;
    let (expected, _) = wrote(step)?;
    let seen = last_access(case, step.task, object, exchange)?;
    if read(case.step(seen)) != Some(expected) {
        return None;
    }
    let changes = |at: usize| case.step(at).object == Some(object) && wrote(case.step(at)).is_some();
    let away = (seen + 1..exchange).find(|&at| changes(at))?;
    let back = (seen + 1..exchange).rfind(|&at| changes(at))?;
    if away == back || !read_outdated(case, seen, exchange) {
        return None;
    }
    let sentence = format!(
        "ABA: {} reads {expected} of {} at {}, and its {} at {} finds {expected} again, \
         although it was changed and changed back in between ({} and {})",
        case.who(exchange),
        case.object(object),
        number(seen),
        step.function,
        number(exchange),
        number(away),
        number(back),
    );
    let labels = [
        (seen, format!("reads {expected}")),
        (away, "changes it".to_string()),
        (back, "changes it back".to_string()),
        (exchange, format!("finds {expected} again")),
    ];
    Some(case.diagnosis(sentence, &labels).with_note(exchange, format!("changed since {}", number(away))))
}

/// Whether a task has read something else between two of its steps, and somebody has changed it before the
/// second: of a mere lock that was taken and given back, it has not.
fn read_outdated(case: &Case, from: usize, to: usize) -> bool {
    let task = case.step(to).task;
    (from + 1..to).any(|at| {
        let is_read = case.step(at).task == task && read(case.step(at)).is_some();
        let changes = |later: usize| {
            let step = case.step(later);
            step.task != task && step.object == case.step(at).object && wrote(step).is_some()
        };
        is_read && case.step(at).object != case.step(to).object && (at + 1..to).any(changes)
    })
}

/// A task gives a lock back and takes it again, and the only preemption lets somebody else in between.
/// Without that preemption the outcome would be right, since a witness has no more than it needs; and it
/// is about this lock, if the two share nothing else.
pub(super) fn torn_section(case: &Case) -> Option<Diagnosis> {
    if case.witness.preemptions != 1 {
        return None;
    }
    let preemption = first(case.witness, 1, |step| step.preempts)?;
    let task = case.step(preemption - 1).task;
    let released = last(case.witness, preemption, |step| step.task == task && gives_back(step))?;
    let object = case.step(released).object?;
    let is_take = |at: usize| case.step(at).object == Some(object) && takes(case.step(at));
    let is_mine = |at: usize| case.step(at).task == task;
    // It has not taken it again when it is made to leave, and has taken it before.
    if (released..preemption).any(|at| is_mine(at) && is_take(at)) {
        return None;
    }
    let taken = (0..released).rfind(|&at| is_mine(at) && is_take(at))?;
    let end = case.witness.steps.len();
    let again = (preemption..end).find(|&at| is_mine(at) && is_take(at))?;
    let between = (preemption..again).find(|&at| !is_mine(at) && is_take(at))?;
    if !shares_only(case, task, case.step(between).task, object) {
        return None;
    }
    let sentence = format!(
        "atomicity violation: {} gives {} back at {} and takes it again at {}, and {} has it in between, at {}",
        case.who(again),
        case.object(object),
        number(released),
        number(again),
        case.who(between),
        number(between),
    );
    let labels = [
        (taken, "takes it".to_string()),
        (between, "takes it in between".to_string()),
        (again, "takes it again".to_string()),
    ];
    Some(case.diagnosis(sentence, &labels).with_note(again, format!("not alone since {}", number(released))))
}

/// A task looks at an object and then updates it at once, whatever it is by then. The only preemption is in
/// between, and the two tasks share nothing else: so without it the outcome would be right.
fn outdated_condition(case: &Case, update: usize) -> Option<Diagnosis> {
    let step = case.step(update);
    let object = step.object.filter(|_| is_atomic_update(step) && !is_exchange(step))?;
    let seen = last_access(case, step.task, object, update)?;
    let (value, (old, _)) = (read(case.step(seen))?, wrote(step)?);
    let changes = |at: usize| case.step(at).object == Some(object) && wrote(case.step(at)).is_some();
    let between = (seen + 1..update).rfind(|&at| changes(at))?;
    let is_torn = case.witness.preemptions == 1
        && is_preempted_between(case.witness, step.task, seen, between)
        && shares_only(case, step.task, case.step(between).task, object);
    if !is_torn || old == value {
        return None;
    }
    let sentence = format!(
        "atomicity violation: {} finds {value} in {} at {} and goes on to {} at {}, but {} has made it {old} at {}",
        case.who(update),
        case.object(object),
        number(seen),
        step.function,
        number(update),
        case.who(between),
        number(between),
    );
    let labels = [
        (seen, format!("reads {value}")),
        (between, format!("writes {old}")),
        (update, format!("acts as if it were still {value}")),
    ];
    Some(
        case.diagnosis(sentence, &labels).with_note(update, format!("not {value} since {}", number(between))),
    )
}

/// Whether there is no other object that both tasks use.
fn shares_only(case: &Case, task: usize, other: usize, object: usize) -> bool {
    let uses = |task: usize, object: Option<usize>| {
        case.steps().any(|(_, step)| step.task == task && step.object == object)
    };
    let mut others = (0..case.witness.objects.len()).filter(|&another| another != object).map(Some);
    !others.any(|another| uses(task, another) && uses(other, another))
}

/// A task writes two objects one after the other; another one that panics has read both in between.
fn half_written(case: &Case) -> Option<Diagnosis> {
    let panic = first(case.witness, 0, is_panic)?;
    let reader = case.step(panic).task;
    let preemption = last(case.witness, panic, |step| step.preempts).filter(|&at| at > 0)?;
    let writer = case.step(preemption - 1).task;
    let by_writer = |at: usize| case.step(at).task == writer && wrote(case.step(at)).is_some();
    let before = (0..preemption).rfind(|&at| by_writer(at))?;
    let after = (preemption..case.witness.steps.len()).find(|&at| by_writer(at))?;
    let (one, other) = (case.step(before).object?, case.step(after).object?);
    let (_, new) = wrote(case.step(before))?;
    let (old, _) = wrote(case.step(after))?;
    let reads = |object: usize, value: &str| {
        (preemption..panic.min(after)).rfind(|&at| {
            let step = case.step(at);
            step.task == reader && step.object == Some(object) && read(step) == Some(value)
        })
    };
    if one == other || reader == writer {
        return None;
    }
    let (read_new, read_old) = (reads(one, new)?, reads(other, old)?);
    // What it has read after that may be what it panics of.
    let reads_more = |at: usize| {
        let is_other = ![Some(one), Some(other)].contains(&case.step(at).object);
        case.step(at).task == reader && is_other && looks(case.step(at))
    };
    if (read_new.min(read_old)..panic).any(reads_more) {
        return None;
    }
    let sentence = format!(
        "atomicity violation: {} writes {} at {} and {} at {}; {} reads both in between, one new ({new}) and one old ({old})",
        case.who(before),
        case.object(one),
        number(before),
        case.object(other),
        number(after),
        case.who(read_new),
    );
    let labels = [
        (before, format!("writes {new}")),
        (read_new, format!("reads {new}")),
        (read_old, format!("reads {old}")),
        (after, "writes only now".to_string()),
    ];
    Some(case.diagnosis(sentence, &labels).with_note(after, "too late".to_string()))
}

/// The last thing that a task did to an object before a step.
fn last_access(case: &Case, task: usize, object: usize, before: usize) -> Option<usize> {
    last(case.witness, before, |step| step.task == task && step.object == Some(object))
}
