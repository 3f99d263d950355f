//! Exploring under conccheck's own engine: the facade's operations become the engine's here, and
//! coroutines are switched at its word.
//!
//! The engine is a thread-local of the thread that explores, and is never borrowed across a switch.
//! A task that unwinds from a panic cannot be switched away from, since whether a thread panics is
//! known per OS thread. So what it gives back meanwhile, locks and ends of channels, is given back as
//! steps of their own right after the unwinding, and it can do nothing else.
//!
//! An execution that is left in its middle (a deadlock, too many steps) leaves its tasks as they are:
//! no destructor of theirs runs, what they own is leaked, and only their stacks are used again.

mod channel;
mod explore;
mod least;
mod object;
mod replay;
mod witness;

pub(crate) use channel::{NativeReceiver, NativeSender, channel};
pub(crate) use explore::explore;
#[cfg(test)]
pub(crate) use explore::explore_alone;
#[cfg(feature = "property")]
pub(crate) use least::follow;
pub(crate) use least::least;
pub(crate) use object::{Locked, LockedRead, Object, chance};
pub(crate) use replay::replay;

use super::unsupported;
use crate::engine::{Announced, Coroutine, Engine, Switch, TaskState};
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::Arc;

pub(crate) use crate::engine::{Chance, TaskId as Task};

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    /// Counts executions, so that an object that outlives its own is noticed.
    static EXECUTION: Cell<u64> = const { Cell::new(0) };
}

/// Starts a task, which runs until it announces its first operation.
pub(crate) fn spawn(
    place: &'static Location<'static>,
    name: Option<Arc<str>>,
    body: impl FnOnce() + 'static,
) -> Task {
    refuse_while_unwinding();
    let spawner = with(|engine| engine.running());
    let task = with(|engine| engine.begin_spawn(place));
    if name.is_some() {
        with(|engine| engine.set_name(task, name));
    }
    resume(task, coroutine(body));
    if !with(|engine| engine.end_spawn(spawner)) {
        stop_for_good();
    }
    task
}

/// Waits for a task's end.
pub(crate) fn join(task: Task, place: &'static Location<'static>) {
    refuse_while_unwinding();
    release_pending();
    stop_if(with(|engine| engine.join(task, place)));
    with(|engine| engine.joined(task, place));
}

/// The running task, and the name that it was given.
pub(crate) fn current() -> (Task, Option<Arc<str>>) {
    with(|engine| (engine.running(), engine.name(engine.running())))
}

/// Tells the running execution from others of this thread.
pub(crate) fn execution_number() -> u64 {
    EXECUTION.get()
}

/// Lets others go first, if this is a loop that waits for them.
#[track_caller]
pub(crate) fn yield_now() {
    let place = Location::caller();
    with(|engine| engine.yield_now(place));
}

/// Whether a task has ended.
#[track_caller]
pub(crate) fn has_ended(task: Task) -> bool {
    let Some(end) = with(|engine| engine.end_of(task)) else {
        with(Engine::restart);
        stop_for_good();
    };
    let end = Object::of_this_execution(end);
    end.load(|| 0);
    with(|engine| matches!(engine.world.state(task), TaskState::Ended))
}

/// Waits for the running task's token, and takes it.
#[track_caller]
pub(crate) fn park() {
    token(with(|engine| engine.running())).park();
}

/// As [`park`], unless the time is up.
#[track_caller]
pub(crate) fn park_timeout() {
    let token = token(with(|engine| engine.running()));
    if chance(Chance::Timeout) { token.try_park() } else { timed(|| token.park()) }
}

/// Waits, as something that ends when its time is up.
#[track_caller]
pub(crate) fn timed<R>(wait: impl FnOnce() -> R) -> R {
    with(|engine| engine.set_timed(true));
    let answer = compound(wait);
    with(|engine| engine.set_timed(false));
    answer
}

/// Does something that is several operations: to readers they are all done from where this was called.
#[track_caller]
pub(crate) fn compound<R>(act: impl FnOnce() -> R) -> R {
    let place = Location::caller();
    let is_outermost = with(|engine| engine.begin_compound(place));
    let outermost = Outermost(is_outermost);
    let answer = act();
    drop(outermost);
    answer
}

/// Ends a [`compound`], also when it panics.
struct Outermost(bool);

impl Drop for Outermost {
    fn drop(&mut self) {
        if self.0 {
            with(Engine::end_compound);
        }
    }
}

/// Makes a task's token be there.
#[track_caller]
pub(crate) fn unpark(task: Task) {
    token(task).unpark();
}

#[track_caller]
fn token(task: Task) -> Object {
    let place = Location::caller();
    Object::of_this_execution(with(|engine| engine.token(task, place)))
}

/// Makes a value that is made once for all tasks, so that its objects are the same whoever makes it.
pub(crate) fn lazily<T>(key: usize, make: impl FnOnce() -> T) -> T {
    with(|engine| engine.begin_lazy(key));
    let value = make();
    with(Engine::end_lazy);
    value
}

/// Writes down that the running task panicked, for readers.
pub(crate) fn panicked(message: &str, place: Option<String>) {
    with(|engine| engine.panicked(message, place));
}

/// Tells readers the values of the operation that was just performed.
pub(crate) fn note(function: &'static str, before: String, after: String) {
    with(|engine| engine.note(function, before, after));
}

/// Leaves the running execution, which cannot be checked, from inside a task.
pub(crate) fn leave() -> ! {
    with(Engine::give_up);
    stop_for_good()
}

fn coroutine(body: impl FnOnce() + 'static) -> Coroutine {
    let coroutine = with(|engine| {
        Coroutine::new(&mut engine.stacks, move |switch: Switch| {
            with(|engine| engine.set_switch(switch));
            body();
            release_pending();
            let end = with(|engine| engine.end_of(engine.running()));
            if let Some(end) = end {
                Object::of_this_execution(end).store(|| 0);
            }
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

fn stop_if(announced: Announced) {
    debug_assert!(!matches!(announced, Announced::ReleaseFirst), "what waits has nothing to give back");
    if let Announced::Stop(switch) = announced {
        // SAFETY: this is the running task, whose switch the engine gave.
        unsafe { switch.stop() };
    }
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
    for operation in with(Engine::take_releases) {
        object::perform(operation, || 0);
    }
}

fn refuse_while_unwinding() {
    if std::thread::panicking() {
        unsupported(
            "an operation in a destructor while a panic unwinds, other than to give back a lock or an end of \
             a channel",
            "check this program under shuttle",
        );
    }
}

fn with<R>(use_engine: impl FnOnce(&mut Engine) -> R) -> R {
    ENGINE.with_borrow_mut(|engine| use_engine(engine.as_mut().expect("only called inside an exploration")))
}
