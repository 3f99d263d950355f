//! Readers that a waiting writer keeps out. std promises neither that readers are let in while a writer waits nor that
//! they are not; its locks on most systems keep them out. So a program hangs that needs a reader to be let in then.
//!
//! Events are those of a lock that lets readers in. Where every task that can go on is about to read such a lock, the
//! program hangs if they are kept out; elsewhere somebody else goes on, and a reader that waits until then is as good
//! as one that came later. Such states are looked for among those that executions come through, and, since a search
//! that executes each trace once does not come through all of them, among those that a trace leads to in another
//! order: all that does not depend on a reader's entering, before it.

use super::object::{Action, RwLockAction};
use super::task_set::TaskSet;
use super::trace::Trace;
use super::world::World;
use super::{Event, ObjectId, Operation, TaskId};

/// The beginning of an execution after which every task that can go on may be kept out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Barred {
    /// Of its events.
    pub(crate) positions: Vec<usize>,
    /// A reader that is kept out, and the lock that it wants.
    pub(crate) reader: (TaskId, ObjectId),
}

impl World {
    /// Whether every task that can go on is a reader, of a lock that others read and a writer waits for.
    pub(crate) fn is_barred(&self) -> bool {
        let is_kept_out = |task| match self.announced(task) {
            Some(Operation { object, action: Action::RwLock(RwLockAction::Read), .. }) => {
                // Readers can enter, so whoever waits to write waits for readers.
                self.waiting_writers(object).next().is_some()
            }
            _ => false,
        };
        let mut enabled = self.enabled().peekable();
        enabled.peek().is_some() && enabled.all(is_kept_out) && !self.tasks.iter().any(|task| task.is_timed)
    }

    /// Notes that the execution has come to where it may hang.
    #[cold]
    pub(super) fn note_barred(&mut self) {
        let readers = self.enabled().filter_map(|task| Some((task, self.announced(task)?.object)));
        if let Some(reader) = readers.min_by_key(|&(task, _)| task) {
            self.barred.push(Barred { positions: (0..self.position).collect(), reader });
        }
    }

    /// Where the execution, which has ended, has come to hang if readers are kept out, and, if its trace is known, where
    /// another order of its events would have.
    pub(crate) fn barred(&mut self) -> Vec<Barred> {
        let mut barred = std::mem::take(&mut self.barred);
        if self.analyses && self.has_writers {
            let reads = (0..self.position).filter(|&at| is_read(&self.trace.events[at]));
            barred.extend(reads.filter_map(|read| self.barred_at(read)));
        }
        barred
    }

    /// All that does not depend on the reader's entering at `read`, if that could be where the program hangs.
    fn barred_at(&self, read: usize) -> Option<Barred> {
        let event = self.trace.events[read];
        let lock = event.operation.object;
        let stays = |at: usize| !self.trace.happens_before(read, at);
        let held = (0..self.position)
            .filter(|&at| stays(at))
            .fold(0_i64, |held, at| held + entering(lock, &self.trace, at));
        if held <= 0 {
            return None;
        }
        let mut waits_to_write = false;
        for task in 0..self.tasks.len() {
            let task = TaskId::new(task);
            let next = (0..self.position).find(|&at| self.trace.events[at].task == task && !stays(at));
            let next = match next {
                Some(at) => Some(self.trace.events[at].operation),
                None => self.announced(task),
            };
            let Some(next) = next else { continue };
            if !next.action.may_wait() {
                return None;
            }
            waits_to_write |= next.object == lock && next.action == Action::RwLock(RwLockAction::Write);
        }
        let positions = || (0..self.position).filter(|&at| stays(at)).collect();
        waits_to_write.then(|| Barred { positions: positions(), reader: (event.task, lock) })
    }

    /// Who has announced that it wants to write, and has to wait.
    pub(crate) fn waiting_writers(&self, lock: ObjectId) -> impl Iterator<Item = TaskId> {
        self.waiting(lock, Action::RwLock(RwLockAction::Write)).into_iter().flat_map(TaskSet::iter)
    }
}

fn is_read(event: &Event) -> bool {
    event.operation.action == Action::RwLock(RwLockAction::Read)
}

/// How many readers of the lock more there are by an event.
fn entering(lock: ObjectId, trace: &Trace, at: usize) -> i64 {
    let event = &trace.events[at];
    match event.operation.action {
        Action::RwLock(action) if event.operation.object == lock => match action {
            RwLockAction::Read | RwLockAction::Downgrade => 1,
            RwLockAction::TryRead if !event.access.is_read() => 1,
            RwLockAction::ReadUnlock => -1,
            _ => 0,
        },
        _ => 0,
    }
}
