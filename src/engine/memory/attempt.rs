//! What a sequence of events would come to, tried on a copy of the graph: which stores a task could then read, or be
//! written behind. What was tried is taken back afterwards.

use super::super::object::{Action, AtomicAction};
use super::super::order::Order;
use super::super::{Event, ObjectId, TaskId};
use super::{Effect, Graph, StoreId};

/// A graph to try something on, and what happens before what in it.
#[derive(Debug)]
pub(crate) struct Attempt {
    graph: Graph,
    order: Order,
}

/// A point to go back to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mark {
    graph: usize,
    order: usize,
}

impl Mark {
    /// What these are now.
    pub(in crate::engine) fn of(graph: &Graph, order: &Order) -> Self {
        Mark { graph: graph.change_count(), order: order.change_count() }
    }

    /// Goes back to it.
    pub(in crate::engine) fn restore(self, graph: &mut Graph, order: &mut Order) {
        graph.undo(self.graph);
        order.undo(self.order);
    }
}

impl Attempt {
    /// On these; it is kept what changes from here on.
    pub(in crate::engine) fn new(graph: Graph, order: Order) -> Self {
        let mut attempt = Attempt { graph, order };
        attempt.graph.keep_changes();
        attempt.order.keep_changes();
        attempt
    }

    /// Becomes as these are; one can go back from there to where it was, if `with_changes`.
    pub(in crate::engine) fn copy_from(&mut self, graph: &Graph, order: &Order, with_changes: bool) {
        self.graph.copy_from(graph, with_changes);
        self.order.copy_from(order, with_changes);
    }

    /// To come back to here.
    pub(crate) fn mark(&self) -> Mark {
        Mark::of(&self.graph, &self.order)
    }

    /// Takes back what has happened since.
    pub(crate) fn go_back(&mut self, mark: Mark) {
        mark.restore(&mut self.graph, &mut self.order);
    }

    /// What happened besides events.
    pub(crate) fn repeat(&mut self, effect: Effect) {
        match effect {
            Effect::Begin(object, value) => self.begin(object, value),
            Effect::Set(object, value) => self.graph.set(object, value),
            Effect::Leave(task) => self.graph.leave(task, self.order.now(task)),
            Effect::Fence(task, ordering) => {
                let time = self.order.now(task);
                self.order.repeat(effect);
                self.graph.fence(&self.order, task, ordering, time);
            }
            _ => self.order.repeat(effect),
        }
    }

    /// An atomic is used for the first time, unless it was before.
    pub(crate) fn begin(&mut self, object: ObjectId, value: u64) {
        if !self.graph.has(object) {
            self.graph.set(object, value);
        }
    }

    /// Which stores the task could read by this, or be written behind. Whether an exchange writes is `writes`'s to say, of a
    /// store and what that holds: an address may be another by now. None, if nobody has used the object.
    pub(crate) fn sources(
        &self,
        task: TaskId,
        object: ObjectId,
        action: AtomicAction,
        writes: impl Fn((StoreId, u64)) -> bool,
    ) -> Vec<StoreId> {
        if !self.graph.has(object) {
            return Vec::new();
        }
        let ages = self.graph.ages_if(&self.order, task, object, action, writes);
        ages.into_iter().map(|age| self.graph.id(object, age)).collect()
    }

    /// Performs an access of an atomic that reads this store, or is written behind it, and what it writes, if it does;
    /// whether it could.
    pub(crate) fn perform(&mut self, event: &Event, source: StoreId, new: u64, position: usize) -> bool {
        let Action::Atomic(action) = event.operation.action else { return true };
        let (task, object) = (event.task, event.operation.object);
        let Some(age) = self.graph.age(object, source) else { return false };
        let (who, new) = ((task, event.index, position), (!event.access.is_read()).then_some(new));
        self.graph.perform(&mut self.order, who, object, (action, age), new, false);
        true
    }

    /// Whether an access could read this store, or be written behind it.
    pub(crate) fn allows(&self, event: &Event, source: StoreId) -> bool {
        let Action::Atomic(action) = event.operation.action else { return true };
        let (object, writes) = (event.operation.object, !event.access.is_read());
        self.graph.allows(&self.order, event.task, object, (action, writes), source)
    }

    /// See [`Graph::last_of`].
    pub(crate) fn last_of(
        &self,
        object: ObjectId,
        store: StoreId,
        is_true: impl Fn(StoreId) -> bool,
    ) -> StoreId {
        self.graph.last_of(object, store, is_true)
    }
}
