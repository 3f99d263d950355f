//! What a search has to know of an event under a memory model in which there is something to choose at each access:
//! what it has read, or is written behind, and what happened after it that is no event.

use super::clock::Clocks;
use super::memory::Mark;
use super::{Effect, Effects, StoreId};

/// What was chosen for an event, whatever the execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Of an access of an atomic: the store that it has read, or if it reads none, is written right behind.
    Store(StoreId),
    /// Of anything else: see [`Event::choice`](super::Event).
    Choice(u32),
}

/// What is remembered of an event besides.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) source: Source,
    /// What an atomic holds afterwards, if the event wrote it.
    pub(crate) written: u64,
    /// All that its task had done and seen before, in a few bits.
    pub(crate) past: u64,
    /// What happened after it, and before the next event.
    pub(crate) effects: Effects,
    /// The point just before it.
    pub(crate) mark: Mark,
}

/// Of all events of an execution, as far as it goes.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    /// What happened before the first event.
    pub(crate) prologue: Effects,
    pub(crate) all: Vec<Reading>,
    /// For each event what happens before its task's part in it: not what it reads.
    pub(crate) pasts: Clocks,
}

impl Readings {
    pub(super) fn truncate(&mut self, len: usize) {
        self.all.truncate(len);
        self.pasts.truncate(len);
    }

    /// Notes what happened after the event before this position.
    pub(super) fn note_effects(&mut self, position: usize, journal: &mut Vec<Effect>) {
        let effects = match position.checked_sub(1) {
            None => &mut self.prologue,
            Some(before) => &mut self.all[before].effects,
        };
        effects.set(journal);
        journal.clear();
    }
}
