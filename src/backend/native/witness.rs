//! What an execution's tasks did, from the engine's log, as a value for readers.

use super::holders::{self, holders};
use super::lanes::{Asleep, Lanes};
use crate::backend::Running;
use crate::backend::callee::PENDING;
use crate::engine::object::{
    AtomicAction, CallKind, CalleeAction, ChannelAction, CondvarAction, HistoryAction, MutexAction,
    OnceAction, TokenAction,
};
use crate::engine::{
    Action, Chance, Deed, Entry, LoopDeed, Note, ObjectId, ObjectState, Operation, Reply, TaskId, TaskState,
    World,
};
use crate::schedule::Schedule;
use crate::witness::{Effect, ObjectKind, Place, Step, Wait, Witness, WitnessObject, WitnessTask};
use std::panic::Location;
use std::sync::atomic::Ordering;

/// The execution that has just ended, which was logged. What it ended with, and its schedule, is for the caller to
/// say.
pub(super) fn witness(world: &mut World, running: &Running) -> Witness {
    let log = world.take_log();
    let mut reader =
        Reader { world, lanes: Lanes::of(world, &log), objects: Vec::new(), alarms: alarms(&log) };
    let mut steps: Vec<Step> = Vec::new();
    // Which step each entry is.
    let mut shown: Vec<Option<usize>> = Vec::new();
    let mut preempts = false;
    for (at, entry) in log.iter().enumerate() {
        let is_hidden = reader.is_alarm(entry.task);
        preempts |= entry.preempts && !is_hidden;
        let step = if is_hidden { None } else { reader.step(&log, at) };
        shown.push(step.is_some().then_some(steps.len()));
        if let Some(step) = step {
            let is_other = steps.last().is_some_and(|last| last.task != step.task);
            steps.push(Step {
                preempts: std::mem::take(&mut preempts) && (is_other || entry.preempts),
                ..step
            });
        }
    }
    // The log tells it by events.
    let is_event = |&at: &usize| matches!(log[at].deed, Deed::Event { .. });
    let events: Vec<usize> = (0..log.len()).filter(is_event).collect();
    for step in &mut steps {
        step.overlooks = step.overlooks.and_then(|event| shown[events[event]]);
    }
    let race = race(&log, &shown);
    // Where two accesses race, it does not matter who waits.
    let mut waits = if race.is_some() { Vec::new() } else { reader.waits(&log) };
    for wait in &mut waits {
        if let Some(object) = wait.object.filter(|_| wait.held_by.is_empty())
            && matches!(reader.object(reader.objects[object]).kind, ObjectKind::Callee(_))
            && holders::is_kept_out(wait.function)
        {
            wait.held_by = holders(&steps, object);
        }
    }
    let mut witness = Witness {
        schedule: Schedule::default(),
        outcome: String::new(),
        tasks: reader.tasks(&log, running),
        objects: reader.objects.iter().map(|&object| reader.object(object)).collect(),
        steps,
        waits,
        preemptions: world.preemptions(),
        race,
    };
    holders::are_of_watches(&mut witness);
    witness
}

/// The steps of the accesses that race, if some do.
fn race(log: &[Entry], shown: &[Option<usize>]) -> Option<[usize; 2]> {
    let later = log.len().checked_sub(2)?;
    let (
        Deed::Accessed { object: raced, .. } | Deed::Event { operation: Operation { object: raced, .. }, .. },
        Deed::Raced(earlier),
    ) = (&log[later].deed, &log[later + 1].deed)
    else {
        return None;
    };
    let is_earlier = |entry: &Entry| match &entry.deed {
        Deed::Accessed { object, access, .. } => object == raced && access == earlier,
        Deed::Event { operation, .. } => {
            (entry.task, operation.object, operation.place) == (earlier.task, *raced, earlier.place)
        }
        _ => false,
    };
    Some([shown[log[..later].iter().rposition(is_earlier)?]?, shown[later]?])
}

struct Reader<'a> {
    world: &'a World,
    lanes: Lanes,
    /// In the order of their first use.
    objects: Vec<ObjectId>,
    /// Threads that only say when a future is dropped, or that something arrives.
    alarms: Vec<TaskId>,
}

impl Reader<'_> {
    fn tasks(&self, log: &[Entry], running: &Running) -> Vec<WitnessTask> {
        let spawned_at = |task: TaskId| {
            log.iter().find_map(|entry| match entry.deed {
                Deed::Spawned(spawned, place) if spawned == task => Some(self::place(place)),
                _ => None,
            })
        };
        let task = |lane: usize| match self.lanes.who(lane) {
            Ok(thread) => WitnessTask { name: running.task_name(lane), spawned_at: spawned_at(thread) },
            Err((number, spawned_at)) => {
                WitnessTask { name: format!("task {}", number + 1), spawned_at: Some(place(spawned_at)) }
            }
        };
        (0..self.lanes.len()).map(task).collect()
    }

    fn object(&self, object: ObjectId) -> WitnessObject {
        let object = self.world.object(object);
        let kind = match object.state {
            ObjectState::Atomic(_) => ObjectKind::Atomic,
            ObjectState::Cell(_) => ObjectKind::Cell,
            ObjectState::Mutex(_) => ObjectKind::Mutex,
            ObjectState::RwLock(_) => ObjectKind::RwLock,
            ObjectState::Condvar(_) => ObjectKind::Condvar,
            ObjectState::Once(_) => ObjectKind::Once,
            ObjectState::Token(_) => ObjectKind::Parker,
            ObjectState::Count(_) => ObjectKind::Count,
            ObjectState::Channel(_) => ObjectKind::Channel,
            ObjectState::Callee(ref callee) => ObjectKind::Callee(callee.what),
            ObjectState::History(_) | ObjectState::Chance(_) | ObjectState::Mailbox(_) => {
                unreachable!("it is not shown as an object")
            }
        };
        WitnessObject { kind, made_at: object.made_at.map(place) }
    }

    /// The object's number for readers.
    fn number(&mut self, object: ObjectId) -> Option<usize> {
        if object == ObjectId::NOWHERE {
            return None;
        }
        let known = self.objects.iter().position(|&other| other == object);
        Some(known.unwrap_or_else(|| {
            self.objects.push(object);
            self.objects.len() - 1
        }))
    }

    /// What the log's entry means to a reader; `None` for what is only the engine's.
    fn step(&mut self, log: &[Entry], at: usize) -> Option<Step> {
        let Entry { task: _, ref deed, preempts } = log[at];
        let (mut ordering, mut overlooks) = (None, None);
        let (function, object, effect, place) = match deed {
            Deed::Spawned(spawned, _) if self.is_alarm(*spawned) => return None,
            Deed::Spawned(spawned, place) => {
                ("spawn", None, Effect::Task(self.order(*spawned)), Some(*place))
            }
            // Told when it has succeeded, or at the end among those who wait.
            Deed::Joins(..) => return None,
            Deed::Joined(other, place) => ("join", None, Effect::Task(self.order(*other)), Some(*place)),
            // That a cell was made is of interest if that races with something.
            Deed::Accessed { access, makes: true, .. } if !matches!(log.last(), Some(Entry { deed: Deed::Raced(earlier), .. }) if earlier == access) =>
            {
                return None;
            }
            Deed::Accessed { object, access, .. } => {
                let function = if access.is_write { "write" } else { "read" };
                (function, self.number(*object), Effect::Done, Some(access.place))
            }
            Deed::Raced(_) => return None,
            Deed::Fenced(order, place) => {
                ordering = Some(*order);
                ("fence", None, Effect::Done, Some(*place))
            }
            Deed::Panicked(message, _) => ("panic", None, Effect::Panicked(message.clone()), None),
            Deed::Ended => ("end", None, Effect::Done, None),
            Deed::Loop(deed) => {
                let (function, effect, place) = self.loop_deed(log, at, deed)?;
                (function, None, effect, place)
            }
            Deed::Event { operation, choice, reply, woken, overlooks: overlooked, note } => {
                overlooks = *overlooked;
                let is_hidden = is_hidden(operation, *choice, *reply) || gives_up_mutex(log, at);
                if is_hidden || self.is_of_runtime(operation.object) {
                    return None;
                }
                let object = match operation.action {
                    Action::History(_) => None,
                    _ => self.number(operation.object),
                };
                let effect = self.effect(operation, *reply, woken, note.as_ref());
                ordering = self::ordering(operation.action, &effect);
                (self.function(operation, note.as_ref()), object, effect, Some(operation.place))
            }
        };
        let place = match deed {
            Deed::Panicked(_, Some(place)) => parse(place),
            _ => place.map(self::place),
        };
        Some(Step {
            task: self.lanes.of_entry(at),
            function,
            object,
            effect,
            ordering,
            overlooks,
            place,
            preempts,
        })
    }

    /// What a task of an event loop did.
    fn loop_deed(
        &self,
        log: &[Entry],
        at: usize,
        deed: &LoopDeed,
    ) -> Option<(&'static str, Effect, Option<&'static Location<'static>>)> {
        let own = self.lanes.of_entry(at);
        match deed {
            LoopDeed::Begins(_) | LoopDeed::Polls(_) | LoopDeed::Suspends(..) => None,
            LoopDeed::Spawns(task, place) => {
                Some(("spawn", Effect::Task(self.lanes.of_loop(*task)?), Some(*place)))
            }
            LoopDeed::Pends { place, .. } if self.lanes.yields(at) => {
                Some(("yield_now", Effect::Done, *place))
            }
            LoopDeed::Pends { awaits, place, .. } => {
                let joined: Vec<usize> = awaits.iter().filter_map(|&task| self.lanes.of_loop(task)).collect();
                let effect = if let [joined] = joined[..] { Effect::Task(joined) } else { Effect::Waits };
                Some(("await", effect, *place))
            }
            // The end of a thread's own future is the thread's.
            LoopDeed::Ends { is_aborted: false } => {
                self.lanes.who(own).is_err().then_some(("end", Effect::Done, None))
            }
            LoopDeed::Ends { is_aborted: true } => Some(("cancelled", Effect::Done, None)),
            LoopDeed::Wakes(task) => {
                let woken = self.lanes.of_loop(*task).filter(|_| self.lanes.is_told(at))?;
                Some(("wake", Effect::Task(woken), None))
            }
            LoopDeed::Drops(future, what, place) => {
                let awaits = self.lanes.suspended_at(*future).filter(|place| !is_in_runtime(place));
                Some(("drop", Effect::Cancelled(what.clone()), Some(awaits.unwrap_or(place))))
            }
            LoopDeed::Elapses(what, place) => {
                let awaits = self.lanes.seen_before(log, at).filter(|place| !is_in_runtime(place));
                Some(("timeout drops", Effect::Cancelled(what.clone()), Some(awaits.unwrap_or(place))))
            }
            LoopDeed::DropsWithSet(task, place) => {
                Some(("JoinSet aborts", Effect::Task(self.lanes.of_loop(*task)?), Some(*place)))
            }
            // At the end of a runtime.
            LoopDeed::Aborts(_, place) if is_in_runtime(place) => None,
            LoopDeed::Aborts(task, place) => {
                Some(("abort", Effect::Task(self.lanes.of_loop(*task)?), Some(*place)))
            }
        }
    }

    /// Whether it is none of the program's, but what its event loops are made of.
    fn is_of_runtime(&self, object: ObjectId) -> bool {
        let object = self.world.object(object);
        matches!(object.state, ObjectState::Mailbox(_)) || object.made_at.is_some_and(is_in_runtime)
    }

    /// Whether it is a thread that only says when something happens.
    fn is_alarm(&self, thread: TaskId) -> bool {
        self.alarms.contains(&thread)
    }

    fn order(&self, task: TaskId) -> usize {
        self.lanes.of_thread(task)
    }

    fn function(&self, operation: &Operation, note: Option<&Note>) -> &'static str {
        note.map_or(operation.action.name(), |note| note.function)
    }

    fn effect(&self, operation: &Operation, reply: Reply, woken: &[TaskId], note: Option<&Note>) -> Effect {
        match (operation.action, reply, note) {
            (Action::Once(OnceAction::IsCompleted), _, _) => Effect::Read((reply == Reply::Done).to_string()),
            (Action::Once(OnceAction::Call { .. }), Reply::Done, _) => Effect::Read("done".to_string()),
            (_, Reply::WouldBlock, _) => Effect::WouldBlock,
            (_, Reply::Disconnected, _) => Effect::Disconnected,
            (Action::Chance(_), _, Some(note)) => Effect::Read(note.after.clone()),
            (Action::Chance(_) | Action::Condvar(CondvarAction::GiveUp), _, _) => Effect::GaveUp,
            (Action::History(HistoryAction::Call), _, Some(note)) => Effect::Called(note.before.clone()),
            (Action::History(HistoryAction::Return), _, Some(note)) => Effect::Returned(note.after.clone()),
            (Action::Atomic(AtomicAction::Load(_)), _, Some(note)) => Effect::Read(note.before.clone()),
            (Action::Atomic(AtomicAction::Exchange { .. }), _, Some(note)) if note.access.is_read() => {
                Effect::Read(note.before.clone())
            }
            (Action::Callee(CalleeAction { kind: CallKind::Poll, .. }), _, Some(note))
                if note.after == PENDING =>
            {
                Effect::Waits
            }
            (Action::Callee(_), _, Some(note)) => Effect::Read(note.after.clone()),
            (_, _, Some(note)) => Effect::Wrote { before: note.before.clone(), after: note.after.clone() },
            (Action::Condvar(CondvarAction::NotifyOne | CondvarAction::NotifyAll), _, _) => {
                Effect::Woke(woken.iter().map(|&task| self.order(task)).collect())
            }
            (Action::Condvar(CondvarAction::Wait), _, _) => Effect::Waits,
            (Action::Token(TokenAction::Unpark), _, _) => {
                let owner = self
                    .world
                    .spawned()
                    .iter()
                    .find(|&&task| self.world.token(task) == Some(operation.object));
                owner.map_or(Effect::Done, |&owner| Effect::Task(self.order(owner)))
            }
            _ => Effect::Done,
        }
    }

    /// Who cannot go on.
    fn waits(&mut self, log: &[Entry]) -> Vec<Wait> {
        let world = self.world;
        let mut waits = Vec::new();
        for &thread in world.spawned() {
            let awaited = match world.state(thread) {
                // Who polls is told by its loop.
                TaskState::Announced(_) if world.is_held(thread) => continue,
                TaskState::Announced(operation) if self.is_stopped(thread) => Some(operation.object),
                TaskState::Waiting { condvar, .. } => Some(condvar),
                TaskState::Joining(_) => None,
                _ => continue,
            };
            // What an idle loop waits for is what it is made of.
            if !awaited.is_some_and(|object| self.is_of_runtime(object)) {
                waits.extend(self.wait(log, thread));
            }
            let stuck = self.lanes.inside(thread);
            let is_inside = self.lanes.is_inside(thread);
            let asleep: Vec<_> =
                self.lanes.asleep(thread).map(|(task, asleep)| (task, asleep.clone())).collect();
            for (task, Asleep { is_ready, awaits, place, pending, is_forgotten }) in asleep {
                let (function, held_by, object) = match pending {
                    _ if is_ready && is_inside => ("turn after", vec![stuck], None),
                    Some((object, name)) if awaits.is_empty() => (name, Vec::new(), self.number(object)),
                    _ => ("await", awaits, None),
                };
                let place = place.map(self::place);
                waits.push(Wait { task, function, object, held_by, place, is_forgotten });
            }
        }
        waits.sort_by_key(|wait| wait.task);
        waits
    }

    /// Whether a thread that has announced something cannot do it, or may be kept from it for ever.
    fn is_stopped(&self, thread: TaskId) -> bool {
        !self.world.is_enabled(thread) || self.world.is_barred()
    }

    /// What a thread waits for, if it cannot go on.
    fn wait(&mut self, log: &[Entry], thread: TaskId) -> Option<Wait> {
        let world = self.world;
        let task = self.lanes.inside(thread);
        Some(match world.state(thread) {
            TaskState::Announced(operation) if self.is_stopped(thread) => {
                let held_by = match world.is_enabled(thread) {
                    // Who waits to write keeps it out.
                    true => world.waiting_writers(operation.object).collect(),
                    false => world.object(operation.object).state.holders(),
                };
                let held_by = held_by.into_iter().map(|holder| self.holder(log, holder, operation.object));
                Wait {
                    task,
                    function: self.function(&operation, None),
                    held_by: held_by.collect(),
                    object: self.number(operation.object),
                    place: Some(place(operation.place)),
                    is_forgotten: false,
                }
            }
            TaskState::Waiting { lock, condvar } => {
                let object = self.number(condvar);
                let place = Some(place(lock.place));
                Wait { task, function: "wait", object, held_by: Vec::new(), place, is_forgotten: false }
            }
            TaskState::Joining(other) => {
                let joined_at = log.iter().rev().find_map(|entry| match entry.deed {
                    Deed::Joins(joined, place) if entry.task == thread && joined == other => Some(place),
                    _ => None,
                });
                let held_by = vec![self.order(other)];
                let place = joined_at.map(place);
                Wait { task, function: "join", object: None, held_by, place, is_forgotten: false }
            }
            _ => return None,
        })
    }

    /// Who took, of what the thread does, what the thread has.
    fn holder(&self, log: &[Entry], thread: TaskId, object: ObjectId) -> usize {
        let is_its = |entry: &Entry| {
            let is_of = matches!(&entry.deed, Deed::Event { operation, .. } if operation.object == object);
            is_of && entry.task == thread
        };
        log.iter().rposition(is_its).map_or(self.order(thread), |at| self.lanes.of_entry(at))
    }
}

/// The memory ordering that counts: an exchange has two.
fn ordering(action: Action, effect: &Effect) -> Option<Ordering> {
    let Action::Atomic(action) = action else { return None };
    Some(match action {
        AtomicAction::Load(order) | AtomicAction::Store(order) | AtomicAction::Update(_, order) => order,
        AtomicAction::Exchange { failure, .. } if matches!(effect, Effect::Read(_)) => failure,
        AtomicAction::Exchange { success, .. } => success,
    })
}

const WAIT: Action = Action::Condvar(CondvarAction::Wait);

/// The threads that only say when a future is dropped, or that something arrives.
fn alarms(log: &[Entry]) -> Vec<TaskId> {
    const SPAWNERS: [&str; 3] =
        ["task/checked/cancellation.rs", "tokio/net/wire/way.rs", "tokio/net/wire/network.rs"];
    let alarm = |entry: &Entry| match entry.deed {
        Deed::Spawned(thread, place) => {
            let file = place.file().replace('\\', "/");
            SPAWNERS.iter().any(|spawner| file.ends_with(spawner)).then_some(thread)
        }
        _ => None,
    };
    log.iter().filter_map(alarm).collect()
}

/// Whether it is a place of what event loops are made of.
pub(super) fn is_in_runtime(place: &Location) -> bool {
    let here = file!().replace('\\', "/");
    let runtime = format!("{}task/checked/", here.trim_end_matches("backend/native/witness.rs"));
    place.file().replace('\\', "/").starts_with(&runtime)
}

/// What happens at every turn and tells nothing: that something did not happen for no reason, that a
/// rendezvous was kept.
fn is_hidden(operation: &Operation, choice: u32, reply: Reply) -> bool {
    match operation.action {
        Action::Chance(Chance::Start(_)) => false,
        // The loop tells when.
        Action::Chance(Chance::Cancellation(_)) => true,
        Action::Chance(_) => choice == 0,
        Action::Channel(ChannelAction::Handover { .. }) => reply == Reply::Done,
        Action::Channel(ChannelAction::Attend) => true,
        _ => false,
    }
}

/// Whether the entry gives back the mutex with which its task has begun to wait just before.
fn gives_up_mutex(log: &[Entry], at: usize) -> bool {
    let is_unlock = matches!(&log[at].deed, Deed::Event { operation, .. } if operation.action == Action::Mutex(MutexAction::Unlock));
    let before = log[..at].iter().rev().find(|entry| entry.task == log[at].task);
    is_unlock
        && matches!(before.map(|entry| &entry.deed),
            Some(Deed::Event { operation, .. }) if operation.action == WAIT)
}

fn place(location: &'static Location<'static>) -> Place {
    Place::of(location)
}

/// A place that is known as text only, `file:line:column`.
fn parse(text: &str) -> Option<Place> {
    let mut parts = text.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    Some(Place { file: intern(parts.next()?), line, column })
}

/// Keeps a file's name for good: there are few, and only witnesses of panics have them as text.
fn intern(file: &str) -> &'static str {
    static FILES: std::sync::Mutex<Vec<&'static str>> = std::sync::Mutex::new(Vec::new());
    let mut files = FILES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(known) = files.iter().find(|&&known| known == file) {
        return known;
    }
    let kept: &'static str = Box::leak(file.to_string().into_boxed_str());
    files.push(kept);
    kept
}
