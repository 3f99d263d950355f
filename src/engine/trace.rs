//! The events of an execution with their happens-before order, and the reversible races in it.
//!
//! Kept between executions: [`Trace::truncate`] leaves what the next one has in common with the last,
//! so only new events are ever analysed. How a race is found is `race`'s.

use super::clock::Clocks;
use super::object::{Causes, LANES, State};
use super::polling::Watch;
use super::race::Race;
use super::reading::Readings;
#[cfg(test)]
use super::{Access, dependent};
use super::{Action, Event, ObjectId, TaskId};

pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    /// One for each event, which has seen itself.
    pub(super) clocks: Clocks,
    /// Each object's events, as positions in `events`, by the lanes of their accesses; and last, those whose tasks had
    /// polled it.
    lanes: Vec<Lanes>,
    /// Each task's.
    by_task: Vec<Vec<u32>>,
    /// The reversible races whose second event was not in an earlier execution.
    pub(crate) races: Vec<Race>,
    /// The clock of each race's second event by its task's past alone.
    pub(super) pasts: Clocks,
    /// One clock for whoever looks for races.
    pub(super) hidden: Clocks,
    /// Events that came after a wait for news, by their positions.
    news: Vec<(usize, Watch)>,
    /// What more there is to know of each event, if there is something to choose at each access of an atomic.
    pub(crate) readings: Option<Readings>,
}

pub(super) type Lanes = [Vec<u32>; LANES + 1];

/// The lane of those that had polled.
pub(super) const POLLED: usize = LANES;

impl Trace {
    /// `is_weak` if there is something to choose at each access of an atomic.
    pub(crate) fn new(is_weak: bool) -> Self {
        let mut hidden = Clocks::new();
        hidden.push();
        Trace {
            events: Vec::new(),
            clocks: Clocks::new(),
            lanes: Vec::new(),
            by_task: Vec::new(),
            races: Vec::new(),
            pasts: Clocks::new(),
            hidden,
            news: Vec::new(),
            readings: is_weak.then(Default::default),
        }
    }

    /// Makes room for this many tasks and objects.
    pub(crate) fn widen(&mut self, tasks: usize, objects: usize) {
        self.clocks.widen(tasks);
        self.pasts.widen(tasks);
        self.hidden.widen(tasks);
        self.readings.iter_mut().for_each(|readings| readings.pasts.widen(tasks));
        if self.lanes.len() < objects {
            self.lanes.resize_with(objects, Lanes::default);
        }
        if self.by_task.len() < tasks {
            self.by_task.resize_with(tasks, Vec::new);
        }
    }

    /// Forgets all events from position `len` on, and all races.
    pub(crate) fn truncate(&mut self, len: usize) {
        while self.news.last().is_some_and(|(position, _)| *position >= len) {
            let (position, watch) = self.news.pop().expect("there is a last");
            for object in self.watched(&watch, self.events[position].operation.object) {
                self.lanes[object.index()][POLLED].pop();
            }
        }
        if self.clocks.len() >= self.events.len() {
            for event in self.events[len..].iter().rev() {
                self.lanes[event.operation.object.index()][event.access.lane()].pop();
                self.by_task[event.task.index()].pop();
            }
        }
        self.events.truncate(len);
        self.clocks.truncate(len);
        self.readings.iter_mut().for_each(|readings| readings.truncate(len));
        self.races.clear();
        self.pasts.truncate(0);
    }

    /// What was watched besides the event's own object.
    fn watched(&self, watch: &Watch, own: ObjectId) -> Vec<ObjectId> {
        watch.objects.iter().map(|&(object, _, _)| object).filter(|&object| object != own).collect()
    }

    /// Finds the races of an event that is about to be appended, of a task whose past is `pasts[past]`, and gives
    /// it its clock. If the task had polled, `watch` is what.
    pub(super) fn analyse(
        &mut self,
        event: &Event,
        object: &State,
        (pasts, past): (&Clocks, usize),
        causes: &mut Causes,
        watch: Option<Watch>,
    ) {
        let position = self.events.len();
        let clock = self.clocks.push_copy(pasts, past);
        let kept = self.races.len();
        if let Some(readings) = &mut self.readings {
            readings.pasts.push_copy(pasts, past);
        }
        if self.readings.is_some() && matches!(event.operation.action, Action::Atomic(_)) {
            // What it reads happens before it, and nothing else does: see `Trace::read`.
        } else if event.is_time_up() {
            // It could come at no other time: all that has happened was needed for it.
            (0..pasts.len()).for_each(|other| self.clocks.join(clock, pasts, other));
        } else {
            self.find_races(event, object, clock, causes, watch.as_ref());
        }
        if self.races.len() > kept {
            let past = self.pasts.push_copy(pasts, past);
            self.races[kept..].iter_mut().for_each(|race| race.past = past);
        }
        self.clocks.set(clock, event.task, event.index);
        self.lanes[event.operation.object.index()][event.access.lane()].push(position as u32);
        self.by_task[event.task.index()].push(position as u32);
        if let Some(watch) = watch {
            for object in self.watched(&watch, event.operation.object) {
                self.lanes[object.index()][POLLED].push(position as u32);
            }
            self.news.push((position, watch));
        }
    }

    /// The event that is about to be appended has read what that event wrote.
    pub(super) fn read(&mut self, (task, index): (TaskId, u32)) {
        let clock = self.clocks.len() - 1;
        let store = self.by_task[task.index()][index as usize - 1] as usize;
        self.clocks.join_within(clock, store);
    }

    /// Whether an event happens before what the task of another had done when that came.
    pub(crate) fn is_in_past_of(&self, first: usize, second: usize) -> bool {
        self.readings.as_ref().is_some_and(|readings| self.has_seen(&readings.pasts, second, first))
    }

    /// Appends an event.
    #[inline]
    pub(super) fn push(&mut self, event: Event) {
        self.events.push(event);
    }

    /// What the task of the event at `position` had waited for, if it had.
    pub(super) fn news(&self, position: usize) -> Option<&Watch> {
        let at = self.news.binary_search_by_key(&position, |(at, _)| *at).ok()?;
        Some(&self.news[at].1)
    }

    /// Whether the event's task had polled its object, and nothing else: then it goes on only with what it had not seen.
    pub(crate) fn had_polled_its_object(&self, position: usize) -> bool {
        let own = self.events[position].operation.object;
        self.news(position).is_some_and(|watch| watch.objects.iter().all(|&(object, ..)| object == own))
    }

    /// A task's event, by its index.
    pub(crate) fn event_of(&self, task: TaskId, index: u32) -> Option<&Event> {
        Some(&self.events[self.position_of(task, index)?])
    }

    /// Where a task's event is, by its index.
    pub(crate) fn position_of(&self, task: TaskId, index: u32) -> Option<usize> {
        Some(*self.by_task.get(task.index())?.get(index as usize - 1)? as usize)
    }

    /// An object's events, as positions, by lanes.
    pub(super) fn lanes(&self, object: ObjectId) -> &Lanes {
        &self.lanes[object.index()]
    }

    /// An object's events, as positions, in no order.
    pub(super) fn accesses(&self, object: ObjectId) -> impl Iterator<Item = usize> {
        self.lanes[object.index()][..LANES].iter().flatten().map(|&at| at as usize)
    }

    pub(super) fn has_seen(&self, clocks: &Clocks, clock: usize, position: usize) -> bool {
        let event = &self.events[position];
        clocks.count(clock, event.task) >= event.index
    }

    /// Whether the event at `first` happens before the one at `second`, or is it.
    pub(crate) fn happens_before(&self, first: usize, second: usize) -> bool {
        self.has_seen(&self.clocks, second, first)
    }

    pub(crate) fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// The trace class, as a value: each object's events, in an order that swapping neighbours that are
    /// not dependent does not change. Which number an object has in an execution is no part of it. Under a memory model
    /// in which there is something to choose at each access of an atomic, `rank` says where in modification order the store
    /// is that the event at a position has written, or else read.
    #[cfg(test)]
    pub(crate) fn canonical(
        &self,
        rank: impl Fn(usize) -> Option<u32>,
    ) -> Vec<Vec<(TaskId, u32, Access, u32)>> {
        let form = |mut left: Vec<Event>| {
            let mut form = Vec::new();
            // Of those that nothing dependent precedes, the least is next.
            while !left.is_empty() {
                let free = |at: &usize| !left[..*at].iter().any(|earlier| dependent(earlier, &left[*at]));
                let key = |at: &usize| (left[*at].task, left[*at].index);
                let next = (0..left.len()).filter(free).min_by_key(key).expect("the first is free");
                let event = left.remove(next);
                form.push((event.task, event.index, event.access, event.choice));
            }
            form
        };
        let mut by_object: Vec<Vec<Event>> = Vec::new();
        let mut accesses: Vec<Vec<(TaskId, u32, Access, u32)>> = Vec::new();
        for (position, event) in self.events.iter().enumerate() {
            let object = event.operation.object.index();
            if let Some(rank) = rank(position) {
                accesses.resize(accesses.len().max(object + 1), Vec::new());
                accesses[object].push((event.task, event.index, event.access, rank));
                continue;
            }
            if by_object.len() <= object {
                by_object.resize(object + 1, Vec::new());
            }
            by_object[object].push(*event);
        }
        let mut forms: Vec<_> = by_object.into_iter().filter(|events| !events.is_empty()).map(form).collect();
        accesses.iter_mut().for_each(|accesses| accesses.sort_unstable());
        forms.extend(accesses.into_iter().filter(|accesses| !accesses.is_empty()));
        forms.sort();
        forms
    }
}
