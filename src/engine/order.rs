//! Happens-before as the program declares it: by the orderings of its atomics and fences, and by what std
//! promises of the rest. This, and not the order of execution, says whether accesses of plain memory race. It is
//! the same in a whole trace class.
//!
//! Each task has a vector clock (Flanagan, Freund, "FastTrack", PLDI 2009): how much of each other task it has
//! seen. What an atomic or a lock hands on is a *view*, a clock too. A relaxed store hands on what its task had
//! seen at its last release fence; a relaxed load leaves what it reads for the next acquire fence; a
//! read-modify-write hands on what it reads besides (C++20's release sequences).

use super::clock::Clocks;
use super::memory::Effect;
use super::{ObjectId, TaskId};
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

#[derive(Clone, Debug)]
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
    slots: BTreeMap<(ObjectId, u64), usize>,
    free: Vec<usize>,
    /// What happened since somebody last took it, if anybody does.
    pub(super) journal: Option<Vec<Effect>>,
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
            slots: BTreeMap::new(),
            free: Vec::new(),
            journal: None,
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
            self.seen.set(TaskId::MAIN.index(), TaskId::MAIN, 1);
        }
    }

    /// A task begins with what its spawner has seen.
    pub(super) fn spawn(&mut self, spawner: TaskId, spawned: TaskId) {
        if self.is_kept {
            self.note(|| Effect::Spawn(spawner, spawned));
            self.seen.join_within(spawned.index(), spawner.index());
            self.tick(spawner);
            self.tick(spawned);
        }
    }

    /// Who joins a task that has ended has seen what that had.
    pub(super) fn join(&mut self, joiner: TaskId, ended: TaskId) {
        if self.is_kept {
            self.note(|| Effect::Join(joiner, ended));
            self.seen.join_within(joiner.index(), ended.index());
        }
    }

    pub(super) fn fence(&mut self, task: TaskId, order: Ordering) {
        if !self.is_kept {
            return;
        }
        let index = task.index();
        if acquires(order) {
            self.seen.join(index, &self.unfenced, index);
        }
        if releases(order) {
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

    /// `clock` has also seen what an object's view holds.
    pub(super) fn join_view(&self, clocks: &mut Clocks, clock: usize, object: ObjectId, slot: u64) {
        if let Some(&view) = self.slots.get(&(object, slot)) {
            clocks.join(clock, &self.views, view);
        }
    }

    /// What passes between a task and an object, to which it is just doing something.
    pub(super) fn edges(&mut self, task: TaskId, object: ObjectId) -> Edges<'_> {
        Edges { order: self, task, object }
    }

    /// The same, without what was written down.
    pub(super) fn bare(&self) -> Self {
        Order { journal: None, ..self.clone() }
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
        if let Some(&view) = self.order.slots.get(&(self.object, slot)) {
            self.order.seen.join(self.task.index(), &self.order.views, view);
        }
    }

    /// The view holds, besides what it did, what the task has seen.
    pub(super) fn release(&mut self, slot: u64) {
        self.order.note(|| Effect::Release(self.task, self.object, slot));
        let view = self.view(slot);
        self.order.views.join(view, &self.order.seen, self.task.index());
        self.order.tick(self.task);
    }

    /// An atomic is read.
    pub(super) fn load(&mut self, slot: u64, order: Ordering) {
        match self.order.slots.get(&(self.object, slot)) {
            None => {}
            Some(&view) if acquires(order) => {
                self.order.seen.join(self.task.index(), &self.order.views, view);
            }
            Some(&view) => self.order.unfenced.join(self.task.index(), &self.order.views, view),
        }
    }

    /// An atomic is written: whoever reads it sees this task's past only.
    pub(super) fn store(&mut self, slot: u64, order: Ordering) {
        let view = self.view(slot);
        self.order.views.reset(view);
        self.hand_on(view, order);
    }

    /// An atomic is read and written in one.
    pub(super) fn update(&mut self, slot: u64, order: Ordering) {
        self.load(slot, order);
        let view = self.view(slot);
        self.hand_on(view, order);
    }

    /// An atomic is read and written in one: what is written is another store than what was read.
    pub(super) fn update_to(&mut self, read: u64, written: u64, order: Ordering) {
        self.load(read, order);
        let view = self.view(written);
        if let Some(&passed_on) = self.order.slots.get(&(self.object, read)) {
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
        let Order { views, slots, free, .. } = &mut *self.order;
        *slots.entry((self.object, slot)).or_insert_with(|| match free.pop() {
            Some(view) => {
                views.reset(view);
                view
            }
            None => views.push(),
        })
    }

    /// Nobody will ask for the view again.
    pub(super) fn forget(&mut self, slot: u64) {
        self.order.note(|| Effect::Forget(self.object, slot));
        self.order.free.extend(self.order.slots.remove(&(self.object, slot)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Ordering::{AcqRel, Acquire, Relaxed, Release};

    const FLAG: u64 = 0;

    /// Two tasks, of which the first has done something before it hands on the flag.
    struct Two {
        order: Order,
        tasks: [TaskId; 3],
        time: u32,
    }

    impl Two {
        fn new() -> Self {
            let mut order = Order::new(true);
            order.widen(3);
            order.begin();
            let tasks = [0, 1, 2].map(TaskId::new);
            order.spawn(tasks[0], tasks[1]);
            order.spawn(tasks[0], tasks[2]);
            let time = order.now(tasks[1]);
            Two { order, tasks, time }
        }

        fn flag(&mut self, task: usize) -> Edges<'_> {
            self.order.edges(self.tasks[task], ObjectId::new(1))
        }

        fn has_seen(&self) -> bool {
            self.order.has_seen(self.tasks[2], self.tasks[1], self.time)
        }
    }

    #[test]
    fn a_release_store_is_seen_by_an_acquire_load_and_nothing_weaker() {
        for (store, load, sees) in
            [(Release, Acquire, true), (Relaxed, Acquire, false), (Release, Relaxed, false)]
        {
            let mut two = Two::new();
            two.flag(1).store(FLAG, store);
            two.flag(2).load(FLAG, load);
            assert_eq!(two.has_seen(), sees, "{store:?} {load:?}");
        }
    }

    #[test]
    fn fences_stand_in_for_both() {
        for (before, after, sees) in
            [(Some(Release), Some(Acquire), true), (None, Some(Acquire), false), (Some(Release), None, false)]
        {
            let mut two = Two::new();
            before.into_iter().for_each(|order| two.order.fence(two.tasks[1], order));
            two.flag(1).store(FLAG, Relaxed);
            two.flag(2).load(FLAG, Relaxed);
            after.into_iter().for_each(|order| two.order.fence(two.tasks[2], order));
            assert_eq!(two.has_seen(), sees, "{before:?} {after:?}");
        }
    }

    #[test]
    fn what_comes_after_a_release_fence_is_not_handed_on_by_a_relaxed_store() {
        let mut two = Two::new();
        two.order.fence(two.tasks[1], Release);
        two.time = two.order.now(two.tasks[1]);
        two.flag(1).store(FLAG, Relaxed);
        two.flag(2).load(FLAG, Acquire);
        assert!(!two.has_seen());
    }

    #[test]
    fn a_release_sequence_goes_through_updates_and_ends_at_a_store() {
        for (is_update, sees) in [(true, true), (false, false)] {
            let mut two = Two::new();
            two.flag(1).store(FLAG, Release);
            match is_update {
                true => two.flag(0).update(FLAG, Relaxed),
                false => two.flag(0).store(FLAG, Relaxed),
            }
            two.flag(2).load(FLAG, Acquire);
            assert_eq!(two.has_seen(), sees);
        }
    }

    #[test]
    fn a_task_is_not_seen_beyond_what_it_released() {
        let mut two = Two::new();
        two.flag(1).update(FLAG, AcqRel);
        two.time = two.order.now(two.tasks[1]);
        two.flag(2).update(FLAG, AcqRel);
        assert!(!two.has_seen());
        two.order.join(two.tasks[2], two.tasks[1]);
        assert!(two.has_seen());
    }
}
