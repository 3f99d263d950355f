//! One execution after another, as the strategy likes, and what each came to.

use super::lints;
use super::portfolio::Rounds;
use super::replay::replay;
use super::stacks::{self, pool};
use super::watchdog::watched;
use super::{ENGINE, ROLL, Task, end_task, refuse_task, with};
use crate::backend::any_value::{AnyValue, Body};
use crate::backend::execution::{Execution, Running};
use crate::backend::search::{Came, Limits, Search};
use crate::backend::{Backend, TaskId, leftover, locals, panics, set_execution};
use crate::engine::{
    Census, Coroutines, Divergence, End, Engine, Event, ObjectId, SEARCHED_MAX, Scheduler, Settings, World,
};
use crate::outcome::{Diverged, Incomplete, Outcome};
use crate::panic;
use crate::schedule::{Fact, Pick, Schedule};
use crate::strategy::{self, Dpor, Frontier, Strategy};
use std::cell::RefCell;
use std::collections::BTreeMap;
#[cfg(feature = "tokio")]
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
#[cfg(feature = "tokio")]
use std::task::{Context, Poll, Waker};
use std::thread;

/// Explores `body` until `search` has enough or there is nothing left.
pub(crate) fn explore(search: Search, strategy: Strategy, body: Body) -> Search {
    panics::mute_executions();
    let _stacks = stacks::keep();
    let explored = until_nothing_is_learned(search, |search| explore_together(search, strategy, &body));
    let mut explored = explored.with_samples();
    rehearse(&mut explored, &body);
    explored
}

/// Explores anew as often as something is found out that has to be known from the beginning.
pub(super) fn until_nothing_is_learned(
    mut search: Search,
    mut explore: impl FnMut(&Search) -> Search,
) -> Search {
    loop {
        let explored = explore(&search);
        match explored.anew() {
            None => return explored,
            Some(anew) => search = anew,
        }
    }
}

/// Runs some executions once more. A search repeats only the beginnings of executions, and a small program's
/// not often, so by itself it may overlook that the program does not do the same every time.
fn rehearse(search: &mut Search, body: &Body) {
    let known: Vec<Schedule> =
        search.outcomes.values().filter_map(|seen| seen.schedule.clone()).take(REHEARSALS).collect();
    for schedule in known.iter().cycle().take(REHEARSALS) {
        if search.time_left().is_some_and(|left| left.is_zero()) {
            return;
        }
        let limits = Limits { executions_max: 1, time_max: None, logs: false, ..search.limits.clone() };
        let again = match replay(Search::new(limits, Arc::default()), schedule, Arc::clone(body)) {
            Ok((again, _)) => again,
            Err(Diverged { step, expected, found }) => {
                return search.repudiate(Incomplete::Flaky { step, expected, found });
            }
        };
        let has_it = |outcome: &Outcome<AnyValue>| {
            search.outcomes.get(outcome).is_some_and(|seen| seen.schedule.as_ref() == Some(schedule))
        };
        if !again.outcomes.keys().all(has_it) {
            let (expected, found) = ("the end of the execution", "its end with another outcome");
            let (expected, found) = (expected.to_string(), found.to_string());
            return search.repudiate(Incomplete::Flaky { step: schedule.len() + 1, expected, found });
        }
    }
}

/// How many executions are run once more.
const REHEARSALS: usize = 3;

/// Explores with as many workers as the limits say, which share one tree.
fn explore_together(search: &Search, strategy: Strategy, body: &Body) -> Search {
    // Only dpor shares its work.
    let workers = if strategy == Strategy::Dpor { search.limits.workers.max(1) } else { 1 };
    let frontier = Frontier::new(workers);
    let common = Arc::<Mutex<Census>>::default();
    let threads: Vec<_> = (0..workers)
        .map(|number| {
            let (search, body, frontier) = (search.worker(), Arc::clone(body), Arc::clone(&frontier));
            let (scheduler, census): (Box<dyn Scheduler>, _) = if workers == 1 {
                (strategy::scheduler(strategy), Default::default())
            } else {
                let dpor = Dpor::sharing(Arc::clone(&frontier), number == 0);
                (Box::new(dpor), Census::of(Arc::clone(&common)))
            };
            let engine = Resting(Engine::new(scheduler, settings(&search), census));
            let rounds = (search.limits.samples && number == 0).then(Rounds::new);
            thread::spawn(move || {
                let looks_for = LooksFor::Barred;
                let exploration = Exploration {
                    rounds,
                    looks_for,
                    ..Exploration::new(search, engine, body, (), |(), _, _| ())
                };
                let (explored, ()) = explore_with(exploration);
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
pub(super) fn explore_by(search: Search, scheduler: impl Fn() -> Box<dyn Scheduler>, body: Body) -> Search {
    explore_alone(search, scheduler, &body, (), |(), _, _| ()).0
}

/// Explores with one scheduler, and shows each execution's world when it has ended to whoever `seen` is.
pub(crate) fn explore_alone<S>(
    search: Search,
    scheduler: impl Fn() -> Box<dyn Scheduler>,
    body: &Body,
    seen: S,
    ended: fn(&mut S, &mut World, &Running),
) -> (Search, S)
where
    S: Clone + Send + 'static,
{
    panics::mute_executions();
    let mut last = seen.clone();
    let explored = until_nothing_is_learned(search, |search| {
        let engine = Resting(Engine::new(scheduler(), settings(search), Default::default()));
        let body = Arc::clone(body);
        let exploration = Exploration::new(search.worker(), engine, body, seen.clone(), ended);
        let (explored, now) = explore_with(exploration);
        last = now;
        explored
    });
    (explored, last)
}

pub(super) fn settings(search: &Search) -> Settings {
    Settings {
        steps_max: search.limits.steps_max,
        preemptions_max: search.limits.preemptions_max,
        bounds: search.limits.bounds,
        memory: search.limits.memory,
        substitution: search.limits.substitution.clone(),
        facts: search.facts.clone(),
        logs: search.limits.logs,
        pulse: Arc::default(),
    }
}

/// Explores until the search has enough, on threads of its own: one on which an execution was left while some task
/// unwound from a panic counts as panicking for good, so that the next execution needs another.
fn explore_with<S>(mut exploration: Exploration<S>) -> (Search, S)
where
    S: Clone + Send + 'static,
{
    let pulse = exploration.engine.as_ref().map(|Resting(engine)| Arc::clone(engine.pulse()));
    let (pulse, time_max) = (pulse.unwrap_or_default(), exploration.search.limits.time_max);
    loop {
        let (mut left, seen) = (exploration.search.worker(), exploration.seen.clone());
        match watched(&pulse, time_max, move || exploration.explore_here()) {
            Ok((back, true)) => return (back.search, back.seen),
            Ok((back, false)) => exploration = back,
            Err(why) => {
                left.give_up(Incomplete::Unsupported(why));
                return (left, seen);
            }
        }
    }
}

/// An exploration on its way from one thread to another.
struct Exploration<S> {
    search: Search,
    /// Where it is while nobody explores.
    engine: Option<Resting>,
    body: Body,
    /// When there are samples beside it, if at all.
    rounds: Option<Rounds>,
    seen: S,
    ended: fn(&mut S, &mut World, &Running),
    looks_for: LooksFor,
    /// How often it was looked whether that reader of that lock can be kept out for good.
    tried: BTreeMap<(Task, ObjectId), u32>,
}

/// What is looked for besides what executions come to.
#[derive(Clone, Copy, PartialEq)]
enum LooksFor {
    Nothing,
    /// Hangs in which a waiting writer keeps readers out.
    Barred,
}

/// How often that is looked for one reader of one lock, at most.
const TRIES_MAX: u32 = 32;

/// An engine between two executions.
struct Resting(Engine);

// SAFETY: an engine is not `Send` because of coroutines, which may not change threads in the middle of their code,
// and of the tasks' ways back from them. One that rests goes on with none of those that have begun: an execution that
// is over leaves them to be discarded, and what is left of the others is their stacks.
unsafe impl Send for Resting {}

impl Resting {
    /// Takes the engine from this thread.
    fn take() -> Self {
        let mut engine = ENGINE.take().expect("this thread explores");
        pool().put_back(engine.coroutines.take_stacks());
        Resting(engine)
    }

    /// Gives the engine to this thread.
    fn go_on(self) {
        let Resting(mut engine) = self;
        engine.coroutines = Coroutines::new(pool().take());
        ENGINE.set(Some(engine));
    }
}

impl<S> Exploration<S> {
    fn new(
        search: Search,
        engine: Resting,
        body: Body,
        seen: S,
        ended: fn(&mut S, &mut World, &Running),
    ) -> Self {
        Exploration {
            search,
            engine: Some(engine),
            body,
            rounds: None,
            seen,
            ended,
            looks_for: LooksFor::Nothing,
            tried: BTreeMap::new(),
        }
    }

    /// Explores on this thread; whether that was all.
    fn explore_here(mut self) -> (Self, bool) {
        self.engine.take().expect("it rests").go_on();
        let mut running = Execution::begin_to_find(Backend::Native, self.search.limits.finds_leaks);
        let mut is_over = false;
        lints::take();
        while !thread::panicking() {
            if let Some(rounds) = &mut self.rounds {
                rounds.go_on(&mut self.search, &self.body);
            }
            is_over = !(self.search.may_begin() && with(Engine::begin));
            if is_over {
                if let Some(rounds) = &mut self.rounds {
                    rounds.end(&mut self.search, &self.body);
                }
                break;
            }
            while self.execute(&mut running) == End::Rehearsed {
                with(Engine::begin_again);
            }
        }
        if is_over {
            with(|engine| note_bounds(&mut self.search, &engine.world));
        }
        self.search.lints = self.search.lints.or(lints::take());
        self.engine = Some(Resting::take());
        (self, is_over)
    }

    /// One execution, and what it came to.
    fn execute(&mut self, running: &mut Running) -> End {
        let (end, value) = run_fresh(running, &self.body);
        if end == End::Rehearsed {
            with(|engine| engine.finish(&end));
            return end;
        }
        let looks_for_barred = self.looks_for == LooksFor::Barred;
        let (came, schedule, barred) = with(|engine| {
            self.search.count_events(engine.world.position());
            let came = came_to(&engine.world, &end, running, value);
            let cost = (engine.world.preemptions(), engine.world.position());
            let is_least = came.as_ref().is_some_and(|came| self.search.is_least(&came.outcome, cost));
            let schedule = is_least.then(|| schedule(&engine.world, 0..engine.world.position()));
            let barred = if looks_for_barred { barred(&mut engine.world, &end) } else { Vec::new() };
            (self.ended)(&mut self.seen, &mut engine.world, running);
            engine.finish(&end);
            (came, schedule.map(|schedule| (cost, schedule)), barred)
        });
        if matches!(end, End::DataRace(_)) && with(|engine| engine.world.analyses()) {
            // What would have come later, and in which other order, is not in the trace.
            self.search.cut(Incomplete::AfterDataRace);
        }
        match (came, running.reason()) {
            (None, _) => conclude(&mut self.search, &end, running),
            // Nothing follows from what a fault of the checker's own has led to.
            (Some(_), Some(reason)) => self.search.give_up(Incomplete::Unsupported(reason)),
            (Some(came), None) => match self.compare(running, &came) {
                Some(fact) => self.search.learn(fact),
                None => self.search.record(came).keep_least(schedule),
            },
        }
        barred.into_iter().for_each(|(reader, schedule)| self.try_barred(reader, &schedule));
        if self.search.executions.is_multiple_of(ESTIMATED_EVERY)
            && let Some(explored) = with(|engine| engine.estimate())
        {
            self.search.estimate(explored);
        }
        end
    }

    /// Looks whether the program hangs after this beginning of an execution, if waiting writers keep readers out.
    fn try_barred(&mut self, reader: (Task, ObjectId), schedule: &Schedule) {
        let tries = self.tried.entry(reader).or_default();
        if *tries >= TRIES_MAX {
            return;
        }
        *tries += 1;
        let limits = Limits { executions_max: 1, time_max: None, logs: false, ..self.search.limits.clone() };
        let Ok((found, _)) = replay(Search::new(limits, Arc::default()), schedule, Arc::clone(&self.body))
        else {
            return;
        };
        for (outcome, seen) in found.outcomes {
            if matches!(outcome, Outcome::Deadlocked { .. }) {
                *self.tried.entry(reader).or_default() = TRIES_MAX;
                let is_least = self.search.is_least(&outcome, seen.cost);
                let schedule = seen.schedule.filter(|_| is_least).map(|schedule| (seen.cost, schedule));
                self.search.record(outcome.into()).keep_least(schedule);
            }
        }
    }

    /// Runs the last execution again with a few more rounds of a loop that waits in it, if it has one that was not
    /// looked at so. Where that comes to something else, the loop is not what it seemed.
    fn compare(&mut self, running: &mut Running, came: &Came) -> Option<Fact> {
        let mut fact = None;
        while fact.is_none() && with(Engine::begin_comparison) {
            let (end, value) = run_fresh(running, &self.body);
            fact = with(|engine| {
                let again = came_to(&engine.world, &end, running, value);
                engine.finish(&end);
                let is_same = match again {
                    Some(again) => again.outcome == came.outcome,
                    // What else there is to find out about the program comes first.
                    None => matches!(end, End::Rehearsed | End::Learned(_)),
                };
                engine.differs().filter(|_| !is_same)
            });
        }
        with(Engine::end_comparison);
        fact
    }
}

/// Notes what keeps the exploration, which has come to its end, from having seen everything.
fn note_bounds(search: &mut Search, world: &World) {
    if let Some(preemptions_max) = search.limits.preemptions_max
        && world.is_cut()
    {
        search.cut(Incomplete::PreemptionsMax(preemptions_max));
    }
    if world.is_cut_by_timeouts() {
        search.cut(Incomplete::TimeoutsMax(search.limits.bounds.timeouts_max));
    }
    let [reads, writes] = world.is_cut_by_shorts();
    if reads {
        search.cut(Incomplete::ShortReadsMax(search.limits.bounds.short_reads_max));
    }
    if writes {
        search.cut(Incomplete::ShortWritesMax(search.limits.bounds.short_writes_max));
    }
    if let Some((place, rounds_max)) = world.cut_loop() {
        search.cut(Incomplete::RoundsMax { place: place.to_string(), rounds_max });
    }
    search.buffering = world.buffering();
    search.has_cancellable |= world.has_cancellable();
    if world.is_cut_by_clocks() {
        search.cut(Incomplete::Clocks);
    }
    if world.is_cut_by_length() {
        search.cut(Incomplete::SeqCstMax(SEARCHED_MAX));
    }
}

/// After how many executions somebody may want to know how far the search is.
const ESTIMATED_EVERY: u64 = 512;

/// What an execution came to, if anything.
fn came_to(world: &World, end: &End, running: &Running, value: Option<AnyValue>) -> Option<Came> {
    match end {
        End::Finished => Some(Came::to_its_end(running, value)),
        End::Blocked => Some(Came::to_a_deadlock(running)),
        End::Polling => Some(Came::to_a_livelock(running)),
        End::DataRace(tasks) => {
            let mut tasks = tasks.map(|task| running.task_name(order(world, task)));
            tasks.sort();
            Some(Outcome::DataRace { tasks }.into())
        }
        _ => None,
    }
}

/// What follows from an execution that came to nothing.
fn conclude(search: &mut Search, end: &End, running: &Running) {
    match end {
        End::Endless => search.record_endless(),
        End::Redundant => search.record_redundant(),
        End::Diverged(Divergence { step, expected, found }) => {
            let (expected, found) = (expected.clone(), found.clone());
            search.give_up(Incomplete::Flaky { step: step + 1, expected, found });
        }
        End::GivenUp => {
            let reason = running.reason().unwrap_or_else(|| "the execution was given up".to_string());
            search.give_up(Incomplete::Unsupported(reason));
        }
        End::Learned(fact) => search.learn(*fact),
        End::Finished | End::Blocked | End::Polling | End::DataRace(_) | End::Rehearsed => {}
    }
}

/// Where the execution that has just ended could have come to hang, if waiting writers keep readers out.
fn barred(world: &mut World, end: &End) -> Vec<((Task, ObjectId), Schedule)> {
    if !matches!(end, End::Finished | End::Blocked | End::Polling | End::Endless) {
        return Vec::new();
    }
    let barred = world.barred();
    barred.into_iter().map(|barred| (barred.reader, schedule(world, barred.positions.into_iter()))).collect()
}

/// The choices at these positions of the execution that has just ended.
fn schedule(world: &World, positions: impl Iterator<Item = usize>) -> Schedule {
    let events = positions.map(|at| &world.trace.events[at]);
    let mut orders = vec![0; world.spawned().iter().map(|task| task.index() + 1).max().unwrap_or(0)];
    for (order, task) in (0..).zip(world.spawned()) {
        orders[task.index()] = order;
    }
    let pick = |event: &Event| Pick {
        task: orders[event.task.index()],
        choice: match event.operation.action.chooses_tasks() {
            true => orders.get(event.choice as usize).copied().unwrap_or(0),
            false => event.choice,
        },
        mark: event.mark(),
    };
    let facts = world.facts().clone();
    Schedule { picks: events.map(pick).collect(), bounds: world.bounds(), facts }
}

/// A task's number in the order of spawning.
pub(super) fn order(world: &World, task: Task) -> usize {
    world.spawned().iter().position(|&other| other == task).unwrap_or(0)
}

/// One execution, on a thread that does not panic: if this one does since an execution was left in its middle, on
/// another.
fn run_fresh(running: &mut Running, body: &Body) -> (End, Option<AnyValue>) {
    if !thread::panicking() {
        let mut ran = None;
        without_budget(&mut || ran = Some(run_once(running, body)));
        return ran.expect("it was done");
    }
    let rested = Resting::take();
    let (ran, rested) = thread::scope(|scope| {
        let there = scope.spawn(|| {
            rested.go_on();
            (run_once(running, body), Resting::take())
        });
        there.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
    });
    rested.go_on();
    ran
}

/// Does something without the budget that a runtime of tokio's may be in, where a check is called by one of its tasks: what
/// spends of it inside the program would wait for that runtime's next turn.
#[cfg(feature = "tokio")]
fn without_budget(act: &mut dyn FnMut()) {
    let act = std::future::poll_fn(|_| {
        act();
        Poll::Ready(())
    });
    let done = pin!(::tokio::task::coop::unconstrained(act));
    let _done = done.poll(&mut Context::from_waker(Waker::noop()));
}

#[cfg(not(feature = "tokio"))]
fn without_budget(act: &mut dyn FnMut()) {
    act();
}

/// One execution; what its main task returned, if it did.
fn run_once(running: &mut Running, body: &Body) -> (End, Option<AnyValue>) {
    Execution::begin_again(running);
    set_execution(Some(Arc::clone(running)));
    ROLL.with_borrow_mut(|roll| running.exchange_roll(roll));
    with(|engine| engine.pulse().begin());
    let value = Rc::new(RefCell::new(None));
    // A clone would never be dropped where the execution is left in its middle, nor then what the program's closure has.
    // SAFETY: `body` is there as long as this function runs, and no task of this execution goes on after it has returned:
    // what is left in its middle gives its stack up without unwinding. If this function panics itself, which only a
    // fault of the engine's can bring about, tasks are unwound at the end of this OS thread; whoever explores has the
    // program for longer than that.
    let body: &'static Body = unsafe { &*std::ptr::from_ref(body) };
    let returned = Rc::clone(&value);
    let main = super::body(move || {
        let result =
            locals::drop_all(leftover::main_returned(panic::catch_unwind(panic::AssertUnwindSafe(&**body))));
        let message = result.as_ref().err().map(|payload| panic::message(&**payload));
        *returned.borrow_mut() = result.ok();
        end_task(TaskId::MAIN, message);
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
    let end = with(|engine| {
        engine.pulse().rest();
        engine.take_end()
    });
    ROLL.with_borrow_mut(|roll| running.exchange_roll(roll));
    set_execution(None);
    (end, value.take())
}
