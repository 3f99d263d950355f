//! Sleep sets: what need not come next at a scheduling point, since all executions in which it does are, or will
//! be, explored from elsewhere.

use super::Relation;
use super::wakeup::Fit;
use crate::engine::{Event, TaskId};

/// What need not come next at a scheduling point.
#[derive(Clone, Debug, Default)]
pub(super) struct Sleep(Vec<Asleep>);

/// An event that need not come next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asleep {
    pub(super) event: Event,
    pub(super) why: Why,
}

/// Why an event need not come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Everything after it has been explored.
    Explored,
    /// Another worker explores everything after it.
    Exploring,
    /// Another worker began to explore what comes after it at an earlier point. What that worker will find
    /// that begins otherwise is not in our tree, so here nothing is left out because of it: we only do not
    /// execute it. An execution that can go on with nothing else is redundant.
    Frozen,
}

impl Why {
    /// Why it need not come next after another event.
    pub(super) fn below(self) -> Self {
        if self == Why::Exploring { Why::Frozen } else { self }
    }
}

impl Sleep {
    /// From here on, the event need not come next.
    pub(super) fn add(&mut self, event: Event, why: Why) {
        self.0.push(Asleep { event, why });
    }

    /// What is still asleep after `event`: whatever that does not wake.
    pub(super) fn inherit(&mut self, before: &Sleep, event: &Event, dependent: Relation) {
        let below = |&Asleep { event, why }: &Asleep| Asleep { event, why: why.below() };
        self.0.clear();
        self.0.extend(before.0.iter().filter(|asleep| !dependent(&asleep.event, event)).map(below));
    }

    /// Whether the task's next event, with this choice, need not come next.
    pub(super) fn has(&self, task: TaskId, choice: u32) -> bool {
        self.0.iter().any(|Asleep { event, .. }| event.task == task && event.choice == choice)
    }

    /// Whether a sequence need not come next: some event that is asleep could be its first, or be put before it
    /// (the paper's weak initials).
    pub(super) fn has_weak_initial(&self, fit: impl Fn(&Event) -> Fit) -> bool {
        self.0.iter().any(|Asleep { event, why }| match fit(event) {
            Fit::Initial(_) => true,
            Fit::Independent => *why != Why::Frozen,
            Fit::No | Fit::Unknown => false,
        })
    }

    /// The event that was put to sleep as `taken` turned out to be this.
    pub(super) fn correct(&mut self, taken: &Event, event: &Event) {
        let name = |event: &Event| (event.task, event.index, event.choice);
        if let Some(asleep) = self.0.iter_mut().rev().find(|asleep| name(&asleep.event) == name(taken)) {
            asleep.event = *event;
        }
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Asleep> {
        self.0.iter()
    }
}
