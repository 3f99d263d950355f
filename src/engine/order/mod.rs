//! Happens-before as the program declares it: by the orderings of its atomics and fences, and by what std
//! promises of the rest. This, and not the order of execution, says whether accesses of plain memory race. It is
//! the same in a whole trace class.
//!
//! Each task has a vector clock (Flanagan, Freund, "FastTrack", PLDI 2009): how much of each other task it has
//! seen. What an atomic or a lock hands on is a *view*, a clock too. A relaxed store hands on what its task had
//! seen at its last release fence; a relaxed load leaves what it reads for the next acquire fence; a
//! read-modify-write hands on what it reads besides (C++20's release sequences).

mod slots;
#[cfg(test)]
mod tests;
mod undo;

use super::clock::Clocks;
use super::memory::Effect;
use super::{ObjectId, TaskId};
use slots::Slots;
use std::sync::atomic::Ordering;
use undo::{Change, Kind, Undo};

#[derive(Debug)]
pub(super) struct Order {
    is_kept: bool,
    /// What each task has seen.
    seen: Clocks,
    /// What it had seen at its last release fence.
    fenced: Clocks,
    /// What it has read without acquiring it.
    unfenced: Clocks,
    views: Clocks,
    /// Which view each slot of an object has.
    slots: Slots,
    free: Vec<usize>,
    /// What happened since somebody last took it, if anybody does.
    pub(super) journal: Option<Vec<Effect>>,
    undo: Option<Undo>,
}

impl Order {
    pub(super) fn new(is_kept: bool) -> Self {
        let [seen, fenced, unfenced, views] = std::array::from_fn(|_| Clocks::new());
        Order {
            is_kept,
            seen,
            fenced,
            unfenced,
            views,
            slots: Slots::default(),
            free: Vec::new(),
            journal: None,
            undo: None,
        }
    }

    /// Becomes as another is, but writes nothing down for others; with its changes, or as if there had been none.
    pub(super) fn copy_from(&mut self, other: &Order, with_changes: bool) {
        self.is_kept = other.is_kept;
        self.seen.clone_from(&other.seen);
        self.fenced.clone_from(&other.fenced);
        self.unfenced.clone_from(&other.unfenced);
        self.views.clone_from(&other.views);
        self.slots.clone_from(&other.slots);
        self.free.clone_from(&other.free);
        self.undo.iter_mut().for_each(Undo::clear);
        if with_changes {
            self.copy_changes(other);
        }
    }

    /// Whether anybody asks for it.
    #[inline]
    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// Makes room for so many tasks.
    pub(super) fn widen(&mut self, tasks: usize) {
        if !self.is_kept {
            return;
        }
        self.views.widen(tasks);
        for clocks in [&mut self.seen, &mut self.fenced, &mut self.unfenced] {
            clocks.widen(tasks);
            while clocks.len() < tasks {
                clocks.push();
            }
        }
    }

    /// Forgets the execution that it was of.
    pub(super) fn begin(&mut self) {
        if self.is_kept {
            [&mut self.seen, &mut self.fenced, &mut self.unfenced].into_iter().for_each(Clocks::clear);
            self.views.truncate(0);
            self.slots.clear();
            self.free.clear();
            self.journal.iter_mut().for_each(Vec::clear);
            self.undo.iter_mut().for_each(Undo::clear);
            self.seen.set(TaskId::MAIN.index(), TaskId::MAIN, 1);
        }
    }

    /// A task begins with what its spawner has seen.
    pub(super) fn spawn(&mut self, spawner: TaskId, spawned: TaskId) {
        if self.is_kept {
            self.note(|| Effect::Spawn(spawner, spawned));
            self.change(Kind::Seen, spawned.index());
            self.seen.join_within(spawned.index(), spawner.index());
            self.tick(spawner);
            self.tick(spawned);
        }
    }

    /// Who joins a task that has ended has seen what that had.
    pub(super) fn join(&mut self, joiner: TaskId, ended: TaskId) {
        if self.is_kept {
            self.note(|| Effect::Join(joiner, ended));
            self.change(Kind::Seen, joiner.index());
            self.seen.join_within(joiner.index(), ended.index());
        }
    }

    pub(super) fn fence(&mut self, task: TaskId, order: Ordering) {
        if !self.is_kept {
            return;
        }
        let index = task.index();
        if acquires(order) {
            self.change(Kind::Seen, index);
            self.seen.join(index, &self.unfenced, index);
        }
        if releases(order) {
            self.change(Kind::Fenced, index);
            self.fenced.copy(index, &self.seen, index);
            self.tick(task);
        }
    }

    /// A point of a task's time, for others to have seen or not.
    pub(super) fn now(&self, task: TaskId) -> u32 {
        self.seen.count(task.index(), task)
    }

    /// Whether `task` has seen what `other` did at its time `time`.
    pub(super) fn has_seen(&self, task: TaskId, other: TaskId, time: u32) -> bool {
        self.seen.count(task.index(), other) >= time
    }

    /// What each task has seen, by its number.
    pub(super) fn seen(&self) -> &Clocks {
        &self.seen
    }

    /// What an object's view holds, if it has it.
    pub(super) fn view_of(&self, object: ObjectId, slot: u64) -> Option<&[u32]> {
        Some(self.views.get(self.slots.get(object, slot)?))
    }

    /// What passes between a task and an object, to which it is just doing something.
    pub(super) fn edges(&mut self, task: TaskId, object: ObjectId) -> Edges<'_> {
        Edges { order: self, task, object }
    }

    /// Writes something down for who asks for it.
    #[inline]
    pub(super) fn note(&mut self, effect: impl FnOnce() -> Effect) {
        if let Some(journal) = &mut self.journal {
            journal.push(effect());
        }
    }

    /// Does again what was written down; of fences, what they are to plain memory.
    pub(super) fn repeat(&mut self, effect: Effect) {
        match effect {
            Effect::Acquire(task, object, slot) => self.edges(task, object).acquire(slot),
            Effect::Release(task, object, slot) => self.edges(task, object).release(slot),
            Effect::Forget(object, slot) => self.edges(TaskId::MAIN, object).forget(slot),
            Effect::Spawn(spawner, spawned) => self.spawn(spawner, spawned),
            Effect::Join(joiner, ended) => self.join(joiner, ended),
            Effect::Fence(task, ordering) => self.fence(task, ordering),
            Effect::Leave(_) | Effect::Begin(..) | Effect::Set(..) => {}
        }
    }

    /// What the task does from here on is later.
    fn tick(&mut self, task: TaskId) {
        self.change(Kind::Seen, task.index());
        self.seen.set(task.index(), task, self.now(task) + 1);
    }
}

fn acquires(order: Ordering) -> bool {
    matches!(order, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

fn releases(order: Ordering) -> bool {
    matches!(order, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

/// What passes between a task and an object's views, which the object numbers as it likes.
pub(super) struct Edges<'a> {
    order: &'a mut Order,
    task: TaskId,
    object: ObjectId,
}

impl Edges<'_> {
    /// The task sees what the view holds.
    pub(super) fn acquire(&mut self, slot: u64) {
        self.order.note(|| Effect::Acquire(self.task, self.object, slot));
        if let Some(view) = self.order.slots.get(self.object, slot) {
            self.see(view);
        }
    }

    /// The view holds, besides what it did, what the task has seen.
    pub(super) fn release(&mut self, slot: u64) {
        self.order.note(|| Effect::Release(self.task, self.object, slot));
        let view = self.view(slot);
        self.order.change(Kind::View, view);
        self.order.views.join(view, &self.order.seen, self.task.index());
        self.order.tick(self.task);
    }

    /// An atomic is read.
    pub(super) fn load(&mut self, slot: u64, order: Ordering) {
        match self.order.slots.get(self.object, slot) {
            None => {}
            Some(view) if acquires(order) => self.see(view),
            Some(view) => {
                self.order.change(Kind::Unfenced, self.task.index());
                self.order.unfenced.join(self.task.index(), &self.order.views, view);
            }
        }
    }

    fn see(&mut self, view: usize) {
        self.order.change(Kind::Seen, self.task.index());
        self.order.seen.join(self.task.index(), &self.order.views, view);
    }

    /// An atomic is written: whoever reads it sees this task's past only.
    pub(super) fn store(&mut self, slot: u64, order: Ordering) {
        let view = self.view(slot);
        self.order.change(Kind::View, view);
        self.order.views.reset(view);
        self.hand_on(view, order);
    }

    /// An atomic is read and written in one.
    pub(super) fn update(&mut self, slot: u64, order: Ordering) {
        self.load(slot, order);
        let view = self.view(slot);
        self.order.change(Kind::View, view);
        self.hand_on(view, order);
    }

    /// An atomic is read and written in one: what is written is another store than what was read.
    pub(super) fn update_to(&mut self, read: u64, written: u64, order: Ordering) {
        self.load(read, order);
        let view = self.view(written);
        self.order.change(Kind::View, view);
        if let Some(passed_on) = self.order.slots.get(self.object, read) {
            self.order.views.join_within(view, passed_on);
        }
        self.hand_on(view, order);
    }

    fn hand_on(&mut self, view: usize, order: Ordering) {
        let index = self.task.index();
        if releases(order) {
            self.order.views.join(view, &self.order.seen, index);
            self.order.tick(self.task);
        } else {
            self.order.views.join(view, &self.order.fenced, index);
        }
    }

    /// The view of a slot, which holds nothing if it is new.
    fn view(&mut self, slot: u64) -> usize {
        let object = self.object;
        if let Some(view) = self.order.slots.get(object, slot) {
            return view;
        }
        let freed = self.order.free.pop();
        let view = match freed {
            Some(view) => {
                self.order.change(Kind::View, view);
                self.order.views.reset(view);
                view
            }
            None => self.order.views.push(),
        };
        self.order.slots.insert(object, slot, view);
        self.order.undo.iter_mut().for_each(|undo| {
            undo.changes.push(Change::Begun { object, slot, view, is_new: freed.is_none() });
        });
        view
    }

    /// Nobody will ask for the view again.
    pub(super) fn forget(&mut self, slot: u64) {
        let object = self.object;
        self.order.note(|| Effect::Forget(object, slot));
        if let Some(view) = self.order.slots.remove(object, slot) {
            self.order.free.push(view);
            self.order.undo.iter_mut().for_each(|undo| {
                undo.changes.push(Change::Forgotten { object, slot, view });
            });
        }
    }
}
