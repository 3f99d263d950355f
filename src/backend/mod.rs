//! What is behind the facade: which backend runs the calling task, what of its objects stands for what of the
//! facade's, and each backend's locks.
//!
//! All checkers run all tasks of an execution on one OS thread, so who runs is a thread-local of
//! the thread that explores, set by the backend's file ([`native`], [`shuttle`], [`loom`],
//! [`real`]) for as long as it explores. The facade asks here; of the facade this knows how panics are caught and told
//! ([`crate::panic`]), of the models nothing.

pub(crate) mod any_value;
mod binding;
mod callee;
pub(crate) mod clock;
mod count;
mod execution;
mod home;
mod ledger;
mod leftover;
mod lints;
pub(crate) mod locals;
mod lock;
pub(crate) mod native;
mod panics;
pub(crate) mod real;
mod roll;
pub(crate) mod search;
mod statics;
mod wakes;

#[cfg(feature = "loom")]
pub(crate) mod loom;
#[cfg(feature = "shuttle")]
pub(crate) mod shuttle;

pub(crate) use binding::Binding;
pub(crate) use callee::{Call, Callee, Told};
pub(crate) use count::Count;
pub(crate) use execution::{Execution, Running};
pub(crate) use home::{Home, SharedHome};
pub(crate) use ledger::Entry as LedgerEntry;
pub(crate) use leftover::when_main_returns;
pub(crate) use lints::Lints;
pub(crate) use lock::{Condition, Held, HeldRead, HeldWrite, Lock, RwTurns, map_guard, try_map_guard};
#[cfg(test)]
pub(crate) use panics::mute_executions as mute;
pub(crate) use panics::{is_unwinding, quietly, resume_unwind, rethrow_if_ours};
pub(crate) use roll::TaskId;
pub(crate) use wakes::{
    Whom, Woken, begin_call, draw_order, end_call, on_behalf, puts_off, putting_off, wake_by, wakes_task,
};

pub use search::Progress;

use crate::schedule::Bounds;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::str::FromStr;

/// Who runs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    /// The operating system's threads and tokio, in real time.
    Real,
    /// conccheck's own engine: every execution, each trace class once; the memory model of Rust.
    Native,
    /// shuttle: schedules sampled at random or by priorities, or all of them; sequential consistency.
    Shuttle,
    /// loom: every execution of its memory model, weaker than sequential consistency; small programs.
    Loom,
}

impl Backend {
    /// All backends.
    pub const ALL: [Backend; 4] = [Backend::Real, Backend::Native, Backend::Shuttle, Backend::Loom];

    /// The one that runs the calling code: [`Backend::Real`] outside of a check.
    ///
    /// ```
    /// use conccheck::{Backend, Checker};
    ///
    /// assert_eq!(Backend::current(), Backend::Real);
    /// Checker::new().check(|| assert_eq!(Backend::current(), Backend::Native));
    /// ```
    pub fn current() -> Backend {
        current()
    }

    /// Its name, as the command line takes it.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Real => "real",
            Backend::Native => "native",
            Backend::Shuttle => "shuttle",
            Backend::Loom => "loom",
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no backend has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no backend is called {0:?}; there are real, native, shuttle and loom")]
pub struct UnknownBackend(String);

impl FromStr for Backend {
    type Err = UnknownBackend;

    fn from_str(name: &str) -> Result<Self, UnknownBackend> {
        Backend::ALL
            .into_iter()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| UnknownBackend(name.to_string()))
    }
}

thread_local! {
    /// The execution that this OS thread is in the middle of, if it explores.
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
    /// Its backend, which every operation asks for.
    static CURRENT: Cell<Backend> = const { Cell::new(Backend::Real) };
    /// Its number; 0 outside of executions.
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// The backend that runs the calling task.
pub fn current() -> Backend {
    CURRENT.get()
}

/// Tells the execution that the calling task is part of from all others; 0 outside of a check.
pub(crate) fn number() -> u64 {
    NUMBER.get()
}

/// The execution that the calling task is part of.
///
/// # Panics
/// Outside of a check.
pub(crate) fn execution() -> Running {
    RUNNING.with(|running| running.borrow().clone()).expect("only called inside an execution")
}

/// Does something with the execution that the calling task is part of.
///
/// # Panics
/// Outside of a check.
pub(crate) fn with_execution<R>(act: impl FnOnce(&Execution) -> R) -> R {
    RUNNING.with_borrow(|running| act(running.as_ref().expect("only called inside an execution")))
}

/// Does something that is made of several operations: to who reads a witness, they are all done from where the
/// caller was called.
#[track_caller]
pub(crate) fn compound<R>(act: impl FnOnce() -> R) -> R {
    if current() == Backend::Native { native::compound(act) } else { act() }
}

/// Whether the program has never spawned a thread, as far as the backend knows.
pub(crate) fn is_main_alone() -> bool {
    current() == Backend::Native && native::is_main_alone()
}

/// Whether it was said how often a timer of an async task may be up while others can do something.
pub(crate) fn timers_are_bounded() -> bool {
    current() == Backend::Native && native::knows(native::Fact::TimersAreBounded)
}

/// Makes the value of a static, if `place` lies where these do: what is made for that lives on, and is no leak.
pub(crate) fn make_at<T, R>(place: *const T, make: impl FnOnce() -> R) -> R {
    struct Making;
    impl Drop for Making {
        fn drop(&mut self) {
            with_execution(Execution::end_static);
        }
    }
    let _making = (current() == Backend::Native && statics::is_static(place)).then(|| {
        with_execution(Execution::begin_static);
        Making
    });
    make()
}

/// Writes down, under a checker that never lets timeouts pass, that the calling task waits with one.
pub(crate) fn wait_with_timeout() {
    if !matches!(current(), Backend::Real | Backend::Native) {
        execution().wait_with_timeout();
    }
}

/// Makes `execution` the one that this OS thread is in; `None` ends it.
pub(crate) fn set_execution(execution: Option<Running>) {
    clock::begin();
    locals::forget();
    native::held::forget();
    native::lints::forget();
    leftover::forget();
    wakes::forget();
    CURRENT.set(execution.as_ref().map_or(Backend::Real, |execution| execution.backend));
    NUMBER.set(execution.as_ref().map_or(0, |execution| execution.number));
    RUNNING.set(execution);
}

/// Whether the execution has been given up, so that destructors that still run leave it alone.
pub(crate) fn abandoned() -> bool {
    RUNNING
        .try_with(|running| running.borrow().as_ref().is_none_or(|execution| execution.is_abandoned()))
        .unwrap_or(true)
}

/// Ends the whole check: the program asks for something that the running backend does not have.
pub(crate) fn unsupported(what: &str, instead: &str) -> ! {
    let backend = current();
    if backend == Backend::Real {
        panic!("{what} is not supported here; {instead}");
    }
    execution().give_up(format!("the {backend} backend cannot do this: {what}; {instead}"))
}

/// The order of a load or store, which the running checker may take for less; the execution remembers that.
#[cfg(any(feature = "shuttle", feature = "loom"))]
pub(crate) fn note_order(order: std::sync::atomic::Ordering) -> std::sync::atomic::Ordering {
    #[cfg(feature = "loom")]
    if order == std::sync::atomic::Ordering::SeqCst && current() == Backend::Loom {
        execution().access_seq_cst();
    }
    order
}

/// Draws a lot among so many, up to 255; for real by `draw`. Which it is, is explored.
#[track_caller]
pub(crate) fn draw(count: u8, draw: impl FnOnce() -> u32) -> u32 {
    match current() {
        Backend::Real => draw(),
        Backend::Native => native::draw(count, std::panic::Location::caller()),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            ::shuttle::rand::thread_rng().gen_range(0..u32::from(count))
        }
        _ => unsupported(
            "the start of a `select!`",
            "begin it with `biased;`, or check under native or shuttle",
        ),
    }
}

/// Whether a future that has just begun to wait is dropped there, under a checker: as often in an execution as its
/// [bound](crate::Checker::cancellations_max) says; each answer is explored. Who `can_wait` is told so where it may also
/// be dropped later.
pub(crate) fn cancels(can_wait: bool, place: &'static Location<'static>) -> Option<Cancelled> {
    match current() {
        Backend::Native => native::cancels(can_wait, place),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            let is_drawn = |count: u32| ::shuttle::rand::thread_rng().gen_range(0..count) == 0;
            (execution().may_cancel() && is_drawn(2)).then(|| {
                execution().cancel();
                if can_wait && is_drawn(2) { Cancelled::Later } else { Cancelled::AtOnce }
            })
        }
        #[cfg(feature = "loom")]
        Backend::Loom if execution().may_cancel() => unsupported(
            "a future that may be dropped where it waits (`task::cancellable`)",
            "set `cancellations_max(0)`, or check under native or shuttle",
        ),
        _ => None,
    }
}

/// In which of so many ways a read of a socket brings less than there is, from 1, or 0 if it does not, under a checker: as often in an
/// execution as its [bound](crate::Checker::short_reads_max) says; each answer is explored.
pub(crate) fn short_read(ways: u8, place: &'static Location<'static>) -> u32 {
    match current() {
        Backend::Native => native::short_read(ways, place),
        Backend::Real => 0,
        _ => draw_way(
            ways,
            |left| &mut left.short_reads_max,
            ["a read that brings less than there is", "short_reads_max"],
        ),
    }
}

/// Whether a write to a socket takes less than it is given, as [`short_read`].
pub(crate) fn is_short_write(place: &'static Location<'static>) -> bool {
    match current() {
        Backend::Native => native::is_short_write(place),
        Backend::Real => false,
        _ => {
            draw_way(
                1,
                |left| &mut left.short_writes_max,
                ["a write that takes less than it is given", "short_writes_max"],
            ) == 1
        }
    }
}

/// In which of so many ways a connection breaks, from 1, or 0 if it does not, as [`short_read`].
pub(crate) fn disconnection(ways: u8, place: &'static Location<'static>) -> u32 {
    match current() {
        Backend::Native => native::disconnection(ways, place),
        Backend::Real => 0,
        _ => draw_way(
            ways,
            |left| &mut left.disconnections_max,
            ["a connection that breaks", "disconnections_max"],
        ),
    }
}

/// In which of so many ways something happens, from 1, or 0 if it does not, where the backend does not count: shuttle draws,
/// and loom, which draws no lots, refuses unless it may not happen at all.
#[allow(unused_variables, reason = "no other checker may be compiled in")]
fn draw_way(ways: u8, which: fn(&mut Bounds) -> &mut usize, [what, setting]: [&str; 2]) -> u32 {
    match current() {
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            if !execution().may(which) || ::shuttle::rand::thread_rng().gen_range(0..2u32) == 0 {
                return 0;
            }
            execution().happens(which);
            1 + ::shuttle::rand::thread_rng().gen_range(0..u32::from(ways))
        }
        #[cfg(feature = "loom")]
        Backend::Loom if execution().may(which) => {
            unsupported(what, &format!("set `{setting}(0)`, or check under native or shuttle"))
        }
        _ => 0,
    }
}

/// When a future that waits is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancelled {
    /// Before anybody else has a turn.
    AtOnce,
    /// Whenever the checker likes.
    Later,
}

/// Whether a time is up that nobody has looked at yet, under a checker. Both are explored; under loom, which draws no
/// lots, it never is.
#[track_caller]
pub(crate) fn is_up_already() -> bool {
    match current() {
        Backend::Native if timers_are_bounded() => native::up_early(1, 0) == 1,
        Backend::Native => native::is_up_already(std::panic::Location::caller()),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            ::shuttle::rand::thread_rng().gen_range(0..2u32) == 1
        }
        _ => false,
    }
}

/// Whether a loop polls the future that it was started with before its tasks, under a checker. Both are explored; under
/// loom, which draws no lots, it always does.
#[track_caller]
pub(crate) fn is_main_first() -> bool {
    match current() {
        Backend::Native => native::is_main_first(std::panic::Location::caller()),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            ::shuttle::rand::thread_rng().gen_range(0..2u32) == 0
        }
        _ => true,
    }
}

/// Which of so many orders it is in which a runtime drops its tasks at its end, under a checker. Each is explored; under
/// loom, which draws no lots, it is the first.
#[track_caller]
pub(crate) fn draw_first_dropped(count: u8) -> u32 {
    match current() {
        Backend::Native => native::draw_first_dropped(count, std::panic::Location::caller()),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => {
            use ::shuttle::rand::Rng;
            ::shuttle::rand::thread_rng().gen_range(0..u32::from(count))
        }
        _ => 0,
    }
}

/// A match arm for backends whose feature is off: no check starts with one, so no task gets here.
pub(crate) fn not_compiled_in() -> ! {
    panic!("the backend is not compiled in; enable the cargo feature of its name")
}

/// Refuses an object of one backend that is used under another.
pub(crate) fn expect(made_under: Backend, what: &str) {
    let running = current();
    if running != made_under && !abandoned_or_real(running) {
        refuse_foreign(what, made_under, running);
    }
}

/// Refuses a real object inside a check, where it could block the checker itself.
pub(crate) fn expect_real(what: &str) {
    let running = current();
    if running != Backend::Real {
        refuse_foreign(what, Backend::Real, running);
    }
}

fn abandoned_or_real(running: Backend) -> bool {
    running != Backend::Real && abandoned()
}

#[cold]
fn refuse_foreign(what: &str, made_under: Backend, running: Backend) -> ! {
    let message = format!(
        "{what} that was made under the {made_under} backend is used under the {running} backend; \
         make it inside the checked program, and put statics into a LazyLock"
    );
    if running == Backend::Real {
        panic!("{message}");
    }
    execution().give_up(message)
}
