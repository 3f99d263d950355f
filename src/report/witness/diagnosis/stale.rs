//! A memory model weaker than sequential consistency is needed for what happened: somebody reads an old value, or a store
//! goes before one that was there already. No other story is told of such an execution, since what was read is not
//! what was last written.

use super::super::history::{is_atomic_update, read, wrote};
use super::race::{acquires, releases};
use super::{Case, Diagnosis, number};
use std::sync::atomic::Ordering;

/// The last step that overlooks a store.
pub(super) fn old_value(case: &Case) -> Option<Diagnosis> {
    let (at, overlooked) = case.steps().rev().find_map(|(at, step)| Some((at, step.overlooks?)))?;
    let object = case.object(case.step(at).object?);
    let (_, newer) = wrote(case.step(overlooked))?;
    let (who, other) = (case.who(at), case.who(overlooked));
    let (here, there) = (number(at), number(overlooked));
    let newer_label = (overlooked, format!("stores {newer}"));
    let pattern = store_buffering(case, at, overlooked).or_else(|| weak_flag(case, at, overlooked));
    if pattern.is_some() {
        return pattern;
    }
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

/// Two tasks each store to one place and then load from the other's, and neither sees the other's store: the load at `at` does
/// not see the store at `overlooked`.
fn store_buffering(case: &Case, at: usize, overlooked: usize) -> Option<Diagnosis> {
    let (load, other) = (case.step(at), case.step(overlooked));
    let value = read(load).filter(|_| !is_atomic_update(load) && !is_atomic_update(other))?;
    let own_store = (0..at).rev().find(|&at| {
        let step = case.step(at);
        step.task == load.task
            && step.object != load.object
            && wrote(step).is_some()
            && !is_atomic_update(step)
    })?;
    let object = case.step(own_store).object?;
    let (other_load, unseen) = (overlooked + 1..case.witness.steps.len()).find_map(|at| {
        let step = case.step(at);
        let misses = at < own_store || step.overlooks == Some(own_store);
        let is_it =
            step.task == other.task && step.object == Some(object) && misses && !is_atomic_update(step);
        Some((at, read(step).filter(|_| is_it)?))
    })?;
    let (_, own) = wrote(case.step(own_store))?;
    let (_, newer) = wrote(other)?;
    let part = |store: usize, stored: &str, load: usize, loaded: &str| -> Option<String> {
        Some(format!(
            "{} stores {stored} to {} at {} and then reads {loaded} of {} at {}",
            case.who(store),
            case.object(case.step(store).object?),
            number(store),
            case.object(case.step(load).object?),
            number(load)
        ))
    };
    let (one, two) = (part(overlooked, newer, other_load, unseen)?, part(own_store, own, at, value)?);
    let sentence = format!(
        "store buffering: {}, {}: neither sees the other's store, for want of SeqCst on all four or a fence(SeqCst) in each",
        one, two
    );
    let labels = [
        (overlooked, format!("stores {newer}")),
        (other_load, format!("reads {unseen}")),
        (own_store, format!("stores {own}")),
        (at, format!("reads {value}")),
    ];
    Some(case.diagnosis(sentence, &labels))
}

/// One stores a value and then sets a flag; the other sees the flag, and not the value: the flag hands it on on one side only,
/// or on none.
fn weak_flag(case: &Case, at: usize, overlooked: usize) -> Option<Diagnosis> {
    let (load, other) = (case.step(at), case.step(overlooked));
    let (value, (_, newer)) = (read(load)?, wrote(other)?);
    let (flag_load, flag_store) = (0..at).rev().find_map(|at| {
        let step = case.step(at);
        let looks = step.task == load.task && step.object != load.object && step.overlooks.is_none();
        read(step).filter(|_| looks)?;
        let store = (0..at).rev().find(|&at| {
            let store = case.step(at);
            store.object == step.object && wrote(store).is_some()
        })?;
        (case.step(store).task == other.task && store > overlooked).then_some((at, store))
    })?;
    let has_fence = |task: usize, range: std::ops::Range<usize>, is_it: fn(Ordering) -> bool| {
        range
            .map(|at| case.step(at))
            .any(|step| step.task == task && step.function == "fence" && step.ordering.is_some_and(is_it))
    };
    let ordering = |at: usize| case.step(at).ordering;
    let (before, after) = (
        has_fence(other.task, overlooked..flag_store, releases),
        has_fence(load.task, flag_load..at, acquires),
    );
    let flag = case.object(case.step(flag_store).object?);
    let (who, writer) = (case.who(at), case.who(overlooked));
    let (store_order, load_order) = (ordering(flag_store)?, ordering(flag_load)?);
    let mut missing = Vec::new();
    if !before && !releases(store_order) {
        let or = if after { ", and no fence(Release) comes before it" } else { "" };
        missing.push(format!("{writer}'s store of {flag} is {store_order:?}, not Release{or}"));
    }
    if !after && !acquires(load_order) {
        let or = if before { ", and no fence(Acquire) comes after it" } else { "" };
        missing.push(format!("{who}'s load of {flag} is {load_order:?}, not Acquire{or}"));
    }
    if missing.is_empty() {
        return None;
    }
    let name = if before || after { "missing fence" } else { "old value after a weak flag" };
    let sentence = format!(
        "{name}: {who} sees at {} that {writer} has set {flag} at {}, but not that it had stored {newer} to {} at {} before, \
         and reads {value} at {}: {}",
        number(flag_load),
        number(flag_store),
        case.object(load.object?),
        number(overlooked),
        number(at),
        missing.join(", and "),
    );
    let labels = [
        (overlooked, format!("stores {newer}")),
        (flag_store, format!("sets {flag}")),
        (flag_load, format!("sees {flag}")),
        (at, format!("reads {value}, an old value")),
    ];
    Some(case.diagnosis(sentence, &labels))
}
