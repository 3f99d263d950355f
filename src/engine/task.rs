//! Tasks: what each is about to do, or waits for.

use super::polling::Polling;
use super::time::Clock;
use super::{Coroutine, Fact, ObjectId, Operation, Switch};
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// Names a task: the same one in all executions in which its spawner has the same past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskId(u32);

impl TaskId {
    pub(crate) const MAIN: TaskId = TaskId(0);

    pub(crate) fn new(index: usize) -> Self {
        TaskId(u32::try_from(index).expect("fewer tasks than fit into memory"))
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("main"),
            number => write!(f, "T{number}"),
        }
    }
}

/// One task in the running execution.
#[derive(Default)]
pub(crate) struct Task {
    pub(crate) state: State,
    pub(crate) coroutine: Option<Coroutine>,
    pub(crate) switch: Option<Switch>,
    pub(crate) name: Option<Arc<str>>,
    /// Its events so far.
    pub(crate) events: u32,
    /// What else it has done that may depend on which task it is, or when: accesses of plain memory, and of thread-locals.
    pub(crate) others: u32,
    /// What was chosen for its next operation.
    pub(crate) choice: u32,
    pub(crate) tasks_made: usize,
    /// Who waits for its end, and from where in the program.
    pub(crate) joiner: Option<(TaskId, &'static Location<'static>)>,
    /// Whether the program is over without its end.
    pub(crate) is_background: bool,
    /// The notification that woke it before it had stopped to wait.
    pub(crate) woken_by: Option<usize>,
    /// What unpark gives it.
    pub(crate) token: Option<ObjectId>,
    /// What its end writes, if anybody can ask whether it has ended.
    pub(crate) end: Option<ObjectId>,
    pub(crate) polling: Polling,
    pub(crate) clock: Clock,
    /// The last panic that it has unwound from.
    pub(crate) unwinding: Option<Unwinding>,
    /// How many panics it unwinds from now, one inside another.
    pub(crate) unwinds: u32,
    /// Whether it waits for a time only.
    pub(crate) is_timed: bool,
    /// Whether its time was up the last time it did.
    pub(crate) timed_out: bool,
    /// Whether its next operation gives back data that it has changed.
    pub(crate) is_touched: bool,
    /// What is to be known of the program before it may do anything that others can notice, or that depends on who does it.
    pub(crate) barred_by: Option<Fact>,
    /// From where in the program it is doing something that is several operations.
    pub(crate) place: Option<&'static Location<'static>>,
}

/// A panic that a task unwinds from.
pub(crate) struct Unwinding {
    pub(crate) message: String,
    /// Where in the program it was raised.
    pub(crate) place: String,
    /// What was written of the execution by then.
    pub(crate) written: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum State {
    /// Not in this execution, or not yet.
    #[default]
    Absent,
    /// Its code runs.
    Running,
    /// It waits for its turn to do this.
    Announced(Operation),
    /// It waits to be notified, to take this lock again.
    Waiting {
        lock: Operation,
        condvar: ObjectId,
    },
    /// It waits for a task's end; main that waits for its own does for that of all others.
    Joining(TaskId),
    Ended,
}

impl Task {
    /// Forgets the execution that it was in, but keeps the room that it took.
    pub(crate) fn reset(&mut self) {
        let Task {
            state,
            coroutine,
            switch,
            name,
            events,
            others,
            choice,
            tasks_made,
            joiner,
            is_background,
            woken_by,
            token,
            end,
            polling,
            clock,
            unwinding,
            unwinds,
            is_timed,
            timed_out,
            is_touched,
            barred_by,
            place,
        } = self;
        (*state, *coroutine, *switch, *name) = (State::Absent, None, None, None);
        (*events, *others, *choice, *tasks_made, *unwinds) = (0, 0, 0, 0, 0);
        (*is_timed, *timed_out, *is_touched, *clock) = (false, false, false, Clock::default());
        *is_background = false;
        (*joiner, *woken_by, *token, *end) = (None, None, None, None);
        (*unwinding, *barred_by, *place) = (None, None, None);
        polling.reset();
    }
}
