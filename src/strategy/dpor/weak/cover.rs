//! Whether a sequence need not be explored from a scheduling point: since all that could come of it is, or will be,
//! explored from elsewhere, or since it could not come.
//!
//! It need not if an event that is asleep could be its first; or if some task that has no part in it has nothing to do
//! after it but what is asleep.

use super::super::sleep::Why;
use super::Asleep;
use super::sequence::{Act, Sequence, told};
use crate::engine::{Action, Attempt, ObjectId, Source, StoreId, TaskId};

/// A scheduling point, as far as it matters here.
pub(super) struct Here<'a, F> {
    pub(super) sleep: &'a [Asleep],
    /// What the execution is up to here. What is tried on it is taken back.
    pub(super) attempt: &'a mut Attempt,
    /// How many objects there are.
    pub(super) known: usize,
    /// Whether an event was there before the event at a position.
    pub(super) was_before: F,
}

impl<F: Fn(StoreId, usize) -> bool> Here<'_, F> {
    /// Whether the sequence, in which each store has its place, is to be explored from here.
    pub(super) fn is_open(&mut self, sequence: &Sequence) -> bool {
        let mark = self.attempt.mark();
        let is_open = self.perform(sequence, sequence.items.len())
            && !self.has_initial_asleep(sequence)
            && !self.leaves_a_task_asleep(sequence);
        self.attempt.go_back(mark);
        is_open
    }

    /// The sequence with each of the places that its store without one could have; itself, if each has one.
    pub(super) fn expand(&mut self, sequence: Sequence) -> Vec<Sequence> {
        let Some(at) = sequence.acts().position(|act| act.source.is_none()) else { return vec![sequence] };
        let mark = self.attempt.mark();
        let places = if self.perform(&sequence, at) { self.places(&sequence, at) } else { Vec::new() };
        self.attempt.go_back(mark);
        let with = |store| {
            let mut placed = sequence.clone();
            placed.items[at].act.source = Some(Source::Store(store));
            // Who comes after it in a sequence reads it.
            placed
        };
        places.into_iter().map(with).collect()
    }

    /// Which stores the event of the sequence could be written behind.
    fn places(&mut self, sequence: &Sequence, at: usize) -> Vec<StoreId> {
        let act = self.simulated(sequence, at);
        let Action::Atomic(action) = act.event.operation.action else { return Vec::new() };
        self.attempt.sources(act.task(), act.object(), action, |_| true)
    }

    /// Performs the first so many of the sequence; whether they could come.
    fn perform(&mut self, sequence: &Sequence, count: usize) -> bool {
        for at in 0..count {
            let act = self.simulated(sequence, at);
            let item = &sequence.items[at];
            if act.is_atomic() {
                let Some(store) = act.store().filter(|&store| self.attempt.allows(&act.event, store)) else {
                    return false;
                };
                self.attempt.perform(&act.event, store, item.written, usize::MAX);
            }
            for effect in item.effects.iter() {
                let object = effect.object().map(|object| self.number(object));
                self.attempt.repeat(object.map_or(*effect, |object| effect.of(object)));
            }
        }
        true
    }

    /// An event of the sequence, with an object that the attempt knows.
    fn simulated(&mut self, sequence: &Sequence, at: usize) -> Act {
        let act = sequence.items[at].act;
        let object = self.number(act.object());
        if act.is_atomic()
            && let Some(value) = sequence.first_value(act.object())
        {
            self.attempt.begin(object, value);
        }
        act.about(object)
    }

    /// A number for an object that may not be there yet.
    fn number(&self, object: ObjectId) -> ObjectId {
        told(object).map_or(object, |then| ObjectId::new(self.known + then.index()))
    }

    /// Whether an event that is asleep could be the sequence's first, with what was chosen for it.
    fn has_initial_asleep(&self, sequence: &Sequence) -> bool {
        self.sleep.iter().any(|asleep| {
            let Some(at) = sequence.acts().position(|act| act.task() == asleep.act.task()) else {
                return false;
            };
            let act = sequence.items[at].act;
            sequence.is_initial(at) && self.is_same_choice(asleep, &act)
        })
    }

    fn is_same_choice(&self, asleep: &Asleep, act: &Act) -> bool {
        match (asleep.act.source, act.source) {
            (Some(Source::Store(one)), Some(Source::Store(other))) => {
                one == other
                    || act.is_store()
                        && asleep.act.is_store()
                        && told(act.object()).is_none()
                        && self.is_at(asleep, one, other)
            }
            (Some(Source::Choice(one)), Some(Source::Choice(other))) => super::is_same_choice(one, other),
            _ => false,
        }
    }

    /// Whether to go right behind `now` is to go right behind `then`, as far as the stores go that there were when the event
    /// was put to sleep.
    fn is_at(&self, asleep: &Asleep, then: StoreId, now: StoreId) -> bool {
        let was_there = |store| (self.was_before)(store, asleep.since);
        self.attempt.last_of(asleep.act.object(), now, was_there) == then
    }

    /// Whether a task that has no part in the sequence could do nothing after it but what is asleep.
    fn leaves_a_task_asleep(&self, sequence: &Sequence) -> bool {
        // See `Why::Frozen`.
        let sleep = || self.sleep.iter().filter(|asleep| asleep.why != Why::Frozen);
        let mut tasks: Vec<TaskId> = sleep().map(|asleep| asleep.act.task()).collect();
        tasks.dedup();
        tasks.retain(|&task| sequence.acts().all(|act| act.task() != task));
        tasks.into_iter().any(|task| {
            let sleeps_on = |asleep: &&Asleep| {
                asleep.act.task() == task
                    && !sequence.items.iter().any(|item| sequence.may_depend(&asleep.act, asleep.past, item))
            };
            let still: Vec<&Asleep> = sleep().filter(sleeps_on).collect();
            let Some(Asleep { act, .. }) = still.first() else { return false };
            let Action::Atomic(action) = act.event.operation.action else { return true };
            // What is asleep knows whether it writes. Else, if that goes by an address, it is taken for a read: that
            // leaves more open.
            let writes = |(store, value)| {
                let known = still.iter().find(|asleep| asleep.act.store() == Some(store));
                known.map_or(action.writes(value) && !action.goes_by_address(), |asleep| asleep.act.writes())
            };
            let sources = self.attempt.sources(task, act.object(), action, writes);
            let is_known = !sources.is_empty();
            is_known
                && sources.into_iter().all(|store| {
                    still.iter().any(|asleep| match asleep.act.store() {
                        Some(then) if asleep.act.is_store() => self.is_at(asleep, then, store),
                        then => then == Some(store),
                    })
                })
        })
    }
}
