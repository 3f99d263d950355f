//! The facade's operations, as the engine's: each waits for its turn, and is performed.

use super::{held, lints, note, stop_for_good, stop_if, timed, with};
use crate::backend::{Cancelled, execution, number};
use crate::engine::object::{
    AccessPart, AtomicAction, CallKind, CalleeAction, ChannelAction, CondvarAction, CountAction,
    HistoryAction, MailboxAction, MutexAction, OnceAction, RwLockAction, TokenAction, Update,
};
use crate::engine::{Action, Announced, Chance, ObjectId, ObjectState, Operation, Performed, Reply, TIME_UP};
use std::panic::Location;
use std::sync::atomic::Ordering;

/// An object that tasks share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    id: ObjectId,
    execution: u64,
}

/// A mutex that the running task has; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Locked(Object, &'static Location<'static>);

/// A reader-writer lock that the running task has alone; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct LockedWrite(Object, &'static Location<'static>);

/// A lock that the running task has together with other readers.
#[derive(Debug)]
pub(crate) struct LockedRead(Object, &'static Location<'static>);

impl Object {
    /// A new object of the running execution.
    pub(crate) fn made_at(state: ObjectState, place: &'static Location<'static>) -> Self {
        Object::of_this_execution(with(|engine| engine.new_object(state, place)))
    }

    /// The object of the running execution that has this number.
    pub(crate) fn numbered(number: u64) -> Self {
        Object::of_this_execution(ObjectId::new(number as usize))
    }

    /// Tells it from the others of its execution.
    pub(crate) fn number(self) -> u64 {
        self.id.index() as u64
    }

    /// The calls of an object under check.
    #[track_caller]
    pub(crate) fn history() -> Self {
        Object::new(ObjectState::history())
    }

    #[track_caller]
    pub(super) fn channel(capacity: Option<usize>) -> Self {
        Object::new(ObjectState::channel(capacity))
    }

    #[track_caller]
    fn new(state: ObjectState) -> Self {
        let place = with(|engine| engine.place_of_compound()).unwrap_or_else(Location::caller);
        Object::made_at(state, place)
    }

    pub(super) fn id(self) -> ObjectId {
        self.id
    }

    pub(super) fn of_this_execution(id: ObjectId) -> Self {
        Object { id, execution: number() }
    }

    /// Waits for the running task's turn to do `action`, and does it.
    #[track_caller]
    fn act(self, action: Action) -> Performed {
        self.act_on_atomic(action, |value| value)
    }

    /// As [`Object::act`]; if that writes an atomic, `update` says what.
    #[track_caller]
    fn act_on_atomic(self, action: Action, update: impl FnOnce(u64) -> u64) -> Performed {
        self.expect_this_execution();
        perform(Operation { object: self.id, action, place: Location::caller() }, update)
    }

    /// As [`Object::act`], where that may have to wait for others long: it is seen whether an async task does.
    #[track_caller]
    fn wait_to_act(self, action: Action) -> Performed {
        let waits = lints::begins_to_wait(|| !with(|engine| engine.world.enables(self.id, action)));
        let performed = self.act(action);
        lints::has_waited(waits, action.name(), Location::caller());
        performed
    }

    /// Gives back what was taken at `place`.
    fn release(self, action: Action, place: &'static Location<'static>) {
        self.expect_this_execution();
        perform(Operation { object: self.id, action, place }, |value| value);
    }

    #[inline]
    fn expect_this_execution(self) {
        if self.execution != number() {
            refuse_of_earlier_execution();
        }
    }

    /// What an atomic holds, as bits.
    #[track_caller]
    pub(crate) fn load(self, order: Ordering) -> Performed {
        self.act(Action::Atomic(AtomicAction::Load(order)))
    }

    #[track_caller]
    pub(crate) fn store(self, value: u64, order: Ordering) -> Performed {
        self.act_on_atomic(Action::Atomic(AtomicAction::Store(order)), |_| value)
    }

    /// Writes what `update` makes of what an atomic holds.
    #[track_caller]
    pub(crate) fn update(self, name: Update, order: Ordering, update: impl FnOnce(u64) -> u64) -> Performed {
        self.act_on_atomic(Action::Atomic(AtomicAction::Update(name, order)), update)
    }

    /// Writes an atomic if it holds `expected`.
    #[track_caller]
    pub(crate) fn exchange(self, expected: u64, new: u64, success: Ordering, failure: Ordering) -> Performed {
        let action = AtomicAction::Exchange { expected, success, failure };
        self.act_on_atomic(Action::Atomic(action), |_| new)
    }

    /// What an atomic holds, without an access: nobody else can have it.
    pub(crate) fn value(self) -> u64 {
        with(|engine| engine.value(self.id))
    }

    /// Changes what an atomic holds, without an access: nobody else can have it.
    pub(crate) fn set_value(self, value: u64) {
        with(|engine| engine.set_value(self.id, value));
    }

    /// Before a cell is read or written.
    #[track_caller]
    pub(crate) fn access_cell(self, is_write: bool) {
        self.access_cell_at(is_write, AccessPart::Beginning, Location::caller());
    }

    /// An access of a cell ends that began at `place`.
    pub(crate) fn end_access(self, is_write: bool, place: &'static Location<'static>) {
        self.access_cell_at(is_write, AccessPart::Ending, place);
    }

    /// A cell was made, which is a write.
    #[track_caller]
    pub(crate) fn make_cell(self) {
        self.access_cell_at(true, AccessPart::Making, Location::caller());
    }

    fn access_cell_at(self, is_write: bool, part: AccessPart, place: &'static Location<'static>) {
        self.expect_this_execution();
        if !with(|engine| engine.access_cell(self.id, is_write, part, place)) {
            stop_for_good();
        }
    }

    /// Does something to the count of an `Arc`.
    #[track_caller]
    pub(crate) fn count(self, action: CountAction) {
        self.act(Action::Count(action));
    }

    #[track_caller]
    pub(crate) fn lock(self) -> Locked {
        self.act(Action::Mutex(MutexAction::Lock));
        Locked::new(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn try_lock(self) -> Option<Locked> {
        let performed = self.act(Action::Mutex(MutexAction::TryLock));
        (performed.reply == Reply::Done).then(|| Locked::new(self, Location::caller()))
    }

    #[track_caller]
    pub(crate) fn read(self) -> LockedRead {
        self.act(Action::RwLock(RwLockAction::Read));
        LockedRead::new(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn try_read(self) -> Option<LockedRead> {
        let performed = self.act(Action::RwLock(RwLockAction::TryRead));
        (performed.reply == Reply::Done).then(|| LockedRead::new(self, Location::caller()))
    }

    #[track_caller]
    pub(crate) fn write(self) -> LockedWrite {
        self.act(Action::RwLock(RwLockAction::Write));
        LockedWrite::new(self, Location::caller())
    }

    #[track_caller]
    pub(crate) fn try_write(self) -> Option<LockedWrite> {
        let performed = self.act(Action::RwLock(RwLockAction::TryWrite));
        (performed.reply == Reply::Done).then(|| LockedWrite::new(self, Location::caller()))
    }

    /// Waits until nobody is at a once's attempt, and begins another if it is not done: then whether an earlier one panicked,
    /// in which case it has begun only if that is `forced`.
    #[track_caller]
    pub(crate) fn call_once(self, forced: bool) -> Option<bool> {
        self.ask_once(OnceAction::Call { forced })
    }

    /// Ends the attempt that the running task began at `place`.
    pub(crate) fn end_attempt(self, is_done: bool, place: &'static Location<'static>) {
        self.release(Action::Once(if is_done { OnceAction::Complete } else { OnceAction::Poison }), place);
    }

    /// Whether a once is done.
    #[track_caller]
    pub(crate) fn is_completed(self) -> bool {
        self.ask_once(OnceAction::IsCompleted).is_none()
    }

    /// Waits until a once is done; or, if poison is `heeded`, until an attempt has panicked: whether one has.
    #[track_caller]
    pub(crate) fn wait_for_once(self, heeded: bool) -> bool {
        self.ask_once(if heeded { OnceAction::Wait } else { OnceAction::WaitForce }).is_some()
    }

    /// Whether an earlier attempt panicked, if the once was not done.
    #[track_caller]
    fn ask_once(self, action: OnceAction) -> Option<bool> {
        match self.act(Action::Once(action)).reply {
            Reply::Unset => Some(false),
            Reply::Poisoned => Some(true),
            _ => None,
        }
    }

    /// Gives the mutex up until somebody notifies this condition, and takes it back.
    #[track_caller]
    pub(crate) fn wait(self, locked: Locked) -> Locked {
        self.wait_or_give_up(locked).0
    }

    /// As [`Object::wait`], unless the time is up; whether it was.
    #[track_caller]
    pub(crate) fn wait_timeout(self, locked: Locked) -> (Locked, bool) {
        if chance(Chance::Timeout) {
            return (locked.pass(Location::caller()), true);
        }
        timed(|| self.wait_or_give_up(locked)).0
    }

    #[track_caller]
    fn wait_or_give_up(self, locked: Locked) -> (Locked, bool) {
        let place = Location::caller();
        if chance(Chance::SpuriousWakeup) {
            return (locked.pass(place), false);
        }
        let waits = lints::begins_to_wait(|| true);
        self.act(Action::Condvar(CondvarAction::Wait));
        let mutex = locked.0;
        drop(locked);
        let lock = Operation { object: mutex.id, action: Action::Mutex(MutexAction::Lock), place };
        stop_if(with(|engine| engine.announce_when_notified(lock, self.id)));
        let is_over = performed_now(|value| value).choice == TIME_UP;
        if is_over {
            perform(lock, |value| value);
        }
        lints::has_waited(waits, "wait", place);
        (Locked::new(mutex, place), is_over)
    }

    #[track_caller]
    pub(crate) fn notify_one(self) {
        self.act(Action::Condvar(CondvarAction::NotifyOne));
    }

    #[track_caller]
    pub(crate) fn notify_all(self) {
        self.act(Action::Condvar(CondvarAction::NotifyAll));
    }

    #[track_caller]
    pub(super) fn park(self) {
        self.wait_to_act(Action::Token(TokenAction::Park));
    }

    #[track_caller]
    pub(super) fn try_park(self) {
        self.act(Action::Token(TokenAction::TryPark));
    }

    #[track_caller]
    pub(super) fn unpark(self) {
        self.act(Action::Token(TokenAction::Unpark));
    }

    /// Before a call of something of a library; whether readers want to know what comes of it.
    pub(crate) fn enter(
        self,
        kind: CallKind,
        name: &'static &'static str,
        place: &'static Location<'static>,
    ) -> bool {
        self.expect_this_execution();
        let action = Action::Callee(CalleeAction { name, kind });
        perform(Operation { object: self.id, action, place }, |value| value).is_logged
    }

    /// What was just tried has changed it.
    pub(crate) fn was_changed(self) {
        with(|engine| engine.world.was_changed(self.id));
    }

    /// Before an operation of an object under check; whether readers want to know which.
    #[track_caller]
    pub(crate) fn call(self) -> bool {
        self.act(Action::History(HistoryAction::Call)).is_logged
    }

    /// After it; whether readers want to know what it returned.
    #[track_caller]
    pub(crate) fn answer(self) -> bool {
        self.act(Action::History(HistoryAction::Return)).is_logged
    }

    /// An operation on a channel.
    #[track_caller]
    pub(super) fn transfer(self, action: ChannelAction) -> Reply {
        self.wait_to_act(Action::Channel(action)).reply
    }

    /// What the letters of a loop are put into.
    #[track_caller]
    pub(super) fn mailbox() -> Self {
        Object::new(ObjectState::mailbox())
    }

    /// An operation on a mailbox.
    #[track_caller]
    pub(super) fn mail(self, action: MailboxAction) -> Reply {
        self.act(Action::Mailbox(action)).reply
    }

    /// The same, and what was chosen.
    #[track_caller]
    pub(super) fn mail_by(self, action: MailboxAction) -> (Reply, u32) {
        let performed = self.act(Action::Mailbox(action));
        (performed.reply, performed.choice)
    }

    /// Gives an end of a channel back.
    pub(super) fn give_back(self, action: ChannelAction, place: &'static Location<'static>) {
        self.release(Action::Channel(action), place);
    }

    /// How many messages were sent into the channel.
    pub(super) fn sent_count(self) -> usize {
        with(|engine| engine.sent_count(self.id))
    }

    pub(super) fn add_sender(self) {
        with(|engine| engine.add_sender(self.id));
    }
}

/// A lock that was just taken, at a place.
macro_rules! taken {
    ($($locked:ident),*) => {$(
        impl $locked {
            fn new(lock: Object, place: &'static Location<'static>) -> Self {
                held::took(lock.number(), place);
                $locked(lock, place)
            }
        }
    )*};
}

taken!(Locked, LockedRead, LockedWrite);

impl Locked {
    /// Gives the lock up and takes it back.
    fn pass(self, place: &'static Location<'static>) -> Locked {
        let mutex = self.0;
        drop(self);
        perform(Operation { object: mutex.id, action: Action::Mutex(MutexAction::Lock), place }, |value| {
            value
        });
        Locked::new(mutex, place)
    }
}

impl LockedWrite {
    /// Shares what one had alone.
    #[track_caller]
    pub(crate) fn downgrade(self) -> LockedRead {
        let shared = LockedRead::new(self.0, Location::caller());
        held::gives(self.0.number());
        std::mem::forget(self);
        shared.0.act(Action::RwLock(RwLockAction::Downgrade));
        shared
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        held::gives(self.0.number());
        self.0.release(Action::Mutex(MutexAction::Unlock), self.1);
    }
}

impl Drop for LockedWrite {
    fn drop(&mut self) {
        held::gives(self.0.number());
        self.0.release(Action::RwLock(RwLockAction::WriteUnlock), self.1);
    }
}

impl Drop for LockedRead {
    fn drop(&mut self) {
        held::gives(self.0.number());
        self.0.release(Action::RwLock(RwLockAction::ReadUnlock), self.1);
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
    way_of(chance, Location::caller()) == 1
}

/// As [`way_of`], and `tell` says for readers what happens, and how.
fn told_way_of(
    chance: Chance,
    place: &'static Location<'static>,
    tell: impl FnOnce(u32) -> (&'static str, &'static str),
) -> u32 {
    let way = way_of(chance, place);
    if way > 0 && with(|engine| engine.world.is_logged()) {
        let (function, how) = tell(way);
        note(function, String::new(), how.to_string());
    }
    way
}

/// 0 if it does not happen, else the way in which it does.
fn way_of(chance: Chance, place: &'static Location<'static>) -> u32 {
    if !with(|engine| engine.explores(chance)) {
        // What else does not happen is not asked for.
        if matches!(chance, Chance::ShortRead(_)) {
            with(|engine| engine.world.leaves_out(chance));
        }
        return 0;
    }
    let operation = Operation { object: ObjectId::NOWHERE, action: Action::Chance(chance), place };
    perform(operation, |value| value).choice
}

/// Where a `select!` of so many branches starts; each is explored.
pub(crate) fn draw(count: u8, place: &'static Location<'static>) -> u32 {
    lot(count, place, |drawn| ("select", format!("branch {} first", drawn + 1)))
}

/// Whom of so many that are owed a wake-up it comes to next; each is explored.
pub(crate) fn draw_whom(count: u8, place: &'static Location<'static>) -> u32 {
    lot(count, place, |drawn| ("wake", format!("who came as number {} first", drawn + 1)))
}

/// Which of so many times is up, of all that somebody has set, from 1, or 0 if none is; each is explored.
#[track_caller]
pub(crate) fn up(count: u32, set: u32) -> u32 {
    up_by(Chance::Times { count, set })
}

/// The same where it was said how often one may be up while others can do something.
#[track_caller]
pub(crate) fn up_early(count: u32, set: u32) -> u32 {
    up_by(Chance::Early { count, set })
}

#[track_caller]
fn up_by(chance: Chance) -> u32 {
    let action = Action::Chance(chance);
    let operation = Operation { object: ObjectId::NOWHERE, action, place: Location::caller() };
    let drawn = perform(operation, |value| value);
    if drawn.is_logged && drawn.choice > 0 {
        note("timer", String::new(), "is up".to_string());
    }
    drawn.choice
}

/// Whether a time is up that nobody has looked at yet; both are explored.
pub(crate) fn is_up_already(place: &'static Location<'static>) -> bool {
    lot(2, place, |drawn| ("sleep", if drawn == 1 { "is up already" } else { "is not up yet" }.to_string()))
        == 1
}

/// Whether a future that has begun to wait is dropped there, and when; all is explored, as far as the bound allows.
pub(crate) fn cancels(can_wait: bool, place: &'static Location<'static>) -> Option<Cancelled> {
    let ways = [Cancelled::AtOnce, Cancelled::Later];
    let chance = Chance::Cancellation(if can_wait { 2 } else { 1 });
    let way = way_of(chance, place).checked_sub(1)?;
    ways.get(way as usize).copied()
}

/// In which of so many ways a read of a socket brings less than there is, from 1; 0 if it does not.
pub(crate) fn short_read(ways: u8, place: &'static Location<'static>) -> u32 {
    let brings = |way| if way == 1 { "brings the first byte only" } else { "brings all but the last byte" };
    told_way_of(Chance::ShortRead(ways), place, |way| ("short read", brings(way)))
}

/// Whether a write to a socket takes less than it is given.
pub(crate) fn is_short_write(place: &'static Location<'static>) -> bool {
    told_way_of(Chance::ShortWrite, place, |_| ("short write", "takes the first byte only")) == 1
}

/// In which of so many ways a connection breaks, from 1; 0 if it does not.
pub(crate) fn disconnection(ways: u8, place: &'static Location<'static>) -> u32 {
    let arrives = |way| if way == 1 { "nothing arrives" } else { "the first byte arrives" };
    told_way_of(Chance::Disconnection(ways), place, |way| ("the connection breaks", arrives(way)))
}

/// Whether a loop polls the future that it was started with before its tasks; both are explored.
pub(crate) fn is_main_first(place: &'static Location<'static>) -> bool {
    let said = |drawn| if drawn == 0 { "its future first" } else { "its tasks first" };
    lot(2, place, |drawn| ("block_on", said(drawn).to_string())) == 0
}

/// Which of so many orders it is in which a runtime drops its tasks at its end; each is explored.
pub(crate) fn draw_first_dropped(count: u8, place: &'static Location<'static>) -> u32 {
    lot(count, place, |drawn| ("runtime", format!("its end drops tasks in order {} of {count}", drawn + 1)))
}

/// One of so many, each of which is explored. `tell` names for readers what drew it, and says what that means.
fn lot(
    count: u8,
    place: &'static Location<'static>,
    tell: impl FnOnce(u32) -> (&'static str, String),
) -> u32 {
    let action = Action::Chance(Chance::Start(count));
    let drawn = perform(Operation { object: ObjectId::NOWHERE, action, place }, |value| value);
    if drawn.is_logged {
        let (function, meaning) = tell(drawn.choice);
        note(function, String::new(), meaning);
    }
    drawn.choice
}

/// Lets the engine stop a task that does nothing but pause.
pub(super) fn pause(place: &'static Location<'static>) {
    let action = Action::Chance(Chance::Pause);
    perform(Operation { object: ObjectId::NOWHERE, action, place }, |value| value);
}

/// Waits for the running task's turn to perform this. `update` asks nothing of the engine.
pub(super) fn perform(operation: Operation, update: impl FnOnce(u64) -> u64) -> Performed {
    let mut update = Some(update);
    let mut take = || update.take().expect("it is performed once");
    // Mostly the task goes on at once, and the engine is asked only once.
    let performed = with(|engine| match engine.announce(operation) {
        Announced::Go => Ok(engine.perform(take())),
        announced => Err(announced),
    });
    match performed {
        Ok(performed) => performed.unwrap_or_else(|| stop_for_good()),
        Err(announced) => {
            stop_if(announced);
            performed_now(take())
        }
    }
}

/// The running task's turn has come.
fn performed_now(update: impl FnOnce(u64) -> u64) -> Performed {
    with(|engine| engine.perform(update)).unwrap_or_else(|| stop_for_good())
}
