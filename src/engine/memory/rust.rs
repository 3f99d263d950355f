//! The memory model of Rust: C++20's, without load buffering. It is RC11 (Lahav, Vafeiadis, Kang, Hur, Dreyer,
//! "Repairing sequential consistency in C/C++11", PLDI 2017) with C++20's release sequences.
//!
//! An execution is a graph: each task's accesses in the order of its program, the store that each load reads, and for each
//! place the order of its stores (*modification order*), which need not be the order in which they were executed. It is
//! built access by access, and an access may do whatever leaves the graph consistent:
//!
//! * Coherence: it reads nothing older, and is written before nothing, that happened before it or was read by what
//!   happened before it. What happens before what is `order`'s.
//! * Atomicity: nothing comes between what a read-modify-write reads and what it writes.
//! * SC: `psc` of the paper has no cycle. Accesses and fences are its nodes if they are `SeqCst`; what goes from
//!   one to another is in [`Graph::leads`].
//!
//! The newest of a place can always be read, and written behind.
//!
//! To look for cycles takes longer the more there is. In a long execution, all edges of `psc` go with the order of
//! execution from some time on; where that leaves something out, it is said ([`Graph::is_cut`]).

use super::super::clock::Clocks;
use super::super::object::AtomicAction;
use super::super::order::Order;
use super::super::{ObjectId, TaskId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The atomic accesses of an execution, and its fences.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Graph {
    /// Shared with attempts, as far as these leave them as they are.
    places: Vec<Arc<Place>>,
    accesses: Vec<Access>,
    fences: Vec<Fence>,
    clocks: Clocks,
    runs: Vec<Run>,
    /// Whether any access or fence is `SeqCst`; any fence.
    has_seq_cst: bool,
    has_seq_cst_fence: bool,
    /// Whether something was left out since an execution is long, here or in an attempt.
    is_cut: Arc<AtomicBool>,
}

/// Among so many accesses and fences of an execution cycles are looked for.
pub(crate) const SEARCHED_MAX: usize = 100;

/// Names a store in all executions that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoreId {
    /// What its object held at first, or was set to by who had it alone: by its number.
    Set(u32),
    /// The event of this task that has this index.
    Event(TaskId, u32),
}

/// What is known of an object.
#[derive(Clone, Debug, Default)]
struct Place {
    /// In modification order.
    stores: Vec<Store>,
    /// The newest that was written by `SeqCst`, or seen by who executed such a fence: by its number.
    floor: u32,
}

#[derive(Clone, Debug)]
struct Store {
    /// Among those of its place, in the order of execution.
    number: u32,
    id: StoreId,
    value: u64,
    /// What its task had done and seen, in a few bits.
    past: u64,
    /// Which access it is; none of the first value, nor of what was set by who had the object alone.
    access: Option<usize>,
    /// Which store it read, if it is a read-modify-write.
    reads: Option<u32>,
    /// Who has read it, and when for the first time.
    readers: Vec<(TaskId, u32)>,
}

/// A point of a task's time at which it did something.
#[derive(Clone, Copy, Debug)]
struct Point {
    task: TaskId,
    /// Among the accesses and fences of all tasks, in the order of execution.
    index: usize,
    /// For others to have seen or not: see `Order::now`.
    time: u32,
    /// What happens before it.
    clock: usize,
}

#[derive(Clone, Copy, Debug)]
struct Access {
    point: Point,
    /// Which event of the execution it is.
    position: usize,
    object: ObjectId,
    /// The stores that it read and wrote, by their numbers.
    read: Option<u32>,
    written: Option<u32>,
    is_seq_cst: bool,
    /// What had happened before it when its task had last done something else than to access this object.
    elsewhere: usize,
    /// When its task did so for the first time afterwards.
    left_at: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Fence {
    point: Point,
    is_seq_cst: bool,
}

/// A task's last accesses, as far as they are of one object.
#[derive(Clone, Debug, Default)]
struct Run {
    object: Option<ObjectId>,
    elsewhere: usize,
    accesses: Vec<usize>,
}

/// Where in an object's modification order an access is: twice the place of the store that it reads or has written, so
/// that there is room for one that is only considered.
#[derive(Clone, Copy, Debug)]
struct At {
    object: ObjectId,
    place: usize,
    writes: bool,
}

/// What `psc` goes through: an access or a fence.
#[derive(Clone, Copy, Debug)]
struct Node {
    point: Point,
    is_seq_cst: bool,
    /// Of an access.
    at: Option<At>,
    elsewhere: usize,
    left_at: Option<u32>,
}

impl Graph {
    /// Forgets the execution that it was of.
    pub(in crate::engine) fn begin(&mut self) {
        self.places.clear();
        self.accesses.clear();
        self.fences.clear();
        self.clocks.truncate(0);
        self.runs.clear();
        (self.has_seq_cst, self.has_seq_cst_fence) = (false, false);
    }

    /// Makes room for so many tasks.
    pub(in crate::engine) fn widen(&mut self, tasks: usize) {
        self.clocks.widen(tasks);
    }

    /// One without anything in it, which notes in the same place if something is left out.
    pub(super) fn empty(&self) -> Graph {
        Graph { is_cut: Arc::clone(&self.is_cut), ..Graph::default() }
    }

    /// What an object holds that nobody has accessed yet, or that is changed by who has it alone.
    pub(in crate::engine) fn set(&mut self, object: ObjectId, value: u64) {
        if self.places.len() <= object.index() {
            self.places.resize_with(object.index() + 1, Arc::default);
        }
        let stores = &mut self.place_mut(object).stores;
        let number = stores.len() as u32;
        let id = StoreId::Set(number);
        stores.push(Store { number, id, value, past: 0, access: None, reads: None, readers: Vec::new() });
    }

    fn place_mut(&mut self, object: ObjectId) -> &mut Place {
        Arc::make_mut(&mut self.places[object.index()])
    }

    /// Where in modification order the store is that the event at this position has written, or else read.
    #[cfg(test)]
    pub(in crate::engine) fn rank(&self, position: usize) -> Option<u32> {
        let access = self.accesses.iter().find(|access| access.position == position)?;
        let stores = &self.places[access.object.index()].stores;
        let number = access.written.or(access.read)?;
        stores.iter().position(|store| store.number == number).map(|rank| rank as u32)
    }

    /// Whether anybody has used the object.
    pub(in crate::engine) fn has(&self, object: ObjectId) -> bool {
        self.places.get(object.index()).is_some_and(|place| !place.stores.is_empty())
    }

    /// The store of this age; the newest, if there is none so old.
    pub(in crate::engine) fn id(&self, object: ObjectId, age: u32) -> StoreId {
        let stores = &self.places[object.index()].stores;
        let newest = stores.len() - 1;
        stores[newest.checked_sub(age as usize).unwrap_or(newest)].id
    }

    /// What the task of the store of this age had done and seen.
    pub(in crate::engine) fn past(&self, object: ObjectId, age: u32) -> u64 {
        let stores = &self.places[object.index()].stores;
        stores[stores.len() - 1 - age as usize].past
    }

    pub(in crate::engine) fn set_past(&mut self, object: ObjectId, id: StoreId, past: u64) {
        let mut stores = self.place_mut(object).stores.iter_mut();
        if let Some(store) = stores.find(|store| store.id == id) {
            store.past = past;
        }
    }

    /// How old a store is.
    pub(super) fn age(&self, object: ObjectId, id: StoreId) -> Option<u32> {
        let stores = &self.places.get(object.index())?.stores;
        stores.iter().rev().position(|store| store.id == id).map(|age| age as u32)
    }

    /// The last store in modification order, up to this one, of which that is true; the first, if it is true of none.
    pub(in crate::engine) fn last_of(
        &self,
        object: ObjectId,
        id: StoreId,
        is_true: impl Fn(StoreId) -> bool,
    ) -> StoreId {
        let stores = &self.places[object.index()].stores;
        let upto = stores.iter().take_while(|store| store.id != id).count();
        let mut earlier = stores[..=upto.min(stores.len() - 1)].iter().rev();
        earlier.find(|store| is_true(store.id)).unwrap_or(&stores[0]).id
    }

    /// An object's stores in modification order, each with what it has read if it is a read-modify-write.
    pub(in crate::engine) fn stores(&self, object: ObjectId) -> Vec<(StoreId, Option<StoreId>)> {
        let stores = &self.places[object.index()].stores;
        let of_number =
            |number: u32| stores.iter().find(|store| store.number == number).map(|store| store.id);
        stores.iter().map(|store| (store.id, store.reads.and_then(of_number))).collect()
    }

    /// What the task may do, by the ages of the stores that it would read, or be written behind: 0 is the newest.
    pub(in crate::engine) fn ages(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        action: AtomicAction,
    ) -> Vec<u32> {
        self.ages_if(order, task, object, action, |store| action.writes(store.1))
    }

    /// The same, where not what a store holds decides whether the task would write, but `writes`: of a store and what that
    /// holds.
    pub(super) fn ages_if(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        action: AtomicAction,
        writes: impl Fn((StoreId, u64)) -> bool,
    ) -> Vec<u32> {
        let stores = &self.places[object.index()].stores;
        let newest = stores.len() - 1;
        let writes = |at: usize| writes((stores[at].id, stores[at].value));
        let is_coherent = |&at: &usize| !(writes(at) && self.splits(object, at));
        let is_long = self.has_seq_cst && self.accesses.len() + self.fences.len() > SEARCHED_MAX;
        let floor = if is_long { self.floor(object) } else { 0 };
        let is_consistent = |&at: &usize| match is_long {
            _ if at == newest => true,
            true => self.goes_by_order(action.ordering(writes(at)), at, floor),
            false => self.is_consistent(order, task, object, (action, writes(at)), at),
        };
        let places = (self.oldest(order, task, stores)..=newest).rev();
        places.filter(is_coherent).filter(is_consistent).map(|at| (newest - at) as u32).collect()
    }

    /// Whether the task could do that, as far as coherence and atomicity go: for who knows that it has done it.
    pub(in crate::engine) fn is_coherent(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        action: AtomicAction,
        age: u32,
    ) -> bool {
        let stores = &self.places[object.index()].stores;
        let Some(at) = (stores.len() - 1).checked_sub(age as usize) else { return false };
        at >= self.oldest(order, task, stores)
            && !(action.writes(stores[at].value) && self.splits(object, at))
    }

    /// Whether something was left out in any execution so far.
    pub(in crate::engine) fn is_cut(&self) -> bool {
        self.is_cut.load(Ordering::Relaxed)
    }

    /// Where the floor of an object is.
    fn floor(&self, object: ObjectId) -> usize {
        let Place { stores, floor } = &*self.places[object.index()];
        stores.iter().rposition(|store| store.number == *floor).unwrap_or(0)
    }

    /// Whether no edge of `psc` would go from this access, or from a fence before it, to an earlier one.
    fn goes_by_order(&self, ordering: Ordering, at: usize, floor: usize) -> bool {
        let is_free = !self.has_seq_cst_fence && ordering != Ordering::SeqCst;
        let goes = at >= floor || is_free;
        if !goes {
            self.is_cut.store(true, Ordering::Relaxed);
        }
        goes
    }

    /// Where the oldest store is that the task may read.
    fn oldest(&self, order: &Order, task: TaskId, stores: &[Store]) -> usize {
        stores.iter().rposition(|store| self.has_seen(order, task, store)).unwrap_or(0)
    }

    /// Whether there is a store that is newer than all that the task has seen, and holds something else than the newest of
    /// those.
    pub(in crate::engine) fn has_news(&self, order: &Order, task: TaskId, object: ObjectId) -> bool {
        self.places.get(object.index()).is_some_and(|place| {
            let seen = self.oldest(order, task, &place.stores);
            let mut unseen = place.stores.iter().skip(seen);
            unseen.next().is_some_and(|seen| unseen.any(|store| store.value != seen.value))
        })
    }

    /// What the store of this age holds; the newest, if there is none so old, as of a choice that is still open.
    pub(in crate::engine) fn value(&self, object: ObjectId, age: u32) -> u64 {
        let stores = &self.places[object.index()].stores;
        let newest = stores.len() - 1;
        stores[newest.checked_sub(age as usize).unwrap_or(newest)].value
    }

    /// Which event has written the store of this age.
    pub(in crate::engine) fn position(&self, object: ObjectId, age: u32) -> Option<usize> {
        let stores = &self.places[object.index()].stores;
        Some(self.accesses[stores[stores.len() - 1 - age as usize].access?].position)
    }

    /// Whether whoever goes on from here would be one that has read or written the store, or comes after such a one.
    fn has_seen(&self, order: &Order, task: TaskId, store: &Store) -> bool {
        let is_written = store.access.is_none_or(|access| {
            let Point { task: writer, time, .. } = self.accesses[access].point;
            order.has_seen(task, writer, time)
        });
        is_written || store.readers.iter().any(|&(reader, time)| order.has_seen(task, reader, time))
    }

    /// Whether what is written right behind this store would come between a read-modify-write and what that reads.
    fn splits(&self, object: ObjectId, at: usize) -> bool {
        let stores = &self.places[object.index()].stores;
        stores.get(at + 1).is_some_and(|next| next.reads == Some(stores[at].number))
    }

    /// Performs an access that reads the store of this age, or is written behind it, and writes `new`, if it does.
    /// One that only reads what its task has read before need not be kept (`is_again`): no cycle goes through it.
    pub(in crate::engine) fn perform(
        &mut self,
        order: &mut Order,
        (task, index, position): (TaskId, u32, usize),
        object: ObjectId,
        (action, age): (AtomicAction, u32),
        new: Option<u64>,
        is_again: bool,
    ) {
        let stores = &self.places[object.index()].stores;
        let at = stores.len() - 1 - age as usize;
        let (time, read) = (order.now(task), stores[at].number);
        let (reads, writes) = (action.reads(), new.is_some());
        let written = writes.then_some(stores.len() as u32);
        let elsewhere = self.begin_run(order, task, object, time);
        let mut edges = order.edges(task, object);
        match (action.ordering(writes), reads, written) {
            (ordering, true, None) => edges.load(read.into(), ordering),
            (ordering, false, Some(written)) => edges.store(written.into(), ordering),
            (ordering, _, Some(written)) => edges.update_to(read.into(), written.into(), ordering),
            (_, false, None) => {}
        }
        if is_again && !writes {
            return;
        }
        let clock = self.clocks.push_copy(order.seen(), task.index());
        let point = Point { task, index: self.accesses.len() + self.fences.len(), time, clock };
        let is_seq_cst = action.ordering(writes) == Ordering::SeqCst;
        self.has_seq_cst |= is_seq_cst;
        let read = reads.then_some(read);
        let access = self.accesses.len();
        self.accesses.push(Access {
            point,
            position,
            object,
            read,
            written,
            is_seq_cst,
            elsewhere,
            left_at: None,
        });
        self.runs[task.index()].accesses.push(access);
        let Place { stores, floor } = Arc::make_mut(&mut self.places[object.index()]);
        if reads && !stores[at].readers.iter().any(|&(reader, _)| reader == task) {
            stores[at].readers.push((task, time));
        }
        if let (Some(number), Some(new)) = (written, new) {
            let id = StoreId::Event(task, index);
            // Who writes what is there already leaves it as whose it was.
            let past = if new == stores[at].value { stores[at].past } else { 0 };
            let store = Store {
                number,
                id,
                value: new,
                past,
                access: Some(access),
                reads: read,
                readers: Vec::new(),
            };
            stores.insert(at + 1, store);
            // What is written before the floor cannot be written by `SeqCst` later on than that.
            if is_seq_cst && stores[at + 1..].iter().all(|newer| newer.number != *floor) {
                *floor = number;
            }
        }
    }

    /// Notes a fence, which the task has executed from that time on.
    pub(in crate::engine) fn fence(&mut self, order: &Order, task: TaskId, ordering: Ordering, time: u32) {
        self.leave(task, time);
        let clock = self.clocks.push_copy(order.seen(), task.index());
        let point = Point { task, index: self.accesses.len() + self.fences.len(), time, clock };
        let is_seq_cst = ordering == Ordering::SeqCst;
        self.has_seq_cst |= is_seq_cst;
        self.has_seq_cst_fence |= is_seq_cst;
        self.fences.push(Fence { point, is_seq_cst });
        if is_seq_cst {
            self.raise_floors(order, task);
        }
    }

    /// Nobody who goes by `SeqCst` from here on is behind what the task has seen.
    fn raise_floors(&mut self, order: &Order, task: TaskId) {
        let floor = |Place { stores, floor }: &Place| {
            let (Some(seen), Some(known)) = (
                stores.get(self.oldest(order, task, stores)),
                stores.iter().rposition(|s| s.number == *floor),
            ) else {
                return *floor;
            };
            if stores[known..].iter().any(|store| store.number == seen.number) { seen.number } else { *floor }
        };
        let floors: Vec<u32> = self.places.iter().map(|place| floor(place)).collect();
        for (place, floor) in self.places.iter_mut().zip(floors) {
            if place.floor != floor {
                Arc::make_mut(place).floor = floor;
            }
        }
    }

    /// The task does something else than to access an atomic.
    pub(in crate::engine) fn leave(&mut self, task: TaskId, time: u32) {
        let Some(run) = self.runs.get_mut(task.index()) else { return };
        run.object = None;
        for access in run.accesses.drain(..) {
            self.accesses[access].left_at = Some(time);
        }
    }

    /// The task accesses the object; what had happened before when it last did something else.
    fn begin_run(&mut self, order: &Order, task: TaskId, object: ObjectId, time: u32) -> usize {
        if self.runs.len() <= task.index() {
            self.runs.resize_with(task.index() + 1, Run::default);
        }
        if self.runs[task.index()].object != Some(object) {
            self.leave(task, time);
            let elsewhere = self.clocks.push_copy(order.seen(), task.index());
            (self.runs[task.index()].object, self.runs[task.index()].elsewhere) = (Some(object), elsewhere);
        }
        self.runs[task.index()].elsewhere
    }
}

/// Load buffering, which is not explored, but noticed.
impl Graph {
    /// Whether the access at the first position could have read what the one at the second has stored, had loads been allowed
    /// to read what comes about because of them: nothing that the program declares orders the two, and the store need not
    /// be newer than what the load's task goes on to store.
    pub(in crate::engine) fn could_buffer(&self, load: usize, store: usize) -> bool {
        // To look takes longer the longer an execution is.
        if self.accesses.len() > SEARCHED_MAX {
            return false;
        }
        let (Some(load), Some(store)) = (self.access_at(load), self.access_at(store)) else { return false };
        let is_before = |one: &Point, other: &Point| match one.task == other.task {
            true => one.index < other.index,
            false => self.clocks.count(other.clock, one.task) >= one.time,
        };
        if is_before(&load.point, &store.point) {
            return false;
        }
        let stores = &self.places[load.object.index()].stores;
        let is_written_after_load = |store: &Store| {
            store.access.is_some_and(|access| {
                let point = &self.accesses[access].point;
                point.index == load.point.index || is_before(&load.point, point)
            })
        };
        // In modification order, since read-modify-writes go right behind what they read.
        let is_behind_load = |number: u32| {
            let of_number = |number: u32| stores.iter().find(|store| store.number == number);
            std::iter::successors(of_number(number), |&store| of_number(store.reads?))
                .any(is_written_after_load)
        };
        let own = self.accesses.iter().filter(|access| access.object == load.object);
        let mut seen = own.filter(|access| is_before(&access.point, &store.point));
        !seen.any(|access| {
            access.read.is_some_and(is_behind_load) || access.written.is_some_and(is_behind_load)
        })
    }

    fn access_at(&self, position: usize) -> Option<&Access> {
        let at = self.accesses.partition_point(|access| access.position < position);
        self.accesses.get(at).filter(|access| access.position == position)
    }
}

/// Sequential consistency of what asks for it.
impl Graph {
    /// Whether `psc` would have no cycle with this access, of the store at this place of modification order.
    fn is_consistent(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        (action, writes): (AtomicAction, bool),
        at: usize,
    ) -> bool {
        let Store { number, .. } = self.places[object.index()].stores[at];
        let ordering = action.ordering(writes);
        let is_seq_cst = ordering == Ordering::SeqCst;
        // Cycles begin at what is `SeqCst`, which only a fence is for the accesses of others.
        if !(self.has_seq_cst_fence || is_seq_cst) {
            return true;
        }
        let mut clocks = Considered { graph: self, clocks: Clocks::new() };
        clocks.clocks.widen(self.clocks.width());
        let clock = clocks.push(order, task);
        if action.reads() && matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst) {
            order.join_view(&mut clocks.clocks, clock - self.clocks.len(), object, number.into());
        }
        let run = self.runs.get(task.index()).filter(|run| run.object == Some(object));
        let elsewhere = run.map(|run| run.elsewhere).unwrap_or_else(|| clocks.push(order, task));
        let point = Point { task, index: usize::MAX, time: order.now(task), clock };
        let place = 2 * at + usize::from(writes);
        let at = Some(At { object, place, writes });
        let node = Node { point, is_seq_cst, at, elsewhere, left_at: None };
        let mut nodes: Vec<Node> = self.nodes().collect();
        nodes.push(node);
        !clocks.has_cycle(&nodes)
    }

    fn nodes(&self) -> impl Iterator<Item = Node> {
        let accesses = self.accesses.iter().map(|access| {
            let Access { point, object, read, written, is_seq_cst, elsewhere, left_at, .. } = *access;
            let number = written.or(read).expect("an access reads or writes");
            let stores = &self.places[object.index()].stores;
            let place =
                stores.iter().position(|store| store.number == number).expect("no store is forgotten");
            let at = Some(At { object, place: 2 * place, writes: written.is_some() });
            Node { point, is_seq_cst, at, elsewhere, left_at }
        });
        let fences = self.fences.iter().map(|&Fence { point, is_seq_cst }| Node {
            point,
            is_seq_cst,
            at: None,
            elsewhere: 0,
            left_at: None,
        });
        accesses.chain(fences)
    }
}

/// A graph with an access that is only considered.
struct Considered<'a> {
    graph: &'a Graph,
    /// More clocks, which are numbered on from the graph's.
    clocks: Clocks,
}

impl Considered<'_> {
    /// What has happened before the task goes on.
    fn push(&mut self, order: &Order, task: TaskId) -> usize {
        self.graph.clocks.len() + self.clocks.push_copy(order.seen(), task.index())
    }

    fn count(&self, clock: usize, task: TaskId) -> u32 {
        match clock.checked_sub(self.graph.clocks.len()) {
            None => self.graph.clocks.count(clock, task),
            Some(clock) => self.clocks.count(clock, task),
        }
    }

    /// Whether `one` happens before `other`.
    fn happens_before(&self, one: &Point, other: &Point) -> bool {
        match one.task == other.task {
            true => one.index < other.index,
            false => self.count(other.clock, one.task) >= one.time,
        }
    }

    /// Whether there is a cycle through the last node, or through what happens before that.
    fn has_cycle(&self, nodes: &[Node]) -> bool {
        let seq_cst: Vec<usize> = (0..nodes.len()).filter(|&at| nodes[at].is_seq_cst).collect();
        let is_fence = |at: usize| nodes[at].is_seq_cst && nodes[at].at.is_none();
        let spans: Vec<Spans> = (0..nodes.len())
            .map(|at| if is_fence(at) { self.spans(nodes, at) } else { Spans::default() })
            .collect();
        let last = nodes.len() - 1;
        let is_new = |&&at: &&usize| {
            let is_before =
                nodes[at].at.is_none() && self.happens_before(&nodes[at].point, &nodes[last].point);
            at == last || is_before
        };
        seq_cst.iter().filter(is_new).any(|&begin| {
            let (mut seen, mut left) = (vec![false; nodes.len()], vec![begin]);
            while let Some(from) = left.pop() {
                for &to in seq_cst.iter().filter(|&&to| to != from && self.leads(nodes, &spans, from, to)) {
                    if to == begin {
                        return true;
                    }
                    if !std::mem::replace(&mut seen[to], true) {
                        left.push(to);
                    }
                }
            }
            false
        })
    }

    /// Whether `psc` has an edge:
    ///
    /// ```text
    /// scb = sb ∪ sb≠loc;hb;sb≠loc ∪ hb|loc ∪ mo ∪ rb
    /// psc = ([Esc] ∪ [Fsc];hb?);scb;([Esc] ∪ hb?;[Fsc]) ∪ [Fsc];(hb ∪ hb;eco;hb);[Fsc]
    /// ```
    fn leads(&self, nodes: &[Node], spans: &[Spans], from: usize, to: usize) -> bool {
        let (one, other) = (&nodes[from], &nodes[to]);
        let is_before = self.happens_before(&one.point, &other.point);
        match (one.at, other.at) {
            (Some(here), Some(there)) => {
                one.point.task == other.point.task && is_before
                    || here.object == there.object && (is_before || here.is_before_store(there))
                    || one.point.task != other.point.task
                        && one.left_at.is_some_and(|time| self.count(other.elsewhere, one.point.task) >= time)
            }
            (Some(here), None) => {
                let span = spans[to].get(here.object);
                is_before || span.and_then(|span| span.last_store).is_some_and(|place| here.place < place)
            }
            (None, Some(there)) => {
                let first = spans[from].get(there.object).and_then(|span| span.first);
                is_before || there.writes && first.is_some_and(|(place, _)| place < there.place)
            }
            (None, None) => {
                // `eco` is `rf ∪ (mo ∪ rb);rf?`: to a later place, or from a store to who reads it.
                let precedes = |&(object, later): &(ObjectId, Span)| {
                    let first = spans[from].get(object).and_then(|span| span.first);
                    first.zip(later.last).is_some_and(|((first, writes), (last, reads))| {
                        first < last || first == last && writes && reads
                    })
                };
                is_before || spans[to].0.iter().any(precedes)
            }
        }
    }

    /// Where in each object's modification order the accesses are that happen before a fence, and after it.
    fn spans(&self, nodes: &[Node], fence: usize) -> Spans {
        let mut spans = Spans::default();
        let fence = &nodes[fence].point;
        for (node, At { object, place, writes }) in accesses(nodes) {
            if self.happens_before(fence, &node.point) {
                let first = &mut spans.of(object).first;
                *first = match *first {
                    Some((known, _)) if known < place => *first,
                    Some((known, has_store)) if known == place => Some((place, has_store || writes)),
                    _ => Some((place, writes)),
                };
            }
            if self.happens_before(&node.point, fence) {
                let span = spans.of(object);
                span.last = match span.last {
                    Some((known, _)) if known > place => span.last,
                    Some((known, has_load)) if known == place => Some((place, has_load || !writes)),
                    _ => Some((place, !writes)),
                };
                if writes {
                    span.last_store = span.last_store.max(Some(place));
                }
            }
        }
        spans
    }
}

/// By objects, of which there are few.
#[derive(Debug, Default)]
struct Spans(Vec<(ObjectId, Span)>);

impl Spans {
    fn get(&self, object: ObjectId) -> Option<&Span> {
        self.0.iter().find(|(known, _)| *known == object).map(|(_, span)| span)
    }

    fn of(&mut self, object: ObjectId) -> &mut Span {
        let known = self.0.iter().position(|(known, _)| *known == object);
        let at = known.unwrap_or_else(|| {
            self.0.push((object, Span::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

/// What a fence has to do with one object.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    /// The first place of what comes after it, and whether a store is there.
    first: Option<(usize, bool)>,
    /// The last place of what comes before it, and whether a load is there.
    last: Option<(usize, bool)>,
    /// The last place of a store that comes before it.
    last_store: Option<usize>,
}

fn accesses(nodes: &[Node]) -> impl Iterator<Item = (&Node, At)> {
    nodes.iter().filter_map(|node| Some((node, node.at?)))
}

impl At {
    /// `mo ∪ rb`
    fn is_before_store(self, other: At) -> bool {
        self.object == other.object && other.writes && self.place < other.place
    }
}
