//! The record of one execution: the roll of its tasks, and whether it was given up.
//!
//! It knows nothing of schedules: the checkers keep those.

use super::Backend;
use super::any_value::AnyValue;
use super::count::Lent;
use super::ledger::{Entry, Ledger};
use super::roll::{Panic, Roll, TaskId};
use super::statics::Statics;
use crate::outcome::Value;
use crate::panic;
use crate::schedule::Bounds;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The running execution, shared by its tasks and its explorer.
pub(crate) type Running = Arc<Execution>;

pub(crate) struct Execution {
    pub(crate) backend: Backend,
    /// Tells it from all others of the process; not 0.
    pub(crate) number: u64,
    state: Mutex<State>,
    abandoned: AtomicBool,
    /// Whether what is made is written down, to find what is left at the end.
    finds_leaks: bool,
}

#[derive(Default)]
struct State {
    roll: Roll,
    statics: Statics,
    ledger: Ledger,
    lent: Lent,
    reason: Option<String>,
    waits_for_itself: bool,
    has_timed_wait: bool,
    has_seq_cst: bool,
    /// How often more that may happen which a program cannot bring about, where the backend does not count.
    left: Bounds,
    /// Whether one could have been.
    has_cancellable: bool,
    /// The last panic's message and place, while its task unwinds.
    last_panic: Option<(String, String)>,
    /// What the program would have returned, had it not come to stand still.
    if_blocked: Option<Box<dyn FnOnce() -> AnyValue + Send>>,
}

impl State {
    fn place_of_panic(&mut self, message: Option<&str>) -> Option<String> {
        let (seen, place) = self.last_panic.take()?;
        (message == Some(&seen)).then_some(place)
    }
}

/// Numbers executions, of whatever backend.
fn next_number() -> u64 {
    static EXECUTIONS: AtomicU64 = AtomicU64::new(1);
    EXECUTIONS.fetch_add(1, Ordering::Relaxed)
}

/// Raised to leave an execution that has been given up. Only explorers catch it.
pub(crate) struct Abandoned;

impl Execution {
    /// An execution whose main task has begun.
    pub(crate) fn begin(backend: Backend) -> Running {
        Execution::begin_to_find(backend, false)
    }

    /// As [`Execution::begin`], if `finds_leaks` to find what is left at the end, too.
    pub(crate) fn begin_to_find(backend: Backend, finds_leaks: bool) -> Running {
        let (state, abandoned) = (Mutex::default(), AtomicBool::new(false));
        let execution = Execution { backend, number: next_number(), state, abandoned, finds_leaks };
        execution.lock().roll.begin();
        Arc::new(execution)
    }

    /// Another execution under the same backend, in the same memory if nobody else has it.
    pub(crate) fn begin_again(running: &mut Running) {
        match Arc::get_mut(running) {
            None => *running = Execution::begin_to_find(running.backend, running.finds_leaks),
            Some(execution) => {
                *execution.abandoned.get_mut() = false;
                execution.number = next_number();
                let state = execution.state.get_mut().unwrap_or_else(PoisonError::into_inner);
                let mut roll = std::mem::take(&mut state.roll);
                roll.begin();
                *state = State { roll, ..State::default() };
            }
        }
    }

    /// Writes a new task down.
    pub(crate) fn begin_task(&self, name: Option<&str>) -> TaskId {
        let mut state = self.lock();
        if let Some(tasks_max) = self.tasks_max()
            && state.roll.len() >= tasks_max
        {
            drop(state);
            super::unsupported(
                &format!("more than {tasks_max} tasks in one execution, main included"),
                "check a smaller size, or under shuttle",
            );
        }
        state.roll.begin_task(name)
    }

    /// Whether no task but main has begun.
    #[cfg(feature = "loom")]
    pub(crate) fn is_main_alone(&self) -> bool {
        self.lock().roll.len() == 1
    }

    /// Writes down that a task has ended, and with which panic.
    pub(crate) fn end_task(&self, task: TaskId, message: Option<String>) {
        let mut state = self.lock();
        let place = state.place_of_panic(message.as_deref());
        state.roll.end_task(task);
        if let Some(message) = message {
            state.roll.panicked(task, message, place);
        }
    }

    /// Changes the roll for another: the native backend has it in its own hands while it runs tasks.
    pub(crate) fn exchange_roll(&self, roll: &mut Roll) {
        std::mem::swap(&mut self.lock().roll, roll);
    }

    /// Has the execution return what `value` gives if it comes to stand still.
    pub(crate) fn if_blocked<T: Value>(&self, value: impl FnOnce() -> T + Send + 'static) {
        self.lock().if_blocked = Some(Box::new(move || AnyValue::new(value())));
    }

    /// What the execution, which has come to stand still, returns nevertheless, if it does.
    pub(crate) fn take_value_if_blocked(&self) -> Option<AnyValue> {
        let value = self.lock().if_blocked.take()?;
        Some(value())
    }

    /// Writes down where a panic with this message was raised.
    pub(crate) fn panicked(&self, message: String, place: String) {
        self.lock().last_panic = Some((message, place));
    }

    /// Writes down that somebody will see how the task ended.
    pub(crate) fn expect_join(&self, task: TaskId) {
        self.lock().roll.expect_join(task);
    }

    /// Writes down that the program is over without that task's end.
    pub(crate) fn put_in_background(&self, task: TaskId) {
        self.lock().roll.put_in_background(task);
    }

    /// Whether others than main have not ended that are not in the background.
    #[cfg(feature = "shuttle")]
    pub(crate) fn has_others(&self) -> bool {
        self.lock().roll.has_others()
    }

    /// A task's name, by its number in the order of spawning.
    pub(crate) fn task_name(&self, number: usize) -> String {
        self.lock().roll.name(number)
    }

    pub(crate) fn has_ended(&self, task: TaskId) -> bool {
        self.lock().roll.has_ended(task)
    }

    /// Names of the tasks that have not ended, in the order of spawning.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        self.lock().roll.unfinished()
    }

    /// The first panic that nobody can notice.
    pub(crate) fn unnoticed_panic(&self) -> Option<Panic> {
        self.lock().roll.unnoticed_panic()
    }

    /// Writes down that a task waits with a timeout, which the checkers never let pass.
    pub(crate) fn wait_with_timeout(&self) {
        self.lock().has_timed_wait = true;
    }

    /// Whether a task waited with a timeout.
    pub(crate) fn has_timed_wait(&self) -> bool {
        self.lock().has_timed_wait
    }

    /// Lets things happen so often that a program cannot bring about.
    #[cfg(any(feature = "shuttle", feature = "loom"))]
    pub(crate) fn allow(&self, bounds: Bounds) {
        self.lock().left = bounds;
    }

    /// Whether one of these may happen once more.
    #[cfg(any(feature = "shuttle", feature = "loom"))]
    pub(crate) fn may(&self, which: impl FnOnce(&mut Bounds) -> &mut usize) -> bool {
        *which(&mut self.lock().left) > 0
    }

    /// One of these happens.
    #[cfg(feature = "shuttle")]
    pub(crate) fn happens(&self, which: impl FnOnce(&mut Bounds) -> &mut usize) {
        *which(&mut self.lock().left) -= 1;
    }

    /// Whether a future, that waits, may be dropped there.
    #[cfg(any(feature = "shuttle", feature = "loom"))]
    pub(crate) fn may_cancel(&self) -> bool {
        let mut state = self.lock();
        state.has_cancellable |= state.left.cancellations_max > 0;
        state.left.cancellations_max > 0
    }

    /// Whether a future could have been dropped where it waits.
    #[cfg(feature = "shuttle")]
    pub(crate) fn has_cancellable(&self) -> bool {
        self.lock().has_cancellable
    }

    /// One that may be is.
    #[cfg(feature = "shuttle")]
    pub(crate) fn cancel(&self) {
        self.lock().left.cancellations_max -= 1;
    }

    /// Writes down that a load or store is `SeqCst`, which loom takes for `Acquire` and `Release`.
    #[cfg(feature = "loom")]
    pub(crate) fn access_seq_cst(&self) {
        self.lock().has_seq_cst = true;
    }

    /// Whether a load or store was `SeqCst`, and taken for less.
    #[cfg(feature = "loom")]
    pub(crate) fn has_seq_cst(&self) -> bool {
        self.lock().has_seq_cst
    }

    /// Leaves the execution: a task waits for what it holds itself, so it never goes on.
    pub(crate) fn wait_for_itself(&self) -> ! {
        self.lock().waits_for_itself = true;
        self.abandon()
    }

    /// Whether a task waits for itself; says so once.
    pub(crate) fn take_waits_for_itself(&self) -> bool {
        std::mem::take(&mut self.lock().waits_for_itself)
    }

    /// What stands for the program's statics in this execution.
    pub(crate) fn statics<R>(&self, use_statics: impl FnOnce(&mut Statics) -> R) -> R {
        use_statics(&mut self.lock().statics)
    }

    /// What is known of owners that are pointers.
    pub(super) fn lent<R>(&self, use_lent: impl FnOnce(&mut Lent) -> R) -> R {
        use_lent(&mut self.lock().lent)
    }

    /// Writes down that something was made that somebody has to let go of, if that matters.
    pub(crate) fn made(&self, entry: impl FnOnce() -> Entry) -> Option<u64> {
        if !self.finds_leaks {
            return None;
        }
        let maker = super::native::current_index();
        self.lock().ledger.made(entry(), maker)
    }

    /// The running task makes the value of a static: what is made for that nobody lets go of.
    pub(crate) fn begin_static(&self) {
        if self.finds_leaks {
            self.lock().ledger.begin_static(super::native::current_index());
        }
    }

    /// The running task has made the value of a static.
    pub(crate) fn end_static(&self) {
        if self.finds_leaks {
            self.lock().ledger.end_static(super::native::current_index());
        }
    }

    /// Writes down that something of that number is gone.
    pub(crate) fn gone(&self, number: u64) {
        self.lock().ledger.gone(number);
    }

    /// As [`Execution::gone`], of what is at this address.
    pub(crate) fn gone_from(&self, address: usize) {
        if self.finds_leaks {
            self.lock().ledger.gone_from(address);
        }
    }

    /// What is left, and where it was made.
    pub(crate) fn leaked(&self) -> Vec<String> {
        self.lock().ledger.left()
    }

    /// Ends the check as one that could not be done: the checker itself has panicked, whatever comes of the execution.
    pub(crate) fn fail(&self, message: &str, place: &str) {
        let reason = || format!("conccheck itself failed, at {place}: {message}; please report it");
        self.lock().reason.get_or_insert_with(reason);
    }

    /// Ends the check as one that could not be done, and leaves the execution.
    pub(crate) fn give_up(&self, reason: String) -> ! {
        self.lock().reason.get_or_insert(reason);
        self.abandon()
    }

    /// Leaves the execution at once, from within a task: none of its code runs again.
    pub(crate) fn abandon(&self) -> ! {
        self.abandoned.store(true, Ordering::SeqCst);
        match self.backend {
            Backend::Native => super::native::leave(),
            #[cfg(feature = "loom")]
            Backend::Loom => super::loom::leave(),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => super::shuttle::leave(),
            _ => panic::resume_unwind(Box::new(Abandoned)),
        }
    }

    /// Writes down that no task of the execution will run again.
    pub(crate) fn mark_abandoned(&self) {
        self.abandoned.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst)
    }

    /// Why the check could not be done, if it could not.
    pub(crate) fn reason(&self) -> Option<String> {
        self.lock().reason.clone()
    }

    /// How many tasks the backend can have in one execution.
    fn tasks_max(&self) -> Option<usize> {
        match self.backend {
            #[cfg(feature = "loom")]
            Backend::Loom => Some(super::loom::TASKS_MAX),
            _ => None,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
