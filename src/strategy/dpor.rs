//! Optimal dynamic partial-order reduction: one execution of each trace class, and none given up.
//!
//! After Abdulla, Aronsson, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
//! Order Reduction", JACM 2017, Algorithm 2. Departures:
//!
//! * The recursion is a stack, and the executions' common beginning is kept: a race is looked at once,
//!   after the first execution that has it, not after each.
//! * The sequence inserted for a race ends with the race's second event; events after it are left out.
//! * An operation that waits competes with what had made it wait, not with what let it go on (see
//!   `engine::race`), which the paper leaves to its section on blocking; so do operations that
//!   wait forever, at the end of an execution.
//! * Whether an exchange or a try would succeed the other way round is known (see `World::reversed`), so
//!   failed ones are reads.
//! * Of an operation there may be something to choose (whom a notification wakes). The choices are branches like
//!   others, put into the tree where the first of them is made.

use super::frontier::{Frontier, Point, State, Taken};
use super::wakeup::{Branches, Fit, Forest};
use crate::engine::{
    ANY_CHOICE, Choice, End, Event, ObjectId, Operation, Race, Scheduler, Second, TIME_UP, TaskId, Watched,
    World, dependent, describe,
};
use std::sync::Arc;

/// What the search takes for dependent.
pub(crate) type Relation = fn(&Event, &Event) -> bool;

pub(crate) struct Dpor {
    dependent: Relation,
    /// A scheduling point before each event of the last execution. Beyond `depth`, room for more.
    nodes: Vec<Node>,
    depth: usize,
    forest: Forest,
    sequence: Vec<Item>,
    has_begun: bool,
    /// What other workers share, and what of their path this one has still to follow.
    frontier: Option<Arc<Frontier>>,
    script: Vec<Event>,
}

/// An event that need not come next.
#[derive(Clone, Copy)]
pub(super) struct Asleep {
    pub(super) event: Event,
    pub(super) why: Why,
}

/// Why an event need not come next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// Everything after it has been explored.
    Explored,
    /// Another worker explores everything after it.
    Exploring,
    /// Another worker began to explore what comes after it at an earlier point. What that worker will find
    /// that begins otherwise is not in our tree, so here nothing is left out because of it: we only do not
    /// execute it. An execution that can go on with nothing else is redundant.
    Frozen,
}

#[derive(Default)]
struct Node {
    /// How many objects there were: those are the same in whatever is explored from here.
    known: usize,
    /// What need not come next.
    sleep: Vec<Asleep>,
    /// How many branches were explored from here, to estimate how far the search is.
    explored: u32,
    /// What is still to be explored from here.
    tree: Branches,
    /// What was handed down together with the present choice.
    below: Branches,
    /// Where other workers find what is to be explored from here: then `sleep` is as it was when the
    /// present branch, `taken`, was taken, and `tree` has that branch only.
    point: Option<Arc<Point>>,
    taken: Option<Event>,
}

/// An event of a sequence: where the trace has it, or the race's second.
#[derive(Clone, Copy)]
struct Item {
    event: Event,
    position: Option<usize>,
}

impl Asleep {
    pub(super) fn explored(event: Event) -> Self {
        Asleep { event, why: Why::Explored }
    }

    /// As it is at a later point.
    fn below(&self) -> Self {
        let why = if self.why == Why::Exploring { Why::Frozen } else { self.why };
        Asleep { why, ..*self }
    }
}

impl Dpor {
    pub(crate) fn new() -> Self {
        Dpor::with_relation(dependent)
    }

    /// A search that takes another relation for the dependence: to see that a wrong one is noticed.
    pub(crate) fn with_relation(dependent: Relation) -> Self {
        Dpor {
            dependent,
            nodes: Vec::new(),
            depth: 0,
            forest: Forest::default(),
            sequence: Vec::new(),
            has_begun: false,
            frontier: None,
            script: Vec::new(),
        }
    }

    /// One of several searches of the same tree. The first begins at its root.
    pub(crate) fn sharing(frontier: Arc<Frontier>, is_first: bool) -> Self {
        Dpor { frontier: Some(frontier), has_begun: !is_first, ..Dpor::new() }
    }

    /// The scheduling point after the last event of the trace.
    fn enter(&mut self, world: &World) {
        if self.nodes.len() == self.depth {
            self.nodes.push(Node::default());
        }
        let (before, rest) = self.nodes.split_at_mut(self.depth);
        let node = &mut rest[0];
        (node.tree, node.below, node.known) = (Branches::NONE, Branches::NONE, world.object_count());
        (node.point, node.taken, node.explored) = (None, None, 0);
        node.sleep.clear();
        if let (Some(parent), Some(event)) = (before.last_mut(), world.trace.events.last()) {
            node.tree = std::mem::take(&mut parent.below);
            let dependent = self.dependent;
            let asleep = parent.sleep.iter().filter(|asleep| !dependent(&asleep.event, event));
            node.sleep.extend(asleep.map(Asleep::below));
        }
        self.depth += 1;
    }

    /// Sees to it that the race's events will also come in the other order.
    fn reverse(&mut self, world: &World, race: &Race) {
        let trace = &world.trace;
        self.sequence.clear();
        self.sequence.extend(
            (race.first + 1..trace.end(race))
                .filter(|&position| trace.stays(position, race))
                .map(|position| Item { event: trace.events[position], position: Some(position) }),
        );
        let Some(second) = world.reversed(race, self.sequence.iter().map(|item| item.event)) else {
            return;
        };
        self.sequence.push(Item { event: second, position: None });
        let dependent = self.dependent;
        let before = |one: &Item, other: &Item| match (one.position, other.position) {
            (Some(one), Some(other)) => trace.happens_before(one, other),
            (Some(position), None) => trace.is_in_past(position, race) || dependent(&one.event, &other.event),
            _ => false,
        };
        let node = &mut self.nodes[race.first];
        let comparison = Comparison { dependent, world, known: node.known };
        let fit = |event: &Event, sequence: &[Item], apart: &[TaskId]| {
            comparison.fit(event, sequence, apart, before)
        };
        insert(node, &mut self.forest, &mut self.sequence, fit, self.frontier.as_deref());
    }

    /// Sees to it that the task, for which there is something to choose here, also makes its other choices.
    fn branch(&mut self, world: &World, task: TaskId, choice: u32) {
        let node = &mut self.nodes[self.depth - 1];
        let comparison = Comparison { dependent: self.dependent, world, known: node.known };
        let fit = |event: &Event, sequence: &[Item], apart: &[TaskId]| {
            comparison.fit(event, sequence, apart, |_, _| false)
        };
        for other in world.choices(task).filter(|&other| other != choice) {
            let Some(event) = world.foresee(task, other) else { continue };
            self.sequence.clear();
            self.sequence.push(Item { event, position: None });
            insert(node, &mut self.forest, &mut self.sequence, fit, self.frontier.as_deref());
        }
    }

    /// Nobody could go on, and now this task does since its time is up: sees to it that others whose time may be up
    /// also do so.
    fn let_others_go_first(&mut self, world: &World, task: TaskId) {
        let node = &mut self.nodes[self.depth - 1];
        let comparison = Comparison { dependent: self.dependent, world, known: node.known };
        let fit = |event: &Event, sequence: &[Item], apart: &[TaskId]| {
            comparison.fit(event, sequence, apart, |_, _| false)
        };
        for other in world.enabled().filter(|&other| other != task) {
            let Some(event) = world.foresee(other, TIME_UP) else { continue };
            self.sequence.clear();
            self.sequence.push(Item { event, position: None });
            insert(node, &mut self.forest, &mut self.sequence, fit, self.frontier.as_deref());
        }
    }

    /// If another worker has nothing to do: lets it have the branches of the first scheduling point that has
    /// any, which brings the most work.
    fn share(&mut self, world: &World) {
        let Some(frontier) = self.frontier.clone().filter(|frontier| frontier.is_hungry()) else {
            return;
        };
        let has_work = |node: &Node| node.point.is_none() && !node.tree.is_empty();
        let Some(last) = self.nodes[..self.depth].iter().position(has_work) else {
            return;
        };
        let mut shared: Vec<Arc<Point>> = Vec::new();
        for position in 0..=last {
            if self.nodes[position].point.is_some() {
                continue;
            }
            let before = position.checked_sub(1).map(|before| {
                let point = self.nodes[before].point.clone().expect("points are shared from the root on");
                (point, world.trace.events[before])
            });
            let node = &mut self.nodes[position];
            let mut state = State::default();
            state.sleep.clone_from(&node.sleep);
            let present = world.trace.events.get(position);
            state.sleep.extend(present.map(|&event| Asleep { event, why: Why::Exploring }));
            let tree = std::mem::take(&mut node.tree);
            state.tree = state.forest.import(self.forest.export(tree));
            let point = Point::new(before, node.known, state);
            node.point = Some(Arc::clone(&point));
            shared.push(point);
        }
        frontier.share(shared.into_iter());
    }

    /// Takes up what another worker has left.
    fn go_on_from(&mut self, Taken { point, branch }: Taken) {
        let mut path = vec![Arc::clone(&point)];
        while let Some((before, event)) = &path[path.len() - 1].before {
            self.script.push(*event);
            path.push(Arc::clone(before));
        }
        self.script.reverse();
        self.nodes.truncate(0);
        let node = |point: Arc<Point>| Node { known: point.known, point: Some(point), ..Node::default() };
        self.nodes.extend(path.into_iter().rev().map(node));
        self.depth = self.nodes.len();
        let last = &mut self.nodes[self.depth - 1];
        last.taken = Some(branch.tree.event);
        last.sleep = branch.sleep;
        last.tree = self.forest.import(vec![branch.tree]);
    }

    /// What is next at the scheduling point that was entered last.
    fn next(&mut self, world: &World) -> Choice {
        let node = &mut self.nodes[self.depth - 1];
        while let Some((event, below)) = self.forest.pop(&mut node.tree) {
            if let Some(choice) = world.can_repeat(&event) {
                node.below = below;
                return Choice::Run(event.task, choice);
            }
            if !world.is_held(event.task) {
                return Choice::Diverged(describe(&event));
            }
            // A task that polls has nothing new to read here.
            self.forest.clear(below);
        }
        let is_awake = |task: TaskId, choice: u32| {
            !node.sleep.iter().any(|asleep| asleep.event.task == task && asleep.event.choice == choice)
        };
        let mut has_enabled = false;
        for task in world.enabled() {
            has_enabled = true;
            if let Some(choice) = world.choices(task).find(|&choice| is_awake(task, choice)) {
                return Choice::Run(task, choice);
            }
        }
        if has_enabled { Choice::Redundant } else { Choice::Nobody }
    }
}

/// Puts a sequence into the tree of a scheduling point, unless it need not come next.
fn insert(
    node: &mut Node,
    forest: &mut Forest,
    sequence: &mut Vec<Item>,
    fit: impl Fn(&Event, &[Item], &[TaskId]) -> Fit,
    frontier: Option<&Frontier>,
) {
    let is_asleep = |sleep: &[Asleep], sequence: &[Item]| {
        sleep.iter().any(|asleep| match fit(&asleep.event, sequence, &[]) {
            Fit::Initial(_) => true,
            Fit::Independent => asleep.why != Why::Frozen,
            Fit::No => false,
        })
    };
    let Some(point) = &node.point else {
        if !is_asleep(&node.sleep, sequence) {
            forest.insert(&mut node.tree, sequence, |item| item.event, fit);
        }
        return;
    };
    let mut state = point.lock();
    let State { sleep, tree, forest } = &mut *state;
    if !is_asleep(sleep, sequence) {
        forest.insert(tree, sequence, |item| item.event, fit);
        drop(state);
        frontier.expect("a point is shared").announce();
    }
}

/// Compares events that come after a scheduling point in executions of old with those of the present one.
#[derive(Clone, Copy)]
struct Comparison<'a> {
    dependent: Relation,
    world: &'a World,
    /// How many objects there were at the point.
    known: usize,
}

impl Comparison<'_> {
    /// Where an event fits into a sequence of the present execution, whose items are ordered by `before`. The
    /// event comes after others that are not in the sequence, of the tasks `apart`.
    fn fit(
        self,
        event: &Event,
        sequence: &[Item],
        apart: &[TaskId],
        before: impl Fn(&Item, &Item) -> bool,
    ) -> Fit {
        match sequence.iter().position(|item| item.event.task == event.task) {
            // The same task with another choice.
            Some(at) if !is_same_choice(&sequence[at].event, event) => Fit::No,
            Some(at) if sequence[..at].iter().any(|earlier| before(earlier, &sequence[at])) => Fit::No,
            Some(at) => Fit::Initial(at),
            None if self.depends_on_any(event, sequence, apart) => Fit::No,
            None => Fit::Independent,
        }
    }

    /// Whether an event of a task that has none in the sequence depends on any of the sequence.
    ///
    /// An object that was not known at the point may have another number in each execution. What the event's
    /// task does here as its event of that number tells which one it is, unless the task went another way before.
    /// Where nothing tells, the objects are taken for the same: too much may be explored then, nothing is missed.
    fn depends_on_any(self, event: &Event, sequence: &[Item], apart: &[TaskId]) -> bool {
        let is_known = event.operation.object.index() < self.known && event.watched == Watched::default();
        if is_known {
            return sequence.iter().any(|item| (self.dependent)(event, &item.event));
        }
        let here = if apart.contains(&event.task) { None } else { self.world.here(event) };
        let is_young = |object: ObjectId| object.index() >= self.known;
        sequence.iter().any(|item| {
            let theirs = item.event.operation.object;
            let event = here.unwrap_or_else(|| {
                let object = match event.operation.object {
                    object if is_young(object) && is_young(theirs) => theirs,
                    object if is_young(object) => ObjectId::NOWHERE,
                    object => object,
                };
                let operation = Operation { object, ..event.operation };
                Event { operation, watched: event.watched.or_any(), ..*event }
            });
            (self.dependent)(&event, &item.event)
        })
    }
}

fn is_same_choice(one: &Event, other: &Event) -> bool {
    one.choice == other.choice || one.choice == ANY_CHOICE || other.choice == ANY_CHOICE
}

impl Scheduler for Dpor {
    fn analyses(&self) -> bool {
        true
    }

    fn begin(&mut self, world: &mut World) -> bool {
        if !self.has_begun {
            self.has_begun = true;
            return true;
        }
        self.share(world);
        while self.depth > 0 {
            let position = self.depth - 1;
            let node = &mut self.nodes[position];
            if let Some(point) = &node.point {
                if let Some(branch) = point.take() {
                    node.taken = Some(branch.tree.event);
                    node.sleep = branch.sleep;
                    node.tree = self.forest.import(vec![branch.tree]);
                    world.trace.truncate(position);
                    return true;
                }
            } else {
                if let Some(explored) = world.trace.events.get(position) {
                    node.sleep.push(Asleep::explored(*explored));
                    node.explored += 1;
                }
                if !node.tree.is_empty() {
                    world.trace.truncate(position);
                    return true;
                }
            }
            self.depth -= 1;
        }
        match self.frontier.as_ref().and_then(|frontier| frontier.take()) {
            Some(taken) => {
                world.trace.truncate(0);
                self.go_on_from(taken);
                true
            }
            None => false,
        }
    }

    fn choose(&mut self, world: &World) -> Choice {
        if let Some(event) = self.script.get(world.trace.events.len()) {
            return match world.can_repeat(event) {
                Some(choice) => Choice::Run(event.task, choice),
                None => Choice::Diverged(describe(event)),
            };
        }
        if self.depth == world.trace.events.len() {
            self.enter(world);
        }
        let choice = self.next(world);
        if let Choice::Run(task, _) = choice
            && world.is_stuck()
        {
            self.let_others_go_first(world, task);
        }
        if let Choice::Run(task, chosen) = choice
            && world.has_choices(task)
        {
            let node = &mut self.nodes[self.depth - 1];
            if let (Some(point), Some(taken)) = (&node.point, &mut node.taken) {
                // Only this choice is being explored.
                let settled = Event { choice: chosen, ..*taken };
                point.correct(taken, &settled);
                *taken = settled;
            }
            self.branch(world, task, chosen);
        }
        choice
    }

    /// As if each branch of a scheduling point led to as much as any other (Knuth, "Estimating the Efficiency
    /// of Backtrack Programs", 1975). What is still to be found at earlier points is not known, so it is
    /// mostly too much.
    fn estimate(&self) -> Option<f64> {
        let (mut explored, mut share) = (0.0, 1.0);
        for node in &self.nodes[..self.depth] {
            let width = f64::from(node.explored) + 1.0 + self.forest.len(node.tree) as f64;
            explored += share * f64::from(node.explored) / width;
            share /= width;
        }
        self.frontier.is_none().then_some(explored)
    }

    fn end(&mut self, world: &mut World, end: &End) {
        match end {
            // Nothing more is explored of this program as it is.
            End::Diverged(_) | End::GivenUp | End::Learned(_) => return,
            // It could be turned about for ever, and proves nothing.
            End::Endless => world.trace.races.clear(),
            _ => world.race_pending(),
        }
        let races = std::mem::take(&mut world.trace.races);
        for race in &races {
            // Whoever was here first has seen to the races of the path.
            if !matches!(race.second, Second::Executed(position) if position < self.script.len()) {
                self.reverse(world, race);
            }
        }
        world.trace.races = races;
        self.script.clear();
        for (node, event) in self.nodes[..self.depth].iter_mut().zip(&world.trace.events) {
            if let (Some(point), Some(taken)) = (&node.point, node.taken.take()) {
                point.correct(&taken, event);
            }
        }
        // What was handed down to where the execution did not get.
        while self.depth > world.trace.events.len() {
            self.depth -= 1;
            let node = &mut self.nodes[self.depth];
            let (tree, below) = (std::mem::take(&mut node.tree), std::mem::take(&mut node.below));
            self.forest.clear(tree);
            self.forest.clear(below);
        }
        if let Some(node) = self.depth.checked_sub(1).map(|last| &mut self.nodes[last]) {
            let below = std::mem::take(&mut node.below);
            self.forest.clear(below);
        }
    }
}
