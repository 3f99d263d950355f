//! What several workers have in common when they explore one tree: the scheduling points at which one of
//! them has left branches for others. What such a point is under the memory model of Rust is `weak::sharing`'s.
//!
//! A worker has its path from the root to itself. When another is idle, it shares the points of its path
//! down to the first that has a branch left. Whoever takes a branch puts it to sleep at once, so a point's
//! order is the order in which its branches are taken, and each trace class is still explored once, by
//! whomever.
//!
//! Alone, a worker finds in its first branches what has to be explored below later ones, before it gets
//! there. Together they cannot wait for that. So below a branch that was taken while an earlier one was
//! still being explored, that earlier one is asleep, but nothing is left out because of it (`Why::Frozen`).
//! The price is redundant executions, which are counted.

use super::sleep::{Sleep, Why};
use super::wakeup::{Branches, Forest};
use super::weak;
use crate::engine::Event;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A scheduling point that several workers know.
pub(super) struct Point {
    /// The point before this one, and the event that leads here; `None` at the root.
    pub(super) before: Option<(Arc<Point>, Event)>,
    /// How many objects there are here.
    pub(super) known: usize,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// What need not come next: it was explored, or is being explored.
    pub(super) sleep: Sleep,
    /// What is still to be explored.
    pub(super) wakeup: Branches,
    /// Where the tree lives.
    pub(super) forest: Forest,
}

/// All points that are shared, of whichever kind the program's are.
pub(crate) struct Frontier {
    pub(super) classes: Shared<Point>,
    pub(super) graphs: Shared<weak::Point>,
}

/// All points of a kind that are shared, and who waits for work.
pub(super) struct Shared<P> {
    points: Mutex<Points<P>>,
    changed: Condvar,
    idle: AtomicUsize,
}

struct Points<P> {
    shared: Vec<Arc<P>>,
    workers: usize,
    is_over: bool,
}

/// A scheduling point that several workers know.
pub(super) trait Offers {
    /// Whether something is left to be explored from here.
    fn has_work(&self) -> bool;
}

/// Work that was taken.
pub(super) struct Taken {
    pub(super) point: Arc<Point>,
    pub(super) branch: Branch,
}

/// A branch that was taken off a point: its first event with what follows, and what is asleep before it.
pub(super) struct Branch {
    pub(super) event: Event,
    pub(super) below: Branches,
    pub(super) sleep: Sleep,
    pub(super) wakes: bool,
}

impl Point {
    pub(super) fn new(before: Option<(Arc<Point>, Event)>, known: usize, state: State) -> Arc<Self> {
        Arc::new(Point { before, known, state: Mutex::new(state) })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next branch, which is asleep from here on, and what is below it into a worker's own forest.
    pub(super) fn take(&self, into: &mut Forest) -> Option<Branch> {
        let mut state = self.lock();
        let State { sleep, wakeup, forest } = &mut *state;
        let (event, below, wakes) = forest.pop(wakeup)?;
        let branch = Branch { event, below: into.graft(forest, below), sleep: sleep.clone(), wakes };
        forest.shrink(wakeup);
        sleep.add(event, Why::Exploring);
        Some(branch)
    }

    /// The branch that was taken as `event` turned out to be this.
    pub(super) fn correct(&self, taken: &Event, event: &Event) {
        self.lock().sleep.correct(taken, event);
    }
}

impl Offers for Point {
    fn has_work(&self) -> bool {
        !self.lock().wakeup.is_empty()
    }
}

impl Frontier {
    /// For so many workers.
    pub(crate) fn new(workers: usize) -> Arc<Self> {
        Arc::new(Frontier { classes: Shared::new(workers), graphs: Shared::new(workers) })
    }

    /// Ends the work of those who wait: a worker has stopped, at the end or before.
    pub(crate) fn leave(&self) {
        self.classes.leave();
        self.graphs.leave();
    }
}

impl<P: Offers> Shared<P> {
    fn new(workers: usize) -> Self {
        let points = Points { shared: Vec::new(), workers, is_over: false };
        Shared { points: Mutex::new(points), changed: Condvar::new(), idle: AtomicUsize::new(0) }
    }

    /// Whether a worker waits for work.
    pub(super) fn is_hungry(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }

    /// Offers the branches of these points to others.
    pub(super) fn share(&self, points: impl Iterator<Item = Arc<P>>) {
        self.lock().shared.extend(points);
        self.changed.notify_all();
    }

    /// What `take` gets from a point that has some work; waits until one has, or nobody works any more.
    pub(super) fn take<T>(&self, mut take: impl FnMut(&Arc<P>) -> Option<T>) -> Option<T> {
        let mut points = self.lock();
        self.idle.fetch_add(1, Ordering::Relaxed);
        let taken = loop {
            if points.is_over {
                break None;
            }
            let found = points.shared.iter().find_map(&mut take);
            if found.is_some() {
                break found;
            }
            if self.idle.load(Ordering::Relaxed) == points.workers {
                points.is_over = true;
                self.changed.notify_all();
                break None;
            }
            points = self.changed.wait(points).unwrap_or_else(PoisonError::into_inner);
        };
        self.idle.fetch_sub(1, Ordering::Relaxed);
        // A point that only this list knows gets no branches any more.
        points.shared.retain(|point| Arc::strong_count(point) > 1 || point.has_work());
        taken
    }

    /// Tells those who wait that a point has a new branch.
    pub(super) fn announce(&self) {
        if self.is_hungry() {
            drop(self.lock());
            self.changed.notify_all();
        }
    }

    fn leave(&self) {
        let mut points = self.lock();
        points.is_over = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Points<P>> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
