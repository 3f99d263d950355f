//! The events of an execution with their happens-before order, and the reversible races in it.
//!
//! Kept between executions: [`Trace::truncate`] leaves what the next one has in common with the last,
//! so only new events are ever analysed.

use super::clock::Clocks;
use super::dependence::dependent;
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
}

/// Two events of different tasks that could come in the other order, with nothing between that
/// forbids it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Race {
    /// A position in the trace.
    pub(crate) first: usize,
    pub(crate) second: Second,
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

impl Trace {
    pub(crate) fn new() -> Self {
        Trace {
            events: Vec::new(),
            clocks: Clocks::new(),
            accesses: Vec::new(),
            races: Vec::new(),
            pasts: Clocks::new(),
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
    }

    /// Appends an event of a task whose past is `pasts[past]`, finds its races, and gives it its clock.
    pub(crate) fn push(&mut self, event: Event, pasts: &Clocks, past: usize) {
        let position = self.events.len();
        let clock = self.clocks.push_copy(pasts, past);
        let kept = self.races.len();
        match event.operation.action {
            Action::Lock => self.race_for_lock(event.task, event.operation.object, clock, position),
            _ => self.race_for_access(&event, clock, position),
        }
        if self.races.len() > kept {
            let past = self.pasts.push_copy(pasts, past);
            self.races[kept..].iter_mut().for_each(|race| race.past = past);
        }
        self.clocks.set(clock, event.task, event.index);
        self.accesses[event.operation.object.index()].push(position as u32);
        self.events.push(event);
    }

    /// The races of an operation that is still waiting when the execution is over.
    pub(crate) fn push_pending(&mut self, task: TaskId, operation: Operation, pasts: &Clocks, past: usize) {
        // What it would do is known only for a lock; and only a lock is waiting for long.
        if !matches!(operation.action, Action::Lock) {
            return;
        }
        let index = pasts.count(past, task) + 1;
        let event = Event { task, index, operation, access: Access::Acquire, before: 0 };
        let copy = self.pasts.push_copy(pasts, past);
        if let Some(first) = self.last_acquire(operation.object)
            && !self.has_seen(&self.pasts, copy, first)
        {
            self.races.push(Race { first, second: Second::Pending(event), past: copy });
        }
    }

    /// A lock competes with the last one that took the mutex, not with the release between, which can
    /// never come after it.
    fn race_for_lock(&mut self, task: TaskId, object: ObjectId, clock: usize, position: usize) {
        let Some(first) = self.last_acquire(object) else {
            return;
        };
        if self.events[first].task != task && !self.has_seen(&self.clocks, clock, first) {
            self.races.push(Race { first, second: Second::Executed(position), past: 0 });
        }
        let last = *self.accesses[object.index()].last().expect("the acquire is one");
        self.clocks.join_within(clock, last as usize);
    }

    /// Any other access competes with the reads since the last write, if it is not one itself, and
    /// with that write if it is not before another competitor.
    fn race_for_access(&mut self, event: &Event, clock: usize, position: usize) {
        for at in (0..self.accesses[event.operation.object.index()].len()).rev() {
            let first = self.accesses[event.operation.object.index()][at] as usize;
            let earlier = &self.events[first];
            if dependent(earlier, event) && !self.has_seen(&self.clocks, clock, first) {
                self.races.push(Race { first, second: Second::Executed(position), past: 0 });
                self.clocks.join_within(clock, first);
            }
            if !self.events[first].access.is_read() {
                break;
            }
        }
    }

    fn last_acquire(&self, object: ObjectId) -> Option<usize> {
        let accesses = self.accesses[object.index()].iter().rev().map(|&at| at as usize);
        accesses.into_iter().find(|&at| self.events[at].access == Access::Acquire)
    }

    fn has_seen(&self, clocks: &Clocks, clock: usize, position: usize) -> bool {
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

    /// The race's second event.
    pub(crate) fn second(&self, race: &Race) -> Event {
        match race.second {
            Second::Executed(position) => self.events[position],
            Second::Pending(event) => event,
        }
    }

    pub(crate) fn clocks(&self) -> &Clocks {
        &self.clocks
    }

    /// The trace class, as a value: each object's events, neighbours that only read sorted.
    #[cfg(test)]
    pub(crate) fn canonical(&self) -> Vec<Vec<(TaskId, u32, Access)>> {
        let form = |accesses: &Vec<u32>| {
            let mut events: Vec<_> = accesses
                .iter()
                .map(|&at| self.events[at as usize])
                .map(|event| (event.task, event.index, event.access))
                .collect();
            events
                .chunk_by_mut(|one, other| one.2.is_read() && other.2.is_read())
                .for_each(|reads| reads.sort_unstable());
            events
        };
        self.accesses.iter().map(form).collect()
    }
}
