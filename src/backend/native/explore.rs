//! One execution after another, as the strategy likes, and what each came to.

use super::replay::replay;
use super::{ENGINE, EXECUTION, ROLL, Task, end_task, refuse_task, to_the_end, with};
use crate::backend::execution::{Execution, Running};
use crate::backend::search::{Limits, Search};
use crate::backend::{Backend, TaskId, panics, set_execution};
use crate::engine::{Census, Coroutines, Divergence, End, Engine, Event, Scheduler, Settings, Stacks, World};
use crate::outcome::{Diverged, Incomplete, Outcome};
use crate::panic;
use crate::schedule::{Pick, Schedule};
use crate::strategy::{self, Dpor, Frontier, Strategy};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    let mut explored = explore_together(&search, strategy, &body, false);
    if explored.needs_ends {
        explored = explore_together(&search.anew(), strategy, &body, true);
    }
    rehearse(&mut explored, &body);
    explored
}

/// Runs some executions once more. A search repeats only the beginnings of executions, and a small program's
/// not often, so by itself it may overlook that the program does not do the same every time.
fn rehearse<T: Ord + Send + 'static>(search: &mut Search<T>, body: &Arc<dyn Fn() -> T + Send + Sync>) {
    let known: Vec<Schedule> =
        search.outcomes.values().filter_map(|seen| seen.schedule.clone()).take(REHEARSALS).collect();
    for schedule in known.iter().cycle().take(REHEARSALS) {
        let limits = Limits { executions_max: 1, time_max: None, logs: false, ..search.limits.clone() };
        let again = match replay(Search::new(limits, Arc::default()), schedule, Arc::clone(body)) {
            Ok((again, _)) => again,
            Err(Diverged { step, expected, found }) => {
                return search.repudiate(Incomplete::Flaky { step, expected, found });
            }
        };
        let has_it = |outcome: &Outcome<T>| {
            search.outcomes.get(outcome).is_some_and(|seen| seen.schedule.as_ref() == Some(schedule))
        };
        if !again.outcomes.keys().all(has_it) {
            let (expected, found) = ("the end of the execution", "an end with another outcome");
            let (expected, found) = (expected.to_string(), found.to_string());
            return search.repudiate(Incomplete::Flaky { step: schedule.len(), expected, found });
        }
    }
}

/// How many executions are run once more.
const REHEARSALS: usize = 3;

/// Explores with as many workers as the limits say, which share one tree.
fn explore_together<T>(
    search: &Search<T>,
    strategy: Strategy,
    body: &Arc<dyn Fn() -> T + Send + Sync>,
    ends_are_events: bool,
) -> Search<T>
where
    T: Ord + Send + 'static,
{
    let workers = if strategy == Strategy::Dpor { search.limits.workers.max(1) } else { 1 };
    let frontier = Frontier::new(workers);
    let common = Arc::<Mutex<Census>>::default();
    let threads: Vec<_> = (0..workers)
        .map(|number| {
            let (search, body, frontier) = (search.worker(), Arc::clone(body), Arc::clone(&frontier));
            let common = Arc::clone(&common);
            // A thread of its own: an execution that is left while it unwinds leaves the thread panicking.
            std::thread::spawn(move || {
                let (scheduler, census): (Box<dyn Scheduler>, _) = if workers == 1 {
                    (strategy::scheduler(strategy), Default::default())
                } else {
                    (Box::new(Dpor::sharing(Arc::clone(&frontier), number == 0)), Census::of(common))
                };
                let settings = settings(&search, ends_are_events);
                let engine = Engine::new(scheduler, settings, census);
                let explored = explore_with(search, engine, &body, |_, _| ());
                frontier.leave();
                explored
            })
        })
        .collect();
    let explored = threads.into_iter().map(|thread| {
        // Nothing of the program gets here, so it is a defect of ours.
        thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
    });
    explored.reduce(Search::merge).expect("there is a worker")
}

/// Explores as a scheduler likes.
pub(super) fn explore_by<T>(
    search: Search<T>,
    scheduler: impl Fn() -> Box<dyn Scheduler> + Send + 'static,
    body: Arc<dyn Fn() -> T + Send + Sync>,
) -> Search<T>
where
    T: Ord + Send + 'static,
{
    panics::mute_executions();
    // A thread of its own: an execution that is left while it unwinds leaves the thread panicking.
    let ended = std::thread::spawn(move || explore_alone(search, scheduler, &body, |_, _| ())).join();
    ended.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

pub(super) fn settings<T>(search: &Search<T>, ends_are_events: bool) -> Settings {
    Settings {
        steps_max: search.limits.steps_max,
        preemptions_max: search.limits.preemptions_max,
        bounds: search.limits.bounds,
        ends_are_events,
        logs: search.limits.logs,
    }
}

/// Explores on this thread with one scheduler, and shows each execution's world when it has ended.
pub(crate) fn explore_alone<T: Ord + 'static>(
    search: Search<T>,
    scheduler: impl Fn() -> Box<dyn Scheduler>,
    body: &Arc<dyn Fn() -> T + Send + Sync>,
    mut ended: impl FnMut(&mut World, &Running),
) -> Search<T> {
    let engine =
        |ends_are_events| Engine::new(scheduler(), settings(&search, ends_are_events), Default::default());
    let explored = explore_with(search.worker(), engine(false), body, &mut ended);
    if explored.needs_ends {
        return explore_with(search.anew(), engine(true), body, &mut ended);
    }
    explored
}

pub(super) fn explore_with<T: Ord + 'static>(
    mut search: Search<T>,
    mut engine: Engine,
    body: &Arc<dyn Fn() -> T + Send + Sync>,
    mut ended: impl FnMut(&mut World, &Running),
) -> Search<T> {
    engine.coroutines = Coroutines::new(std::mem::take(&mut *stacks()));
    ENGINE.set(Some(engine));
    let mut running = Execution::begin(Backend::Native);
    while search.may_begin() && with(Engine::begin) {
        let (end, value) = run_once(&mut running, body);
        with(|engine| {
            record(&mut search, &engine.world, &end, &running, value);
            ended(&mut engine.world, &running);
            engine.finish(&end);
            if search.executions.is_multiple_of(ESTIMATED_EVERY)
                && let Some(explored) = engine.estimate()
            {
                search.estimate(explored);
            }
        });
    }
    if search.cut_by_timeouts {
        search.cut(Incomplete::TimeoutsMax(search.limits.bounds.timeouts_max));
    }
    if let Some(preemptions_max) = search.limits.preemptions_max
        && with(|engine| engine.world.is_cut())
    {
        search.give_up(Incomplete::PreemptionsMax(preemptions_max));
    }
    let engine = ENGINE.take();
    stacks().add(engine.expect("it was set").coroutines.take_stacks(), STACKS_MAX);
    search
}

/// The stacks that the next exploration begins with.
fn stacks() -> MutexGuard<'static, Stacks> {
    static STACKS: Mutex<Stacks> = Mutex::new(Stacks::new());
    STACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many stacks are kept: what a deep recursion has touched of them is memory.
const STACKS_MAX: usize = 32;

/// After how many executions somebody may want to know how far the search is.
const ESTIMATED_EVERY: u64 = 512;

fn record<T: Ord + 'static>(
    search: &mut Search<T>,
    world: &World,
    end: &End,
    running: &Running,
    value: Option<T>,
) {
    search.count_events(world.position());
    let seen = match end {
        End::Finished => search.record_ended(running, value),
        End::Blocked => search.record_blocked(running),
        End::Polling => search.record_polling(running),
        End::OutOfTime { is_cut } => {
            search.cut_by_timeouts |= is_cut;
            return;
        }
        End::Endless => {
            search.give_up(Incomplete::FirstHang);
            search.record_endless(running)
        }
        End::DataRace(first, second) => {
            let name = |&position: &usize| running.task_name(order(world, world.trace.events[position].task));
            let mut tasks = [first, second].map(name);
            tasks.sort();
            search.record_data_race(tasks)
        }
        End::Redundant => {
            search.record_redundant();
            return;
        }
        End::Diverged(Divergence { step, expected, found }) => {
            let (expected, found) = (expected.clone(), found.clone());
            search.give_up(Incomplete::Flaky { step: step + 1, expected, found });
            return;
        }
        End::GivenUp => {
            let reason = running.reason().unwrap_or_else(|| "the execution was given up".to_string());
            search.give_up(Incomplete::Unsupported(reason));
            return;
        }
        End::Restart => {
            search.stop_for_ends();
            return;
        }
    };
    seen.keep_least(world.preemptions(), world.position(), || schedule(world));
}

/// The choices of the execution that has just ended.
fn schedule(world: &World) -> Schedule {
    let events = &world.trace.events[..world.position()];
    let pick = |event: &Event| Pick {
        task: order(world, event.task) as u32,
        choice: match event.operation.action.chooses_tasks() {
            true if event.choice != u32::MAX => order(world, Task::new(event.choice as usize)) as u32,
            _ => event.choice,
        },
        mark: event.mark(),
    };
    Schedule { picks: events.iter().map(pick).collect(), bounds: world.bounds() }
}

/// A task's number in the order of spawning.
pub(super) fn order(world: &World, task: Task) -> usize {
    world.spawned().iter().position(|&other| other == task).unwrap_or(0)
}

/// One execution; what its main task returned, if it did.
fn run_once<T: 'static>(running: &mut Running, body: &Arc<dyn Fn() -> T + Send + Sync>) -> (End, Option<T>) {
    EXECUTION.set(EXECUTION.get() + 1);
    Execution::begin_again(running);
    set_execution(Some(Arc::clone(running)));
    ROLL.with_borrow_mut(|roll| running.exchange_roll(roll));
    let value = Rc::new(RefCell::new(None));
    let (body, returned) = (Arc::clone(body), Rc::clone(&value));
    let main = to_the_end(move || {
        let result = panic::catch_unwind(panic::AssertUnwindSafe(&*body));
        let message = result.as_ref().err().map(|payload| panic::message(&**payload));
        *returned.borrow_mut() = result.ok();
        end_task(TaskId::MAIN, message, None);
    });
    let begun = with(|engine| {
        let coroutine = engine.coroutines.take()?;
        engine.set_switch(coroutine.switch);
        Ok(coroutine)
    });
    let (mut task, mut coroutine) = (Task::MAIN, begun.unwrap_or_else(|error| refuse_task(&error)));
    let mut has_ended = coroutine.begin(main);
    loop {
        let next = with(|engine| {
            engine.put_back(task, coroutine, has_ended);
            engine.next()
        });
        let Some(next) = next else { break };
        (task, coroutine) = next;
        has_ended = coroutine.go_on();
    }
    let end = with(Engine::take_end);
    ROLL.with_borrow_mut(|roll| running.exchange_roll(roll));
    set_execution(None);
    (end, value.take())
}
