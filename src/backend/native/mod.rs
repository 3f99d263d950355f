//! Exploring under conccheck's own engine: the facade's operations become the engine's here, and
//! coroutines are switched at its word.
//!
//! The engine is a thread-local of the thread that explores, and is never borrowed across a switch.
//! A task that unwinds from a panic may be switched away from like any other. Whether a thread panics is known
//! per OS thread; so which task does is kept here, by the panic hook and by who catches the panic.
//!
//! An execution that is left in its middle (a deadlock, too many steps) leaves its tasks as they are:
//! no destructor of theirs runs, what they own is leaked, and only their stacks are used again.

mod channel;
mod explore;
pub(crate) mod held;
mod holders;
mod lanes;
mod least;
pub(crate) mod lints;
mod mailbox;
mod object;
mod portfolio;
mod replay;
mod stacks;
mod watchdog;
mod witness;

pub(crate) use channel::{NativeReceiver, NativeSender, channel};
pub(crate) use explore::explore;
#[cfg(test)]
pub(crate) use explore::explore_alone;
#[cfg(feature = "property")]
pub(crate) use least::follow;
pub(crate) use least::least;
#[cfg(feature = "tokio")]
pub(crate) use mailbox::NativeMailbox;
pub(crate) use object::{
    Locked, LockedRead, LockedWrite, Object, cancels, chance, disconnection, draw, draw_first_dropped,
    draw_whom, is_main_first, is_short_write, is_up_already, short_read, up, up_early,
};
pub(crate) use portfolio::STEPS as SAMPLED_AFTER;
pub(crate) use replay::replay;

use super::roll::Roll;
use super::{TaskId, execution, unsupported};
use crate::engine::{Announced, Body, Engine, Spawned};
use std::cell::RefCell;
use std::io;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[cfg(feature = "property")]
pub(crate) use crate::engine::Moment;
pub(crate) use crate::engine::object::Update;
pub(crate) use crate::engine::{Chance, LoopDeed, LoopTask, Performed, TaskId as Task};
pub(crate) use crate::schedule::Fact;

thread_local! {
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
    /// Who takes part in the running execution.
    static ROLL: RefCell<Roll> = const { RefCell::new(Roll::new()) };
}

/// Starts a task, which runs until it announces its first operation. No panic may leave its [`body`], which `give` makes of
/// the task's number.
pub(crate) fn spawn(
    place: &'static Location<'static>,
    name: Option<Arc<str>>,
    give: &mut dyn FnMut(TaskId) -> Body,
) -> (Task, TaskId) {
    let number = ROLL.with_borrow_mut(|roll| roll.begin_task(name.as_deref()));
    let begun = with(|engine| {
        let coroutine = engine.coroutines.take()?;
        Ok((engine.begin_spawn(place, name, coroutine.switch), coroutine))
    });
    let (Spawned { spawner, task }, mut coroutine) = begun.unwrap_or_else(|error| refuse_task(&error));
    let has_ended = coroutine.begin(give(number));
    let goes_on = with(|engine| {
        engine.put_back(task, coroutine, has_ended);
        engine.end_spawn(spawner)
    });
    if !goes_on {
        stop_for_good();
    }
    (task, number)
}

/// Writes down that the task of that number has ended, and with which panic.
pub(crate) fn end_task(number: TaskId, message: Option<String>) {
    ROLL.with_borrow_mut(|roll| roll.end_task(number));
    if let Some(message) = message {
        let place = with(|engine| engine.panicked(&message));
        ROLL.with_borrow_mut(|roll| roll.panicked(number, message, place));
    }
}

/// The running task has panicked, and unwinds from here on. Whether it has: if the engine is at work, the panic is the
/// engine's own.
pub(crate) fn begin_unwinding(message: &str, place: &str) -> bool {
    ENGINE.with(|engine| match engine.try_borrow_mut() {
        Err(_) => false,
        Ok(mut engine) => {
            if let Some(engine) = engine.as_mut() {
                engine.begin_unwinding(message.to_string(), place.to_string());
            }
            true
        }
    })
}

/// The running task goes on to unwind from a panic that was not raised by one of the panicking macros.
pub(crate) fn unwind_on() {
    with(Engine::unwind_on);
}

/// The running task has caught a panic.
pub(crate) fn end_unwinding() {
    with(Engine::end_unwinding);
}

/// Whether the running task unwinds from a panic, as far as the panic was raised and caught by this crate's means.
pub(crate) fn is_unwinding() -> bool {
    with(|engine| engine.is_unwinding())
}

/// The running task has changed data that others wait for a change of, and tells so by its next operation.
pub(crate) fn touch() {
    with(|engine| engine.world.touch());
}

/// The running task's number.
pub(crate) fn current_index() -> usize {
    with(|engine| engine.running().index())
}

/// Whether main is all alone.
pub(crate) fn is_main_alone() -> bool {
    with(|engine| engine.is_main_alone())
}

/// Whether that is known of the program.
pub(crate) fn knows(fact: Fact) -> bool {
    with(|engine| engine.knows(fact))
}

/// Has all explored anew, knowing that of the program.
pub(crate) fn find_out(fact: Fact) -> ! {
    with(|engine| engine.find_out(fact));
    stop_for_good()
}

/// Whether what orders accesses of plain memory is kept.
pub(crate) fn keeps_order() -> bool {
    with(|engine| engine.keeps_order())
}

/// The running task lets go of what it owns with others, which is no event.
pub(crate) fn let_go(count: Object, is_last: bool) {
    with(|engine| engine.let_go(count.id(), is_last));
}

/// The running task may do nothing that others can notice before this is known of the program; what it was before.
pub(crate) fn bar(until: Option<Fact>) -> Option<Fact> {
    with(|engine| engine.bar(until))
}

/// How much the running task has done so far that others can notice, or that depends on who does it.
pub(crate) fn deeds_of_running() -> u32 {
    with(Engine::deeds_of_running)
}

/// The running task does something that is no event, and depends on who does it.
pub(crate) fn do_other() {
    with(Engine::do_other);
}

/// Waits for a task's end, and says with which panic it has come.
pub(crate) fn join(task: Task, number: TaskId, place: &'static Location<'static>) -> Option<String> {
    // From here on the panic, if there is one, is this caller's to handle.
    ROLL.with_borrow_mut(|roll| roll.expect_join(number));
    let announced = with(|engine| engine.join(task, place));
    let waits = lints::begins_to_wait(|| matches!(announced, Announced::Stop(_)));
    stop_if(announced);
    lints::has_waited(waits, "join", place);
    ROLL.with_borrow(|roll| roll.panic_of(number))
}

/// The program is over without that task's end.
pub(crate) fn put_in_background(task: Task) {
    with(|engine| engine.put_in_background(task));
}

/// Main waits until all others have ended but those in the background, or until nobody can go on.
pub(crate) fn outlive_others() {
    stop_if(with(Engine::outlive_others));
}

/// The running task.
pub(crate) fn running() -> Task {
    with(|engine| engine.running())
}

/// The running task, and the name that it was given.
pub(crate) fn current() -> (Task, Option<Arc<str>>) {
    with(|engine| (engine.running(), engine.name(engine.running())))
}

/// Lets others go first, if this is a loop that waits for them.
#[track_caller]
pub(crate) fn pause() {
    let place = Location::caller();
    if with(|engine| engine.pause(place)) {
        object::pause(place);
    }
}

/// When the running task did what it did last, where it matters who knows of that: in a weak memory.
#[cfg(feature = "property")]
pub(crate) fn moment() -> Option<Moment> {
    with(|engine| engine.world.moment())
}

/// Whether that happens before what the running task does next.
#[cfg(feature = "property")]
pub(crate) fn has_seen(moment: Moment) -> bool {
    with(|engine| engine.world.knows(moment))
}

/// A fence between the running task's accesses.
#[track_caller]
pub(crate) fn fence(order: Ordering) {
    let place = Location::caller();
    with(|engine| engine.fence(order, place));
}

/// Whether a task has ended.
#[track_caller]
pub(crate) fn has_ended(task: Task) -> bool {
    let Some(end) = with(|engine| engine.asked_end_of(task)) else { stop_for_good() };
    let end = Object::of_this_execution(end);
    end.load(Ordering::Relaxed).value != 0
}

/// Waits for the running task's token, and takes it.
#[track_caller]
pub(crate) fn park() {
    token(with(|engine| engine.running())).park();
}

/// As [`park`], unless the time is up; whether it was.
#[track_caller]
pub(crate) fn park_timeout() -> bool {
    let token = token(with(|engine| engine.running()));
    if chance(Chance::Timeout) {
        token.try_park();
        return true;
    }
    timed(|| token.park()).1
}

/// Waits, as something that ends when its time is up; whether it was.
#[track_caller]
pub(crate) fn timed<R>(wait: impl FnOnce() -> R) -> (R, bool) {
    with(Engine::begin_timed);
    let answer = compound(wait);
    (answer, with(Engine::end_timed))
}

/// What the running task's clock shows, in nanoseconds since the execution began.
pub(crate) fn time() -> u64 {
    with(|engine| engine.time())
}

/// The running task looks at its clock.
pub(crate) fn look_at_clock() -> u64 {
    with(Engine::look_at_clock)
}

/// The running task has waited until then.
pub(crate) fn pass_time(until: u64) {
    with(|engine| engine.pass_time(until));
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

/// Tells readers the values of the operation that was just performed.
pub(crate) fn note(function: &'static str, before: String, after: String) {
    with(|engine| engine.note(function, before, after));
}

/// Refuses what belongs to an execution that is over.
#[cold]
pub(crate) fn refuse_of_earlier_execution(what: &str) -> ! {
    let message =
        format!("{what} of an earlier execution is used in a later one; make it inside the checked program");
    execution().give_up(message)
}

/// Leaves the running execution, which cannot be checked, from inside a task.
pub(crate) fn leave() -> ! {
    with(Engine::give_up);
    stop_for_good()
}

/// Tells readers what a task of an event loop did.
pub(crate) fn tell_loop(deed: impl FnOnce() -> LoopDeed) {
    with(|engine| engine.tell_loop(deed));
}

/// Tells readers that the running task caught a panic, and goes on.
pub(crate) fn tell_caught(message: &str) {
    with(|engine| engine.panicked(message));
}

/// What a task runs, and does after it.
pub(crate) fn body(body: impl FnOnce() + 'static) -> Body {
    Box::new(|| {
        body();
        reach_end();
    })
}

fn reach_end() {
    if let Some(end) = with(|engine| engine.end_of(engine.running())) {
        Object::of_this_execution(end).store(1, Ordering::Relaxed);
    }
}

fn refuse_task(error: &io::Error) -> ! {
    unsupported(&format!("one more task, which needs a stack ({error})"), "check a smaller size")
}

fn stop_if(announced: Announced) {
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

fn with<R>(use_engine: impl FnOnce(&mut Engine) -> R) -> R {
    ENGINE.with_borrow_mut(|engine| use_engine(engine.as_mut().expect("only called inside an exploration")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Checker, Incomplete, Verdict};

    #[test]
    fn a_fault_of_the_engines_own_is_no_fault_of_the_program() {
        let report = Checker::new().explore(|| with(|_| panic!("made up")));
        assert_eq!(report.verdict(), Verdict::Skip, "{report}");
        let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
        let told = "conccheck itself failed, at src/backend/native/mod.rs:";
        assert!(why.starts_with(told) && why.ends_with(": made up; please report it"), "{why}");
        assert_eq!(Checker::new().explore(|| panic!("made up")).verdict(), Verdict::Fail);
    }
}
