//! One execution as a value for readers: who did what to which object, with which values, from which
//! line of the source. How it is shown is `report`'s.

use crate::schedule::Schedule;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// An execution that shows how an outcome comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Runs it again.
    pub schedule: Schedule,
    /// What it ended with, as text.
    pub outcome: String,
    /// In the order of spawning; `main` first.
    pub tasks: Vec<WitnessTask>,
    /// In the order of their first use.
    pub objects: Vec<WitnessObject>,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Tasks that could not go on at the end, and what for.
    pub waits: Vec<Wait>,
    /// How often the scheduler left a task that could have gone on.
    pub preemptions: usize,
    /// The two accesses of a cell that race, as positions in [`Witness::steps`], if it ended with a data race.
    pub race: Option<[usize; 2]>,
}

/// A task of a [`Witness`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessTask {
    /// The name that it was given, or `T` and its number.
    pub name: String,
    /// Where it was spawned; `None` for `main`.
    pub spawned_at: Option<Place>,
}

/// An object of a [`Witness`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessObject {
    /// What it is.
    pub kind: ObjectKind,
    /// Where it was made, if that is known.
    pub made_at: Option<Place>,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ObjectKind {
    /// An atomic.
    Atomic,
    /// A mutex.
    Mutex,
    /// A reader-writer lock.
    RwLock,
    /// A condition.
    Condvar,
    /// A channel.
    Channel,
    /// A cell whose accesses must not race.
    Cell,
    /// How many own something.
    Count,
    /// What is done once: a `Once`, a `OnceLock`, a `LazyLock`.
    Once,
    /// What a parked task waits for.
    Parker,
    /// Something of a library whose own code runs, by what it is: a semaphore of tokio's, say.
    Callee(&'static str),
}

/// A place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// As the compiler was given it.
    pub file: &'static str,
    /// From 1.
    pub line: u32,
    /// From 1, in characters; of a method call, where its name begins.
    pub column: u32,
}

impl Place {
    pub(crate) fn of(place: &'static Location<'static>) -> Self {
        Place { file: place.file(), line: place.line(), column: place.column() }
    }
}

/// One thing that a task did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which task, as a position in [`Witness::tasks`].
    pub task: usize,
    /// The function's name: `load`, `fetch_add`, `fence`, `lock`, `unlock`, `wait`, `spawn`, `join`, `end`, ….
    pub function: &'static str,
    /// To which object, as a position in [`Witness::objects`].
    pub object: Option<usize>,
    /// What came of it.
    pub effect: Effect,
    /// With which memory ordering, if it is an atomic's or a fence.
    pub ordering: Option<Ordering>,
    /// If it reads an old value, or its store goes before another that was there: the store right after, in the order of the
    /// atomic's stores, as a position in [`Witness::steps`].
    pub overlooks: Option<usize>,
    /// From where in the program.
    pub place: Option<Place>,
    /// Whether the scheduler left another task for this one though that one could have gone on.
    pub preempts: bool,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing to tell beyond its name.
    Done,
    /// A value was read, or was found instead of the expected one.
    Read(String),
    /// A value was written.
    Wrote {
        /// What was there.
        before: String,
        /// What is there now.
        after: String,
    },
    /// It would have had to wait, and did not.
    WouldBlock,
    /// It begins to wait.
    Waits,
    /// These tasks, as positions in [`Witness::tasks`], were woken; none, when nobody waited.
    Woke(Vec<usize>),
    /// It is about this task: spawned, joined, unparked.
    Task(usize),
    /// The other side of the channel is gone.
    Disconnected,
    /// The time was up, or it ended without a reason.
    GaveUp,
    /// A future of this name was dropped where it waited.
    Cancelled(String),
    /// A panic with this message.
    Panicked(String),
    /// This operation of an object under check was called.
    Called(String),
    /// An operation of an object under check returned this.
    Returned(String),
}

/// A task that cannot go on at the end of an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Which, as a position in [`Witness::tasks`].
    pub task: usize,
    /// What it is about to do: `lock`, `wait`, `recv`, `join`, ….
    pub function: &'static str,
    /// To which object, as a position in [`Witness::objects`].
    pub object: Option<usize>,
    /// Who has it, or whose end is waited for, as positions in [`Witness::tasks`].
    pub held_by: Vec<usize>,
    /// From where in the program.
    pub place: Option<Place>,
    /// Whether it is an async task whose waker nobody has.
    pub is_forgotten: bool,
}
