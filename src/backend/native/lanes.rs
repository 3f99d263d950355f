//! Whose deeds a log tells: a thread's, or those of a task of the event loop that the thread runs. To readers both are
//! tasks with a lane of their own: the threads in the order of their spawning, and after them the loops' tasks.

use crate::backend::callee::PENDING;
use crate::engine::object::{CallKind, CalleeAction};
use crate::engine::{Action, Chance, Deed, Entry, LoopDeed, LoopTask, ObjectId, Operation, TaskId, World};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

type At = &'static Location<'static>;

/// Who did what, by the positions of a log's entries.
pub(super) struct Lanes {
    /// Threads, in the order of their spawning.
    threads: Vec<TaskId>,
    /// Which thread runs which loop.
    loops: BTreeMap<u64, TaskId>,
    /// Tasks of loops in the order of their spawning, and where that was.
    spawned: Vec<(LoopTask, At)>,
    /// The lane of each entry.
    entries: Vec<usize>,
    /// Entries by which a task gives way though it is ready.
    yields: BTreeSet<usize>,
    /// Wake-ups that go without saying: a task's of itself, and those that follow from its end or the time.
    implied: BTreeSet<usize>,
    /// Where the last event of each lane came from.
    passed: BTreeMap<usize, At>,
    /// Where the futures wait that may be dropped there.
    suspended: BTreeMap<u64, At>,
    /// What each thread is in the middle of.
    inside: BTreeMap<TaskId, usize>,
    /// Each task of a loop that has not ended, by its lane.
    asleep: BTreeMap<usize, Asleep>,
}

/// A task of a loop between two polls, or before the first.
#[derive(Clone, Debug, Default)]
pub(super) struct Asleep {
    pub(super) is_ready: bool,
    /// Whose ends it awaits.
    pub(super) awaits: Vec<usize>,
    /// Whether nobody had what would wake it.
    pub(super) is_forgotten: bool,
    /// Where it was last seen.
    pub(super) place: Option<At>,
    /// What it was last told to wait for, and by which call.
    pub(super) pending: Option<(ObjectId, &'static str)>,
}

impl Lanes {
    pub(super) fn of(world: &World, log: &[Entry]) -> Self {
        let mut lanes = Lanes {
            threads: world.spawned().to_vec(),
            loops: BTreeMap::new(),
            spawned: Vec::new(),
            entries: Vec::new(),
            yields: BTreeSet::new(),
            implied: BTreeSet::new(),
            passed: BTreeMap::new(),
            suspended: BTreeMap::new(),
            inside: BTreeMap::new(),
            asleep: BTreeMap::new(),
        };
        for entry in log {
            match entry.deed {
                Deed::Loop(LoopDeed::Begins(task)) => _ = lanes.loops.insert(task.event_loop, entry.task),
                Deed::Loop(LoopDeed::Spawns(task, place)) => lanes.spawned.push((task, place)),
                _ => {}
            }
        }
        log.iter().enumerate().for_each(|(at, entry)| lanes.enter(at, entry));
        lanes
    }

    fn enter(&mut self, at: usize, entry: &Entry) {
        let lane = self.inside.get(&entry.task).copied().unwrap_or_else(|| self.of_thread(entry.task));
        self.entries.push(lane);
        match &entry.deed {
            Deed::Loop(LoopDeed::Begins(task) | LoopDeed::Spawns(task, _)) => {
                if let Some(spawned) = self.of_loop(*task) {
                    self.asleep.insert(spawned, Asleep { is_ready: true, ..Asleep::default() });
                }
            }
            Deed::Loop(LoopDeed::Polls(task)) => {
                if let Some(polled) = self.of_loop(*task) {
                    self.inside.insert(entry.task, polled);
                    self.asleep.insert(polled, Asleep::default());
                }
            }
            Deed::Loop(LoopDeed::Pends { awaits, place, is_forgotten }) => {
                let awaits = awaits.iter().filter_map(|&task| self.of_loop(task)).collect();
                self.inside.remove(&entry.task);
                let asleep = self.asleep.entry(lane).or_default();
                (asleep.awaits, asleep.place) = (awaits, place.or(asleep.place));
                asleep.is_forgotten = *is_forgotten;
                if asleep.is_ready {
                    self.yields.insert(at);
                }
            }
            Deed::Loop(LoopDeed::Ends { .. }) => {
                self.inside.remove(&entry.task);
                self.asleep.remove(&lane);
            }
            Deed::Loop(
                LoopDeed::Wakes(task) | LoopDeed::Aborts(task, _) | LoopDeed::DropsWithSet(task, _),
            ) => {
                let woken = self.of_loop(*task);
                let is_loop = self.loops.values().any(|&thread| thread == entry.task);
                if woken == Some(lane) || is_loop && !self.inside.contains_key(&entry.task) {
                    self.implied.insert(at);
                }
                let woken = woken.and_then(|woken| self.asleep.get_mut(&woken));
                woken.into_iter().for_each(|woken| woken.is_ready = true);
            }
            Deed::Loop(LoopDeed::Suspends(future, place)) => {
                let place = place.or_else(|| self.passed.get(&lane).copied());
                place.into_iter().for_each(|place| _ = self.suspended.insert(*future, place));
            }
            Deed::Event {
                operation: Operation { action: Action::Chance(Chance::Cancellation(_)), .. },
                ..
            } => {}
            Deed::Event { operation, note, .. } => {
                self.pass(lane, operation.place);
                if let Action::Callee(CalleeAction { kind, name }) = operation.action
                    && let Some(task) = self.asleep.get_mut(&lane)
                {
                    let is_pending =
                        kind == CallKind::Poll && note.as_ref().is_some_and(|note| note.after == PENDING);
                    task.pending = is_pending.then_some((operation.object, *name));
                }
            }
            Deed::Spawned(_, place) => self.pass(lane, place),
            _ => {}
        }
    }

    /// A task is seen at a place.
    fn pass(&mut self, lane: usize, place: At) {
        self.passed.insert(lane, place);
        self.asleep.get_mut(&lane).into_iter().for_each(|task| task.place = Some(place));
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.threads.len() + self.spawned.len()
    }

    pub(super) fn of_thread(&self, thread: TaskId) -> usize {
        self.threads.iter().position(|&other| other == thread).unwrap_or(0)
    }

    pub(super) fn of_loop(&self, task: LoopTask) -> Option<usize> {
        if task.task == 0 {
            return self.loops.get(&task.event_loop).map(|&thread| self.of_thread(thread));
        }
        let number = self.spawned.iter().position(|&(other, _)| other == task)?;
        Some(self.threads.len() + number)
    }

    /// The lane of the entry at a position.
    pub(super) fn of_entry(&self, at: usize) -> usize {
        self.entries[at]
    }

    /// Where a lane's last event before that position came from.
    pub(super) fn seen_before(&self, log: &[Entry], at: usize) -> Option<At> {
        let (before, own) = (log[..at].iter().enumerate().rev(), self.entries[at]);
        { before }.find_map(|(other, entry)| match &entry.deed {
            Deed::Event { operation, .. } if self.entries[other] == own => Some(operation.place),
            _ => None,
        })
    }

    /// Whether the entry at a position lets others have a turn, and nothing more.
    pub(super) fn yields(&self, at: usize) -> bool {
        self.yields.contains(&at)
    }

    /// Whether a wake-up is worth to be told.
    pub(super) fn is_told(&self, at: usize) -> bool {
        !self.implied.contains(&at)
    }

    /// Where a future waits, or was last told to.
    pub(super) fn suspended_at(&self, future: u64) -> Option<At> {
        self.suspended.get(&future).copied()
    }

    /// The thread of a lane, or its number among the loops' tasks and where it was spawned.
    pub(super) fn who(&self, lane: usize) -> Result<TaskId, (usize, At)> {
        match self.threads.get(lane) {
            Some(&thread) => Ok(thread),
            None => Err((lane - self.threads.len(), self.spawned[lane - self.threads.len()].1)),
        }
    }

    /// Whose deeds the thread does at the end.
    pub(super) fn inside(&self, thread: TaskId) -> usize {
        self.inside.get(&thread).copied().unwrap_or_else(|| self.of_thread(thread))
    }

    /// Whether the thread is in the middle of a task's poll at the end.
    pub(super) fn is_inside(&self, thread: TaskId) -> bool {
        self.inside.contains_key(&thread)
    }

    /// The tasks of loops of the thread that are between two polls at the end.
    pub(super) fn asleep(&self, thread: TaskId) -> impl Iterator<Item = (usize, &Asleep)> {
        let is_its = move |&lane: &usize| {
            let of_loop =
                lane.checked_sub(self.threads.len()).map(|number| self.spawned[number].0.event_loop);
            match of_loop {
                None => self.threads[lane] == thread,
                Some(of_loop) => self.loops.get(&of_loop) == Some(&thread),
            }
        };
        let running = self.inside.get(&thread).copied();
        let asleep = self.asleep.iter().filter(move |(lane, _)| is_its(lane) && Some(**lane) != running);
        asleep.map(|(&lane, asleep)| (lane, asleep))
    }
}
