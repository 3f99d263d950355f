//! What else could have come of an execution: the sequences that its races make.
//!
//! Accesses of atomics race in two ways. A load, and a store that came later and that it could have read: reversed, what
//! the store needs comes first, then the store, anywhere in modification order, and the load reads it. And two
//! read-modify-writes of which the first has read what the second could have: reversed, that does so. All else that
//! they could come to is a choice at the scheduling points where they were executed. What is no access of an atomic races as
//! under sequential consistency.
//!
//! A load and a store that comes about because of it do not race: that it reads it (load buffering) is only noticed.

use super::sequence::{Act, Item, Sequence, Story};
use crate::engine::{
    Access, Action, AtomicAccess, Effects, ObjectId, Operation, Race, Second, Source, StoreId, World,
};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// For each sequence that is to be explored, the scheduling point from which. Races whose later part comes before the
/// event at `first_new` were found before. `known` says how many objects there were at a point.
pub(super) fn sequences(
    world: &World,
    first_new: usize,
    known: impl Fn(usize) -> usize,
) -> Vec<(usize, Sequence)> {
    let told = OnceCell::new();
    let story = || Arc::clone(told.get_or_init(|| Arc::new(Story::of(world))));
    let mut found = Vec::new();
    let mut add = |position: usize, items: Option<Vec<Item>>| {
        if let Some(items) = items {
            found.push((position, Sequence::new(items, known(position), story)));
        }
    };
    // Of each object, the accesses so far.
    let mut accesses: BTreeMap<ObjectId, Vec<usize>> = BTreeMap::new();
    for second in 0..world.trace.events.len() {
        let Operation { object, action: Action::Atomic(_), .. } = world.trace.events[second].operation else {
            continue;
        };
        let before = accesses.entry(object).or_default();
        before.push(second);
        let Some(later) = Item::of(world, second).filter(|_| second >= first_new) else { continue };
        for &first in before.iter().rev().skip(1) {
            if world.trace.events[first].task == later.act.task() {
                continue;
            }
            let Some(earlier) = Act::of(world, first) else { continue };
            if later.act.writes() && earlier.reads() {
                if !world.trace.happens_before(first, second) {
                    add(first, read_later(world, first, second));
                } else if world.trace.is_in_past_of(first, second) {
                    world.notice_buffering(first, second);
                }
            }
            if earlier.writes() && earlier.reads() && !world.trace.is_in_past_of(first, second) {
                add(first, update_instead(world, first, second));
            }
        }
    }
    let is_new = |race: &&Race| !matches!(race.second, Second::Executed(second) if second < first_new);
    for race in world.trace.races.iter().filter(is_new) {
        add(race.first, reversed(world, race));
    }
    found
}

/// The event at `first` reads what the one at `second` writes.
fn read_later(world: &World, first: usize, second: usize) -> Option<Vec<Item>> {
    let past = (first + 1..second).filter(|&position| world.trace.happens_before(position, second));
    let mut items = Sequenced::of(world, first, past);
    let mut store = Item::of(world, second)?;
    if store.act.is_store() {
        store.act.source = None;
    }
    items.0.push(store.clone());
    let reader = Item::of(world, first)?;
    items.0.push(reading(reader, store.act.id(), store.written));
    Some(items.0)
}

/// The event at `second` reads what the one at `first` has read, which are both read-modify-writes.
fn update_instead(world: &World, first: usize, second: usize) -> Option<Vec<Item>> {
    let Source::Store(store) = Act::of(world, first)?.source? else { return None };
    let Action::Atomic(action) = world.trace.events[second].operation.action else { return None };
    let held = world.trace.events[first].view.value();
    if !(action.reads() && action.writes(held)) {
        return None;
    }
    // Who polls would go on to wait.
    if world.trace.had_polled_its_object(second) && was_seen(world, store, second) {
        return None;
    }
    let past = (first + 1..second).filter(|&position| world.trace.is_in_past_of(position, second));
    let mut items = Sequenced::of(world, first, past);
    items.0.push(reading(Item::of(world, second)?, store, held));
    Some(items.0)
}

/// Whether the store was nothing new to the task of the event at that position.
fn was_seen(world: &World, store: StoreId, position: usize) -> bool {
    match store {
        StoreId::Set(_) => true,
        StoreId::Event(task, index) => {
            let at = world.trace.position_of(task, index);
            at.is_some_and(|at| world.trace.is_in_past_of(at, position))
        }
    }
}

/// As under sequential consistency: see `Dpor::reverse`.
fn reversed(world: &World, race: &Race) -> Option<Vec<Item>> {
    let trace = &world.trace;
    let between = (race.first + 1..trace.end(race)).filter(|&position| trace.stays(position, race));
    let mut items = Sequenced::of(world, race.first, between);
    let second =
        world.reversed(race, items.0.iter().map(|item| item.act.event).collect::<Vec<_>>().into_iter())?;
    let past = match race.second {
        Second::Executed(position) => Item::of(world, position)?.past,
        Second::Pending(event) => world.past(event.task),
    };
    let act = Act { event: second, source: Some(Source::Choice(second.choice)) };
    items.0.push(Item { act, past, written: 0, effects: Effects::default() });
    Some(items.0)
}

/// The event, if it reads this store, which holds that.
fn reading(item: Item, store: StoreId, held: u64) -> Item {
    let mut event = item.act.event;
    if let Action::Atomic(action) = event.operation.action {
        event.access =
            Access::Atomic(if action.writes(held) { AtomicAccess::Write } else { AtomicAccess::Read });
    }
    let act = Act { event, source: Some(Source::Store(store)) };
    Item { act, written: 0, effects: Effects::default(), ..item }
}

/// Events of the trace in a row of their own: each store goes behind the last that is before it in modification order, and
/// there.
struct Sequenced(Vec<Item>);

impl Sequenced {
    fn of(world: &World, first: usize, positions: impl Iterator<Item = usize>) -> Self {
        let mut items: Vec<Item> = Vec::new();
        for position in positions {
            let Some(mut item) = Item::of(world, position) else { continue };
            if item.act.is_store() {
                let is_there = |id: StoreId| match id {
                    _ if id == item.act.id() => false,
                    StoreId::Set(_) => true,
                    StoreId::Event(task, index) => {
                        world.trace.position_of(task, index).is_some_and(|at| at < first)
                            || items.iter().any(|earlier| earlier.act.id() == id)
                    }
                };
                let before = world.last_of(item.act.object(), item.act.id(), is_there);
                item.act.source = before.map(Source::Store);
            }
            items.push(item);
        }
        Sequenced(items)
    }
}
