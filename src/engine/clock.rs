//! Vector clocks, many in one piece of memory: a clock says of each task how many of its events
//! happen before, or are, some point.

use super::TaskId;

/// Clocks of so many tasks are as narrow as can be, since most programs have no more; wider ones are widened more rarely.
const NARROW: usize = 32;

/// Clocks of the same width, numbered from 0.
#[derive(Debug)]
pub(crate) struct Clocks {
    width: usize,
    counts: Vec<u32>,
}

impl Clocks {
    pub(crate) fn new() -> Self {
        Clocks { width: 4, counts: Vec::new() }
    }

    /// Of how many tasks each can be.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn len(&self) -> usize {
        self.counts.len() / self.width
    }

    /// Makes room for this many tasks in each clock.
    pub(crate) fn widen(&mut self, tasks: usize) {
        if tasks <= self.width {
            return;
        }
        let width = if tasks <= NARROW { tasks.next_multiple_of(4) } else { tasks.next_power_of_two() };
        let mut counts = vec![0; self.len() * width];
        for (new, old) in counts.chunks_exact_mut(width).zip(self.counts.chunks_exact(self.width)) {
            new[..self.width].copy_from_slice(old);
        }
        (self.width, self.counts) = (width, counts);
    }

    /// A new clock, which nothing happens before.
    pub(crate) fn push(&mut self) -> usize {
        self.counts.resize(self.counts.len() + self.width, 0);
        self.len() - 1
    }

    /// A new clock that is a copy of one in `others`, which are as wide.
    pub(crate) fn push_copy(&mut self, others: &Clocks, clock: usize) -> usize {
        self.counts.extend_from_slice(others.get(clock));
        self.len() - 1
    }

    /// `clock` becomes one that nothing happens before.
    pub(crate) fn reset(&mut self, clock: usize) {
        self.counts[clock * self.width..][..self.width].fill(0);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.counts.truncate(len * self.width);
    }

    /// Makes all of them clocks that nothing happens before.
    pub(crate) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// How many events of `task` the clock has seen.
    pub(crate) fn count(&self, clock: usize, task: TaskId) -> u32 {
        self.counts[clock * self.width + task.index()]
    }

    pub(crate) fn set(&mut self, clock: usize, task: TaskId, count: u32) {
        self.counts[clock * self.width + task.index()] = count;
    }

    /// `clock` becomes that of `others`, which are as wide.
    pub(crate) fn copy(&mut self, clock: usize, others: &Clocks, other: usize) {
        let begin = clock * self.width;
        self.counts[begin..begin + self.width].copy_from_slice(others.get(other));
    }

    /// `clock` has also seen what another of these has.
    pub(crate) fn join_within(&mut self, clock: usize, other: usize) {
        let (begin, other_begin) = (clock * self.width, other * self.width);
        let (mine, theirs) = if begin < other_begin {
            let (before, rest) = self.counts.split_at_mut(other_begin);
            (&mut before[begin..begin + self.width], &rest[..self.width])
        } else if begin > other_begin {
            let (before, rest) = self.counts.split_at_mut(begin);
            (&mut rest[..self.width], &before[other_begin..other_begin + self.width])
        } else {
            return;
        };
        take_greater(mine, theirs);
    }

    /// `clock` has also seen what one of `others` has, which are as wide.
    pub(crate) fn join(&mut self, clock: usize, others: &Clocks, other: usize) {
        let begin = clock * self.width;
        take_greater(&mut self.counts[begin..begin + self.width], others.get(other));
    }

    /// `clock` becomes one of these counts, and of no more.
    pub(crate) fn restore(&mut self, clock: usize, counts: &[u32]) {
        let clock = &mut self.counts[clock * self.width..][..self.width];
        let (known, wider) = clock.split_at_mut(counts.len());
        known.copy_from_slice(counts);
        wider.fill(0);
    }

    pub(crate) fn get(&self, clock: usize) -> &[u32] {
        &self.counts[clock * self.width..][..self.width]
    }
}

impl Clone for Clocks {
    fn clone(&self) -> Self {
        Clocks { width: self.width, counts: self.counts.clone() }
    }

    /// Without new memory, if there is enough.
    fn clone_from(&mut self, other: &Self) {
        self.width = other.width;
        self.counts.clone_from(&other.counts);
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Clocks::new()
    }
}

/// Widths are multiples of four, and four at once are quick.
fn take_greater(mine: &mut [u32], theirs: &[u32]) {
    let (mine, _) = mine.as_chunks_mut::<4>();
    let (theirs, _) = theirs.as_chunks::<4>();
    for (mine, theirs) in mine.iter_mut().zip(theirs) {
        *mine = std::array::from_fn(|at| mine[at].max(theirs[at]));
    }
}
