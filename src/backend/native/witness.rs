//! What an execution's tasks did, from the engine's log, as a value for readers.

use super::explore::order;
use crate::backend::Running;
use crate::engine::object::{
    AtomicAction, ChannelAction, CondvarAction, HistoryAction, MutexAction, TokenAction,
};
use crate::engine::{
    Action, Deed, Entry, Note, ObjectId, ObjectState, Operation, Reply, TaskId, TaskState, World,
};
use crate::schedule::Schedule;
use crate::witness::{Effect, ObjectKind, Place, Step, Wait, Witness, WitnessObject, WitnessTask};
use std::panic::Location;

/// The execution that has just ended, which was logged. What it ended with, and its schedule, is for the caller to
/// say.
pub(super) fn witness(world: &mut World, running: &Running) -> Witness {
    let log = world.take_log();
    let mut reader = Reader { world, objects: Vec::new() };
    let steps: Vec<Step> = log.iter().enumerate().filter_map(|(at, _)| reader.step(&log, at)).collect();
    let waits = reader.waits(&log);
    Witness {
        schedule: Schedule::default(),
        outcome: String::new(),
        tasks: reader.tasks(&log, running),
        objects: reader.objects.iter().map(|&object| reader.object(object)).collect(),
        steps,
        waits,
        preemptions: world.preemptions(),
    }
}

struct Reader<'a> {
    world: &'a World,
    /// In the order of their first use.
    objects: Vec<ObjectId>,
}

impl Reader<'_> {
    fn tasks(&self, log: &[Entry], running: &Running) -> Vec<WitnessTask> {
        let spawned_at = |task: TaskId| {
            log.iter().find_map(|entry| match entry.deed {
                Deed::Spawned(spawned, place) if spawned == task => Some(self::place(place)),
                _ => None,
            })
        };
        let tasks = self.world.spawned().iter().enumerate();
        tasks
            .map(|(number, &task)| WitnessTask {
                name: running.task_name(number),
                spawned_at: spawned_at(task),
            })
            .collect()
    }

    fn object(&self, object: ObjectId) -> WitnessObject {
        let object = self.world.object(object);
        let kind = match object.state {
            ObjectState::Atomic(_) => ObjectKind::Atomic,
            ObjectState::Cell(_) => ObjectKind::Cell,
            ObjectState::Mutex(_) => ObjectKind::Mutex,
            ObjectState::RwLock(_) => ObjectKind::RwLock,
            ObjectState::Condvar(_) => ObjectKind::Condvar,
            ObjectState::Token(_) => ObjectKind::Parker,
            ObjectState::Channel(_) => ObjectKind::Channel,
            ObjectState::History(_) | ObjectState::Chance(_) => unreachable!("it is not shown as an object"),
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
        let Entry { task, ref deed, preempts } = log[at];
        let (function, object, effect, place) = match deed {
            Deed::Spawned(spawned, place) => {
                ("spawn", None, Effect::Task(self.order(*spawned)), Some(*place))
            }
            // Told when it has succeeded, or at the end among those who wait.
            Deed::Joins(..) => return None,
            Deed::Joined(other, place) => ("join", None, Effect::Task(self.order(*other)), Some(*place)),
            Deed::Accessed { object, is_write, place } => {
                let function = if *is_write { "write" } else { "read" };
                (function, self.number(*object), Effect::Done, Some(*place))
            }
            Deed::Panicked(message, _) => ("panic", None, Effect::Panicked(message.clone()), None),
            Deed::Ended => ("end", None, Effect::Done, None),
            Deed::Event { operation, choice, reply, woken, note } => {
                if is_hidden(operation, *choice, *reply) || gives_up_mutex(log, at) {
                    return None;
                }
                let object = match operation.action {
                    Action::History(_) => None,
                    _ => self.number(operation.object),
                };
                let function = self.function(operation, note.as_ref());
                (
                    function,
                    object,
                    self.effect(operation, *reply, woken, note.as_ref()),
                    Some(operation.place),
                )
            }
        };
        let place = match deed {
            Deed::Panicked(_, Some(place)) => parse(place),
            _ => place.map(self::place),
        };
        Some(Step { task: self.order(task), function, object, effect, place, preempts })
    }

    fn order(&self, task: TaskId) -> usize {
        order(self.world, task)
    }

    fn function(&self, operation: &Operation, note: Option<&Note>) -> &'static str {
        note.map_or(operation.action.name(), |note| note.function)
    }

    fn effect(&self, operation: &Operation, reply: Reply, woken: &[TaskId], note: Option<&Note>) -> Effect {
        match (operation.action, reply, note) {
            (_, Reply::WouldBlock, _) => Effect::WouldBlock,
            (_, Reply::Disconnected, _) => Effect::Disconnected,
            (Action::Chance(_) | Action::Condvar(CondvarAction::GiveUp), _, _) => Effect::GaveUp,
            (Action::History(HistoryAction::Call), _, Some(note)) => Effect::Called(note.before.clone()),
            (Action::History(HistoryAction::Return), _, Some(note)) => Effect::Returned(note.after.clone()),
            (Action::Atomic(AtomicAction::Load(_)), _, Some(note)) => Effect::Read(note.before.clone()),
            (Action::Atomic(AtomicAction::Exchange { .. }), _, Some(note)) if note.access.is_read() => {
                Effect::Read(note.before.clone())
            }
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
        for &task in world.spawned() {
            let number = self.order(task);
            match world.state(task) {
                TaskState::Announced(operation) if !world.is_enabled(task) || world.is_barred() => {
                    let held_by = match world.is_enabled(task) {
                        // Who waits to write keeps it out.
                        true => world.waiting_writers(operation.object).collect(),
                        false => world.object(operation.object).state.holders(),
                    };
                    let held_by = held_by.into_iter().map(|holder| self.order(holder)).collect();
                    let function = self.function(&operation, None);
                    let object = self.number(operation.object);
                    waits.push(Wait {
                        task: number,
                        function,
                        object,
                        held_by,
                        place: Some(place(operation.place)),
                    });
                }
                TaskState::Waiting { lock, condvar } => {
                    let object = self.number(condvar);
                    let place = Some(place(lock.place));
                    waits.push(Wait { task: number, function: "wait", object, held_by: Vec::new(), place });
                }
                TaskState::Joining(other) => {
                    let joined_at = log.iter().rev().find_map(|entry| match entry.deed {
                        Deed::Joins(joined, place) if entry.task == task && joined == other => Some(place),
                        _ => None,
                    });
                    let held_by = vec![self.order(other)];
                    let place = joined_at.map(place);
                    waits.push(Wait { task: number, function: "join", object: None, held_by, place });
                }
                _ => {}
            }
        }
        waits
    }
}

const WAIT: Action = Action::Condvar(CondvarAction::Wait);

/// What happens at every turn and tells nothing: that something did not happen for no reason, that a
/// rendezvous was kept.
fn is_hidden(operation: &Operation, choice: u32, reply: Reply) -> bool {
    match operation.action {
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
    Place { file: location.file(), line: location.line(), column: location.column() }
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
