//! Updates that others come between: a value is read, somebody else changes it, and what was read is
//! acted on all the same. Lost updates, atomicity violations, ABA.

use super::super::history::{
    first, gives_back, is_atomic_update, is_preempted_between, last, read, takes, wrote,
};
use super::super::phrase::is_exchange;
use super::{Case, Diagnosis, number};

pub(super) fn diagnose(case: &Case) -> Option<Diagnosis> {
    let writes = || case.steps().map(|(at, _)| at).filter(|&at| wrote(case.step(at)).is_some());
    let mut stale = writes().filter_map(|write| Stale::before(case, write));
    stale
        .find_map(|stale| stale.lost_update(case).or_else(|| stale.check_then_act(case)))
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
        if ["true", "false"].contains(&value) {
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
        if !is_preempted_between(case.witness, task, self.read, self.between) {
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
    if away == back {
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

/// A task gives a lock back and takes it again, and the only preemption lets somebody else in between.
/// Without that preemption the outcome would be right, since a witness has no more than it needs.
fn torn_section(case: &Case) -> Option<Diagnosis> {
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

/// A task writes two objects one after the other; another one that panics has read both in between.
fn half_written(case: &Case) -> Option<Diagnosis> {
    let panic = case.steps().find(|(_, step)| matches!(step.effect, crate::witness::Effect::Panicked(_)))?.0;
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
