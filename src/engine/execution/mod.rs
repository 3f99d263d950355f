//! One execution after another: who has announced what, who is next, what happened.
//!
//! A task's operation goes: announced → a scheduling point → chosen → performed, which makes it an
//! event. Spawning, joining and ending are no events: a spawned task runs at once until it announces
//! its first operation, and one that waits for a task's end goes on at that end. Nobody else could
//! notice a difference. Nor are accesses of plain memory, and pauses.

mod choosing;
mod leaving;
mod lifecycle;
mod objects;
mod rehearsal;

use super::census::Census;
use super::log::{Deed, Entry, LoopDeed, Note};
use super::scheduling::{Announced, End, Performed, Scheduler, Settings};
use super::task::{State, Task, Unwinding};
use super::world::World;
use super::{
    Action, Chance, Coroutine, Coroutines, Fact, Kind, Memory, ObjectId, Operation, Pulse, Site, Switch,
    TaskId,
};
use rehearsal::{Comparison, Rehearsal};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(crate) struct Engine {
    pub(crate) world: World,
    pub(crate) coroutines: Coroutines,
    scheduler: Box<dyn Scheduler>,
    census: Census,
    settings: Settings,
    next: Option<TaskId>,
    end: Option<End>,
    /// How many tasks are inside a spawn, waiting for the new task's first announcement.
    spawning: usize,
    /// Tasks that have begun with pauses, as in a loop of which nothing is known, before somebody was to be chosen.
    begun_with_pauses: Vec<TaskId>,
    rehearsal: Option<Rehearsal>,
    /// For how many steps more the execution goes on, of which nothing more is to be known.
    leaving: Option<usize>,
    comparison: Option<Comparison>,
    /// The position from which on tasks poll for ever, as was found out.
    livelock: Option<usize>,
}

impl Engine {
    pub(crate) fn new(scheduler: Box<dyn Scheduler>, settings: Settings, census: Census) -> Self {
        Engine {
            world: World::new(&settings, &*scheduler),
            coroutines: Coroutines::default(),
            scheduler,
            census,
            settings,
            next: None,
            end: None,
            spawning: 0,
            begun_with_pauses: Vec::new(),
            rehearsal: None,
            leaving: None,
            comparison: None,
            livelock: None,
        }
    }

    /// Begins another execution, whose main task is to be given its code; false if there is none left.
    pub(crate) fn begin(&mut self) -> bool {
        if !self.scheduler.begin(&mut self.world) {
            return false;
        }
        self.livelock = None;
        self.begin_again();
        true
    }

    /// Begins the same execution again.
    pub(crate) fn begin_again(&mut self) {
        self.make_room();
        self.world.begin();
        (self.next, self.end, self.spawning) = (None, None, 0);
        self.begun_with_pauses.clear();
        (self.rehearsal, self.leaving) = (None, None);
    }

    /// Where others see how an execution goes on.
    pub(crate) fn pulse(&self) -> &Arc<Pulse> {
        &self.settings.pulse
    }

    /// Ends the execution. A scheduler that is to go on with it, or has had it, does not learn of that.
    pub(crate) fn finish(&mut self, end: &End) {
        if *end != End::Rehearsed && self.comparison.is_none() && self.leaving.is_none() {
            self.scheduler.end(&mut self.world, end);
        }
        for task in &mut self.world.tasks {
            if let Some(coroutine) = task.coroutine.take() {
                self.coroutines.discard(coroutine);
            }
            if !matches!(task.state, State::Absent) {
                task.reset();
            }
        }
    }

    /// Whether such a thing happens at all in this exploration.
    pub(crate) fn explores(&self, chance: Chance) -> bool {
        self.settings.bounds.of(chance) > 0
    }

    /// The name that a task was given.
    pub(crate) fn name(&self, task: TaskId) -> Option<Arc<str>> {
        self.world.tasks[task.index()].name.clone()
    }

    /// How much of all there is has been explored, from 0 to 1, if that can be told.
    pub(crate) fn estimate(&self) -> Option<f64> {
        self.scheduler.estimate()
    }

    pub(crate) fn running(&self) -> TaskId {
        self.world.running
    }

    /// The running task, with its way out.
    fn task(&mut self) -> &mut Task {
        &mut self.world.tasks[self.world.running.index()]
    }

    /// Remembers how the running task stops.
    pub(crate) fn set_switch(&mut self, switch: Switch) {
        self.task().switch = Some(switch);
    }

    /// How the running task stops.
    pub(crate) fn switch(&mut self) -> Switch {
        self.task().switch.expect("a task that runs can stop")
    }

    /// The running task begins to unwind from a panic, raised at that place of the program.
    pub(crate) fn begin_unwinding(&mut self, message: String, place: String) {
        let written = self.world.log.as_ref().map_or(0, Vec::len);
        self.task().unwinding = Some(Unwinding { message, place, written });
        self.unwind_on();
    }

    /// The running task unwinds from here on, from a panic that it had caught or made without a word.
    pub(crate) fn unwind_on(&mut self) {
        self.task().unwinds += 1;
    }

    /// The running task has caught a panic.
    pub(crate) fn end_unwinding(&mut self) {
        let task = self.task();
        task.unwinds = task.unwinds.saturating_sub(1);
    }

    /// Whether it is the running task that unwinds, when some task does. One that began without a word, by
    /// `resume_unwind`, is taken for the running one if it can be no other.
    pub(crate) fn is_unwinding(&self) -> bool {
        let running = self.world.running.index();
        self.world.tasks[running].unwinds > 0 || self.world.tasks.iter().all(|task| task.unwinds == 0)
    }

    /// Writes down that the running task panicked: where it began to unwind, if it was seen to. Where in the program
    /// that was.
    pub(crate) fn panicked(&mut self, message: &str) -> Option<String> {
        let running = self.world.running;
        let unwinding = self.task().unwinding.take().filter(|unwinding| unwinding.message == message);
        let (place, written) = unwinding.map(|unwinding| (unwinding.place, unwinding.written)).unzip();
        self.world.write_at(written, running, Deed::Panicked(message.to_string(), place.clone()));
        place
    }

    /// Adds to the last event what only its caller knows.
    pub(crate) fn note(&mut self, function: &'static str, before: String, after: String) {
        let position = self.world.position - 1;
        let access = self.world.trace.events[position].access;
        let note = Note { access, function, before, after };
        if let Some(Entry { deed: Deed::Event { note: noted, .. }, .. }) =
            self.world.log.as_mut().and_then(|log| log.last_mut())
        {
            *noted = Some(note);
        }
    }

    /// Writes down what a task of an event loop did, which the running task runs.
    pub(crate) fn tell_loop(&mut self, deed: impl FnOnce() -> LoopDeed) {
        let running = self.world.running;
        self.world.write(running, || Deed::Loop(deed()));
    }

    /// The running task waits for a time.
    pub(crate) fn begin_timed(&mut self) {
        self.task().is_timed = true;
        self.task().timed_out = false;
    }

    /// It does not any more; whether its time was up.
    pub(crate) fn end_timed(&mut self) -> bool {
        self.task().is_timed = false;
        self.task().timed_out
    }

    /// What the running task's clock shows, in nanoseconds since the execution began.
    pub(crate) fn time(&self) -> u64 {
        self.world.time()
    }

    /// The running task looks at its clock.
    pub(crate) fn look_at_clock(&mut self) -> u64 {
        self.world.look_at_clock()
    }

    /// The running task has waited until then.
    pub(crate) fn pass_time(&mut self, until: u64) {
        self.world.pass_time(until);
    }

    /// From where in the program the running task does what it does next, in one or several operations;
    /// whether that is news.
    pub(crate) fn begin_compound(&mut self, place: &'static Location<'static>) -> bool {
        let task = self.task();
        let is_outermost = task.place.is_none();
        task.place.get_or_insert(place);
        is_outermost
    }

    /// Where the running task does what is made of several operations, if it is doing such a thing.
    pub(crate) fn place_of_compound(&mut self) -> Option<&'static Location<'static>> {
        self.task().place
    }

    pub(crate) fn end_compound(&mut self) {
        self.task().place = None;
    }

    /// The running task yields, spins or sleeps; whether it does nothing else in a loop, so that it has to announce a
    /// [`Chance::Pause`].
    pub(crate) fn pause(&mut self, place: &'static Location<'static>) -> bool {
        let place = self.task().place.unwrap_or(place);
        self.world.pause(place);
        let rehearses = self.world.rehearses;
        let polling = &self.task().polling;
        let is_to_stop = rehearses || polling.unknown.is_some() || polling.awaits.is_some();
        is_to_stop && polling.only_pauses()
    }

    /// A fence between the running task's accesses.
    pub(crate) fn fence(&mut self, order: Ordering, place: &'static Location<'static>) {
        let place = self.task().place.unwrap_or(place);
        let order = self.settings.substitution.as_ref().map_or(order, |substitution| {
            substitution.ordering(Site { place, kind: Kind::Fence, declared: order }, "fence")
        });
        if order == Ordering::Relaxed {
            return;
        }
        let running = self.world.running;
        self.world.fence(running, order);
        self.world.write(running, || Deed::Fenced(order, place));
    }

    /// The running task wants to perform this; when it may, it calls [`Engine::perform`].
    #[inline]
    pub(crate) fn announce(&mut self, operation: Operation) -> Announced {
        let place = self.task().place.unwrap_or(operation.place);
        let operation = self.with_orderings(Operation { place, ..operation });
        if self.settings.memory == Memory::Rust
            && self.world.graph.is_none()
            && matches!(operation.action, Action::Atomic(action) if action.is_weak())
        {
            self.learn(Fact::OrderingsAreWeak);
        }
        self.heed_bar();
        self.world.announce(self.world.running, operation);
        if self.spawning == 0 {
            self.choose();
            if self.next == Some(self.world.running) {
                self.next = None;
                return Announced::Go;
            }
        } else if self.task().polling.unknown.is_some() {
            self.begun_with_pauses.push(self.world.running);
        }
        Announced::Stop(self.switch())
    }

    /// With the orderings that take the place of those which the program declares.
    #[inline]
    fn with_orderings(&self, operation: Operation) -> Operation {
        let (Some(substitution), Action::Atomic(action)) = (&self.settings.substitution, operation.action)
        else {
            return operation;
        };
        let (place, function) = (operation.place, operation.action.name());
        let instead = |kind, declared| substitution.ordering(Site { place, kind, declared }, function);
        Operation { action: Action::Atomic(action.with_orderings(instead)), ..operation }
    }

    /// The running task, which has told the condvar that it waits and has given its mutex back, wants to take the
    /// mutex again once it is notified. It calls [`Engine::perform`] then.
    pub(crate) fn announce_when_notified(&mut self, lock: Operation, condvar: ObjectId) -> Announced {
        let running = self.world.running;
        if let Some(position) = self.task().woken_by.take() {
            self.world.happens_after(running, position);
            return self.announce(lock);
        }
        let place = self.task().place.unwrap_or(lock.place);
        self.task().state = State::Waiting { lock: Operation { place, ..lock }, condvar };
        Announced::Stop(self.switch())
    }

    /// The running task, whose turn it is, performs what it has announced; `None` if the execution is
    /// over, and the task is to stop for good.
    #[inline]
    pub(crate) fn perform(&mut self, update: impl FnOnce(u64) -> u64) -> Option<Performed> {
        let accessed = self.atomic_access();
        match self.world.perform(update) {
            Ok(performed) => {
                let goes_on = accessed.is_none_or(|(object, access)| {
                    self.accessed_atomic(object, access.of_atomic(performed.is_changed))
                });
                goes_on.then_some(performed)
            }
            Err(divergence) => {
                self.end = Some(End::Diverged(divergence));
                None
            }
        }
    }

    /// Ends the execution: it cannot be checked.
    pub(crate) fn give_up(&mut self) {
        self.end.get_or_insert(End::GivenUp);
    }

    /// Ends the execution: all is to be explored anew, knowing this.
    fn learn(&mut self, fact: Fact) {
        self.end.get_or_insert(End::Learned(fact));
    }

    /// Who goes on now that no task runs; nobody if the execution is over.
    pub(crate) fn next(&mut self) -> Option<(TaskId, Coroutine)> {
        if self.next.is_none() {
            self.choose();
        }
        if self.end.is_some() {
            return None;
        }
        let task = self.next.take().expect("either somebody is next or it is over");
        self.world.running = task;
        self.settings.pulse.turn(task);
        let coroutine = self.world.tasks[task.index()].coroutine.take();
        if coroutine.is_none() {
            self.diverge("a task that has stopped".to_string(), "none".to_string());
        }
        Some((task, coroutine?))
    }

    /// How the execution ended, which is over.
    pub(crate) fn take_end(&mut self) -> End {
        let end = self.end.take().expect("it is over");
        if self.is_left(&end) { End::Redundant } else { end }
    }

    /// Room for all tasks that were numbered.
    #[inline]
    fn make_room(&mut self) {
        if self.census.len() > self.world.tasks.len() {
            self.world.add_tasks(self.census.len());
        }
    }
}
