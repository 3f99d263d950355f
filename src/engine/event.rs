//! Operations that tasks announce, and the events that they become.

use super::{Bounds, ObjectId, TaskId};
use std::panic::Location;

/// What a task is about to do to an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) object: ObjectId,
    pub(crate) action: Action,
    /// Where the program asks for it.
    pub(crate) place: &'static Location<'static>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Reads an atomic.
    Load,
    /// Writes an atomic, whatever it held.
    Store,
    /// Writes an atomic if it holds this, as bits.
    Exchange { expected: u64 },
    /// Takes a mutex, or a reader-writer lock to write, once it is free.
    Lock,
    /// Takes it if it is free.
    TryLock,
    /// Gives it back.
    Unlock,
    /// Takes a reader-writer lock to read, once nobody writes.
    ReadLock,
    /// Takes it to read if nobody writes.
    TryReadLock,
    /// Gives it back as a reader.
    ReadUnlock,
    /// Begins to wait for a condition. The mutex is given back right after.
    Wait,
    /// Wakes one of those who wait; any.
    NotifyOne,
    /// Wakes all who wait.
    NotifyAll,
    /// Takes the task's token, once it is there.
    Park,
    /// Takes the task's token if it is there.
    TryPark,
    /// Makes a task's token be there.
    Unpark,
    /// Puts a message into a channel, once there is room or nobody to receive it.
    Send,
    /// Puts a message into a channel if there is room.
    TrySend,
    /// Goes on when a message of a channel without room, by its number from 1, was taken.
    Taken { number: u32 },
    /// Takes a message, once there is one or nobody to send it.
    Receive,
    /// Takes a message if there is one.
    TryReceive,
    /// The receiver of a channel without room is there.
    Attend,
    /// One sender less.
    Leave,
    /// No receiver any more.
    Close,
    /// Reads a cell: in a data race unless writes are ordered with it.
    CellRead,
    /// Writes a cell: in a data race unless all accesses are ordered with it.
    CellWrite,
    /// Something happens (way 1) or not (way 0); concerns no other task.
    Chance(Chance),
    /// Calls an operation of an object under check, in a history.
    Call,
    /// Returns from it.
    Return,
}

/// What may happen for no reason of the program's own, as often as the exploration's bound says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chance {
    /// A wait ends because its time is up.
    Timeout,
    /// A wait ends without a reason.
    SpuriousWakeup,
    /// A weak exchange fails without a reason.
    WeakFailure,
}

/// What an operation did to its object, as far as others can notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Left it as it was: a load; an exchange, a try or a notification that came to nothing.
    Read,
    /// Changed it.
    Write,
    /// Took a lock.
    Acquire,
    /// Gave a lock back.
    Release,
    /// Took a lock to read.
    AcquireShared,
    /// Gave it back as a reader.
    ReleaseShared,
    /// Put a message into a channel, or found that nobody is there to receive it.
    Send,
    /// Did so because there was room.
    TrySend,
    /// Found no room in a channel.
    Full,
    /// Took a message, or found that nobody is there to send one.
    Receive,
    /// Left a channel as a sender.
    Leave,
    /// Left it as its receiver.
    Close,
    /// Called something, in a history: which calls were before it nobody asks.
    Call,
    /// Returned from it: which calls come after that is the history's order.
    Return,
    /// Concerns no other task.
    Private,
}

/// A way of an operation that has only one.
pub(crate) const ONLY_WAY: u32 = 0;
/// Any of the ways that it has when its time comes.
pub(crate) const ANY_WAY: u32 = u32::MAX;

/// An operation that was executed. Not every field is the same in equivalent executions: see each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) task: TaskId,
    /// Which event of its task this is, from 1.
    pub(crate) index: u32,
    pub(crate) operation: Operation,
    pub(crate) access: Access,
    /// Which of several ways it went: whom a notification woke, by its number; what was chosen.
    pub(crate) way: u32,
    /// What the object was before, as far as [`Action::access`] asks for it. An atomic may hold an
    /// address, which may be another in the next execution.
    pub(crate) before: u64,
}

impl Bounds {
    /// How often it may happen in an execution.
    pub(super) fn of(self, chance: Chance) -> usize {
        match chance {
            Chance::Timeout => self.timeouts_max,
            Chance::SpuriousWakeup => self.spurious_max,
            Chance::WeakFailure => self.weak_failures_max,
        }
    }
}

impl Event {
    /// A few bits of what was done and where, the same in every run of the same code.
    pub(crate) fn mark(&self) -> u8 {
        let Operation { action, place, .. } = self.operation;
        let position = [place.line().to_le_bytes(), place.column().to_le_bytes()].concat();
        let bytes = action.name().bytes().chain(place.file().bytes()).chain(position);
        // Fowler, Noll, Vo, 1991: FNV-1a, folded.
        let hash =
            bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        hash.to_le_bytes().into_iter().fold(0, |folded, byte| folded ^ byte)
    }
}

impl Access {
    /// Whether it leaves the object as it was.
    pub(crate) fn is_read(self) -> bool {
        matches!(self, Access::Read | Access::Full | Access::Private)
    }
}

impl Action {
    /// Whether it is the same kind of action; values may differ.
    pub(crate) fn is_like(self, other: Action) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// What it is called, where the caller's own name for it is not known.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Action::Load => "load",
            Action::Store => "store",
            Action::Exchange { .. } => "compare_exchange",
            Action::Lock => "lock",
            Action::TryLock => "try_lock",
            Action::Unlock => "unlock",
            Action::ReadLock => "read",
            Action::TryReadLock => "try_read",
            Action::ReadUnlock => "unlock",
            Action::Wait => "wait",
            Action::NotifyOne => "notify_one",
            Action::NotifyAll => "notify_all",
            Action::Park => "park",
            Action::TryPark => "park_timeout",
            Action::Unpark => "unpark",
            Action::Send => "send",
            Action::TrySend => "try_send",
            Action::Taken { .. } => "rendezvous",
            Action::Receive => "recv",
            Action::TryReceive => "try_recv",
            Action::Attend => "recv",
            Action::Leave => "drop sender",
            Action::Close => "drop receiver",
            Action::CellRead => "read",
            Action::CellWrite => "write",
            Action::Call => "call",
            Action::Return => "return",
            Action::Chance(Chance::Timeout) => "time is up?",
            Action::Chance(Chance::SpuriousWakeup) => "spurious wakeup?",
            Action::Chance(Chance::WeakFailure) => "spurious failure?",
        }
    }

    /// What it does to an object that is as `before` says: an atomic's bits; for a lock, how many
    /// readers it has, or [`WRITER`]; for a condition, how many wait; for a token, whether it is there;
    /// for a channel, how many messages fit.
    pub(crate) fn access(self, before: u64) -> Access {
        match self {
            Action::Load | Action::CellRead => Access::Read,
            Action::Store | Action::CellWrite => Access::Write,
            Action::Exchange { expected } if before == expected => Access::Write,
            Action::Exchange { .. } => Access::Read,
            Action::Lock => Access::Acquire,
            Action::TryLock if before == 0 => Access::Acquire,
            Action::TryReadLock if before != WRITER => Access::AcquireShared,
            Action::TryLock | Action::TryReadLock => Access::Read,
            Action::Unlock => Access::Release,
            Action::ReadLock => Access::AcquireShared,
            Action::ReadUnlock => Access::ReleaseShared,
            Action::Wait | Action::Park => Access::Write,
            Action::NotifyOne | Action::NotifyAll | Action::TryPark if before == 0 => Access::Read,
            Action::NotifyOne | Action::NotifyAll | Action::TryPark => Access::Write,
            Action::Unpark if before == 0 => Access::Write,
            Action::Unpark => Access::Read,
            Action::Send => Access::Send,
            Action::TrySend if before == 0 => Access::Full,
            Action::TrySend => Access::TrySend,
            Action::Receive => Access::Receive,
            Action::TryReceive => Access::Read,
            Action::Attend => Access::Receive,
            Action::Close => Access::Close,
            Action::Leave => Access::Leave,
            Action::Call => Access::Call,
            Action::Return => Access::Return,
            Action::Taken { .. } | Action::Chance(_) => Access::Private,
        }
    }
}

/// A lock that somebody has to write.
pub(crate) const WRITER: u64 = u64::MAX;
