//! Exploring under conccheck's own engine: the facade's operations become the engine's here, and
//! coroutines are switched at its word.
//!
//! The engine is a thread-local of the thread that explores, and is never borrowed across a switch.
//! A task that unwinds from a panic cannot be switched away from, since whether a thread panics is
//! known per OS thread. So mutexes that it gives back are given back, as steps of their own, right
//! after the unwinding, and it can do nothing else meanwhile.
//!
//! An execution that is left in its middle (a deadlock, too many steps) leaves its tasks as they are:
//! no destructor of theirs runs, what they own is leaked, and only their stacks are used again.

mod replay;

use super::execution::{Execution, Running};
use super::search::Search;
use super::{Backend, TaskId, execution, panics, set_execution, unsupported};
use crate::engine::{Action, Announced, Coroutine, End, Engine, Next, ObjectId, Operation, Scheduler, World};
use crate::outcome::{Diverged, Incomplete};
use crate::panic;
use crate::schedule::Schedule;
use crate::strategy::{Dfs, Dpor, Strategy};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use crate::engine::TaskId as Task;

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    /// Counts executions, so that an object that outlives its own is noticed.
    static EXECUTION: Cell<u64> = const { Cell::new(0) };
}

/// Explores `body` until `search` has enough or there is nothing left.
pub(crate) fn explore<T>(
    search: Search<T>,
    strategy: Strategy,
    body: Arc<dyn Fn() -> T + Send + Sync>,
) -> Search<T>
where
    T: Ord + Send + 'static,
{
    panics::mute_executions();
    // A thread of its own: an execution that is left while it unwinds leaves the thread panicking.
    let ended = std::thread::spawn(move || {
        let scheduler: Box<dyn Scheduler> = match strategy {
            Strategy::Dfs => Box::new(Dfs::default()),
            _ => Box::new(Dpor::new()),
        };
        explore_with(search, scheduler, &body, |_| ())
    })
    .join();
    ended.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// Runs `body` once, as `schedule` says.
pub(crate) fn replay<T>(
    search: Search<T>,
    schedule: &Schedule,
    body: Arc<dyn Fn() -> T + Send + Sync>,
) -> Result<Search<T>, Diverged>
where
    T: Ord + Send + 'static,
{
    panics::mute_executions();
    let schedule = schedule.clone();
    let ended = std::thread::spawn(move || {
        let (follower, diverged) = replay::Follower::new(schedule);
        let search = explore_with(search, Box::new(follower), &body, |_| ());
        diverged.take().map_or(Ok(search), Err)
    })
    .join();
    ended.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// Explores on this thread, and shows each execution's world when it has ended.
pub(crate) fn explore_with<T: Ord + 'static>(
    mut search: Search<T>,
    scheduler: Box<dyn Scheduler>,
    body: &Arc<dyn Fn() -> T + Send + Sync>,
    mut ended: impl FnMut(&World),
) -> Search<T> {
    ENGINE.set(Some(Engine::new(scheduler, search.limits.steps_max)));
    while search.may_begin() && with(Engine::begin) {
        EXECUTION.set(EXECUTION.get() + 1);
        let running = Execution::begin(Backend::Native);
        set_execution(Some(Arc::clone(&running)));
        let (end, value) = run_once(&running, body);
        let outcomes = search.outcomes.len();
        set_execution(None);
        match &end {
            End::Finished => search.record_ended(&running, value),
            End::Blocked => search.record_blocked(&running),
            End::Endless => {
                search.record_endless(&running);
                search.give_up(Incomplete::FirstHang);
            }
            End::Redundant => search.redundant += 1,
            End::Diverged(how) => search.give_up(Incomplete::Unsupported(how.clone())),
            End::GivenUp => {
                let reason = running.reason().unwrap_or_else(|| "the execution was given up".to_string());
                search.give_up(Incomplete::Unsupported(reason));
            }
        }
        if search.outcomes.len() > outcomes {
            search.explain(with(|engine| replay::witness(&engine.world)));
        }
        search.count_events(with(|engine| engine.world.trace.events.len()));
        with(|engine| ended(&engine.world));
        with(|engine| engine.finish(&end));
    }
    ENGINE.set(None);
    search
}

/// One execution; what its main task returned, if it did.
fn run_once<T: 'static>(running: &Running, body: &Arc<dyn Fn() -> T + Send + Sync>) -> (End, Option<T>) {
    let value = Rc::new(RefCell::new(None));
    let (record, body, returned) = (Arc::clone(running), Arc::clone(body), Rc::clone(&value));
    resume(
        Task::MAIN,
        coroutine(move || {
            let result = panic::catch_unwind(panic::AssertUnwindSafe(&*body));
            let message = result.as_ref().err().map(|payload| panic::message(&**payload));
            *returned.borrow_mut() = result.ok();
            record.end_task(TaskId::MAIN, message);
        }),
    );
    loop {
        match with(Engine::next) {
            Next::Run(task, coroutine) => resume(task, coroutine),
            Next::Over(end) => return (end, value.take()),
        }
    }
}

/// Starts a task, which runs until it announces its first operation.
pub(crate) fn spawn(body: impl FnOnce() + 'static) -> Task {
    refuse_while_unwinding();
    let spawner = with(|engine| engine.running());
    let task = with(Engine::begin_spawn);
    resume(task, coroutine(body));
    if !with(|engine| engine.end_spawn(spawner)) {
        stop_for_good();
    }
    task
}

/// Waits for a task's end.
pub(crate) fn join(task: Task) {
    refuse_while_unwinding();
    release_pending();
    if let Announced::Stop(switch) = with(|engine| engine.join(task)) {
        // SAFETY: this is the running task, whose switch the engine gave.
        unsafe { switch.stop() };
    }
}

/// An object that tasks share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Object {
    id: ObjectId,
    execution: u64,
}

impl Object {
    pub(crate) fn new() -> Self {
        Object { id: with(Engine::new_object), execution: EXECUTION.get() }
    }

    /// Waits for the running task's turn to do `action`, and tells the engine what the object held
    /// then. The caller does it right after, before anything else.
    fn act(self, action: Action, before: impl Fn() -> u64) -> crate::engine::Access {
        if self.execution != EXECUTION.get() {
            execution().give_up(
                "an object of an earlier execution is used in a later one; put statics into a LazyLock"
                    .to_string(),
            );
        }
        refuse_while_unwinding();
        release_pending();
        self.act_now(action, before)
    }

    fn act_now(self, action: Action, before: impl Fn() -> u64) -> crate::engine::Access {
        let announced = with(|engine| engine.announce(Operation { object: self.id, action }));
        if let Announced::Stop(switch) = announced {
            // SAFETY: this is the running task, whose switch the engine gave.
            unsafe { switch.stop() };
        }
        let before = before();
        with(|engine| engine.perform(before)).unwrap_or_else(|| stop_for_good())
    }

    /// Before an atomic that holds `value` is read.
    pub(crate) fn load(self, value: impl Fn() -> u64) {
        self.act(Action::Load, value);
    }

    /// Before an atomic that holds `value` is written.
    pub(crate) fn store(self, value: impl Fn() -> u64) {
        self.act(Action::Store, value);
    }

    /// Before an atomic that holds `value` is written if it holds `expected`.
    pub(crate) fn exchange(self, expected: u64, value: impl Fn() -> u64) {
        self.act(Action::Exchange { expected }, value);
    }

    pub(crate) fn lock(self) -> Locked {
        self.act(Action::Lock, || 0);
        Locked(self)
    }

    pub(crate) fn try_lock(self) -> Option<Locked> {
        (!self.act(Action::TryLock, || 0).is_read()).then(|| Locked(self))
    }
}

/// A mutex that the running task has; dropping it gives it back.
pub(crate) struct Locked(Object);

impl Drop for Locked {
    fn drop(&mut self) {
        if std::thread::panicking() {
            with(|engine| engine.release_later(self.0.id));
        } else {
            self.0.act(Action::Unlock, || 0);
        }
    }
}

/// Leaves the running execution, which cannot be checked, from inside a task.
pub(crate) fn leave() -> ! {
    with(Engine::give_up);
    stop_for_good()
}

fn coroutine(body: impl FnOnce() + 'static) -> Coroutine {
    let coroutine = with(|engine| {
        Coroutine::new(&mut engine.stacks, move |switch| {
            with(|engine| engine.set_switch(switch));
            body();
            release_pending();
        })
    });
    coroutine.unwrap_or_else(|error| {
        unsupported(&format!("one more task, which needs a stack ({error})"), "check a smaller size")
    })
}

fn resume(task: Task, mut coroutine: Coroutine) {
    let has_ended = coroutine.resume();
    with(|engine| engine.put_back(task, coroutine, has_ended));
}

fn stop_for_good() -> ! {
    let switch = with(Engine::switch);
    loop {
        // SAFETY: this is the running task, whose switch the engine gave.
        unsafe { switch.stop() };
    }
}

/// Gives back what an unwinding that is over had given back.
fn release_pending() {
    while let Some(id) = with(Engine::take_release) {
        Object { id, execution: EXECUTION.get() }.act_now(Action::Unlock, || 0);
    }
}

fn refuse_while_unwinding() {
    if std::thread::panicking() {
        unsupported(
            "an operation in a destructor while a panic unwinds, other than to unlock a mutex",
            "check this program under shuttle",
        );
    }
}

fn with<R>(use_engine: impl FnOnce(&mut Engine) -> R) -> R {
    ENGINE.with_borrow_mut(|engine| use_engine(engine.as_mut().expect("only called inside an exploration")))
}
