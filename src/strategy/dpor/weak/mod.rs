//! Optimal dynamic partial-order reduction for the memory model of Rust: one execution of each execution graph.
//!
//! What is executed is an event with what was chosen for it: the store that it reads, or behind which it is written. Two
//! accesses of an atomic are independent, even two stores to one place, unless one reads what the other writes. So the trace
//! classes are the execution graphs. After "Optimal DPOR" (see the module above), with these departures:
//!
//! * Of what a load could have read, what was there is a choice at its scheduling point, and what came later makes a race
//!   (`races`). Of where a store could have gone, all is a choice; where it would go among stores that came later, is theirs.
//! * A store that is asleep is so with its place among the stores of that time.
//! * Whether a sequence need not be explored is asked when its turn comes (`cover`), since what is asleep then may
//!   leave a task with nothing else to do. Therefore there are no wakeup trees: each scheduling point has a list of
//!   sequences, and what goes together with the event that is next is handed down (`handing`).
//! * Several workers can explore one tree (`sharing`).

mod cover;
mod handing;
mod races;
mod sequence;
mod sharing;

pub(super) use sharing::Point;

use super::frontier::Frontier;
use super::sleep::Why;
use crate::engine::{ANY_CHOICE, Attempt, Choice, End, Source, StoreId, TaskId, World};
use cover::Here;
use sequence::{Act, Item, Sequence};
use std::collections::VecDeque;
use std::sync::Arc;

/// The search.
#[derive(Default)]
pub(super) struct Search {
    /// A scheduling point before each event of the last execution.
    nodes: Vec<Node>,
    /// How many events the present execution has in common with the last.
    kept: usize,
    /// What the last execution came to, from where one can go back to each of its events.
    last: Option<Attempt>,
    /// What the present one has come to.
    present: Option<Attempt>,
    /// What of another worker's path this one has still to follow.
    script: Vec<Act>,
}

/// A scheduling point.
#[derive(Default)]
struct Node {
    /// How many objects there were.
    known: usize,
    sleep: Vec<Asleep>,
    /// What is still to be explored from here.
    sequences: VecDeque<Sequence>,
    /// What is to be explored after the present choice.
    below: Vec<Sequence>,
    /// How many branches were explored from here, to estimate how far the search is.
    explored: u32,
    /// Where other workers find what is to be explored from here: then `sleep` is as it was when the present branch was
    /// taken, and `sequences` are there.
    point: Option<Arc<Point>>,
}

/// What need not come next.
#[derive(Clone, Copy, Debug)]
struct Asleep {
    act: Act,
    /// All that its task had done and seen.
    past: u64,
    /// How many events there were when it was put to sleep.
    since: usize,
    why: Why,
}

fn is_same_choice(one: u32, other: u32) -> bool {
    one == other || one == ANY_CHOICE || other == ANY_CHOICE
}

impl Search {
    /// Whether there is another execution to be explored: what is different in it is `choose`'s to say.
    pub(super) fn begin(&mut self, world: &mut World, frontier: Option<&Frontier>) -> bool {
        if let Some(frontier) = frontier {
            self.share(world, frontier);
        }
        self.go_back(world) || frontier.is_some_and(|frontier| self.go_on_elsewhere(world, frontier))
    }

    /// Goes back to the last scheduling point from which something is left to be explored; whether there is any.
    fn go_back(&mut self, world: &mut World) -> bool {
        while let Some(position) = self.nodes.len().checked_sub(1) {
            let node = &mut self.nodes[position];
            if node.point.is_none()
                && let Some(Item { act, past, .. }) = Item::of(world, position)
            {
                node.sleep.push(Asleep { act, past, since: position, why: Why::Explored });
                node.explored += 1;
            }
            if let (Some(last), Some(mark)) = (&mut self.last, world.mark_before(position)) {
                last.go_back(mark);
                #[cfg(test)]
                assert!(world.agrees_before(position, last), "it is as it was before event {position}");
                match node.point.clone() {
                    Some(point) => point.find_open(node, world, last),
                    None => node.find_open(world, last),
                }
            }
            let has_more = match &node.point {
                Some(point) => point.claim(),
                None => !node.sequences.is_empty(),
            };
            if has_more {
                world.trace.truncate(position);
                self.kept = position;
                return true;
            }
            self.nodes.pop();
        }
        false
    }

    /// What is next.
    pub(super) fn choose(&mut self, world: &World) -> Choice {
        let position = world.trace.events.len();
        if let Some(choice) = self.follow(world) {
            return choice;
        }
        if self.nodes.len() == position {
            self.enter(world);
        }
        #[cfg(test)]
        assert!(
            world.attempts_agree(),
            "what was written down comes to something else after {position} events"
        );
        let node = &mut self.nodes[position];
        match node.point.clone() {
            Some(point) => point.choose(node, world, &mut self.present),
            None => node.planned(world, &mut self.present).unwrap_or_else(|| node.awake(world)),
        }
    }

    /// The scheduling point after the last event of the trace.
    fn enter(&mut self, world: &World) {
        let position = world.trace.events.len();
        let mut node = Node { known: world.object_count(), ..Node::default() };
        if let Some(last) = position.checked_sub(1)
            && let Some(Item { act, .. }) = Item::of(world, last)
        {
            let parent = &mut self.nodes[last];
            node.sequences = std::mem::take(&mut parent.below).into();
            let still = parent.sleep.iter().filter(|asleep| !asleep.act.depends_on(&act));
            node.sleep.extend(still.map(|&asleep| Asleep { why: asleep.why.below(), ..asleep }));
        }
        if !node.sequences.is_empty() {
            world.prepare(&mut self.present, false);
        }
        if !node.sequences.is_empty()
            && let Some(attempt) = &mut self.present
        {
            let was_before = |store, position| was_before(world, store, position);
            let mut here = Here { sleep: &node.sleep, attempt, known: node.known, was_before };
            node.sequences.iter_mut().for_each(|sequence| {
                sequence.localize(|task, index| world.event_or_next(task, index));
            });
            node.sequences.retain(|sequence| here.is_open(sequence));
        }
        self.nodes.push(node);
    }

    /// What else could have come of the execution is to be explored.
    pub(super) fn end(&mut self, world: &mut World, end: &End, frontier: Option<&Frontier>) {
        self.script.clear();
        world.note_effects();
        world.prepare(&mut self.last, true);
        match end {
            End::Diverged(_) | End::GivenUp | End::Learned(_) => return,
            // It could be turned about for ever, and proves nothing.
            End::Endless => world.trace.races.clear(),
            _ => world.race_pending(),
        }
        self.correct(world);
        let nodes = &self.nodes;
        let known = |position: usize| nodes[position].known;
        let sequences = match end {
            End::Endless => Vec::new(),
            _ => races::sequences(world, self.kept, known),
        };
        let mut was_shared = false;
        for (position, sequence) in sequences {
            let node = &mut self.nodes[position];
            match &node.point {
                Some(point) => was_shared |= point.add(sequence),
                None => add_new(&mut node.sequences, sequence),
            }
        }
        if was_shared && let Some(frontier) = frontier {
            frontier.graphs.announce();
        }
        self.nodes.truncate(world.trace.events.len());
    }

    /// See `Dpor::estimate`.
    pub(super) fn estimate(&self) -> Option<f64> {
        let (mut explored, mut share) = (0.0, 1.0);
        for node in &self.nodes {
            let width = f64::from(node.explored) + 1.0 + node.sequences.len() as f64;
            explored += share * f64::from(node.explored) / width;
            share /= width;
        }
        (!self.nodes.is_empty()).then_some(explored)
    }
}

/// Adds a sequence to those of a scheduling point, unless it is there.
fn add_new(sequences: &mut VecDeque<Sequence>, sequence: Sequence) {
    if !sequences.iter().any(|known| known.is_same(&sequence)) {
        sequences.push_back(sequence);
    }
}

impl Node {
    /// The first event of the first sequence that is to be explored from here, which is where the execution is.
    fn planned(&mut self, world: &World, present: &mut Option<Attempt>) -> Option<Choice> {
        let mut is_first = true;
        while let Some(mut sequence) = self.sequences.pop_front() {
            // Of what is left here only the first was asked whether it is to be explored.
            let is_known_to_be_open = std::mem::take(&mut is_first);
            // Who polls may have to wait for what comes later in the sequence.
            let can_be_first =
                |at: usize| sequence.is_initial(at) && choice_of(world, &sequence.items[at].act).is_some();
            let Some(first) = (0..sequence.items.len()).find(|&at| can_be_first(at)) else { continue };
            if world.is_unfair(sequence.items[first].act.task()) {
                continue;
            }
            if !is_known_to_be_open && !self.is_open(world, present, &mut sequence) {
                continue;
            }
            sequence.items[..=first].rotate_right(1);
            let item = &sequence.items[0];
            let Some(choice) = choice_of(world, &item.act) else { continue };
            let task = item.act.task();
            self.go_on(world, task, choice, Some(&sequence));
            return Some(Choice::Run(task, choice));
        }
        None
    }

    /// Anything that a task can do here and that is not asleep.
    fn awake(&mut self, world: &World) -> Choice {
        let mut has_enabled = false;
        for task in world.enabled() {
            has_enabled = true;
            if world.is_unfair(task) {
                continue;
            }
            let is_awake = |&choice: &u32| !self.is_asleep(world, task, choice);
            if let Some(choice) = world.choices(task).find(is_awake) {
                self.go_on(world, task, choice, None);
                return Choice::Run(task, choice);
            }
        }
        if has_enabled { Choice::Redundant } else { Choice::Nobody }
    }

    /// Throws away what need not be explored from here, up to the first that is to be.
    fn find_open(&mut self, world: &World, attempt: &mut Attempt) {
        if self.sequences.is_empty() {
            return;
        }
        let (known, sleep) = (self.known, &self.sleep);
        let was_before = |store, position| was_before(world, store, position);
        let mut here = Here { sleep, attempt, known, was_before };
        // What has happened after this point tells more about who uses what.
        let event = |task: TaskId, index: u32| {
            let of_path = world.event_or_next(task, index);
            let asleep = |asleep: &&Asleep| (asleep.act.task(), asleep.act.event.index) == (task, index);
            let of_sleep = || sleep.iter().find(asleep).map(|asleep| (asleep.past, asleep.act.object()));
            of_path.or_else(of_sleep).filter(|(_, object)| object.index() < known)
        };
        let mut sequences = VecDeque::new();
        for mut sequence in std::mem::take(&mut self.sequences) {
            sequence.localize(event);
            here.expand(sequence).into_iter().for_each(|sequence| add_new(&mut sequences, sequence));
        }
        while sequences.front().is_some_and(|sequence| !here.is_open(sequence)) {
            sequences.pop_front();
        }
        self.sequences = sequences;
    }

    /// Whether the sequence is to be explored from here, which is where the execution is.
    fn is_open(&self, world: &World, present: &mut Option<Attempt>, sequence: &mut Sequence) -> bool {
        world.prepare(present, false);
        let Some(attempt) = present else { return true };
        sequence.localize(|task, index| world.event_or_next(task, index));
        let was_before = |store, position| was_before(world, store, position);
        let mut here = Here { sleep: &self.sleep, attempt, known: self.known, was_before };
        here.is_open(sequence)
    }

    /// The search goes on with this choice of a task; the other choices that the task has are to be explored too.
    fn go_on(&mut self, world: &World, task: TaskId, choice: u32, sequence: Option<&Sequence>) {
        let Some(Item { act, past, .. }) = Item::foreseen(world, task, choice) else { return };
        self.below.clear();
        if let Some(sequence) = sequence
            && sequence.items.len() > 1
        {
            self.below.push(sequence.with(sequence.items[1..].to_vec()));
        }
        for other in &self.sequences {
            for sequence in handing::handed_down(world, &act, past, other) {
                if !self.below.iter().any(|known| known.is_same(&sequence)) {
                    self.below.push(sequence);
                }
            }
        }
        for other in world.choices(task).filter(|&other| other != choice) {
            self.add(world, task, other);
        }
        if world.is_stuck() {
            for other in world.enabled().filter(|&other| other != task) {
                for choice in world.choices(other) {
                    self.add(world, other, choice);
                }
            }
        }
    }

    fn add(&mut self, world: &World, task: TaskId, choice: u32) {
        if !self.is_asleep(world, task, choice)
            && let Some(item) = Item::foreseen(world, task, choice)
        {
            add_new(&mut self.sequences, Sequence::single(item));
        }
    }

    /// Whether a task's next event need not come next, with this choice.
    fn is_asleep(&self, world: &World, task: TaskId, choice: u32) -> bool {
        self.sleep.iter().filter(|asleep| asleep.act.task() == task).any(|asleep| {
            match (asleep.act.source, world.source(task, choice)) {
                (Some(Source::Store(then)), Some(Source::Store(now))) if asleep.act.is_store() => {
                    let was_there = |store| was_before(world, store, asleep.since);
                    world.last_of(asleep.act.object(), now, was_there) == Some(then)
                }
                (Some(Source::Choice(then)), Some(Source::Choice(now))) => then == now,
                (then, now) => then == now,
            }
        })
    }
}

/// Which choice the event is of those that its task has here, if it can be executed.
fn choice_of(world: &World, act: &Act) -> Option<u32> {
    let task = act.task();
    match act.source {
        Some(Source::Store(_)) => {
            world.can_repeat_somehow(&act.event)?;
            world.choices(task).find(|&choice| world.source(task, choice) == act.source)
        }
        _ => world.can_repeat(&act.event),
    }
}

/// Whether a store was there before the event at a position.
fn was_before(world: &World, store: StoreId, position: usize) -> bool {
    match store {
        StoreId::Set(_) => true,
        StoreId::Event(task, index) => world.trace.position_of(task, index).is_some_and(|at| at < position),
    }
}
