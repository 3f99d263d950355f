//! Tasks: coroutines, their stacks, and what each waits for.

use super::polling::Polling;
use super::{ObjectId, Operation};
use corosensei::stack::DefaultStack;
use corosensei::{CoroutineResult, Yielder};
use std::fmt;
use std::io;
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

/// Bytes of a task's stack: as many as std gives a thread. Pages that are not touched cost nothing.
const STACK_SIZE: usize = 2 * 1024 * 1024;

/// A task's code, which stops and goes on.
pub(crate) struct Coroutine(corosensei::Coroutine<(), (), (), DefaultStack>);

/// The running task's way back to whoever resumed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch(*const Yielder<(), ()>);

/// Stacks that no task uses.
#[derive(Default)]
pub(crate) struct Stacks(Vec<DefaultStack>);

impl Coroutine {
    /// A task that will run `body`.
    ///
    /// # Errors
    /// When there is no memory left for a stack.
    pub(crate) fn new(stacks: &mut Stacks, body: impl FnOnce(Switch) + 'static) -> io::Result<Self> {
        let stack = stacks.0.pop().map_or_else(|| DefaultStack::new(STACK_SIZE), Ok)?;
        Ok(Coroutine(corosensei::Coroutine::with_stack(stack, move |yielder: &Yielder<(), ()>, ()| {
            body(Switch(yielder));
        })))
    }

    /// Runs it until it stops; whether it has ended.
    pub(crate) fn resume(&mut self) -> bool {
        matches!(self.0.resume(()), CoroutineResult::Return(()))
    }

    /// Gives its stack back. What lives on the stack of a task that has not ended is leaked.
    pub(crate) fn discard(mut self, stacks: &mut Stacks) {
        if !self.0.done() {
            // SAFETY: no code runs on this stack again, so nothing can see that its frames are gone.
            // What they own is leaked, which is safe. What they lent out was lent to this execution's
            // other tasks, which are discarded with it and do not run again either: a scope's borrows,
            // guards, the stack of a task that was resumed from this one.
            unsafe { self.0.force_reset() };
        }
        stacks.0.push(self.0.into_stack());
    }
}

impl Switch {
    /// Stops the task until it is resumed.
    ///
    /// # Safety
    /// Only from within the coroutine whose body was given this.
    pub(crate) unsafe fn stop(self) {
        // SAFETY: the yielder lives as long as the coroutine's body runs, and the caller is in it.
        unsafe { (*self.0).suspend(()) }
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
    /// Which way its next operation goes.
    pub(crate) way: u32,
    pub(crate) objects_made: usize,
    pub(crate) tasks_made: usize,
    pub(crate) joiner: Option<TaskId>,
    /// The notification that woke it before it had stopped to wait.
    pub(crate) woken_by: Option<usize>,
    /// What unpark gives it.
    pub(crate) token: Option<ObjectId>,
    /// What its end writes, if anybody can ask whether it has ended.
    pub(crate) end: Option<ObjectId>,
    pub(crate) polling: Polling,
    /// Whether it waits for a time only.
    pub(crate) is_timed: bool,
    /// From where in the program it is doing something that is several operations.
    pub(crate) place: Option<&'static Location<'static>>,
    /// What a panic's unwinding, which cannot be interrupted, gave back: announced when it is over.
    pub(crate) releases: Vec<Operation>,
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
    Waiting(Operation),
    /// It waits for a task's end.
    Joining(TaskId),
    Ended,
}

impl Task {
    /// Forgets the execution that it was in.
    pub(crate) fn reset(&mut self) {
        self.releases.clear();
        let releases = std::mem::take(&mut self.releases);
        *self = Task { releases, ..Task::default() };
    }
}
