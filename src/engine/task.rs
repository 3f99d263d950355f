//! Tasks: coroutines, their stacks, and what each waits for.

use super::polling::Polling;
use super::{ObjectId, Operation};
use corosensei::stack::DefaultStack;
use corosensei::{CoroutineResult, Yielder};
use std::convert::Infallible;
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

/// What a task does, from its beginning to its end. No panic leaves it.
pub(crate) type Body = Box<dyn FnOnce()>;

/// A coroutine runs the body of one task after another, so that it is made once for many.
pub(crate) struct Coroutine {
    code: Box<Code>,
    /// How its task stops.
    pub(crate) switch: Switch,
}

type Code = corosensei::Coroutine<Option<Body>, Pause, Infallible, DefaultStack>;

/// Why a coroutine does not run.
enum Pause {
    /// Its task has stopped, and will go on.
    Stopped,
    /// It has no task, or none any more. Its next one stops by this.
    Idle(Switch),
}

/// The running task's way back to whoever resumed it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch(*const Yielder<Option<Body>, Pause>);

/// Coroutines that have no task, and the stacks for more.
#[derive(Default)]
pub(crate) struct Coroutines {
    idle: Vec<Coroutine>,
    stacks: Stacks,
}

/// Stacks that no coroutine uses: to the system they are dear, so they go from one engine to the next.
#[derive(Default)]
pub(crate) struct Stacks(Vec<DefaultStack>);

impl Coroutine {
    fn new(stack: DefaultStack) -> Self {
        let mut code = Code::with_stack(stack, |yielder, mut body| {
            loop {
                if let Some(body) = body {
                    body();
                }
                body = yielder.suspend(Pause::Idle(Switch(yielder)));
            }
        });
        let CoroutineResult::Yield(Pause::Idle(switch)) = code.resume(None) else {
            unreachable!("without a task it is idle");
        };
        Coroutine { code: Box::new(code), switch }
    }

    /// Begins to run a task's body; whether that has ended, and not only stopped.
    pub(crate) fn begin(&mut self, body: Body) -> bool {
        self.run(Some(body))
    }

    /// Goes on with the body of a task that has stopped; whether it has ended now.
    pub(crate) fn go_on(&mut self) -> bool {
        self.run(None)
    }

    fn run(&mut self, body: Option<Body>) -> bool {
        match self.code.resume(body) {
            CoroutineResult::Yield(Pause::Stopped) => false,
            CoroutineResult::Yield(Pause::Idle(_)) => true,
            CoroutineResult::Return(never) => match never {},
        }
    }

    /// Gives up what it runs, and what lives on its stack: that is leaked.
    fn into_stack(self) -> DefaultStack {
        let mut code = *self.code;
        // SAFETY: no code runs on this stack again, so nothing can see that its frames are gone.
        // What they own is leaked, which is safe. What they lent out was lent to this execution's
        // other tasks, which are discarded with it and do not run again either: a scope's borrows,
        // guards, the stack of a task that was resumed from this one.
        unsafe { code.force_reset() };
        code.into_stack()
    }
}

impl Coroutines {
    pub(crate) fn new(stacks: Stacks) -> Self {
        Coroutines { idle: Vec::new(), stacks }
    }

    /// One for a new task.
    ///
    /// # Errors
    /// When there is no memory left for a stack.
    pub(crate) fn take(&mut self) -> io::Result<Coroutine> {
        match self.idle.pop() {
            Some(coroutine) => Ok(coroutine),
            None => {
                let stack = self.stacks.0.pop();
                stack.map_or_else(|| DefaultStack::new(STACK_SIZE), Ok).map(Coroutine::new)
            }
        }
    }

    /// Takes one back whose task has ended.
    pub(crate) fn put_back(&mut self, coroutine: Coroutine) {
        self.idle.push(coroutine);
    }

    /// Takes the stack of one back whose task has not ended and never will.
    pub(crate) fn discard(&mut self, coroutine: Coroutine) {
        self.stacks.0.push(coroutine.into_stack());
    }

    /// All stacks, when no task is left.
    pub(crate) fn take_stacks(&mut self) -> Stacks {
        let mut stacks = std::mem::take(&mut self.stacks);
        stacks.0.extend(self.idle.drain(..).map(Coroutine::into_stack));
        stacks
    }
}

impl Drop for Coroutines {
    /// Without unwinding them: idle, they own nothing.
    fn drop(&mut self) {
        self.take_stacks();
    }
}

impl Stacks {
    pub(crate) const fn new() -> Self {
        Stacks(Vec::new())
    }

    /// Adds others, as long as they are no more than so many together.
    pub(crate) fn add(&mut self, others: Stacks, len_max: usize) {
        self.0.extend(others.0);
        self.0.truncate(len_max);
    }
}

impl Switch {
    /// Stops the task until it is resumed.
    ///
    /// # Safety
    /// Only from within the coroutine whose switch this is.
    pub(crate) unsafe fn stop(self) {
        // SAFETY: the yielder lives as long as the coroutine's code runs, and the caller is in it.
        unsafe { (*self.0).suspend(Pause::Stopped) };
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
    /// Who waits for its end, and from where in the program.
    pub(crate) joiner: Option<(TaskId, &'static Location<'static>)>,
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
        *self = Task::default();
    }
}
