//! One execution after another: who has announced what, who is next, what happened.
//!
//! A task's operation goes: announced → a scheduling point → chosen → performed, which makes it an
//! event. Spawning, joining and ending are no events: a spawned task runs at once until it announces
//! its first operation, and one that waits for a task's end goes on at that end. Nobody else could
//! notice a difference.

mod lifecycle;

use super::census::Census;
use super::event::ANY_CHOICE;
use super::log::{Deed, Entry, Note};
use super::object::{Channel, Object};
use super::polling::Patience;
use super::scheduling::{Announced, Choice, Divergence, End, Performed, Scheduler, Settings};
use super::task::{State, Task};
use super::world::{World, describe};
use super::{Chance, Coroutine, Coroutines, ObjectId, Operation, Switch, TaskId, object};
use std::panic::Location;
use std::sync::Arc;

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
}

impl Engine {
    pub(crate) fn new(scheduler: Box<dyn Scheduler>, settings: Settings, census: Census) -> Self {
        Engine {
            world: World::new(&settings, scheduler.analyses()),
            coroutines: Coroutines::default(),
            scheduler,
            census,
            settings,
            next: None,
            end: None,
            spawning: 0,
        }
    }

    /// Begins another execution, whose main task is to be given its code; false if there is none left.
    pub(crate) fn begin(&mut self) -> bool {
        if !self.scheduler.begin(&mut self.world) {
            return false;
        }
        self.make_room();
        self.world.begin();
        (self.next, self.end, self.spawning) = (None, None, 0);
        true
    }

    /// Ends the execution, and throws away the tasks that have not ended.
    pub(crate) fn finish(&mut self, end: &End) {
        self.scheduler.end(&mut self.world, end);
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

    /// A new object.
    pub(crate) fn new_object(
        &mut self,
        state: object::State,
        made_at: &'static Location<'static>,
    ) -> ObjectId {
        let made_at = self.task().place.unwrap_or(made_at);
        self.world.add_object(Object { state, made_at: Some(made_at) })
    }

    /// Writes down that the running task panicked.
    pub(crate) fn panicked(&mut self, message: &str, place: Option<String>) {
        let running = self.world.running;
        if self.world.log.is_some() {
            self.world.write(running, || Deed::Panicked(message.to_string(), place));
        }
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

    /// Whether the running task waits for a time only.
    pub(crate) fn set_timed(&mut self, is_timed: bool) {
        self.task().is_timed = is_timed;
    }

    /// From where in the program the running task does what it does next, in one or several operations;
    /// whether that is news.
    pub(crate) fn begin_compound(&mut self, place: &'static Location<'static>) -> bool {
        let task = self.task();
        let is_outermost = task.place.is_none();
        task.place.get_or_insert(place);
        is_outermost
    }

    pub(crate) fn end_compound(&mut self) {
        self.task().place = None;
    }

    /// The running task yields. If it does so in a loop, it has to wait for news.
    pub(crate) fn yield_now(&mut self, place: &'static Location<'static>) {
        let running = self.world.running;
        self.be_impatient(running);
        if !self.task().polling.begin_again(place) {
            return;
        }
        let world = &mut self.world;
        let task = &mut world.tasks[running.index()];
        if let Some(Patience::News(news)) = &task.polling.patience {
            let is_known = news.objects.iter().any(|&(object, since)| {
                let events = world.trace.accesses(object).filter(|at| (since..world.position).contains(at));
                events
                    .map(|at| &world.trace.events[at])
                    .any(|event| event.task != running && !event.access.is_read())
            });
            if is_known {
                task.polling.patience = None;
                return;
            }
        }
        world.patient += 1;
    }

    fn be_impatient(&mut self, task: TaskId) {
        if self.world.tasks[task.index()].polling.patience.take().is_some() {
            self.world.patient -= 1;
        }
    }

    /// The running task wants to perform this; when it may, it calls [`Engine::perform`].
    #[inline]
    pub(crate) fn announce(&mut self, operation: Operation) -> Announced {
        let task = self.task();
        if !task.releases.is_empty() {
            return Announced::ReleaseFirst;
        }
        let place = task.place.unwrap_or(operation.place);
        self.world.announce(self.world.running, Operation { place, ..operation });
        if self.spawning == 0 {
            self.choose();
            if self.next == Some(self.world.running) {
                self.next = None;
                return Announced::Go;
            }
        }
        Announced::Stop(self.switch())
    }

    /// The running task, which has told that it waits and has given its mutex back, wants to take the
    /// mutex again once it is notified. It calls [`Engine::perform`] then.
    pub(crate) fn announce_when_notified(&mut self, lock: Operation) -> Announced {
        let running = self.world.running;
        if let Some(position) = self.task().woken_by.take() {
            self.world.happens_after(running, position);
            return self.announce(lock);
        }
        let place = self.task().place.unwrap_or(lock.place);
        self.task().state = State::Waiting(Operation { place, ..lock });
        Announced::Stop(self.switch())
    }

    /// The running task, whose turn it is, performs what it has announced; `None` if the execution is
    /// over, and the task is to stop for good.
    pub(crate) fn perform(&mut self, update: impl FnOnce(u64) -> u64) -> Option<Performed> {
        match self.world.perform(update) {
            Ok(performed) => {
                if let Some((first, second)) = self.world.trace.data_race
                    && second < self.world.position
                {
                    self.end.get_or_insert(End::DataRace(first, second));
                    return None;
                }
                Some(performed)
            }
            Err(divergence) => {
                self.end = Some(End::Diverged(divergence));
                None
            }
        }
    }

    /// What an atomic holds.
    pub(crate) fn value(&self, atomic: ObjectId) -> u64 {
        match &self.world.objects[atomic.index()].state {
            object::State::Atomic(atomic) => atomic.place.value(),
            _ => 0,
        }
    }

    /// Changes what an atomic holds, which nobody notices.
    pub(crate) fn set_value(&mut self, atomic: ObjectId, value: u64) {
        if let object::State::Atomic(atomic) = &mut self.world.objects[atomic.index()].state {
            atomic.place.store(value);
        }
    }

    /// How many messages were sent into a channel.
    pub(crate) fn sent_count(&self, channel: ObjectId) -> usize {
        match &self.world.objects[channel.index()].state {
            object::State::Channel(channel) => channel.sent_count(),
            _ => 0,
        }
    }

    /// One sender more, which nobody notices.
    pub(crate) fn add_sender(&mut self, channel: ObjectId) {
        if let Some(channel) = self.channel(channel) {
            channel.add_sender();
        }
    }

    fn channel(&mut self, channel: ObjectId) -> Option<&mut Channel> {
        match &mut self.world.objects[channel.index()].state {
            object::State::Channel(channel) => Some(channel),
            _ => None,
        }
    }

    /// What unpark gives a task: made when it is first asked for.
    pub(crate) fn token(&mut self, task: TaskId, place: &'static Location<'static>) -> ObjectId {
        if let Some(token) = self.world.tasks[task.index()].token {
            return token;
        }
        let token = self.world.add_object(Object { state: object::State::token(), made_at: Some(place) });
        self.world.tasks[task.index()].token = Some(token);
        token
    }

    /// What a task's end writes; `None` if ends are no events.
    pub(crate) fn end_of(&self, task: TaskId) -> Option<ObjectId> {
        self.world.tasks[task.index()].end
    }

    /// Remembers what the running task gives back when its panic has unwound.
    pub(crate) fn release_later(&mut self, operation: Operation) {
        self.task().releases.push(operation);
    }

    /// What the running task has to give back before anything else.
    pub(crate) fn take_releases(&mut self) -> Vec<Operation> {
        std::mem::take(&mut self.task().releases)
    }

    /// Ends the execution: it cannot be checked.
    pub(crate) fn give_up(&mut self) {
        self.end.get_or_insert(End::GivenUp);
    }

    /// Ends the execution: from the next on, ends of tasks are events.
    pub(crate) fn restart(&mut self) {
        self.end.get_or_insert(End::Restart);
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
        let coroutine = self.world.tasks[task.index()].coroutine.take();
        if coroutine.is_none() {
            let step = self.world.position;
            let (expected, found) = ("a task that has stopped".to_string(), "none".to_string());
            self.end = Some(End::Diverged(Divergence { step, expected, found }));
        }
        Some((task, coroutine?))
    }

    /// How the execution ended, which is over.
    pub(crate) fn take_end(&mut self) -> End {
        self.end.take().expect("it is over")
    }

    fn choose(&mut self) {
        if self.end.is_some() {
            return;
        }
        if self.world.patient > 0 && self.world.enabled().next().is_none() {
            self.world.end_patience_for_steps();
        }
        let world = &self.world;
        let step = world.position;
        if step >= self.settings.steps_max && world.enabled().next().is_some() {
            self.end = Some(End::Endless);
            return;
        }
        let choice = match world.trace.events.get(step) {
            Some(event) => match world.can_repeat(event) {
                Some(_) => Choice::Run(event.task, event.choice),
                None => Choice::Diverged(describe(event)),
            },
            None => self.scheduler.choose(world),
        };
        match choice {
            Choice::Run(task, choice) => self.set_next(task, choice),
            Choice::Diverged(expected) => {
                let found = world.enabled().filter_map(|task| world.foresee(task, ANY_CHOICE));
                let found: Vec<String> = found.map(|event| describe(&event)).collect();
                let found =
                    if found.is_empty() { "nobody can go on".to_string() } else { found.join(", or ") };
                self.end = Some(End::Diverged(Divergence { step, expected, found }));
            }
            Choice::Redundant => self.end = Some(End::Redundant),
            Choice::Nobody => {
                let has_ended = |task: &Task| matches!(task.state, State::Absent | State::Ended);
                let is_timed = |task: &Task| task.is_timed && !has_ended(task);
                self.end = Some(if world.tasks.iter().all(has_ended) {
                    End::Finished
                } else if world.tasks.iter().any(is_timed) {
                    End::OutOfTime { is_cut: !world.may(Chance::Timeout) }
                } else if world.patient > 0 {
                    End::Polling
                } else {
                    End::Blocked
                });
            }
        }
    }

    fn set_next(&mut self, task: TaskId, choice: u32) {
        let world = &mut self.world;
        world.is_cut |= world.must_go_on() && world.others_enabled().next().is_some();
        world.preempts = task != world.running && world.is_enabled(world.running);
        world.preemptions += usize::from(world.preempts);
        world.tasks[task.index()].choice = choice;
        self.next = Some(task);
    }

    /// Room for all tasks that were numbered.
    #[inline]
    fn make_room(&mut self) {
        if self.census.len() > self.world.tasks.len() {
            self.world.add_tasks(self.census.len());
        }
    }
}
