//! The facade's operations, as the engine's: each waits for its turn, and is performed.

use super::{EXECUTION, refuse_while_unwinding, release_pending, stop_for_good, stop_if, timed, with};
use crate::backend::execution;
use crate::engine::{Action, Announced, Chance, Channel, ObjectId, ObjectState, Operation, Performed, Reply};
use std::panic::Location;

/// An object that tasks share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    id: ObjectId,
    execution: u64,
}

/// A lock that the running task has; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Locked(Object, &'static Location<'static>);

/// A lock that the running task has together with other readers.
#[derive(Debug)]
pub(crate) struct LockedRead(Object, &'static Location<'static>);

impl Object {
    #[track_caller]
    pub(crate) fn atomic() -> Self {
        Object::new(ObjectState::Atomic)
    }

    #[track_caller]
    pub(crate) fn cell() -> Self {
        Object::new(ObjectState::Cell)
    }

    #[track_caller]
    pub(crate) fn mutex() -> Self {
        Object::new(ObjectState::Mutex { holder: None })
    }

    #[track_caller]
    pub(crate) fn rw_lock() -> Self {
        Object::new(ObjectState::RwLock { holder: None, readers: Vec::new() })
    }

    #[track_caller]
    pub(crate) fn condvar() -> Self {
        Object::new(ObjectState::Condvar { waiters: Vec::new() })
    }

    /// The calls of an object under check.
    #[track_caller]
    pub(crate) fn history() -> Self {
        Object::new(ObjectState::History)
    }

    #[track_caller]
    pub(super) fn channel(capacity: Option<usize>) -> Self {
        Object::new(ObjectState::Channel(Box::new(Channel::new(capacity))))
    }

    #[track_caller]
    fn new(state: ObjectState) -> Self {
        let place = Location::caller();
        Object::of_this_execution(with(|engine| engine.new_object(state, place)))
    }

    pub(super) fn of_this_execution(id: ObjectId) -> Self {
        Object { id, execution: EXECUTION.get() }
    }

    /// Waits for the running task's turn to do `action`, and tells the engine what an atomic held then.
    /// The caller does it right after, before anything else.
    #[track_caller]
    fn act(self, action: Action, before: impl Fn() -> u64) -> Performed {
        self.expect_this_execution();
        refuse_while_unwinding();
        perform(Operation { object: self.id, action, place: Location::caller() }, before)
    }

    /// Does what has no answer: at once, or if a panic unwinds, when that is over.
    fn act_or_defer(self, action: Action, place: &'static Location<'static>) {
        let operation = Operation { object: self.id, action, place };
        if std::thread::panicking() {
            with(|engine| engine.release_later(operation));
        } else {
            self.expect_this_execution();
            perform(operation, || 0);
        }
    }

    #[inline]
    fn expect_this_execution(self) {
        if self.execution != EXECUTION.get() {
            refuse_of_earlier_execution();
        }
    }

    /// Before an atomic that holds `value` is read; whether readers want to know the values.
    #[track_caller]
    pub(crate) fn load(self, value: impl Fn() -> u64) -> bool {
        self.act(Action::Load, value).is_logged
    }

    /// Before an atomic that holds `value` is written; whether readers want to know the values.
    #[track_caller]
    pub(crate) fn store(self, value: impl Fn() -> u64) -> bool {
        self.act(Action::Store, value).is_logged
    }

    /// Before an atomic that holds `value` is written if it holds `expected`; whether readers want to know
    /// the values.
    #[track_caller]
    pub(crate) fn exchange(self, expected: u64, value: impl Fn() -> u64) -> bool {
        self.act(Action::Exchange { expected }, value).is_logged
    }

    /// Before a cell is read.
    #[track_caller]
    pub(crate) fn cell_read(self) {
        self.act(Action::CellRead, || 0);
    }

    /// Before a cell is written.
    #[track_caller]
    pub(crate) fn cell_write(self) {
        self.act(Action::CellWrite, || 0);
    }

    #[track_caller]
    pub(crate) fn lock(self) -> Locked {
        self.act(Action::Lock, || 0);
        Locked(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn try_lock(self) -> Option<Locked> {
        let performed = self.act(Action::TryLock, || 0);
        (performed.reply == Reply::Done).then(|| Locked(self, Location::caller()))
    }

    #[track_caller]
    pub(crate) fn read(self) -> LockedRead {
        self.act(Action::ReadLock, || 0);
        LockedRead(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn try_read(self) -> Option<LockedRead> {
        let performed = self.act(Action::TryReadLock, || 0);
        (performed.reply == Reply::Done).then(|| LockedRead(self, Location::caller()))
    }

    /// Takes a reader-writer lock to write.
    #[track_caller]
    pub(crate) fn write(self) -> Locked {
        self.lock()
    }

    #[track_caller]
    pub(crate) fn try_write(self) -> Option<Locked> {
        self.try_lock()
    }

    /// Gives the mutex up until somebody notifies this condition, and takes it back.
    #[track_caller]
    pub(crate) fn wait(self, locked: Locked) -> Locked {
        let place = Location::caller();
        if chance(Chance::SpuriousWakeup) {
            return locked.pass(place);
        }
        self.act(Action::Wait, || 0);
        let mutex = locked.0;
        drop(locked);
        let lock = Operation { object: mutex.id, action: Action::Lock, place };
        stop_if(with(|engine| engine.announce_when_notified(lock)));
        performed_now(|| 0);
        Locked(mutex, place)
    }

    /// As [`Object::wait`], unless the time is up; whether it was.
    #[track_caller]
    pub(crate) fn wait_timeout(self, locked: Locked) -> (Locked, bool) {
        if chance(Chance::Timeout) {
            return (locked.pass(Location::caller()), true);
        }
        (timed(|| self.wait(locked)), false)
    }

    #[track_caller]
    pub(crate) fn notify_one(self) {
        self.act(Action::NotifyOne, || 0);
    }

    #[track_caller]
    pub(crate) fn notify_all(self) {
        self.act(Action::NotifyAll, || 0);
    }

    #[track_caller]
    pub(super) fn park(self) {
        if !chance(Chance::SpuriousWakeup) {
            self.act(Action::Park, || 0);
        }
    }

    #[track_caller]
    pub(super) fn try_park(self) {
        self.act(Action::TryPark, || 0);
    }

    #[track_caller]
    pub(super) fn unpark(self) {
        self.act(Action::Unpark, || 0);
    }

    /// Before an operation of an object under check; whether readers want to know which.
    #[track_caller]
    pub(crate) fn call(self) -> bool {
        self.act(Action::Call, || 0).is_logged
    }

    /// After it; whether readers want to know what it returned.
    #[track_caller]
    pub(crate) fn answer(self) -> bool {
        self.act(Action::Return, || 0).is_logged
    }

    /// An operation on a channel.
    #[track_caller]
    pub(super) fn transfer(self, action: Action) -> Reply {
        self.act(action, || 0).reply
    }

    /// Gives an end of a channel back.
    pub(super) fn give_back(self, action: Action, place: &'static Location<'static>) {
        self.act_or_defer(action, place);
    }

    /// How many messages were sent into the channel.
    pub(super) fn sent_count(self) -> usize {
        with(|engine| engine.sent_count(self.id))
    }

    pub(super) fn add_sender(self) {
        with(|engine| engine.add_sender(self.id));
    }
}

impl Locked {
    /// Gives the lock up and takes it back.
    fn pass(self, place: &'static Location<'static>) -> Locked {
        let mutex = self.0;
        drop(self);
        perform(Operation { object: mutex.id, action: Action::Lock, place }, || 0);
        Locked(mutex, place)
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.0.act_or_defer(Action::Unlock, self.1);
    }
}

impl Drop for LockedRead {
    fn drop(&mut self) {
        self.0.act_or_defer(Action::ReadUnlock, self.1);
    }
}

#[cold]
fn refuse_of_earlier_execution() -> ! {
    let message = "an object of an earlier execution is used in a later one; put statics into a LazyLock";
    execution().give_up(message.to_string())
}

/// Whether something happens that the program cannot bring about; both are explored, as far as the
/// bound allows.
#[track_caller]
pub(crate) fn chance(chance: Chance) -> bool {
    if !with(|engine| engine.explores(chance)) {
        return false;
    }
    let place = Location::caller();
    let operation = Operation { object: ObjectId::NOWHERE, action: Action::Chance(chance), place };
    perform(operation, || 0).way == 1
}

/// Waits for the running task's turn to perform this. `before` asks nothing of the engine.
pub(super) fn perform(operation: Operation, before: impl Fn() -> u64) -> Performed {
    // Mostly the task goes on at once, and the engine is asked only once.
    let performed = with(|engine| match engine.announce(operation) {
        Announced::Go => Ok(engine.perform(before())),
        announced => Err(announced),
    });
    match performed {
        Ok(performed) => performed.unwrap_or_else(|| stop_for_good()),
        Err(Announced::ReleaseFirst) => {
            release_pending();
            perform(operation, before)
        }
        Err(announced) => {
            stop_if(announced);
            performed_now(before)
        }
    }
}

/// The running task's turn has come.
fn performed_now(before: impl Fn() -> u64) -> Performed {
    with(|engine| engine.perform(before())).unwrap_or_else(|| stop_for_good())
}
