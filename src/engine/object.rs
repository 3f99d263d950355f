//! Objects that tasks share: how they are told from each other, what state they are in, and what
//! operations do to it.

use super::event::WRITER;
use super::{Action, TaskId};
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

/// Names an object: the same one in all executions in which its maker has the same past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ObjectId(u32);

impl ObjectId {
    /// What an operation is about that concerns no object.
    pub(crate) const NOWHERE: ObjectId = ObjectId(0);

    pub(crate) fn new(index: usize) -> Self {
        ObjectId(u32::try_from(index).expect("fewer objects than fit into memory"))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// An object as far as its state says who can go on, and what comes of an operation. Values of atomics
/// and messages are kept by those who made them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub(crate) state: State,
    pub(crate) made_at: Option<&'static Location<'static>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum State {
    #[default]
    Atomic,
    Cell,
    Mutex {
        holder: Option<TaskId>,
    },
    RwLock {
        holder: Option<TaskId>,
        readers: Vec<TaskId>,
    },
    Condvar {
        waiters: Vec<TaskId>,
    },
    /// What a parked task waits for, and which event brought it.
    Token {
        set_by: Option<usize>,
    },
    Channel(Box<Channel>),
    /// Calls of an object under check, and returns.
    History,
}

/// A channel without its messages. Positions are those of events.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// `None` is no limit.
    pub(crate) capacity: Option<usize>,
    pub(crate) senders: usize,
    /// Which event sent each message.
    sent: Vec<usize>,
    /// Which event took each.
    taken: Vec<usize>,
    left: Vec<usize>,
    closed: Option<usize>,
    /// Whether the receiver waits for a rendezvous.
    attended: bool,
}

/// What came of an operation, beyond what its [`Access`](super::Access) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It was done.
    Done,
    /// It would have had to wait.
    WouldBlock,
    /// The other side of the channel is gone.
    Disconnected,
}

impl Channel {
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        Channel {
            capacity,
            senders: 1,
            sent: Vec::new(),
            taken: Vec::new(),
            left: Vec::new(),
            closed: None,
            attended: false,
        }
    }

    fn len(&self) -> usize {
        self.sent.len() - self.taken.len()
    }

    /// Whether a message fits. A rendezvous takes any number, whose senders then wait.
    fn has_room(&self) -> bool {
        self.capacity.is_none_or(|capacity| capacity == 0 || self.len() < capacity)
    }

    /// How many messages fit without any waiting; many, where nobody is there to receive them.
    fn room(&self) -> usize {
        match self.capacity {
            _ if self.closed.is_some() => usize::MAX / 2,
            None => usize::MAX / 2,
            Some(0) => usize::from(self.attended && self.len() == 0),
            Some(capacity) => capacity - self.len(),
        }
    }

    /// How many messages were sent.
    pub(crate) fn sent_count(&self) -> usize {
        self.sent.len()
    }

    fn perform(&mut self, action: Action, position: usize) -> Reply {
        match action {
            Action::Send | Action::TrySend if self.closed.is_some() => Reply::Disconnected,
            Action::TrySend if self.room() == 0 => Reply::WouldBlock,
            Action::Send | Action::TrySend => {
                self.sent.push(position);
                self.attended = false;
                Reply::Done
            }
            Action::Receive | Action::TryReceive if self.len() > 0 => {
                self.taken.push(position);
                Reply::Done
            }
            Action::TryReceive if self.senders > 0 => Reply::WouldBlock,
            Action::Receive | Action::TryReceive => Reply::Disconnected,
            Action::Attend => {
                self.attended = true;
                Reply::Done
            }
            Action::Leave => {
                self.senders -= 1;
                self.left.push(position);
                Reply::Done
            }
            Action::Close => {
                self.closed = Some(position);
                Reply::Done
            }
            Action::Taken { number } if self.taken.len() < number as usize => Reply::Disconnected,
            _ => Reply::Done,
        }
    }

    /// Without which events the operation could not have been performed now.
    fn causes(&self, action: Action, causes: &mut Vec<usize>) {
        match action {
            Action::Receive if self.len() > 0 => causes.push(self.sent[self.taken.len()]),
            Action::Receive => causes.extend(&self.left),
            Action::Taken { number } if self.taken.len() >= number as usize => {
                causes.push(self.taken[number as usize - 1]);
            }
            Action::Taken { .. } => causes.extend(self.closed),
            Action::Send => match self.capacity {
                Some(capacity) if capacity > 0 && self.sent.len() >= capacity => {
                    if self.has_room() {
                        causes.push(self.taken[self.sent.len() - capacity]);
                    } else {
                        causes.extend(self.closed);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}

impl Object {
    /// Whether a task can do this now.
    #[inline]
    pub(crate) fn enables(&self, action: Action) -> bool {
        match (&self.state, action) {
            (State::Mutex { holder }, Action::Lock) => holder.is_none(),
            (State::RwLock { holder, readers }, Action::Lock) => holder.is_none() && readers.is_empty(),
            (State::RwLock { holder, .. }, Action::ReadLock) => holder.is_none(),
            (State::Token { set_by }, Action::Park) => set_by.is_some(),
            (State::Channel(channel), Action::Send) => channel.closed.is_some() || channel.has_room(),
            (State::Channel(channel), Action::Receive) => channel.senders == 0 || channel.len() > 0,
            (State::Channel(channel), Action::Taken { number }) => {
                channel.closed.is_some() || channel.taken.len() >= number as usize
            }
            _ => true,
        }
    }

    /// What [`Action::access`] asks for; of an atomic only its maker knows.
    pub(crate) fn before(&self, atomic: u64) -> u64 {
        match &self.state {
            State::Atomic | State::Cell => atomic,
            State::Channel(channel) => channel.room() as u64,
            State::Mutex { holder } => holder.map_or(0, |_| WRITER),
            State::RwLock { holder, readers } => holder.map_or(readers.len() as u64, |_| WRITER),
            State::Condvar { waiters } => waiters.len() as u64,
            State::Token { set_by } => u64::from(set_by.is_some()),
            State::History => 0,
        }
    }

    /// Without which events the operation could not have been performed now.
    pub(crate) fn causes(&self, action: Action, causes: &mut Vec<usize>) {
        match (&self.state, action) {
            (State::Token { set_by }, Action::Park) => causes.extend(set_by),
            (State::Channel(channel), _) => channel.causes(action, causes),
            _ => {}
        }
    }

    /// Who has the lock.
    pub(crate) fn holders(&self) -> impl Iterator<Item = TaskId> {
        let (holder, readers): (Option<TaskId>, &[TaskId]) = match &self.state {
            State::Mutex { holder } => (*holder, &[]),
            State::RwLock { holder, readers } => (*holder, readers),
            _ => (None, &[]),
        };
        holder.into_iter().chain(readers.iter().copied())
    }

    /// Whom a notification may wake.
    pub(crate) fn waiters(&self) -> &[TaskId] {
        match &self.state {
            State::Condvar { waiters } => waiters,
            _ => &[],
        }
    }

    /// Does it, as the event at `position`. Says which tasks it wakes.
    #[inline]
    pub(crate) fn perform(
        &mut self,
        task: TaskId,
        action: Action,
        way: u32,
        position: usize,
        woken: &mut Vec<TaskId>,
    ) -> Reply {
        match self.state {
            // Their values are kept by those who made them.
            State::Atomic | State::Cell => Reply::Done,
            _ => self.change(task, action, way, position, woken),
        }
    }

    fn change(
        &mut self,
        task: TaskId,
        action: Action,
        way: u32,
        position: usize,
        woken: &mut Vec<TaskId>,
    ) -> Reply {
        match (&mut self.state, action) {
            (State::Mutex { holder }, Action::Lock) => *holder = Some(task),
            (State::Mutex { holder }, Action::TryLock) => match holder {
                Some(_) => return Reply::WouldBlock,
                None => *holder = Some(task),
            },
            (State::Mutex { holder } | State::RwLock { holder, .. }, Action::Unlock) => *holder = None,
            (State::RwLock { holder, .. }, Action::Lock) => *holder = Some(task),
            (State::RwLock { holder, readers }, Action::TryLock) => {
                if holder.is_some() || !readers.is_empty() {
                    return Reply::WouldBlock;
                }
                *holder = Some(task);
            }
            (State::RwLock { readers, .. }, Action::ReadLock) => readers.push(task),
            (State::RwLock { holder, readers }, Action::TryReadLock) => match holder {
                Some(_) => return Reply::WouldBlock,
                None => readers.push(task),
            },
            (State::RwLock { readers, .. }, Action::ReadUnlock) => {
                // A guard that another task drops gives back that reader's share, whoever it is.
                let at = readers.iter().position(|&reader| reader == task).unwrap_or(0);
                readers.swap_remove(at);
            }
            (State::Condvar { waiters }, Action::Wait) => {
                waiters.push(task);
                waiters.sort_unstable();
            }
            (State::Condvar { waiters }, Action::NotifyOne) => {
                if let Some(at) = waiters.iter().position(|waiter| waiter.index() as u32 == way) {
                    woken.push(waiters.remove(at));
                }
            }
            (State::Condvar { waiters }, Action::NotifyAll) => woken.append(waiters),
            (State::Token { set_by }, Action::Park) => *set_by = None,
            (State::Token { set_by: None }, Action::TryPark) => return Reply::WouldBlock,
            (State::Token { set_by }, Action::TryPark) => *set_by = None,
            (State::Token { set_by }, Action::Unpark) => {
                set_by.get_or_insert(position);
            }
            (State::Channel(channel), _) => return channel.perform(action, position),
            _ => {}
        }
        Reply::Done
    }
}

/// Who makes a thing: a task, or a value that is made once for all tasks, by whoever comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Maker {
    Task(TaskId),
    Lazy(usize),
}

/// Numbers things by who made them and how many that one had made before, so that a thing has the
/// same number in every execution in which its maker has the same past; and for every worker, if several
/// explore together.
#[derive(Debug, Default)]
pub(crate) struct Census {
    of_tasks: Vec<Vec<usize>>,
    of_lazies: BTreeMap<usize, Vec<usize>>,
    count: usize,
    common: Option<Arc<Mutex<Census>>>,
}

impl Census {
    /// The part of one worker.
    pub(crate) fn of(common: Arc<Mutex<Census>>) -> Self {
        Census { common: Some(common), ..Census::default() }
    }

    /// The number of what `maker` makes after `made_before` others.
    #[inline]
    pub(crate) fn number(&mut self, maker: Maker, made_before: usize) -> usize {
        let known = match maker {
            Maker::Task(task) => self.of_tasks.get(task.index()).and_then(|numbers| numbers.get(made_before)),
            Maker::Lazy(_) => None,
        };
        known.copied().unwrap_or_else(|| self.number_anew(maker, made_before))
    }

    fn number_anew(&mut self, maker: Maker, made_before: usize) -> usize {
        let numbers = match maker {
            Maker::Task(task) => {
                if self.of_tasks.len() <= task.index() {
                    self.of_tasks.resize_with(task.index() + 1, Vec::new);
                }
                &mut self.of_tasks[task.index()]
            }
            Maker::Lazy(key) => self.of_lazies.entry(key).or_default(),
        };
        if made_before == numbers.len() {
            let number = match &self.common {
                Some(common) => {
                    common.lock().unwrap_or_else(PoisonError::into_inner).number(maker, made_before)
                }
                None => self.count,
            };
            numbers.push(number);
            self.count = self.count.max(number + 1);
        }
        numbers[made_before]
    }

    /// How much room all numbers need.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}
