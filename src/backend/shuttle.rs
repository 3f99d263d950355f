//! Exploring under shuttle: its schedulers choose; this file steers them.
//!
//! Left alone, shuttle prints on stderr at every failure and ends its run there. So no failure is
//! left to it: tasks catch their panics (in `thread`), and a scheduler around the chosen one notices
//! deadlocks and endless executions.
//!
//! shuttle asks a scheduler only while some task can run. So that a deadlock is seen, every execution
//! has two tasks more, the sentinels, which can always run and are chosen only when no other can.
//!
//! To leave an execution in its middle, the scheduler chooses the first sentinel. It ends, and so
//! shuttle asks again, now outside of any task, for which the second is there. There the scheduler
//! panics: shuttle frees the stacks without running any more of the program, and a new runner goes
//! on with the same scheduler where the old one stopped.

use super::any_value::{AnyValue, Body};
use super::execution::{Abandoned, Execution, Running};
use super::search::{Came, Search};
use super::{Backend, TaskId, execution, leftover, locals, panics, set_execution};
use crate::outcome::Incomplete;
use crate::panic;
use crate::strategy::Strategy;
use shuttle::scheduler::{
    DfsScheduler, PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId as ShuttleTaskId,
};
use shuttle::{Config, FailurePersistence, MaxSteps, Runner};
use std::mem::ManuallyDrop;
use std::sync::{Arc, Mutex, MutexGuard};

/// Bytes of a task's stack. Pages that are not touched cost nothing.
const STACK_SIZE: usize = 512 * 1024;

/// The sentinels are spawned first, right after `main`.
const SENTINELS: std::ops::RangeInclusive<usize> = 1..=2;

/// Explores `body` until `search` has enough or there is nothing left.
pub(crate) fn explore(search: Search, strategy: Strategy, body: Body) -> Search {
    panics::mute_executions();
    let steering = Steering(Arc::new(Mutex::new(State {
        chosen: ManuallyDrop::new(scheduler(strategy, search.limits.executions_max)),
        samples: !matches!(strategy, Strategy::Dfs),
        search,
        execution: None,
        value: None,
        steps: 0,
        had_choice: false,
    })));
    loop {
        // A thread of its own for each runner: what shuttle keeps per thread may not survive a panic.
        let (body, shared) = (Arc::clone(&body), steering.clone());
        let ended = std::thread::spawn(move || {
            let scheduler = shared.clone();
            Runner::new(scheduler, config()).run(move || run_once(&*body, &shared));
        })
        .join();
        match ended {
            Ok(()) => break,
            Err(payload) if payload.is::<Abandoned>() => {}
            // Nothing of the program gets here, so it is a defect of ours or of shuttle's.
            Err(payload) => panic::resume_unwind(payload),
        }
    }
    let mut state = steering.lock();
    let left = Search::new(state.search.limits.clone(), Arc::default());
    std::mem::replace(&mut state.search, left)
}

/// Leaves the running execution, which is marked as abandoned, from inside a task: the scheduler
/// never chooses the task again.
pub(crate) fn leave() -> ! {
    loop {
        shuttle::thread::yield_now();
    }
}

/// Takes a lock. A task that waits for a lock of its own never goes on; shuttle panics there.
#[track_caller]
pub(super) fn acquire<G>(lock: impl FnOnce() -> G) -> G {
    match std::panic::catch_unwind(panic::AssertUnwindSafe(lock)) {
        Ok(guard) => guard,
        Err(payload) if panic::message(&*payload).starts_with("deadlock! task") => {
            execution().wait_for_itself()
        }
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// One execution of nothing, so that shuttle has done what it does once in a process.
pub(super) fn run_nothing() {
    Runner::new(RandomScheduler::new_from_seed(0, 1), config()).run(|| {});
}

/// The main task of one execution.
fn run_once(body: &(dyn Fn() -> AnyValue + Send + Sync), steering: &Steering) {
    let execution = Execution::begin(Backend::Shuttle);
    execution.allow(steering.lock().search.limits.bounds);
    steering.lock().execution = Some(Arc::clone(&execution));
    set_execution(Some(Arc::clone(&execution)));
    for _ in SENTINELS {
        // Not joined, and not dropped either, which would let the execution end before other threads do.
        std::mem::forget(shuttle::thread::spawn(|| {}));
    }
    let result =
        locals::drop_all(leftover::main_returned(panic::catch_unwind(panic::AssertUnwindSafe(body))));
    let message = result.as_ref().err().map(|payload| panic::message(&**payload));
    steering.lock().value = result.ok();
    execution.end_task(TaskId::MAIN, message);
}

fn scheduler(strategy: Strategy, executions_max: u64) -> Box<dyn Scheduler + Send> {
    let executions_max = usize::try_from(executions_max).unwrap_or(usize::MAX);
    match strategy {
        Strategy::Random { seed } => Box::new(RandomScheduler::new_from_seed(seed, executions_max)),
        Strategy::Pct { seed, depth } => Box::new(PctScheduler::new_from_seed(seed, depth, executions_max)),
        Strategy::Dfs => Box::new(DfsScheduler::new(None, false)),
        Strategy::Dpor | Strategy::Pos { .. } => unreachable!("the checker refuses them under shuttle"),
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = STACK_SIZE;
    config.failure_persistence = FailurePersistence::None;
    config.max_steps = MaxSteps::None;
    config.silence_warnings = true;
    config
}

/// The scheduler that shuttle sees.
struct Steering(Arc<Mutex<State>>);

struct State {
    search: Search,
    /// The strategy's scheduler. Never dropped: shuttle's random one prints when it is.
    chosen: ManuallyDrop<Box<dyn Scheduler + Send>>,
    samples: bool,
    execution: Option<Running>,
    value: Option<AnyValue>,
    steps: usize,
    /// Whether any scheduling point of this execution had two tasks to choose from.
    had_choice: bool,
}

impl State {
    fn record_deadlock(&mut self, execution: &Running) {
        self.search.hang_has_timed_wait |= execution.has_timed_wait();
        self.search.record(Came::to_a_deadlock(execution));
    }

    fn begin(&mut self) -> Option<Schedule> {
        if let Some(execution) = self.execution.take() {
            set_execution(None);
            let value = self.value.take();
            self.search.has_cancellable |= execution.has_cancellable();
            if !execution.is_abandoned() {
                self.search.record(Came::to_its_end(&execution, value));
            }
            if !self.had_choice {
                // One schedule is all there is. (And shuttle's PCT refuses such a program.)
                return None;
            }
        }
        self.steps = 0;
        self.had_choice = false;
        if !self.search.may_begin() {
            return None;
        }
        let schedule = self.chosen.new_execution();
        if schedule.is_none() && self.samples {
            let executions_max = self.search.limits.executions_max;
            self.search.give_up(Incomplete::ExecutionsMax(executions_max));
        }
        schedule
    }

    fn choose(
        &mut self,
        runnable: &[&Task],
        current: Option<ShuttleTaskId>,
        yields: bool,
    ) -> Option<ShuttleTaskId> {
        let Some(execution) = self.execution.clone() else {
            // The main task has not begun.
            return self.chosen.next_task(runnable, current, yields);
        };
        if let Some(reason) = execution.reason() {
            self.search.give_up(Incomplete::Unsupported(reason));
        }
        let is_sentinel = |task: &&Task| SENTINELS.contains(&usize::from(task.id()));
        let (sentinels, tasks): (Vec<&Task>, Vec<&Task>) = runnable.iter().copied().partition(is_sentinel);
        self.steps += 1;
        if execution.take_waits_for_itself() {
            self.record_deadlock(&execution);
        }
        if !execution.is_abandoned() {
            if tasks.is_empty() && !execution.unfinished().is_empty() {
                if execution.has_ended(TaskId::MAIN) && !execution.has_others() {
                    let value = self.value.take();
                    self.search.record(Came::to_its_end(&execution, value));
                } else {
                    self.record_deadlock(&execution);
                }
                execution.mark_abandoned();
            } else if self.steps > self.search.limits.steps_max {
                self.search.record_endless();
                execution.mark_abandoned();
            }
        }
        if execution.is_abandoned() {
            let first = sentinels.iter().find(|task| usize::from(task.id()) == *SENTINELS.start());
            return Some(first.unwrap_or_else(|| panic::resume_unwind(Box::new(Abandoned))).id());
        }
        if std::thread::panicking()
            && current.is_some_and(|current| tasks.iter().any(|task| task.id() == current))
        {
            // While a task unwinds nobody else goes on unless it blocks: whether a thread is panicking
            // is one flag for all tasks, and theirs would poison what they hold.
            return current;
        }
        if tasks.is_empty() {
            return sentinels.first().map(|task| task.id());
        }
        self.had_choice |= tasks.len() > 1;
        self.chosen.next_task(&tasks, current, yields)
    }
}

impl Steering {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Leaving an execution unwinds through here: nothing is half done.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Clone for Steering {
    fn clone(&self) -> Self {
        Steering(Arc::clone(&self.0))
    }
}

impl Scheduler for Steering {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.lock().begin()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<ShuttleTaskId>,
        yields: bool,
    ) -> Option<ShuttleTaskId> {
        self.lock().choose(runnable, current, yields)
    }

    fn next_u64(&mut self) -> u64 {
        let mut state = self.lock();
        state.had_choice = true;
        state.chosen.next_u64()
    }
}

/// Main lets others go on until all have ended but those in the background, or for so long that they may never.
pub(super) fn outlive_others() {
    const YIELDS_MAX: usize = 1_000;
    for _ in 0..YIELDS_MAX {
        if !execution().has_others() {
            return;
        }
        shuttle::thread::yield_now();
    }
}
