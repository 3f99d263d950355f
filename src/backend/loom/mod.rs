//! Exploring under loom: its model chooses everything; this file starts it and gets out again.
//!
//! loom tells of a deadlock, of a data race, or of too many steps, by a panic in whatever task it happens to be in.
//! If that unwound the program, destructors would call back into a broken loom and abort the process. So
//! every call into loom goes through [`operation`], where such a panic ends: the outcome is written
//! down and the OS thread that explores is left sleeping for good, with its tasks as they are. loom
//! cannot go on after that anyway.
//!
//! To loom, making an atomic is a write that all others have to come after. The facade's are made by `const` code,
//! which loom does not see, so what stands for them is made before anything else of an execution: see [`made_first`].

mod race;
mod stop;

pub(crate) use self::race::Cell as PlainCell;
use self::stop::{Stop, classify};
use super::any_value::{AnyValue, Body};
use super::execution::{Abandoned, Execution, Running};
use super::search::{Came, Search};
use super::{Backend, TaskId, current, execution, leftover, locals, panics, set_execution};
use crate::outcome::Incomplete;
use crate::panic;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};

/// loom has fixed-size clocks, `main` included.
pub(crate) const TASKS_MAX: usize = 5;

/// A spawned task's stack, in words: 256 KiB.
pub(crate) const STACK_WORDS: usize = 0x8000;

/// How an exploration ended.
enum Ended {
    /// loom has shown everything, or was told to stop.
    Whole,
    /// In the middle of an execution.
    Stopped(Stop),
    /// After an execution that wanted what had to be made before, and did not have it: all is to be explored anew.
    Wanting(Vec<Wanted>),
}

/// Something that an execution wants to have been made first: its type, what it holds, and how it is made.
#[derive(Clone)]
struct Wanted {
    kind: TypeId,
    bits: u64,
    make: Arc<dyn Fn(u64) -> Kept + Send + Sync>,
}

type Kept = Box<dyn Any>;

/// What is made before anything else of an execution.
#[derive(Default)]
struct Firsts {
    /// For the executions to come.
    wanted: Vec<Wanted>,
    /// For the running one, as far as it did not take them.
    made: Vec<(TypeId, u64, Kept)>,
    /// Whether the running execution did without one.
    is_wanting: bool,
}

impl Firsts {
    fn make_all(&mut self) {
        let make = |wanted: &Wanted| (wanted.kind, wanted.bits, (wanted.make)(wanted.bits));
        self.made = self.wanted.iter().map(make).collect();
        self.is_wanting = false;
    }

    fn take(&mut self, kind: TypeId, bits: u64) -> Option<Kept> {
        let at = self.made.iter().position(|made| (made.0, made.1) == (kind, bits))?;
        Some(self.made.swap_remove(at).2)
    }
}

/// Makes what stands for something that no task has made: as if that had been done before all else.
pub(crate) fn made_first<T: 'static>(bits: u64, make: fn(u64) -> T) -> T {
    let kind = TypeId::of::<T>();
    if let Some(made) = FIRSTS.with_borrow_mut(|firsts| firsts.take(kind, bits)) {
        return *made.downcast().expect("it is told by its type");
    }
    if !execution().is_main_alone() {
        let make = Arc::new(move |bits| Box::new(operation(|| make(bits))) as Kept);
        FIRSTS.with_borrow_mut(|firsts| {
            firsts.is_wanting = true;
            firsts.wanted.push(Wanted { kind, bits, make });
        });
    }
    operation(|| make(bits))
}

thread_local! {
    /// Where the exploring thread tells how it ended.
    static EXIT: RefCell<Option<Sender<Ended>>> = const { RefCell::new(None) };
    static FIRSTS: RefCell<Firsts> = RefCell::default();
    /// Whether a task that unwinds is inside an operation.
    static UNWINDS: Cell<bool> = const { Cell::new(false) };
}

/// Explores `body` until `search` has enough or there is nothing left.
pub(crate) fn explore(search: Search, body: Body) -> Search {
    panics::mute_executions();
    let mut wanted = Vec::new();
    loop {
        let (explored, ended) = explore_with(search.fresh(), &wanted, Arc::clone(&body));
        match ended {
            Ended::Wanting(more) => wanted = more,
            _ => return explored,
        }
    }
}

/// Explores with these made first.
fn explore_with(search: Search, wanted: &[Wanted], body: Body) -> (Search, Ended) {
    let mut builder = loom::model::Builder::new();
    builder.max_branches = search.limits.steps_max;
    builder.preemption_bound = search.limits.preemptions_max;
    builder.max_permutations = None;
    builder.max_duration = None;
    // So that it names the tasks of a data race.
    builder.location = true;
    let preemptions_max = search.limits.preemptions_max;
    let state = Shared(Arc::new(Mutex::new(State { search, execution: None, value: None })));
    let (exit, ended) = channel();
    let (shared, wanted) = (state.clone(), wanted.to_vec());
    std::thread::spawn(move || {
        EXIT.set(Some(exit.clone()));
        FIRSTS.set(Firsts { wanted, ..Firsts::default() });
        let main = shared.clone();
        let result = std::panic::catch_unwind(panic::AssertUnwindSafe(|| {
            builder.check(move || run_once(&*body, &main))
        }));
        let _ = exit.send(match result {
            Ok(()) => ended_or_wanting(Ended::Whole),
            Err(payload) => ended_or_wanting(classify(&*payload).map_or(Ended::Whole, Ended::Stopped)),
        });
        set_execution(None);
    });
    let ended =
        ended.recv().unwrap_or(Ended::Stopped(Stop::GivenUp("loom ended without a word".to_string())));
    let mut state = state.lock();
    state.conclude(&ended);
    if let Some(preemptions_max) = preemptions_max {
        state.search.cut(Incomplete::PreemptionsMax(preemptions_max));
    }
    let left = Search::new(state.search.limits.clone(), Arc::default());
    (std::mem::replace(&mut state.search, left), ended)
}

/// How the exploration ended, unless it has to begin anew.
fn ended_or_wanting(ended: Ended) -> Ended {
    FIRSTS.with_borrow_mut(|firsts| match firsts.is_wanting {
        true => Ended::Wanting(std::mem::take(&mut firsts.wanted)),
        false => ended,
    })
}

/// Calls into loom, and leaves for good if loom cannot go on.
#[track_caller]
pub(crate) fn operation<R>(call: impl FnOnce() -> R) -> R {
    operation_or(call, |_| None)
}

/// Calls into loom, and leaves for good if loom cannot go on: for what `explain` makes of loom's message, if it knows.
fn operation_or<R>(call: impl FnOnce() -> R, explain: impl Fn(&str) -> Option<Stop>) -> R {
    if std::thread::panicking() && !UNWINDS.replace(true) {
        // While a task unwinds nobody else goes on unless it blocks: whether a thread is panicking is
        // one flag for all tasks, and theirs would poison what they hold.
        loom::stop_exploring();
        let result = operation_or(call, explain);
        loom::explore();
        UNWINDS.set(false);
        return result;
    }
    match std::panic::catch_unwind(panic::AssertUnwindSafe(call)) {
        Ok(result) => result,
        Err(payload) if current() != Backend::Loom => panic::resume_unwind(payload),
        Err(payload) => {
            let message = panic::message(&*payload);
            let known = explain(&message).or_else(|| classify(&*payload));
            stop(known.unwrap_or(Stop::GivenUp(message)))
        }
    }
}

/// A guard of loom's, which is given back in an [`operation`].
pub(crate) struct Guard<G>(Option<G>);

impl<G> Guard<G> {
    pub(crate) fn new(guard: G) -> Self {
        Guard(Some(guard))
    }

    /// loom's own, for a call that takes it.
    pub(crate) fn into_inner(mut self) -> G {
        self.0.take().expect("it is there until it is dropped")
    }
}

impl<G> Drop for Guard<G> {
    fn drop(&mut self) {
        if let Some(guard) = self.0.take() {
            operation(|| drop(guard));
        }
    }
}

/// Leaves the running execution from inside a task that has given it up.
pub(crate) fn leave() -> ! {
    let reason = execution().reason().unwrap_or_else(|| "the execution was given up".to_string());
    stop(Stop::GivenUp(reason))
}

/// One execution of nothing, so that loom has done what it does once in a process.
pub(super) fn run_nothing() {
    loom::model::Builder::new().check(|| {});
}

fn stop(stop: Stop) -> ! {
    execution().mark_abandoned();
    EXIT.with_borrow(|exit| {
        // Without a listener there is nobody to tell.
        let _ = exit.as_ref().map(|exit| exit.send(ended_or_wanting(Ended::Stopped(stop))));
    });
    loop {
        std::thread::park();
    }
}

/// The main task of one execution.
fn run_once(body: &(dyn Fn() -> AnyValue + Send + Sync), shared: &Shared) {
    {
        let mut state = shared.lock();
        let is_wanting = FIRSTS.with_borrow(|firsts| firsts.is_wanting);
        if !is_wanting {
            state.conclude(&Ended::Whole);
        }
        if is_wanting || !state.search.may_begin() {
            drop(state);
            panic::resume_unwind(Box::new(Abandoned));
        }
        let execution = Execution::begin(Backend::Loom);
        execution.allow(state.search.limits.bounds);
        state.execution = Some(Arc::clone(&execution));
        set_execution(Some(execution));
    }
    FIRSTS.with_borrow_mut(Firsts::make_all);
    let result =
        locals::drop_all(leftover::main_returned(panic::catch_unwind(panic::AssertUnwindSafe(body))));
    let message = result.as_ref().err().map(|payload| panic::message(&**payload));
    let mut state = shared.lock();
    state.value = result.ok();
    if let Some(execution) = &state.execution {
        execution.end_task(TaskId::MAIN, message);
    }
}

struct Shared(Arc<Mutex<State>>);

struct State {
    search: Search,
    execution: Option<Running>,
    value: Option<AnyValue>,
}

impl State {
    /// Counts the execution that was running, if one was.
    fn conclude(&mut self, ended: &Ended) {
        let Some(execution) = self.execution.take() else {
            return;
        };
        let value = self.value.take();
        self.search.has_seq_cst |= execution.has_seq_cst();
        match ended {
            Ended::Whole => {
                self.search.record(Came::to_its_end(&execution, value));
            }
            Ended::Stopped(Stop::Blocked) => {
                self.search.hang_has_timed_wait |= execution.has_timed_wait();
                self.search.record(Came::to_a_deadlock(&execution));
                self.search.give_up(Incomplete::FirstHang);
            }
            Ended::Stopped(Stop::Endless) => {
                self.search.record_endless();
                self.search.give_up(Incomplete::StepsMax(self.search.limits.steps_max));
            }
            Ended::Stopped(Stop::DataRace { tasks, places }) => {
                let tasks = tasks.map(|task| execution.task_name(task));
                self.search.record(Came::to_a_data_race(tasks, places.clone()));
                self.search.give_up(Incomplete::FirstDataRace);
            }
            Ended::Stopped(Stop::GivenUp(reason)) => {
                self.search.give_up(Incomplete::Unsupported(reason.clone()));
            }
            // All of this is forgotten.
            Ended::Wanting(_) => {}
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Clone for Shared {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}
