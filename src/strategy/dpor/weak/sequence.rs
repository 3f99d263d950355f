//! Sequences of events that are to be explored from a scheduling point, and which events depend on each other.
//!
//! A sequence is kept while the path goes on below the point that it was planned for. By their numbers one knows the
//! objects that there were then; what was used for the first time later may have another number by now, and is told by who
//! used it ([`Story`]).

use crate::engine::{
    Action, Effect, Effects, Event, ObjectId, Operation, Source, StoreId, TaskId, World, dependent,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An event, and what was chosen for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Act {
    pub(super) event: Event,
    /// None of a store that is to go to any place of its object's modification order.
    pub(super) source: Option<Source>,
}

/// An event of a sequence.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) act: Act,
    /// All that its task had done and seen before.
    pub(super) past: u64,
    /// What it writes, if it writes an atomic.
    pub(super) written: u64,
    /// What happens after it, and before its execution's next event.
    pub(super) effects: Effects,
}

/// Events that are to come next, in this order.
#[derive(Clone, Debug)]
pub(super) struct Sequence {
    pub(super) items: Vec<Item>,
    story: Option<Arc<Story>>,
}

/// Which objects the events of an execution were about.
#[derive(Debug)]
pub(super) struct Story {
    /// Of each task, by the events' indices: what it had done before, and the object.
    events: Vec<Vec<(u64, ObjectId)>>,
    /// Of each object, the events: their tasks, their indices, and what those had done before.
    users: BTreeMap<ObjectId, Vec<(TaskId, u32, u64)>>,
    /// What atomics held at first.
    begun: BTreeMap<ObjectId, u64>,
}

/// Objects from this number on are those of a story, whatever their numbers are now.
const TOLD: usize = 1 << 30;

impl Act {
    pub(super) fn task(&self) -> TaskId {
        self.event.task
    }

    pub(super) fn object(&self) -> ObjectId {
        self.event.operation.object
    }

    pub(super) fn is_atomic(&self) -> bool {
        matches!(self.event.operation.action, Action::Atomic(_))
    }

    /// Whether it reads an atomic.
    pub(super) fn reads(&self) -> bool {
        matches!(self.event.operation.action, Action::Atomic(action) if action.reads())
    }

    /// Whether it writes an atomic.
    pub(super) fn writes(&self) -> bool {
        self.is_atomic() && !self.event.access.is_read()
    }

    /// Whether it writes an atomic that it does not read.
    pub(super) fn is_store(&self) -> bool {
        self.writes() && !self.reads()
    }

    /// The store that it is.
    pub(super) fn id(&self) -> StoreId {
        StoreId::Event(self.event.task, self.event.index)
    }

    /// Which store it reads, or is written behind.
    pub(super) fn store(&self) -> Option<StoreId> {
        match self.source {
            Some(Source::Store(store)) => Some(store),
            _ => None,
        }
    }

    /// An event of the trace.
    pub(super) fn of(world: &World, position: usize) -> Option<Act> {
        let reading = world.trace.readings.as_ref()?.all.get(position)?;
        Some(Act { event: world.trace.events[position], source: Some(reading.source) })
    }

    fn reads_from(&self, other: &Act) -> bool {
        self.reads() && other.writes() && self.store() == Some(other.id())
    }

    /// Whether they cannot be swapped if they are neighbours: accesses of atomics can unless one reads from the other, or
    /// only one of them can have read what it has.
    pub(super) fn depends_on(&self, other: &Act) -> bool {
        if self.task() == other.task() {
            return true;
        }
        if !(self.is_atomic() && other.is_atomic()) {
            return dependent(&self.event, &other.event);
        }
        let are_updates = self.writes() && self.reads() && other.writes() && other.reads();
        self.object() == other.object()
            && (self.reads_from(other)
                || other.reads_from(self)
                || are_updates && self.store() == other.store())
    }

    /// The same, about another object.
    pub(super) fn about(&self, object: ObjectId) -> Act {
        let operation = Operation { object, ..self.event.operation };
        Act { event: Event { operation, ..self.event }, ..*self }
    }
}

impl Item {
    /// An event of the trace.
    pub(super) fn of(world: &World, position: usize) -> Option<Item> {
        let act = Act::of(world, position)?;
        let reading = &world.trace.readings.as_ref()?.all[position];
        Some(Item { act, past: reading.past, written: reading.written, effects: reading.effects.clone() })
    }

    /// What a task could do next.
    pub(super) fn foreseen(world: &World, task: TaskId, choice: u32) -> Option<Item> {
        let act = Act { event: world.foresee(task, choice)?, source: world.source(task, choice) };
        Some(Item { act, past: world.past(task), written: 0, effects: Effects::default() })
    }

    fn objects_mut(&mut self, change: impl Fn(ObjectId) -> ObjectId) {
        self.act = self.act.about(change(self.act.object()));
        self.effects.change_objects(change);
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = ObjectId> {
        std::iter::once(self.act.object()).chain(self.effects.iter().filter_map(Effect::object))
    }
}

/// The object's number in a story, if it is one of those of which it is not known what they are now.
pub(super) fn told(object: ObjectId) -> Option<ObjectId> {
    object.index().checked_sub(TOLD).map(ObjectId::new)
}

fn is_told(object: ObjectId) -> bool {
    told(object).is_some()
}

impl Sequence {
    /// Of one event that is about an object that is known.
    pub(super) fn single(item: Item) -> Self {
        Sequence { items: vec![item], story: None }
    }

    /// Of events of an execution that has this story, planned for a point at which there were `known` objects.
    pub(super) fn new(mut items: Vec<Item>, known: usize, story: impl FnOnce() -> Arc<Story>) -> Self {
        let is_young = |object: ObjectId| object.index() >= known;
        let has_young = items.iter().flat_map(Item::objects).any(is_young);
        if has_young {
            let tell = |object| if is_young(object) { ObjectId::new(TOLD + object.index()) } else { object };
            items.iter_mut().for_each(|item| item.objects_mut(tell));
        }
        Sequence { items, story: has_young.then(story) }
    }

    /// The rest of it, with some items left out or changed.
    pub(super) fn with(&self, items: Vec<Item>) -> Self {
        Sequence { items, story: self.story.clone() }
    }

    /// Whether an event of it could come first.
    pub(super) fn is_initial(&self, at: usize) -> bool {
        let act = &self.items[at].act;
        !self.items[..at].iter().any(|earlier| earlier.act.depends_on(act))
    }

    pub(super) fn acts(&self) -> impl Iterator<Item = &Act> + Clone {
        self.items.iter().map(|item| &item.act)
    }

    /// Whether both are the same events in the same order, with the same choices, planned for the same point.
    pub(super) fn is_same(&self, other: &Sequence) -> bool {
        let name = |item: &Item| (item.act.task(), item.act.event.index, item.act.source, item.past);
        self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(|(one, other)| name(one) == name(other))
    }

    /// Gives objects their numbers of now, as far as they are known: `event` says what an event of a task that is on the
    /// path, or next, had before it, and what it is about.
    pub(super) fn localize(&mut self, event: impl Fn(TaskId, u32) -> Option<(u64, ObjectId)>) {
        let Some(story) = &self.story else { return };
        let told: Vec<ObjectId> =
            self.items.iter().flat_map(Item::objects).filter(|&it| is_told(it)).collect();
        let mut known: BTreeMap<ObjectId, ObjectId> = BTreeMap::new();
        for object in told {
            if let Some(now) = story.now(object, &event) {
                known.insert(object, now);
            }
        }
        let change = |object| known.get(&object).copied().unwrap_or(object);
        self.items.iter_mut().for_each(|item| item.objects_mut(change));
        if !self.items.iter().flat_map(Item::objects).any(is_told) {
            self.story = None;
        }
    }

    /// Whether an event that is about a known object may depend on one of the sequence's: where nothing tells, it may.
    pub(super) fn may_depend(&self, act: &Act, past: u64, item: &Item) -> bool {
        if !is_told(item.act.object()) || act.task() == item.act.task() {
            return act.depends_on(&item.act);
        }
        let is_other = self.story.as_ref().is_some_and(|story| {
            story.event(act.event.task, act.event.index).is_some_and(|(known, _)| known == past)
        });
        // If it is of another object, that is for sure, since else it would be known by now.
        if is_other { act.depends_on(&item.act) } else { act.depends_on(&item.act.about(act.object())) }
    }

    /// What an atomic held at first.
    pub(super) fn first_value(&self, object: ObjectId) -> Option<u64> {
        let object = ObjectId::new(object.index().checked_sub(TOLD)?);
        self.story.as_ref()?.begun.get(&object).copied()
    }
}

impl Story {
    /// That of the present execution.
    pub(super) fn of(world: &World) -> Self {
        let (mut events, mut users, mut begun) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let Some(readings) = &world.trace.readings else { return Story { events, users, begun } };
        for (event, reading) in world.trace.events.iter().zip(&readings.all) {
            let task = event.task.index();
            if events.len() <= task {
                events.resize_with(task + 1, Vec::new);
            }
            events[task].push((reading.past, event.operation.object));
            let used: &mut Vec<_> = users.entry(event.operation.object).or_default();
            used.push((event.task, event.index, reading.past));
        }
        let effects = readings.all.iter().flat_map(|reading| reading.effects.iter());
        for effect in readings.prologue.iter().chain(effects) {
            if let Effect::Begin(object, value) = *effect {
                begun.insert(object, value);
            }
        }
        Story { events, users, begun }
    }

    fn event(&self, task: TaskId, index: u32) -> Option<(u64, ObjectId)> {
        self.events.get(task.index())?.get(index as usize - 1).copied()
    }

    /// Which number an object of the story has now, if anybody uses it who used it then.
    fn now(
        &self,
        told: ObjectId,
        event: impl Fn(TaskId, u32) -> Option<(u64, ObjectId)>,
    ) -> Option<ObjectId> {
        let mut users = self.users.get(&ObjectId::new(told.index() - TOLD))?.iter();
        users.find_map(|&(task, index, past)| {
            let (now, object) = event(task, index)?;
            (now == past).then_some(object)
        })
    }
}
