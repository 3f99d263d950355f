//! Sequential consistency of what asks for it: whether `psc` of the paper has a cycle.
//!
//! ```text
//! scb = sb ∪ sb≠loc;hb;sb≠loc ∪ hb|loc ∪ mo ∪ rb
//! psc = ([Esc] ∪ [Fsc];hb?);scb;([Esc] ∪ hb?;[Fsc]) ∪ [Fsc];(hb ∪ hb;eco;hb);[Fsc]
//! ```
//!
//! An edge that is there stays there while the graph grows. So they are kept, and what comes with an access is found by
//! looking at each node once: the edges from and to it, if it is `SeqCst`, and those from fences that happen before it.

use super::super::super::object::AtomicAction;
use super::super::super::order::Order;
use super::super::super::{ObjectId, TaskId};
use super::undo::Change;
use super::{Access, Graph, Point, Run};
pub(super) use node_set::{NODES_MAX, NodeSet};
use std::borrow::Cow;
use std::sync::atomic::Ordering;

mod node_set;

/// What `psc` has edges between, and the edges.
#[derive(Debug, Default)]
pub(super) struct Psc {
    /// In the order of execution.
    pub(super) nodes: Vec<Node>,
    /// For each node, those to which an edge goes.
    pub(super) edges: Vec<NodeSet>,
    pub(super) fences: Vec<Fence>,
}

/// By its number among the accesses of the graph, or among the fences here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
    Access(usize),
    Fence(usize),
}

/// A fence, and which accesses of each object come before and after it.
#[derive(Debug)]
pub(super) struct Fence {
    point: Point,
    node: usize,
    before: Vec<(ObjectId, Last)>,
    pub(super) after: Vec<(ObjectId, First)>,
}

/// The store that comes last in modification order of what comes before a fence, and whether a load of that does; the last
/// that comes before it itself.
#[derive(Clone, Copy, Debug, Default)]
struct Last {
    seen: Option<(u32, bool)>,
    written: Option<u32>,
}

/// The store that comes first of what comes after a fence, and whether it comes so itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct First {
    store: u32,
    is_written: bool,
}

/// Where in an object's modification order an access is: twice the place of the store that it reads or has written, so
/// that there is room for one that is only considered.
#[derive(Clone, Copy, Debug)]
struct At {
    object: ObjectId,
    place: usize,
    writes: bool,
}

/// An access or a fence that comes last.
struct New<'a> {
    task: TaskId,
    is_seq_cst: bool,
    at: At,
    /// What happens before it.
    clock: &'a [u32],
    /// What had happened before it when its task had last done something else than to access its object.
    elsewhere: &'a [u32],
}

/// The edges that come with an access.
#[derive(Default)]
struct NewEdges {
    from: NodeSet,
    to: NodeSet,
    /// From fences that happen before it, by their numbers.
    from_fences: Vec<(usize, NodeSet)>,
}

impl Graph {
    /// Whether `psc` would have no cycle with this access, of the store at this place of modification order.
    pub(super) fn is_consistent(
        &self,
        order: &Order,
        task: TaskId,
        object: ObjectId,
        (action, writes): (AtomicAction, bool),
        at: usize,
    ) -> bool {
        let ordering = action.ordering(writes);
        let is_seq_cst = ordering == Ordering::SeqCst;
        // Cycles begin at what is `SeqCst`, which only a fence is for the accesses of others.
        if !(self.has_seq_cst_fence || is_seq_cst) {
            return true;
        }
        let seen = order.seen().get(task.index());
        let mut clock = Cow::Borrowed(seen);
        if action.reads() && matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst) {
            let number = self.places[object.index()].stores[at].number;
            if let Some(view) = order.view_of(object, number.into()) {
                clock.to_mut().iter_mut().zip(view).for_each(|(seen, view)| *seen = (*seen).max(*view));
            }
        }
        let open = self.open.get(task.index()).copied().flatten().map(|run| self.runs[run]);
        let run = open.filter(|run| run.object == object);
        let elsewhere = run.map_or(seen, |run| self.clocks.get(run.elsewhere));
        let at = At { object, place: 2 * at + usize::from(writes), writes };
        self.psc_is_acyclic_with(&self.edges_with(&New { task, is_seq_cst, at, clock: &clock, elsewhere }))
    }

    /// The last access of the graph becomes part of `psc`.
    pub(super) fn add_to_psc(&mut self) {
        let Some(access) = self.accesses.len().checked_sub(1) else { return };
        let is_seq_cst = self.accesses[access].is_seq_cst;
        if self.is_long() || !(self.has_seq_cst_fence || is_seq_cst) {
            return;
        }
        let (at, Point { task, clock, .. }) = (self.at(access), self.accesses[access].point);
        let Run { elsewhere, .. } = self.runs[self.accesses[access].run];
        let (clock, elsewhere) = (self.clocks.get(clock), self.clocks.get(elsewhere));
        let new = New { task, is_seq_cst, at, clock, elsewhere };
        let edges = self.edges_with(&new);
        let later: Vec<usize> =
            self.fences_before(&new).filter(|&fence| self.comes_first(fence, at)).collect();
        for (fence, to) in edges.from_fences {
            let node = self.psc.fences[fence].node;
            let before = self.psc.edges[node];
            self.psc.edges[node].add(&to);
            self.note(Change::Edges(node, before));
        }
        let number = self.accesses[access].number();
        for fence in later {
            let first = First { store: number, is_written: at.writes };
            let after = &mut self.psc.fences[fence].after;
            let before = match after.iter_mut().find(|(object, _)| *object == at.object) {
                Some((_, known)) => Some(std::mem::replace(known, first)),
                None => {
                    after.push((at.object, first));
                    None
                }
            };
            self.note(Change::First(fence, at.object, before));
        }
        if is_seq_cst {
            self.psc.push(Node::Access(access), &edges.from, edges.to);
            self.note(Change::Node);
        }
    }

    /// A `SeqCst` fence that is executed there becomes part of it.
    pub(super) fn add_fence_to_psc(&mut self, point: Point) {
        if self.is_long() {
            return;
        }
        let clock = self.clocks.get(point.clock);
        let mut before: Vec<(ObjectId, Last)> = Vec::new();
        for (access, Point { task, time, .. }) in self.accesses.iter().map(|it| it.point).enumerate() {
            if task == point.task || clock[task.index()] >= time {
                self.add_last(&mut before, access);
            }
        }
        let mut from = NodeSet::default();
        for (index, node) in self.psc.nodes.iter().enumerate() {
            let is_edge = match *node {
                Node::Access(access) => {
                    let (At { object, place, .. }, earlier) = (self.at(access), self.accesses[access].point);
                    let last = find(&before, object).and_then(|last| last.written);
                    let last = last.map(|last| self.place(object, last));
                    happens_before(&earlier, point.task, clock) || last.is_some_and(|last| place < last)
                }
                Node::Fence(fence) => {
                    let Fence { point: earlier, after, .. } = &self.psc.fences[fence];
                    happens_before(earlier, point.task, clock)
                        || after.iter().any(|&(object, first)| {
                            let place = self.place(object, first.store);
                            let at = At { object, place, writes: first.is_written };
                            find(&before, object).is_some_and(|last| self.precedes(at, last))
                        })
                }
            };
            if is_edge {
                from.insert(index);
            }
        }
        let node = self.psc.nodes.len();
        self.psc.push(Node::Fence(self.psc.fences.len()), &from, NodeSet::default());
        self.psc.fences.push(Fence { point, node, before, after: Vec::new() });
        self.note(Change::Node);
    }

    /// Whether what is SeqCst goes by the order of execution from here on.
    pub(super) fn is_long(&self) -> bool {
        self.psc.nodes.len() >= super::SEARCHED_MAX
    }

    /// The access happens before the fence of which that is.
    fn add_last(&self, before: &mut Vec<(ObjectId, Last)>, access: usize) {
        let At { object, place, writes } = self.at(access);
        let number = self.accesses[access].number();
        let known = before.iter().position(|(known, _)| *known == object).unwrap_or_else(|| {
            before.push((object, Last::default()));
            before.len() - 1
        });
        let last = &mut before[known].1;
        let seen = last.seen.map(|(number, has_load)| (self.place(object, number), has_load));
        last.seen = match seen {
            Some((known, _)) if known > place => last.seen,
            Some((known, has_load)) if known == place => Some((number, has_load || !writes)),
            _ => Some((number, !writes)),
        };
        let is_last = |known: u32| self.place(object, known) < place;
        if writes && last.written.is_none_or(is_last) {
            last.written = Some(number);
        }
    }

    fn edges_with(&self, new: &New) -> NewEdges {
        let mut edges = NewEdges::default();
        if new.is_seq_cst {
            for (index, &node) in self.psc.nodes.iter().enumerate() {
                if self.leads_to(node, new) {
                    edges.from.insert(index);
                }
                if self.is_led_to(node, new.at) {
                    edges.to.insert(index);
                }
            }
        }
        for fence in self.fences_before(new).filter(|&fence| self.comes_first(fence, new.at)) {
            let mut to = NodeSet::default();
            let own = self.psc.fences[fence].node;
            for (index, &node) in self.psc.nodes.iter().enumerate() {
                let is_edge = index != own
                    && match node {
                        Node::Access(access) => self.is_before(new.at, access),
                        Node::Fence(other) => {
                            let last = find(&self.psc.fences[other].before, new.at.object);
                            last.is_some_and(|last| self.precedes(new.at, last))
                        }
                    };
                if is_edge && !self.psc.edges[own].contains(index) {
                    to.insert(index);
                }
            }
            if !to.is_empty() {
                edges.from_fences.push((fence, to));
            }
        }
        edges
    }

    fn fences_before(&self, new: &New) -> impl Iterator<Item = usize> {
        let is_before =
            move |fence: &usize| happens_before(&self.psc.fences[*fence].point, new.task, new.clock);
        (0..self.psc.fences.len()).filter(is_before)
    }

    /// Whether an access after the fence is before all others after it.
    fn comes_first(&self, fence: usize, At { object, place, writes }: At) -> bool {
        let first = find(&self.psc.fences[fence].after, object);
        first.is_none_or(|first| {
            let known = self.place(object, first.store);
            place < known || place == known && writes && !first.is_written
        })
    }

    /// Whether there is an edge to the new access.
    fn leads_to(&self, node: Node, new: &New) -> bool {
        match node {
            Node::Access(access) => {
                let earlier = &self.accesses[access];
                let Point { task, .. } = earlier.point;
                task == new.task
                    || earlier.object == new.at.object
                        && (happens_before(&earlier.point, new.task, new.clock)
                            || self.at(access).is_before_store(new.at))
                    || self.runs[earlier.run].left_at.is_some_and(|time| new.elsewhere[task.index()] >= time)
            }
            Node::Fence(fence) => {
                let Fence { point, after, .. } = &self.psc.fences[fence];
                let first = find(after, new.at.object);
                let first = first.map(|first| self.place(new.at.object, first.store));
                happens_before(point, new.task, new.clock)
                    || new.at.writes && first.is_some_and(|first| first < new.at.place)
            }
        }
    }

    /// Whether there is an edge from an access there, which is the last.
    fn is_led_to(&self, node: Node, at: At) -> bool {
        match node {
            Node::Access(access) => self.is_before(at, access),
            Node::Fence(fence) => {
                let last = find(&self.psc.fences[fence].before, at.object);
                let last = last.and_then(|last| Some(self.place(at.object, last.written?)));
                last.is_some_and(|last| at.place < last)
            }
        }
    }

    /// Whether an access after one fence is before what comes before another: `eco` is `rf ∪ (mo ∪ rb);rf?`, so to a later
    /// place, or from a store to who reads it.
    fn precedes(&self, at: At, last: Last) -> bool {
        last.seen.is_some_and(|(number, has_load)| {
            let last = self.place(at.object, number);
            at.place < last || at.place == last && at.writes && has_load
        })
    }

    fn psc_is_acyclic_with(&self, new: &NewEdges) -> bool {
        let own = self.psc.nodes.len();
        let node = |fence: usize| self.psc.fences[fence].node;
        let to = |from: usize| {
            if from == own {
                return new.to;
            }
            let mut to = self.psc.edges[from];
            if new.from.contains(from) {
                to.insert(own);
            }
            new.from_fences
                .iter()
                .filter(|(fence, _)| node(*fence) == from)
                .for_each(|(_, more)| to.add(more));
            to
        };
        let is_in_cycle = |begin: usize| {
            let (mut seen, mut left) = (NodeSet::default(), to(begin));
            while let Some(next) = left.pop() {
                if next == begin {
                    return true;
                }
                seen.insert(next);
                left.add(&to(next).without(&seen));
            }
            false
        };
        // A cycle has a new edge.
        let begins = new.from_fences.iter().map(|&(fence, _)| node(fence));
        let begins = begins.chain((!new.to.is_empty()).then_some(own));
        !begins.into_iter().any(is_in_cycle)
    }

    /// Whether an access there comes before another, by `mo ∪ rb`.
    fn is_before(&self, at: At, access: usize) -> bool {
        let Access { object, written, .. } = self.accesses[access];
        object == at.object && written.is_some_and(|written| at.place < self.place(object, written))
    }

    fn at(&self, access: usize) -> At {
        let access = &self.accesses[access];
        let place = self.place(access.object, access.number());
        At { object: access.object, place, writes: access.written.is_some() }
    }

    fn place(&self, object: ObjectId, number: u32) -> usize {
        2 * self.places[object.index()].rank(number)
    }
}

impl Psc {
    pub(super) fn clear(&mut self) {
        self.nodes.clear();
        self.edges.clear();
        self.fences.clear();
    }

    pub(super) fn copy_from(&mut self, other: &Psc) {
        self.nodes.clone_from(&other.nodes);
        self.edges.clone_from(&other.edges);
        self.fences.clone_from(&other.fences);
    }

    fn push(&mut self, node: Node, from: &NodeSet, to: NodeSet) {
        let own = self.nodes.len();
        for (index, edges) in self.edges.iter_mut().enumerate() {
            if from.contains(index) {
                edges.insert(own);
            }
        }
        self.nodes.push(node);
        self.edges.push(to);
    }

    /// Forgets the last node.
    pub(super) fn pop(&mut self) {
        if let Some(Node::Fence(_)) = self.nodes.pop() {
            self.fences.pop();
        }
        self.edges.pop();
        let own = self.nodes.len();
        self.edges.iter_mut().for_each(|edges| edges.remove(own));
    }
}

impl Clone for Fence {
    fn clone(&self) -> Self {
        let Fence { point, node, .. } = *self;
        Fence { point, node, before: self.before.clone(), after: self.after.clone() }
    }

    /// Without new memory, if there is enough.
    fn clone_from(&mut self, other: &Self) {
        (self.point, self.node) = (other.point, other.node);
        self.before.clone_from(&other.before);
        self.after.clone_from(&other.after);
    }
}

impl At {
    /// `mo ∪ rb`
    fn is_before_store(self, other: At) -> bool {
        self.object == other.object && other.writes && self.place < other.place
    }
}

/// Whether an earlier point happens before what the task does last, before which that has happened.
fn happens_before(earlier: &Point, task: TaskId, clock: &[u32]) -> bool {
    earlier.task == task || clock[earlier.task.index()] >= earlier.time
}

/// By objects, of which there are few.
fn find<T: Copy>(known: &[(ObjectId, T)], object: ObjectId) -> Option<T> {
    known.iter().find(|(known, _)| *known == object).map(|&(_, found)| found)
}
