//! Coroutines, in which tasks run, and their stacks.

use corosensei::stack::DefaultStack;
use corosensei::{CoroutineResult, Yielder};
use std::convert::Infallible;
use std::io;

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

    pub(crate) fn add(&mut self, others: Stacks) {
        self.0.extend(others.0);
    }

    /// Gives those beyond so many back to the system.
    pub(crate) fn truncate(&mut self, len_max: usize) {
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
