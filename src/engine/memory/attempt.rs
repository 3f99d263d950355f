//! What a sequence of events would come to, tried on a copy of the graph: which stores a task could then read, or be
//! written behind.

use super::super::object::{Action, AtomicAction};
use super::super::order::Order;
use super::super::{Event, ObjectId, TaskId};
use super::{Effect, Graph, StoreId};

/// A graph to try something on, and what happens before what in it.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    graph: Graph,
    order: Order,
}

impl Attempt {
    /// On a copy of these.
    pub(in crate::engine) fn on(graph: &Graph, order: &Order) -> Self {
        Attempt { graph: graph.clone(), order: order.bare() }
    }

    /// On nothing: before the first event of an execution with so many tasks.
    pub(in crate::engine) fn from_the_beginning(graph: &Graph, order: Order, tasks: usize) -> Self {
        let mut graph = graph.empty();
        graph.widen(tasks);
        Attempt { graph, order }
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
        self.sources(event.task, object, action, |_| writes).contains(&source)
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
