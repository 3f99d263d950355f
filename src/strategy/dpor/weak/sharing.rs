//! Several workers explore one tree of execution graphs: see the module above's `frontier` and `parallel`, whose ways these
//! are.
//!
//! Whether a sequence is to be explored can be told only where an execution has got to its scheduling point. So a worker does
//! not take a sequence: it claims one of as many as there are, goes there, and takes the first that turns out to be open.
//! If there is none any more, its execution is redundant.

use super::super::frontier::{Frontier, Offers};
use super::super::sleep::Why;
use super::sequence::{Act, Item, Sequence};
use super::{Asleep, Node, Search, add_new, choice_of};
use crate::engine::{Attempt, Choice, World, describe};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A scheduling point that several workers know.
pub(in super::super) struct Point {
    /// The point before this one, and the event that leads here; `None` at the root.
    before: Option<(Arc<Point>, Act)>,
    /// How many objects there are here.
    known: usize,
    state: Mutex<State>,
}

struct State {
    /// What need not come next: it was explored, or is being explored.
    sleep: Vec<Asleep>,
    /// What is still to be explored.
    sequences: VecDeque<Sequence>,
    /// How many workers are on their way here to take one.
    claims: usize,
}

impl Offers for Point {
    fn has_work(&self) -> bool {
        !self.lock().sequences.is_empty()
    }
}

impl Point {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sees to it that a sequence is left for the worker who asks, if there are as many.
    pub(super) fn claim(&self) -> bool {
        let mut state = self.lock();
        let is_left = state.claims < state.sequences.len();
        state.claims += usize::from(is_left);
        is_left
    }

    /// Adds a sequence; whether it is new.
    pub(super) fn add(&self, sequence: Sequence) -> bool {
        let mut state = self.lock();
        let count = state.sequences.len();
        add_new(&mut state.sequences, sequence);
        state.sequences.len() > count
    }

    /// What was put to sleep when it was taken turned out to be this.
    pub(super) fn correct(&self, item: &Item) {
        let name = |act: &Act| (act.task(), act.event.index, act.source);
        let mut state = self.lock();
        let taken = state.sleep.iter_mut().rev().find(|asleep| name(&asleep.act) == name(&item.act));
        if let Some(asleep) = taken {
            asleep.act = item.act;
        }
    }

    /// Throws away what need not be explored from here: see [`Node::find_open`].
    pub(super) fn find_open(&self, node: &mut Node, world: &World, attempt: &mut Attempt) {
        let mut state = self.lock();
        node.sleep.clone_from(&state.sleep);
        std::mem::swap(&mut node.sequences, &mut state.sequences);
        node.find_open(world, attempt);
        std::mem::swap(&mut node.sequences, &mut state.sequences);
    }

    /// Takes the first sequence that is to be explored from here, which is where the execution is.
    pub(super) fn choose(&self, node: &mut Node, world: &World, present: &mut Option<Attempt>) -> Choice {
        let mut state = self.lock();
        state.claims -= 1;
        node.sleep.clone_from(&state.sleep);
        std::mem::swap(&mut node.sequences, &mut state.sequences);
        world.prepare(present, false);
        if let Some(attempt) = present {
            node.find_open(world, attempt);
        }
        let choice = node.planned(world, present);
        std::mem::swap(&mut node.sequences, &mut state.sequences);
        if let Some(Choice::Run(task, chosen)) = choice
            && let Some(Item { act, past, .. }) = Item::foreseen(world, task, chosen)
        {
            let since = world.trace.events.len();
            state.sleep.push(Asleep { act, past, since, why: Why::Exploring });
        }
        choice.unwrap_or(Choice::Redundant)
    }
}

impl Search {
    /// If another worker has nothing to do: lets it have what is left at the first scheduling point that has anything, which
    /// brings the most work.
    pub(super) fn share(&mut self, world: &World, frontier: &Frontier) {
        if !frontier.graphs.is_hungry() {
            return;
        }
        let has_work = |node: &Node| node.point.is_none() && !node.sequences.is_empty();
        let Some(last) = self.nodes.iter().position(has_work) else { return };
        let mut shared: Vec<Arc<Point>> = Vec::new();
        for position in 0..=last {
            if self.nodes[position].point.is_some() {
                continue;
            }
            let before = position.checked_sub(1).and_then(|before| {
                let point = self.nodes[before].point.clone();
                Some((point.expect("points are shared from the root on"), Act::of(world, before)?))
            });
            let node = &mut self.nodes[position];
            let mut sleep = node.sleep.clone();
            if let Some(Item { act, past, .. }) = Item::of(world, position) {
                sleep.push(Asleep { act, past, since: position, why: Why::Exploring });
            }
            let state = State { sleep, sequences: std::mem::take(&mut node.sequences), claims: 0 };
            let point = Arc::new(Point { before, known: node.known, state: Mutex::new(state) });
            node.point = Some(Arc::clone(&point));
            shared.push(point);
        }
        frontier.graphs.share(shared.into_iter());
    }

    /// Takes up what another worker has left, if any does.
    pub(super) fn go_on_elsewhere(&mut self, world: &mut World, frontier: &Frontier) -> bool {
        let claim = |point: &Arc<Point>| point.claim().then(|| Arc::clone(point));
        let Some(point) = frontier.graphs.take(claim) else { return false };
        world.trace.truncate(0);
        let mut path = vec![point];
        while let Some((before, act)) = &path[path.len() - 1].before {
            self.script.push(*act);
            path.push(Arc::clone(before));
        }
        self.script.reverse();
        self.kept = self.script.len();
        let node = |point: Arc<Point>| Node { known: point.known, point: Some(point), ..Node::default() };
        self.nodes = path.into_iter().rev().map(node).collect();
        true
    }

    /// Tells others what the branches that were taken from shared points turned out to be.
    pub(super) fn correct(&self, world: &World) {
        for (position, node) in self.nodes.iter().enumerate() {
            let Some(point) = &node.point else { break };
            if let Some(item) = Item::of(world, position) {
                point.correct(&item);
            }
        }
    }

    /// The next step of another worker's path to where this one takes over.
    pub(super) fn follow(&self, world: &World) -> Option<Choice> {
        let act = self.script.get(world.trace.events.len())?;
        Some(match choice_of(world, act) {
            Some(choice) => Choice::Run(act.task(), choice),
            None => Choice::Diverged(describe(&act.event)),
        })
    }
}
