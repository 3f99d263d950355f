//! Objects that tasks share. Each primitive has a file, which says all there is to say of it: its state,
//! what may be done to it, who has to wait, what comes of it, and what commutes. Here they are put together,
//! so that nobody else has to know one from another.

mod atomic;
mod callee;
mod cell;
mod chance;
mod channel;
mod condvar;
mod count;
mod history;
mod mailbox;
mod mutex;
mod once;
mod rw_lock;
mod token;

pub(in crate::engine) use atomic::ADDRESSES;
pub(crate) use atomic::{Access as AtomicAccess, Action as AtomicAction, Update};
pub(crate) use callee::{Action as CalleeAction, Kind as CallKind};
pub(crate) use cell::{AccessPart, Cell, PlainAccess};
pub(super) use chance::Access as ChanceAccess;
pub(crate) use chance::Action as Chance;
pub(in crate::engine) use chance::BOUNDED_CHANCES;
pub(crate) use channel::{Action as ChannelAction, Channel};
pub(crate) use condvar::Action as CondvarAction;
pub(crate) use count::Action as CountAction;
pub(crate) use history::Action as HistoryAction;
pub(super) use mailbox::Access as MailboxAccess;
pub(crate) use mailbox::Action as MailboxAction;
pub(crate) use mutex::Action as MutexAction;
pub(crate) use once::Action as OnceAction;
pub(crate) use rw_lock::Action as RwLockAction;
pub(crate) use token::Action as TokenAction;

use super::TaskId;
use super::order::Edges;
use super::task_set::TaskSet;
use std::fmt::Debug;
use std::panic::Location;

/// Names an object of an execution: the same one in all that have its beginning as far as the event before which
/// it was first used.
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

/// What of an object's state decides who can go on and what comes of an action. Each event keeps that of the
/// moment before it, by which a search knows what would have come of another action there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View(u64);

impl View {
    /// That of an atomic: its value.
    pub(in crate::engine) fn of(value: u64) -> Self {
        View(value)
    }

    /// What an atomic holds.
    pub(crate) fn value(self) -> u64 {
        self.0
    }
}

/// How many lanes the accesses of an object are kept in, at most.
pub(super) const LANES: usize = 6;

/// A kind of object. What takes a view besides `self` answers for an object in that state, and asks `self`
/// only for what never changes.
pub(super) trait Primitive {
    /// What a task is about to do to it.
    type Action: Copy + Debug + PartialEq;
    /// What that did to it, as far as others can notice.
    type Access: Copy + Debug + Ord;

    /// What an action is called, where the caller's own name for it is not known.
    fn name(action: Self::Action) -> &'static str;

    fn view(&self) -> View;

    /// Whether a task may have to wait until it can do this, and with whom.
    fn waiting(_: Self::Action) -> Waiting {
        Waiting::Never
    }

    /// Whether a task can do this.
    fn enables(&self, _: Self::Action, _: View) -> bool {
        true
    }

    fn access(&self, action: Self::Action, view: View) -> Self::Access;

    /// What a view becomes by an access that commutes with others.
    fn after(&self, view: View, _: Self::Access) -> View {
        view
    }

    /// Whether two accesses come to the same in either order. Symmetric.
    fn commute(one: Self::Access, other: Self::Access) -> bool;

    /// Whether it leaves the object as it was.
    fn is_read(access: Self::Access) -> bool;

    /// Where the access is kept: those of one lane have like relations to others.
    fn lane(_: Self::Access) -> usize {
        0
    }

    /// Whether no two accesses of the lane commute, so that the last of them stands for all.
    fn is_ordered(_: usize) -> bool {
        true
    }

    /// Whether some access of the lane may not commute with this one.
    fn meets(_: Self::Access, _: usize) -> bool {
        true
    }

    /// Whether all that may not commute with `later` and comes before `earlier` happens before `earlier`.
    fn covers(earlier: Self::Access, later: Self::Access) -> bool;

    /// Without which events the action could not have this access now.
    fn causes(&self, _: Self::Action, _: &mut Causes) {}

    /// Which of several choices there are for an action; only the first, if there is only one.
    fn choices(&self, _: Self::Action) -> Choices<'_> {
        Choices::ONE
    }

    /// Does it.
    fn apply(&mut self, action: Self::Action, by: By, woken: &mut Vec<TaskId>) -> Reply;

    /// Whether the choices for an action are tasks.
    fn chooses_tasks(_: Self::Action) -> bool {
        false
    }

    /// Whether what there is to choose for an action depends on when it is done.
    fn may_choose(action: Self::Action) -> bool {
        Self::chooses_tasks(action)
    }

    /// Whether such accesses, which commute, can together make who wants to do this wait.
    fn waits_for_all_of(_: Self::Action, _: Self::Access) -> bool {
        false
    }

    /// What an action becomes if its task waits for it and the time is up.
    fn timed_out(_: Self::Action) -> Option<Self::Action> {
        None
    }

    /// Whether it is such an action.
    fn is_timed_out(_: Self::Action) -> bool {
        false
    }

    /// Whether it can bring others on who wait in a loop for something to change: not if it is undone right after,
    /// as a lock that is taken.
    fn is_effective(access: Self::Access) -> bool {
        !Self::is_read(access)
    }

    /// What passes between the object, as it was before, and who does this to it: by what the program declares and
    /// std promises.
    fn synchronize(&self, _: Self::Action, _: Self::Access, _: &mut Edges<'_>) {}

    /// Who has it, so that others wait.
    fn holders(&self) -> Vec<TaskId> {
        Vec::new()
    }
}

/// How tasks wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    Never,
    /// In a queue of the object, by its number: either all in it can go on, or none.
    Queue(usize),
    /// For what another task does for this one, who then wakes it.
    Alone,
}

/// How many queues an object has, at most.
pub(super) const QUEUES: usize = 3;

/// Who applies an action, as which event, and what was chosen of its choices.
#[derive(Clone, Copy)]
pub(super) struct By {
    pub(super) task: TaskId,
    pub(super) position: usize,
    pub(super) choice: u32,
}

/// Earlier events, by their positions.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// Those without which the action would have had to wait.
    pub(super) enabling: Vec<usize>,
    /// Those without which something else would have come of it.
    pub(super) deciding: Vec<usize>,
}

impl Causes {
    pub(super) fn clear(&mut self) {
        self.enabling.clear();
        self.deciding.clear();
    }
}

/// What there is to choose from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Choices<'a> {
    /// This many numbers.
    Numbered { first: u32, count: u32 },
    /// One of these tasks.
    Tasks(&'a TaskSet),
}

impl Choices<'_> {
    pub(super) const ONE: Choices<'static> = Choices::Numbered { first: 0, count: 1 };

    pub(super) fn count(self) -> usize {
        match self {
            Choices::Numbered { count, .. } => count as usize,
            Choices::Tasks(tasks) => tasks.len(),
        }
    }

    /// Whether this is one of them.
    pub(super) fn has(self, choice: u32) -> bool {
        match self {
            Choices::Numbered { first, count } => choice.checked_sub(first).is_some_and(|at| at < count),
            Choices::Tasks(tasks) => tasks.contains(TaskId::new(choice as usize)),
        }
    }

    /// One of them, by its place.
    pub(super) fn get(self, place: usize) -> Option<u32> {
        match self {
            Choices::Numbered { first, count } => {
                Some(place as u32).filter(|&at| at < count).map(|at| first + at)
            }
            Choices::Tasks(tasks) => tasks.nth(place).map(|task| task.index() as u32),
        }
    }
}

/// What came of an action, beyond what its access says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It was done.
    Done,
    /// It would have had to wait.
    WouldBlock,
    /// The other side of the channel is gone.
    Disconnected,
    /// The once was not done.
    Unset,
    /// Nor was it, and the last attempt panicked.
    Poisoned,
}

/// Puts the primitives together.
macro_rules! primitives {
    ($($(#[$doc:meta])* $kind:ident: $module:ident::$state:ident),+ $(,)?) => {
        /// An object's state. What else belongs to it, the data of a lock or a message, is kept by those who
        /// made it.
        #[derive(Clone, Debug)]
        pub(crate) enum State {
            $($(#[$doc])* $kind($module::$state)),+
        }

        /// What a task is about to do to an object.
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[allow(dead_code, reason = "there is nothing to be done to plain memory")]
        pub(crate) enum Action {
            $($kind($module::Action)),+
        }

        /// What an action did to its object, as far as others can notice.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Access {
            $($kind($module::Access)),+
        }

        impl Action {
            /// What it is called, where the caller's own name for it is not known.
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Action::$kind(action) => $module::$state::name(action)),+
                }
            }

            /// Whether a task may have to wait until it can do this, and with whom.
            #[inline]
            pub(super) fn waiting(self) -> Waiting {
                match self {
                    $(Action::$kind(action) => $module::$state::waiting(action)),+
                }
            }

            /// Whether a task may have to wait until it can do this.
            #[inline]
            pub(super) fn may_wait(self) -> bool {
                self.waiting() != Waiting::Never
            }

            /// Whether its choices are tasks.
            #[inline]
            pub(crate) fn chooses_tasks(self) -> bool {
                match self {
                    $(Action::$kind(action) => $module::$state::chooses_tasks(action)),+
                }
            }

            /// Whether what there is to choose depends on when it is done.
            #[inline]
            pub(crate) fn may_choose(self) -> bool {
                match self {
                    $(Action::$kind(action) => $module::$state::may_choose(action)),+
                }
            }

            /// Whether what there is to choose is which of several times is up.
            pub(super) fn is_of_time(self) -> bool {
                matches!(
                    self,
                    Action::Chance(Chance::Times { .. } | Chance::Early { .. })
                        | Action::Mailbox(
                            MailboxAction::Await { .. }
                                | MailboxAction::AwaitLate { .. }
                                | MailboxAction::BeUp { .. }
                        )
                )
            }

            /// Whether it is what another becomes whose time is up; the same may be done without.
            #[inline]
            pub(super) fn is_timed_out(self) -> bool {
                match self {
                    $(Action::$kind(action) => $module::$state::is_timed_out(action)),+
                }
            }

            /// What it becomes if its task waits for it and the time is up.
            pub(super) fn timed_out(self) -> Option<Action> {
                match self {
                    $(Action::$kind(action) => $module::$state::timed_out(action).map(Action::$kind)),+
                }
            }

            /// Whether such accesses, which commute, can together make who wants to do this wait.
            #[inline]
            pub(super) fn waits_for_all_of(self, access: Access) -> bool {
                match (self, access) {
                    $((Action::$kind(action), Access::$kind(access)) => $module::$state::waits_for_all_of(action, access),)+
                    _ => false,
                }
            }
        }

        impl Access {
            /// Whether two accesses of one object come to the same in either order.
            #[inline]
            pub(super) fn commutes(self, other: Access) -> bool {
                match (self, other) {
                    $((Access::$kind(one), Access::$kind(other)) => $module::$state::commute(one, other),)+
                    // Of no one object.
                    _ => true,
                }
            }

            /// Whether it leaves the object as it was.
            pub(crate) fn is_read(self) -> bool {
                match self {
                    $(Access::$kind(access) => $module::$state::is_read(access)),+
                }
            }

            /// See [`Primitive::is_effective`].
            #[inline]
            pub(super) fn is_effective(self) -> bool {
                match self {
                    $(Access::$kind(access) => $module::$state::is_effective(access)),+
                }
            }

            /// See [`Primitive::lane`].
            #[inline]
            pub(super) fn lane(self) -> usize {
                match self {
                    $(Access::$kind(access) => $module::$state::lane(access)),+
                }
            }

            /// See [`Primitive::is_ordered`].
            #[inline]
            pub(super) fn is_ordered(self, lane: usize) -> bool {
                match self {
                    $(Access::$kind(_) => $module::$state::is_ordered(lane)),+
                }
            }

            /// See [`Primitive::meets`].
            #[inline]
            pub(super) fn meets(self, lane: usize) -> bool {
                match self {
                    $(Access::$kind(access) => $module::$state::meets(access, lane)),+
                }
            }

            /// See [`Primitive::covers`].
            #[inline]
            pub(super) fn covers(self, later: Access) -> bool {
                match (self, later) {
                    $((Access::$kind(earlier), Access::$kind(later)) => $module::$state::covers(earlier, later),)+
                    _ => false,
                }
            }
        }

        impl State {
            #[inline]
            pub(super) fn view(&self) -> View {
                match self {
                    $(State::$kind(state) => state.view()),+
                }
            }

            /// Whether a task can do this to an object with this view.
            #[inline]
            pub(super) fn enables(&self, action: Action, view: View) -> bool {
                match (self, action) {
                    $((State::$kind(state), Action::$kind(action)) => state.enables(action, view),)+
                    _ => false,
                }
            }

            /// What an action would do to an object with this view.
            #[inline]
            #[allow(unreachable_code, reason = "there is nothing to be done to plain memory")]
            pub(super) fn access(&self, action: Action, view: View) -> Option<Access> {
                match (self, action) {
                    $((State::$kind(state), Action::$kind(action)) => {
                        Some(Access::$kind(state.access(action, view)))
                    })+
                    _ => None,
                }
            }

            /// What a view becomes by an access.
            pub(super) fn after(&self, view: View, access: Access) -> View {
                match (self, access) {
                    $((State::$kind(state), Access::$kind(access)) => state.after(view, access),)+
                    _ => view,
                }
            }

            /// Without which events the action could not have its access now.
            #[inline]
            pub(super) fn causes(&self, action: Action, causes: &mut Causes) {
                match (self, action) {
                    $((State::$kind(state), Action::$kind(action)) => state.causes(action, causes),)+
                    _ => {}
                }
            }

            /// What there is to choose from.
            #[inline]
            pub(super) fn choices(&self, action: Action) -> Choices<'_> {
                match (self, action) {
                    $((State::$kind(state), Action::$kind(action)) => state.choices(action),)+
                    _ => Choices::ONE,
                }
            }

            /// Does it. Says which tasks it wakes.
            #[inline]
            pub(super) fn apply(&mut self, action: Action, by: By, woken: &mut Vec<TaskId>) -> Reply {
                match (self, action) {
                    $((State::$kind(state), Action::$kind(action)) => state.apply(action, by, woken),)+
                    _ => Reply::Done,
                }
            }

            /// See [`Primitive::synchronize`].
            pub(super) fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
                match (self, action, access) {
                    $((State::$kind(state), Action::$kind(action), Access::$kind(access)) => {
                        state.synchronize(action, access, edges)
                    })+
                    _ => {}
                }
            }

            /// Who has it, so that others wait.
            pub(crate) fn holders(&self) -> Vec<TaskId> {
                match self {
                    $(State::$kind(state) => state.holders()),+
                }
            }
        }
    };
}

primitives! {
    Atomic: atomic::Atomic,
    Mutex: mutex::Mutex,
    RwLock: rw_lock::RwLock,
    Condvar: condvar::Condvar,
    Once: once::Once,
    /// What a parked task waits for.
    Token: token::Token,
    Channel: channel::Channel,
    Cell: cell::Cell,
    /// What an event loop waits for.
    Mailbox: mailbox::Mailbox,
    /// How many own something.
    Count: count::Count,
    /// Something of a library, whose own code runs.
    Callee: callee::Callee,
    /// Calls of an object under check, and returns.
    History: history::History,
    /// What may happen for no reason of the program's own.
    Chance: chance::Chances,
}

impl Default for State {
    fn default() -> Self {
        State::Chance(chance::Chances)
    }
}

impl Access {
    /// That of an atomic which is written.
    pub(super) fn written() -> Self {
        Access::Atomic(atomic::Access::Write)
    }
}

impl State {
    pub(crate) fn atomic(value: u64) -> Self {
        State::Atomic(atomic::Atomic::new(value))
    }

    pub(crate) fn mutex() -> Self {
        State::Mutex(mutex::Mutex::default())
    }

    pub(crate) fn rw_lock() -> Self {
        State::RwLock(rw_lock::RwLock::default())
    }

    pub(crate) fn once() -> Self {
        State::Once(once::Once::default())
    }

    pub(crate) fn condvar() -> Self {
        State::Condvar(condvar::Condvar::default())
    }

    /// With one sender.
    pub(crate) fn channel(capacity: Option<usize>) -> Self {
        State::Channel(Channel::new(capacity))
    }

    pub(crate) fn cell() -> Self {
        State::Cell(cell::Cell::default())
    }

    /// Of something that has one owner.
    pub(crate) fn count() -> Self {
        State::Count(count::Count::new())
    }

    /// Something that users call this.
    pub(crate) fn callee(what: &'static str) -> Self {
        State::Callee(callee::Callee { what })
    }

    pub(crate) fn history() -> Self {
        State::History(history::History)
    }

    pub(crate) fn mailbox() -> Self {
        State::Mailbox(mailbox::Mailbox::default())
    }

    pub(in crate::engine) fn token() -> Self {
        State::Token(token::Token::default())
    }
}

/// An object of the running execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub(crate) state: State,
    pub(crate) made_at: Option<&'static Location<'static>>,
}
