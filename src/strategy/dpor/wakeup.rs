//! Wakeup trees: what is still to be explored from a scheduling point, as sequences of events that
//! share their beginnings, in the order in which they were found.
//!
//! All trees of a search live in one arena, since they are handed from point to point as the search
//! goes down into them.

use crate::engine::{Event, TaskId};

/// A tree's branches, or a branch's own: the first of them, linked to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Branches(u32);

#[derive(Debug, Default)]
pub(crate) struct Forest {
    arena: Vec<Branch>,
    free: Vec<u32>,
}

/// Small, since a search reads most of them long after it wrote them.
#[derive(Clone, Copy, Debug)]
struct Branch {
    event: Event,
    /// How many objects there were where it was inserted: the event's own, if it is younger, may have another number in
    /// another execution.
    known: u32,
    /// Whether what is asleep where it is explored is awake below it: since it is not known whether something that was
    /// explored before it depends on it, what comes of both is explored here as well, perhaps for the second time.
    wakes: bool,
    below: Branches,
    next: Branches,
}

/// So many branches are kept anyway.
const SMALL: usize = 64;

/// How an event at a branch relates to a sequence that is to be inserted.
pub(crate) enum Fit {
    /// It is the sequence's event at this position, and could come first in it.
    Initial(usize),
    /// It could be put before the whole sequence.
    Independent,
    No,
    /// [`Fit::Independent`] or [`Fit::No`].
    Unknown,
}

impl Branches {
    pub(crate) const NONE: Branches = Branches(u32::MAX);

    pub(crate) fn is_empty(self) -> bool {
        self == Branches::NONE
    }

    /// Where the arena has the first.
    fn first(self) -> Option<usize> {
        (!self.is_empty()).then_some(self.0 as usize)
    }
}

impl Default for Branches {
    fn default() -> Self {
        Branches::NONE
    }
}

impl Forest {
    /// Takes the first branch off: its event, the tree below it, and whether it wakes what is asleep.
    pub(crate) fn pop(&mut self, branches: &mut Branches) -> Option<(Event, Branches, bool)> {
        self.take_off(branches).map(|branch| (branch.event, branch.below, branch.wakes))
    }

    /// Takes the first branch off.
    fn take_off(&mut self, branches: &mut Branches) -> Option<Branch> {
        let first = branches.first()?;
        let branch = self.arena[first];
        *branches = branch.next;
        self.free.push(first as u32);
        Some(branch)
    }

    /// How many branches a tree has at its root.
    pub(crate) fn len(&self, branches: Branches) -> usize {
        std::iter::successors(branches.first(), |&branch| self.arena[branch].next.first()).count()
    }

    /// Takes a whole tree over from another forest.
    pub(super) fn graft(&mut self, from: &mut Forest, branches: Branches) -> Branches {
        let mut grafted = Branches::NONE;
        let mut left = vec![(None, branches)];
        while let Some((parent, mut list)) = left.pop() {
            let mut last: Option<usize> = None;
            while let Some(branch) = from.take_off(&mut list) {
                let below = branch.below;
                let here = self.plant(Branch { below: Branches::NONE, next: Branches::NONE, ..branch });
                match last.or(parent) {
                    None => grafted = here,
                    Some(before) if last.is_some() => self.arena[before].next = here,
                    Some(parent) => self.arena[parent].below = here,
                }
                last = here.first();
                if !below.is_empty() {
                    left.push((last, below));
                }
            }
        }
        grafted
    }

    /// Gives memory back if most of it is free. `branches` is the only tree.
    pub(super) fn shrink(&mut self, branches: &mut Branches) {
        let in_use = self.arena.len() - self.free.len();
        if self.arena.len() > 4 * in_use.max(SMALL) {
            let mut old = std::mem::take(self);
            *branches = self.graft(&mut old, *branches);
        }
    }

    /// Throws a whole tree away.
    pub(crate) fn clear(&mut self, branches: Branches) {
        let (mut list, mut left) = (branches, Vec::new());
        loop {
            while let Some((_, below, _)) = self.pop(&mut list) {
                if !below.is_empty() {
                    left.push(below);
                }
            }
            match left.pop() {
                Some(next) => list = next,
                None => return,
            }
        }
    }

    /// Inserts a sequence unless some branch, down to its end, is the beginning of an equivalent one.
    /// `known` is how many objects there are where the tree is. `fit` compares a branch's event with what is left of
    /// the sequence; it is told how many objects there were where the branch was inserted, and of which tasks there
    /// are events on the way to the branch that are not in the sequence.
    pub(crate) fn insert<S>(
        &mut self,
        branches: &mut Branches,
        sequence: &mut Vec<S>,
        known: usize,
        event: impl Fn(&S) -> Event,
        fit: impl Fn(&Event, usize, &[S], &[TaskId]) -> Fit,
    ) {
        let mut at: Option<usize> = None;
        let mut apart: Vec<TaskId> = Vec::new();
        let mut is_sure = true;
        loop {
            let list = at.map_or(*branches, |at| self.arena[at].below);
            if let Some(leaf) = at.filter(|_| list.is_empty()) {
                self.arena[leaf].wakes |= !is_sure;
                return;
            }
            let (mut last, mut child, mut found) = (None, list, None);
            while let Some(here) = child.first() {
                let branch = &self.arena[here];
                match fit(&branch.event, branch.known as usize, sequence, &apart) {
                    Fit::Initial(position) => {
                        sequence.remove(position);
                        found = Some(here);
                        break;
                    }
                    Fit::Independent => {
                        apart.push(self.arena[here].event.task);
                        found = Some(here);
                        break;
                    }
                    fit => {
                        is_sure &= !matches!(fit, Fit::Unknown);
                        (last, child) = (Some(here), self.arena[here].next);
                    }
                }
            }
            if found.is_some() {
                at = found;
                continue;
            }
            let chain = self.chain(known, sequence.iter().map(event).rev());
            if let Some(first) = chain.first() {
                self.arena[first].wakes = !is_sure;
            }
            match (last, at) {
                (Some(last), _) => self.arena[last].next = chain,
                (None, Some(at)) => self.arena[at].below = chain,
                (None, None) => *branches = chain,
            }
            return;
        }
    }

    /// A tree that is one sequence, given from its end.
    fn chain(&mut self, known: usize, events_from_the_end: impl Iterator<Item = Event>) -> Branches {
        let mut below = Branches::NONE;
        for event in events_from_the_end {
            below = self.branch(event, known, false, below);
        }
        below
    }

    /// A tree of one branch, with what is below it.
    pub(super) fn branch(&mut self, event: Event, known: usize, wakes: bool, below: Branches) -> Branches {
        let known = u32::try_from(known).expect("fewer objects than fit into memory");
        self.plant(Branch { event, known, wakes, below, next: Branches::NONE })
    }

    fn plant(&mut self, branch: Branch) -> Branches {
        Branches(match self.free.pop() {
            Some(place) => {
                self.arena[place as usize] = branch;
                place
            }
            None => {
                self.arena.push(branch);
                u32::try_from(self.arena.len() - 1).expect("fewer branches than fit into memory")
            }
        })
    }
}

#[cfg(test)]
impl Forest {
    /// How many branches there are in all trees.
    pub(super) fn in_use(&self) -> usize {
        self.arena.len() - self.free.len()
    }

    /// How many branches a tree has.
    pub(super) fn size(&self, branches: Branches) -> usize {
        self.roots(branches).map(|branch| 1 + self.size(branch.below)).sum()
    }

    /// The first events of a tree's branches.
    pub(super) fn first_events(&self, branches: Branches) -> Vec<Event> {
        self.roots(branches).map(|branch| branch.event).collect()
    }

    fn roots(&self, branches: Branches) -> impl Iterator<Item = &Branch> {
        let next = |branch: &&Branch| branch.next.first().map(|next| &self.arena[next]);
        std::iter::successors(branches.first().map(|first| &self.arena[first]), next)
    }
}
