//! The events of an execution with their happens-before order, and the reversible races in it.
//!
//! Kept between executions: [`Trace::truncate`] leaves what the next one has in common with the last,
//! so only new events are ever analysed.

use super::clock::Clocks;
use super::competition::competitors;
use super::dependence::dependent;
use super::event::{ANY_WAY, WRITER};
use super::{Access, Action, Event, ObjectId, Operation, TaskId};

pub(crate) struct Trace {
    pub(crate) events: Vec<Event>,
    /// One for each event, which has seen itself.
    clocks: Clocks,
    /// Each object's events, as positions in `events`.
    accesses: Vec<Vec<u32>>,
    /// The reversible races whose second event was not in an earlier execution.
    pub(crate) races: Vec<Race>,
    /// The clock of each race's second event by its task's past alone.
    pasts: Clocks,
    /// Events that came after a wait for news, by their positions.
    news: Vec<(usize, News)>,
    /// The first two accesses of a cell that are in a data race.
    pub(crate) data_race: Option<(usize, usize)>,
}

/// Two events of different tasks that could come in the other order, with nothing between that
/// forbids it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Race {
    /// A position in the trace.
    pub(crate) first: usize,
    pub(crate) second: Second,
    /// Whether all readers of the lock from `first` on are its first part: the second is a writer.
    pub(crate) is_joint: bool,
    past: usize,
}

/// The later part of a race.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Second {
    /// A position in the trace.
    Executed(usize),
    /// An operation that is still waiting at the end, as the event it would be.
    Pending(Event),
}

/// What a task that polls waits for: that one of these objects is changed by another task.
#[derive(Clone, Debug)]
pub(crate) struct News {
    /// The objects, with the position from which on a change is news.
    pub(crate) objects: Vec<(ObjectId, usize)>,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Trace {
            events: Vec::new(),
            clocks: Clocks::new(),
            accesses: Vec::new(),
            races: Vec::new(),
            pasts: Clocks::new(),
            news: Vec::new(),
            data_race: None,
        }
    }

    /// Makes room for this many tasks and objects.
    pub(crate) fn widen(&mut self, tasks: usize, objects: usize) {
        self.clocks.widen(tasks);
        self.pasts.widen(tasks);
        if self.accesses.len() < objects {
            self.accesses.resize_with(objects, Vec::new);
        }
    }

    /// Forgets all events from position `len` on, and all races.
    pub(crate) fn truncate(&mut self, len: usize) {
        for event in self.events.drain(len..).rev() {
            self.accesses[event.operation.object.index()].pop();
        }
        self.clocks.truncate(len);
        self.races.clear();
        self.pasts.truncate(0);
        while self.news.last().is_some_and(|(position, _)| *position >= len) {
            self.news.pop();
        }
        self.data_race = self.data_race.filter(|(_, second)| *second < len);
    }

    /// Appends an event of a task whose past is `pasts[past]`, finds its races, and gives it its clock.
    /// It could not come before `causes`, in which it has no competitor.
    pub(crate) fn push(&mut self, event: Event, pasts: &Clocks, past: usize, causes: &[usize]) {
        let position = self.events.len();
        let clock = self.clocks.push_copy(pasts, past);
        let kept = self.races.len();
        match event.operation.action {
            Action::Chance(_) => {}
            Action::Lock
            | Action::ReadLock
            | Action::Park
            | Action::Send
            | Action::Receive
            | Action::Taken { .. } => self.race_when_enabled(&event, clock, position, causes),
            _ => self.race_for_access(&event, clock, position),
        }
        if self.races.len() > kept {
            let past = self.pasts.push_copy(pasts, past);
            self.races[kept..].iter_mut().for_each(|race| race.past = past);
            if matches!(event.operation.action, Action::CellRead | Action::CellWrite) {
                self.data_race.get_or_insert((self.races[kept].first, position));
            }
        }
        self.clocks.set(clock, event.task, event.index);
        self.accesses[event.operation.object.index()].push(position as u32);
        self.events.push(event);
    }

    /// Notes that the event at `position` came after its task had waited for news.
    pub(crate) fn push_news(&mut self, position: usize, news: News) {
        self.news.push((position, news));
    }

    /// The races of an operation that is still waiting when the execution is over.
    pub(crate) fn push_pending(&mut self, task: TaskId, operation: Operation, pasts: &Clocks, past: usize) {
        // Whatever else is waiting waits for a cause, and competes with nobody.
        if !matches!(operation.action, Action::Lock | Action::ReadLock | Action::Send) {
            return;
        }
        let index = pasts.count(past, task) + 1;
        let access = operation.action.access(0);
        let event = Event { task, index, operation, access, way: 0, before: 0 };
        let copy = self.pasts.push_copy(pasts, past);
        for (first, is_joint) in competitors(self, &event, &self.pasts, copy, None) {
            self.races.push(Race { first, second: Second::Pending(event), is_joint, past: copy });
        }
    }

    /// An operation that had to wait until it was enabled.
    fn race_when_enabled(&mut self, event: &Event, clock: usize, position: usize, causes: &[usize]) {
        let accesses = &self.accesses[event.operation.object.index()];
        if event.operation.action == Action::Lock
            && let Some(&last) = accesses.last()
            && self.events[last as usize].access == Access::Release
        {
            // A plain mutex, or as good as one. Its last holder is the one competitor.
            if let Some(first) = self.last_acquire(accesses)
                && self.events[first].task != event.task
                && !self.has_seen(&self.clocks, clock, first)
            {
                self.races.push(Race { first, second: Second::Executed(position), is_joint: false, past: 0 });
            }
            self.clocks.join_within(clock, last as usize);
            return;
        }
        let found = competitors(self, event, &self.clocks, clock, Some(causes));
        for &(first, is_joint) in &found {
            self.races.push(Race { first, second: Second::Executed(position), is_joint, past: 0 });
        }
        for &cause in causes {
            self.clocks.join_within(clock, cause);
        }
        for at in (0..self.accesses[event.operation.object.index()].len()).rev() {
            let earlier = self.accesses[event.operation.object.index()][at] as usize;
            if dependent(&self.events[earlier], event) {
                self.clocks.join_within(clock, earlier);
            }
            if matches!(self.events[earlier].access, Access::Acquire | Access::Release) {
                break;
            }
        }
    }

    /// Any other access competes with what it may not be swapped with, unless that is before another
    /// competitor.
    fn race_for_access(&mut self, event: &Event, clock: usize, position: usize) {
        for at in (0..self.accesses[event.operation.object.index()].len()).rev() {
            let first = self.accesses[event.operation.object.index()][at] as usize;
            let earlier = &self.events[first];
            let access = earlier.access;
            if dependent(earlier, event) && !self.has_seen(&self.clocks, clock, first) {
                self.races.push(Race { first, second: Second::Executed(position), is_joint: false, past: 0 });
                self.clocks.join_within(clock, first);
            }
            // Whatever is before one of these happens before it; and before an access of the task's own of the
            // same kind, whatever competes with this one.
            let is_own = earlier.task == event.task && access == event.access;
            if is_own || matches!(access, Access::Write | Access::Acquire | Access::Release) {
                break;
            }
        }
    }

    fn last_acquire(&self, accesses: &[u32]) -> Option<usize> {
        let mut accesses = accesses.iter().rev().map(|&at| at as usize);
        accesses.find(|&at| self.events[at].access == Access::Acquire)
    }

    /// An object's events, as positions.
    pub(crate) fn accesses(&self, object: ObjectId) -> &[u32] {
        &self.accesses[object.index()]
    }

    pub(crate) fn has_seen(&self, clocks: &Clocks, clock: usize, position: usize) -> bool {
        let event = &self.events[position];
        clocks.count(clock, event.task) >= event.index
    }

    /// Whether the event at `first` happens before the one at `second`, or is it.
    pub(crate) fn happens_before(&self, first: usize, second: usize) -> bool {
        self.has_seen(&self.clocks, second, first)
    }

    /// Whether the event at `position` happens before the race's second by its task's past alone.
    pub(crate) fn is_in_past(&self, position: usize, race: &Race) -> bool {
        self.has_seen(&self.pasts, race.past, position)
    }

    /// Whether the event at `position` stays before the race's second if that comes before the first.
    pub(crate) fn stays(&self, position: usize, race: &Race) -> bool {
        let is_after = |first: usize| self.happens_before(first, position);
        !(is_after(race.first) || race.is_joint && self.joint_firsts(race).any(is_after))
    }

    /// The readers that a writer comes before if it comes before the first of them.
    fn joint_firsts(&self, race: &Race) -> impl Iterator<Item = usize> {
        let object = self.events[race.first].operation.object;
        let end = self.end(race);
        self.accesses[object.index()].iter().map(|&at| at as usize).filter(move |&at| {
            (race.first..end).contains(&at)
                && self.events[at].access == Access::AcquireShared
                && !self.is_in_past(at, race)
        })
    }

    /// The position before which the race's second finds what stays before it.
    pub(crate) fn end(&self, race: &Race) -> usize {
        match race.second {
            Second::Executed(position) => position,
            Second::Pending(_) => self.events.len(),
        }
    }

    /// The race's second event.
    pub(crate) fn second(&self, race: &Race) -> Event {
        match race.second {
            Second::Executed(position) => self.events[position],
            Second::Pending(event) => event,
        }
    }

    /// What the race's second event does if it comes before the first, after the events `between` that
    /// stay before it; `None` if it cannot.
    ///
    /// It finds its object as the first did, but for readers of a lock, who do not notice each other, and
    /// for the other side of a channel.
    pub(crate) fn reversed(
        &self,
        race: &Race,
        between: impl Iterator<Item = Event> + Clone,
    ) -> Option<Event> {
        let (first, second) = (self.events[race.first], self.second(race));
        let mut before = first.before;
        for event in between.clone().filter(|event| event.operation.object == second.operation.object) {
            match event.access {
                Access::AcquireShared => before += 1,
                Access::ReleaseShared => before -= 1,
                Access::Receive => before = before.saturating_add(1),
                Access::Send | Access::TrySend => before = before.saturating_sub(1),
                _ => {}
            }
        }
        match second.operation.action {
            Action::Lock if before != 0 => return None,
            Action::ReadLock if before == WRITER => return None,
            _ => {}
        }
        if let Second::Executed(position) = race.second
            && !self.has_news(position, race, between)
        {
            return None;
        }
        let access = second.operation.action.access(before);
        let way = if second.operation.action == Action::NotifyOne { ANY_WAY } else { second.way };
        Some(Event { access, way, before, ..second })
    }

    /// Whether a task that polls would hear news before the race's first, so that it could go on to its
    /// event at `position` there.
    fn has_news(&self, position: usize, race: &Race, between: impl Iterator<Item = Event>) -> bool {
        let Ok(at) = self.news.binary_search_by_key(&position, |(at, _)| *at) else {
            return true;
        };
        let (_, News { objects }) = &self.news[at];
        let task = self.events[position].task;
        let is_news = |event: &Event| event.task != task && !event.access.is_read();
        let known = objects.iter().any(|&(object, since)| {
            let accesses = self.accesses[object.index()].iter().map(|&at| at as usize);
            accesses.filter(|at| (since..race.first).contains(at)).any(|at| is_news(&self.events[at]))
        });
        let concerns = |event: &Event| objects.iter().any(|(object, _)| *object == event.operation.object);
        known || between.into_iter().any(|event| is_news(&event) && concerns(&event))
    }

    pub(crate) fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// The trace class, as a value: each object's events, in an order that swapping neighbours that are
    /// not dependent does not change.
    #[cfg(test)]
    pub(crate) fn canonical(&self) -> Vec<Vec<(TaskId, u32, Access, u32)>> {
        let form = |accesses: &Vec<u32>| {
            let mut left: Vec<Event> = accesses.iter().map(|&at| self.events[at as usize]).collect();
            let mut form = Vec::new();
            // Of those that nothing dependent precedes, the least is next.
            while !left.is_empty() {
                let free = |at: &usize| !left[..*at].iter().any(|earlier| dependent(earlier, &left[*at]));
                let key = |at: &usize| (left[*at].task, left[*at].index);
                let next = (0..left.len()).filter(free).min_by_key(key).expect("the first is free");
                let event = left.remove(next);
                form.push((event.task, event.index, event.access, event.way));
            }
            form
        };
        self.accesses.iter().map(form).collect()
    }
}
