//! Whether a sequence need not be explored from a scheduling point: since all that could come of it is, or will be,
//! explored from elsewhere, or since it could not come.
//!
//! It need not if an event that is asleep could be its first; or if some task that has no part in it has nothing to do
//! after it but what is asleep.

use super::Asleep;
use super::sequence::{Act, Sequence, is_told};
use crate::engine::{Action, Attempt, ObjectId, Source, StoreId, TaskId};

/// A scheduling point, as far as it matters here.
pub(super) struct Here<'a, F> {
    pub(super) sleep: &'a [Asleep],
    /// What the execution is up to here.
    pub(super) attempt: &'a Attempt,
    /// How many objects there are.
    pub(super) known: usize,
    /// Whether an event was there before the event at a position.
    pub(super) was_before: F,
}

impl<F: Fn(StoreId, usize) -> bool> Here<'_, F> {
    /// Whether the sequence, in which each store has its place, is to be explored from here.
    pub(super) fn is_open(&self, sequence: &Sequence) -> bool {
        let Some(attempt) = self.perform(sequence, sequence.items.len()) else { return false };
        !(self.has_initial_asleep(sequence, &attempt) || self.leaves_a_task_asleep(sequence, &attempt))
    }

    /// The sequence with each of the places that its store without one could have; itself, if each has one.
    pub(super) fn expand(&self, sequence: Sequence) -> Vec<Sequence> {
        let Some(at) = sequence.acts().position(|act| act.source.is_none()) else { return vec![sequence] };
        let Some(mut attempt) = self.perform(&sequence, at) else { return Vec::new() };
        let act = self.simulated(&sequence, at, &mut attempt);
        let Action::Atomic(action) = act.event.operation.action else { return Vec::new() };
        let with = |store| {
            let mut placed = sequence.clone();
            placed.items[at].act.source = Some(Source::Store(store));
            // Who comes after it in a sequence reads it.
            placed
        };
        attempt.sources(act.task(), act.object(), action, |_| true).into_iter().map(with).collect()
    }

    /// What the first so many of the sequence come to; `None` if they could not come.
    fn perform(&self, sequence: &Sequence, count: usize) -> Option<Attempt> {
        let mut attempt = self.attempt.clone();
        for at in 0..count {
            let act = self.simulated(sequence, at, &mut attempt);
            let item = &sequence.items[at];
            if act.is_atomic() {
                let store = act.store()?;
                if !attempt.allows(&act.event, store) {
                    return None;
                }
                attempt.perform(&act.event, store, item.written, usize::MAX);
            }
            for effect in &item.effects {
                let object = effect.object().map(|object| self.number(sequence, object));
                attempt.repeat(object.map_or(*effect, |object| effect.of(object)));
            }
        }
        Some(attempt)
    }

    /// An event of the sequence, with an object that the attempt knows.
    fn simulated(&self, sequence: &Sequence, at: usize, attempt: &mut Attempt) -> Act {
        let act = sequence.items[at].act;
        let object = self.number(sequence, act.object());
        if act.is_atomic()
            && let Some(value) = sequence.first_value(act.object())
        {
            attempt.begin(object, value);
        }
        act.about(object)
    }

    /// A number for an object that may not be there yet.
    fn number(&self, sequence: &Sequence, object: ObjectId) -> ObjectId {
        if !is_told(object) {
            return object;
        }
        let mut told: Vec<ObjectId> = Vec::new();
        for item in &sequence.items {
            for object in item.objects().filter(|&object| is_told(object)) {
                if !told.contains(&object) {
                    told.push(object);
                }
            }
        }
        let place = told.iter().position(|&it| it == object).unwrap_or(told.len());
        ObjectId::new(self.known + place)
    }

    /// Whether an event that is asleep could be the sequence's first, with what was chosen for it.
    fn has_initial_asleep(&self, sequence: &Sequence, attempt: &Attempt) -> bool {
        self.sleep.iter().any(|asleep| {
            let Some(at) = sequence.acts().position(|act| act.task() == asleep.act.task()) else {
                return false;
            };
            let act = sequence.items[at].act;
            sequence.is_initial(at) && self.is_same_choice(asleep, &act, attempt)
        })
    }

    fn is_same_choice(&self, asleep: &Asleep, act: &Act, attempt: &Attempt) -> bool {
        match (asleep.act.source, act.source) {
            (Some(Source::Store(one)), Some(Source::Store(other))) => {
                one == other
                    || act.is_store()
                        && asleep.act.is_store()
                        && !is_told(act.object())
                        && self.is_at(asleep, one, other, attempt)
            }
            (Some(Source::Choice(one)), Some(Source::Choice(other))) => super::is_same_choice(one, other),
            _ => false,
        }
    }

    /// Whether to go right behind `now` is to go right behind `then`, as far as the stores go that there were when the event
    /// was put to sleep.
    fn is_at(&self, asleep: &Asleep, then: StoreId, now: StoreId, attempt: &Attempt) -> bool {
        let was_there = |store| (self.was_before)(store, asleep.since);
        attempt.last_of(asleep.act.object(), now, was_there) == then
    }

    /// Whether a task that has no part in the sequence could do nothing after it but what is asleep.
    fn leaves_a_task_asleep(&self, sequence: &Sequence, attempt: &Attempt) -> bool {
        let mut tasks: Vec<TaskId> = self.sleep.iter().map(|asleep| asleep.act.task()).collect();
        tasks.dedup();
        tasks.retain(|&task| sequence.acts().all(|act| act.task() != task));
        tasks.into_iter().any(|task| {
            let sleeps_on = |asleep: &&Asleep| {
                asleep.act.task() == task
                    && !sequence.items.iter().any(|item| sequence.may_depend(&asleep.act, asleep.past, item))
            };
            let still: Vec<&Asleep> = self.sleep.iter().filter(sleeps_on).collect();
            let Some(Asleep { act, .. }) = still.first() else { return false };
            let Action::Atomic(action) = act.event.operation.action else { return true };
            // What is asleep knows whether it writes. Else, if that goes by an address, it is taken for a read: that
            // leaves more open.
            let writes = |(store, value)| {
                let known = still.iter().find(|asleep| asleep.act.store() == Some(store));
                known.map_or(action.writes(value) && !action.goes_by_address(), |asleep| asleep.act.writes())
            };
            let sources = attempt.sources(task, act.object(), action, writes);
            let is_known = !sources.is_empty();
            is_known
                && sources.into_iter().all(|store| {
                    still.iter().any(|asleep| match asleep.act.store() {
                        Some(then) if asleep.act.is_store() => self.is_at(asleep, then, store, attempt),
                        then => then == Some(store),
                    })
                })
        })
    }
}
