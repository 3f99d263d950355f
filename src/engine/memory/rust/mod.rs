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
//! * SC: `psc` of the paper has no cycle (`psc`). Accesses and fences are its nodes if they are `SeqCst`.
//!
//! The newest of a place can always be read, and written behind.
//!
//! To look for cycles takes longer the more there is. In a long execution, all edges of `psc` go with the order of
//! execution from some time on; where that leaves something out, it is said ([`Graph::is_cut`]).

mod buffering;
mod psc;
mod undo;

use super::super::clock::Clocks;
use super::super::object::AtomicAction;
use super::super::order::Order;
use super::super::{ObjectId, TaskId};
use psc::Psc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use undo::Change;

/// The atomic accesses of an execution, and its fences.
#[derive(Debug, Default)]
pub(in crate::engine) struct Graph {
    places: Vec<Place>,
    /// Who has read which store for the first time.
    readers: Vec<Reader>,
    accesses: Vec<Access>,
    fences: Vec<Point>,
    clocks: Clocks,
    runs: Vec<Run>,
    /// Each task's run that goes on.
    open: Vec<Option<usize>>,
    /// Whether any access or fence is `SeqCst`; any fence.
    has_seq_cst: bool,
    has_seq_cst_fence: bool,
    /// Whether something was left out since an execution is long, here or in an attempt.
    is_cut: Arc<AtomicBool>,
    psc: Psc,
    /// What was changed, if that is kept.
    undo: Option<Vec<Change>>,
}

/// Among so many accesses and fences of an execution that are `SeqCst` cycles are looked for.
pub(crate) const SEARCHED_MAX: usize = psc::NODES_MAX - 1;

/// Names a store in all executions that have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StoreId {
    /// What its object held at first, or was set to by who had it alone: by its number.
    Set(u32),
    /// The event of this task that has this index.
    Event(TaskId, u32),
}

/// What is known of an object.
#[derive(Debug, Default)]
struct Place {
    /// In modification order.
    stores: Vec<Store>,
    /// By their numbers, where in `stores` they are.
    ranks: Vec<usize>,
    /// The newest that was written by `SeqCst`, or seen by who executed such a fence: by its number.
    floor: u32,
}

#[derive(Clone, Copy, Debug)]
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
    /// The last who has read it for the first time, among the graph's readers.
    reader: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Reader {
    task: TaskId,
    time: u32,
    /// The one before, of the same store.
    before: Option<usize>,
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
    run: usize,
}

/// Accesses of one object in a row, by one task.
#[derive(Clone, Copy, Debug)]
struct Run {
    object: ObjectId,
    /// What had happened before it when its task had last done something else.
    elsewhere: usize,
    /// When its task did so for the first time afterwards.
    left_at: Option<u32>,
}

impl Graph {
    /// Forgets the execution that it was of.
    pub(in crate::engine) fn begin(&mut self) {
        self.places.iter_mut().for_each(Place::clear);
        self.readers.clear();
        self.accesses.clear();
        self.fences.clear();
        self.clocks.truncate(0);
        self.runs.clear();
        self.open.clear();
        self.psc.clear();
        self.undo.iter_mut().for_each(Vec::clear);
        (self.has_seq_cst, self.has_seq_cst_fence) = (false, false);
    }

    /// Makes room for so many tasks.
    pub(in crate::engine) fn widen(&mut self, tasks: usize) {
        self.clocks.widen(tasks);
    }

    /// One without anything in it, which notes in the same place if something is left out.
    pub(in crate::engine) fn empty(&self) -> Graph {
        Graph { is_cut: Arc::clone(&self.is_cut), ..Graph::default() }
    }

    /// Becomes as another is; with its changes, or as if there had been none.
    pub(super) fn copy_from(&mut self, other: &Graph, with_changes: bool) {
        self.places.clone_from(&other.places);
        self.readers.clone_from(&other.readers);
        self.accesses.clone_from(&other.accesses);
        self.fences.clone_from(&other.fences);
        self.clocks.clone_from(&other.clocks);
        self.runs.clone_from(&other.runs);
        self.open.clone_from(&other.open);
        self.psc.copy_from(&other.psc);
        (self.has_seq_cst, self.has_seq_cst_fence) = (other.has_seq_cst, other.has_seq_cst_fence);
        if !Arc::ptr_eq(&self.is_cut, &other.is_cut) {
            self.is_cut = Arc::clone(&other.is_cut);
        }
        self.undo.iter_mut().for_each(Vec::clear);
        if with_changes {
            self.undo.clone_from(&other.undo);
        }
    }

    /// What an object holds that nobody has accessed yet, or that is changed by who has it alone.
    pub(in crate::engine) fn set(&mut self, object: ObjectId, value: u64) {
        if self.places.len() <= object.index() {
            self.places.resize_with(object.index() + 1, Place::default);
        }
        let place = &mut self.places[object.index()];
        let number = place.stores.len() as u32;
        let id = StoreId::Set(number);
        let store = Store { number, id, value, past: 0, access: None, reads: None, reader: None };
        place.insert(place.stores.len(), store);
        self.note(Change::Set(object));
    }

    /// Where in modification order the store is that the event at this position has written, or else read.
    #[cfg(test)]
    pub(in crate::engine) fn rank(&self, position: usize) -> Option<u32> {
        let access = self.accesses.iter().find(|access| access.position == position)?;
        Some(self.places[access.object.index()].rank(access.number()) as u32)
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
        let mut stores = self.places[object.index()].stores.iter_mut();
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
        let place = &self.places[object.index()];
        let of_number = |number: u32| place.stores[place.rank(number)].id;
        place.stores.iter().map(|store| (store.id, store.reads.map(of_number))).collect()
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
        let may = |&at: &usize| {
            let writes = writes((stores[at].id, stores[at].value));
            self.may(order, task, object, (action, writes), at)
        };
        let places = (self.oldest(order, task, stores)..=newest).rev();
        places.filter(may).map(|at| (newest - at) as u32).collect()
    }

    /// Whether the task could read that store, or write behind it.
    pub(super) fn allows(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        (action, writes): (AtomicAction, bool),
        store: StoreId,
    ) -> bool {
        let Some(Place { stores, .. }) = self.places.get(object.index()) else { return false };
        let Some(at) = stores.iter().rposition(|known| known.id == store) else { return false };
        at >= self.oldest(order, task, stores) && self.may(order, task, object, (action, writes), at)
    }

    /// The same of a store by its place in modification order, which is no older than what the task has seen.
    fn may(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        (action, writes): (AtomicAction, bool),
        at: usize,
    ) -> bool {
        if writes && self.splits(object, at) {
            return false;
        }
        // No edge of `psc` goes from the newest.
        let is_newest = at + 1 == self.places[object.index()].stores.len();
        if is_newest || !self.has_seq_cst {
            return true;
        }
        match self.is_long() {
            true => self.goes_by_order(action.ordering(writes), at, self.floor(object)),
            false => self.is_consistent(order, task, object, (action, writes), at),
        }
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
        let place = &self.places[object.index()];
        place.rank(place.floor)
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
        is_written || self.readers(store).any(|reader| order.has_seen(task, reader.task, reader.time))
    }

    /// Who has read the store, the last first.
    fn readers(&self, store: &Store) -> impl Iterator<Item = &Reader> {
        let reader = |at: usize| &self.readers[at];
        std::iter::successors(store.reader.map(reader), move |known| known.before.map(reader))
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
        let run = self.begin_run(order, task, object, time);
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
        self.note(Change::Access(self.has_seq_cst));
        self.has_seq_cst |= is_seq_cst;
        let read = reads.then_some(read);
        let access = self.accesses.len();
        self.accesses.push(Access { point, position, object, read, written, is_seq_cst, run });
        let store = self.places[object.index()].stores[at];
        if reads && self.readers(&store).all(|reader| reader.task != task) {
            self.note(Change::Read(object, at));
            self.places[object.index()].stores[at].reader = Some(self.readers.len());
            self.readers.push(Reader { task, time, before: store.reader });
        }
        if let (Some(number), Some(new)) = (written, new) {
            let id = StoreId::Event(task, index);
            // Who writes what is there already leaves it as whose it was.
            let past = if new == store.value { store.past } else { 0 };
            self.note(Change::Written(object, at + 1, self.places[object.index()].floor));
            let place = &mut self.places[object.index()];
            let access = Some(access);
            place.insert(at + 1, Store { number, id, value: new, past, access, reads: read, reader: None });
            // What is written before the floor cannot be written by `SeqCst` later on than that.
            if is_seq_cst && place.rank(place.floor) <= at {
                place.floor = number;
            }
        }
        self.add_to_psc();
    }

    /// Notes a fence, which the task has executed from that time on.
    pub(in crate::engine) fn fence(&mut self, order: &Order, task: TaskId, ordering: Ordering, time: u32) {
        self.leave(task, time);
        let clock = self.clocks.push_copy(order.seen(), task.index());
        let point = Point { task, index: self.accesses.len() + self.fences.len(), time, clock };
        let is_seq_cst = ordering == Ordering::SeqCst;
        self.note(Change::Fence(self.has_seq_cst, self.has_seq_cst_fence));
        self.has_seq_cst |= is_seq_cst;
        self.has_seq_cst_fence |= is_seq_cst;
        self.fences.push(point);
        if is_seq_cst {
            self.add_fence_to_psc(point);
            self.raise_floors(order, task);
        }
    }

    /// Nobody who goes by `SeqCst` from here on is behind what the task has seen.
    fn raise_floors(&mut self, order: &Order, task: TaskId) {
        for index in 0..self.places.len() {
            let place = &self.places[index];
            let seen = self.oldest(order, task, &place.stores);
            if seen > place.ranks.get(place.floor as usize).copied().unwrap_or(seen) {
                let raised = place.stores[seen].number;
                let before = std::mem::replace(&mut self.places[index].floor, raised);
                self.note(Change::Floor(ObjectId::new(index), before));
            }
        }
    }

    /// The task does something else than to access an atomic.
    pub(in crate::engine) fn leave(&mut self, task: TaskId, time: u32) {
        let Some(run) = self.open.get_mut(task.index()).and_then(Option::take) else { return };
        self.runs[run].left_at = Some(time);
        self.note(Change::Left(task, run));
    }

    /// The task accesses the object: in which run.
    fn begin_run(&mut self, order: &Order, task: TaskId, object: ObjectId, time: u32) -> usize {
        match self.open.get(task.index()) {
            Some(&Some(run)) if self.runs[run].object == object => return run,
            Some(_) => self.leave(task, time),
            None => self.open.resize(task.index() + 1, None),
        }
        let elsewhere = self.clocks.push_copy(order.seen(), task.index());
        let run = self.runs.len();
        self.runs.push(Run { object, elsewhere, left_at: None });
        self.open[task.index()] = Some(run);
        self.note(Change::Run(task));
        run
    }
}

impl Access {
    /// The number of the store that it has written, or else read.
    fn number(&self) -> u32 {
        self.written.or(self.read).expect("an access reads or writes")
    }
}

impl Place {
    fn insert(&mut self, at: usize, store: Store) {
        self.ranks.push(at);
        self.stores.insert(at, store);
        self.stores[at + 1..].iter().for_each(|later| self.ranks[later.number as usize] += 1);
    }

    /// Takes back the last that was inserted, which is there.
    fn remove(&mut self, at: usize) {
        self.stores.remove(at);
        self.ranks.pop();
        self.stores[at..].iter().for_each(|later| self.ranks[later.number as usize] -= 1);
    }

    /// Where in modification order the store of this number is.
    fn rank(&self, number: u32) -> usize {
        self.ranks[number as usize]
    }

    fn clear(&mut self) {
        self.stores.clear();
        self.ranks.clear();
        self.floor = 0;
    }
}

impl Clone for Place {
    fn clone(&self) -> Self {
        Place { stores: self.stores.clone(), ranks: self.ranks.clone(), floor: self.floor }
    }

    /// Without new memory, if there is enough.
    fn clone_from(&mut self, other: &Self) {
        self.stores.clone_from(&other.stores);
        self.ranks.clone_from(&other.ranks);
        self.floor = other.floor;
    }
}
