//! What a scheduler sees: the running execution so far, as tasks, objects and events; and what an operation
//! does to them. Who is next, and when the execution ends, is `execution`'s.

use super::barred::Barred;
use super::clock::Clocks;
use super::event::{ANY_CHOICE, ONLY_CHOICE, TIME_UP, Watched};
use super::log::{Deed, Entry};
use super::memory::{Graph, Mark};
use super::news::in_vain;
use super::object::{
    ADDRESSES, AtomicAction, BOUNDED_CHANCES, By, Causes, CondvarAction, MailboxAction, Object, QUEUES,
    RwLockAction, State as ObjectState, View, Waiting,
};
use super::order::Order;
use super::patience::{PAUSES_MAX, Patience};
use super::polling::{Loops, READ_ON_ROUNDS, Uncompared, Watch};
use super::reading::{Reading, Source};
use super::scheduling::{Divergence, Performed, Scheduler, Settings};
use super::task::{State, Task};
use super::task_set::TaskSet;
use super::time::Times;
use super::{
    Access, Action, Attempt, Bounds, Chance, Effect, Effects, Event, Fact, Facts, ObjectId, Operation, Race,
    StoreId, TaskId, Trace,
};
use std::cell::Cell;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// What a scheduler sees: the running execution so far.
pub(crate) struct World {
    pub(super) tasks: Vec<Task>,
    pub(super) objects: Vec<Object>,
    /// Those that have announced what they can do now.
    pub(super) ready: TaskSet,
    /// Those that have, but poll and wait for news.
    pub(super) held: TaskSet,
    /// Whether nobody can do anything, so that waits with a time may end.
    is_stuck: bool,
    /// For each object those that have announced what they may have to wait for there.
    queues: Vec<[Queue; QUEUES]>,
    pub(crate) trace: Trace,
    /// Whether races are looked for, and for that what happens before what.
    pub(super) analyses: bool,
    /// Whether only some executions are looked at.
    pub(super) samples: bool,
    /// Whether each loop is known by itself.
    pub(super) knows_each_loop: bool,
    /// What happens before each task's next operation, if anybody asks.
    pasts: Clocks,
    pub(super) running: TaskId,
    /// Events so far: fewer than the trace has as long as the execution repeats the last one's.
    pub(super) position: usize,
    /// The tasks in the order of their spawning.
    pub(super) spawned: Vec<TaskId>,
    /// How often a task was left that could have gone on.
    pub(super) preemptions: usize,
    /// How often one may be.
    pub(super) preemptions_max: Option<usize>,
    /// Whether that kept any execution from going another way.
    pub(super) is_cut: bool,
    /// Whether the next event comes after such a change.
    pub(super) preempts: bool,
    /// What has become of each object, as far as who polls it cares.
    pub(super) versions: Vec<Version>,
    /// The loops that were rehearsed.
    pub(super) loops: Loops,
    /// A loop of this execution that is still to be compared.
    pub(super) uncompared: Option<Uncompared>,
    /// Whether a loop is rehearsed: then nothing is kept of what happens.
    pub(super) rehearses: bool,
    /// Pauses of this execution.
    pub(super) pauses: usize,
    pub(super) patience: Patience,
    pub(super) facts: Facts,
    pub(super) order: Order,
    /// What atomics are, if they are not just values.
    pub(super) graph: Option<Box<Graph>>,
    pub(super) times: Times,
    /// Whether a wait could not end early, for the bound on that.
    pub(super) is_cut_by_timeouts: bool,
    /// Whether reads and writes of sockets were not short that could have been.
    pub(super) is_cut_by_shorts: [bool; 2],
    /// Whether in some execution so far a future could have been dropped where it waits.
    pub(super) has_cancellable: bool,
    /// See [`World::notice_buffering`].
    buffering: Cell<Option<[&'static Location<'static>; 2]>>,
    /// A loop that could not go round as often as it might have, and the bound on that.
    pub(super) cut_loop: Option<(&'static Location<'static>, u32)>,
    /// Whether somebody wanted to write what is read in this execution.
    pub(super) has_writers: bool,
    /// Where the execution has come to hang, if a waiting writer keeps readers out.
    pub(super) barred: Vec<Barred>,
    pub(super) bounds: Bounds,
    /// How often each [`Chance`] has happened.
    pub(super) happened: [usize; BOUNDED_CHANCES],
    pub(super) log: Option<Vec<Entry>>,
    pub(super) causes: Causes,
    pub(super) woken: Vec<TaskId>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Version {
    /// How often it was changed.
    pub(super) count: u32,
    /// All that was done there, in a few bits, where it may have left something that is not known here; what an
    /// atomic's last writer had done, if it is one.
    pub(super) past: u64,
}

/// Where a trial began.
pub(super) struct Trial {
    mark: Mark,
    /// How much was written down for others.
    written: usize,
}

/// A point of a task's time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(TaskId, u32);

/// Tasks that wait for the same of an object.
#[derive(Debug, Default)]
struct Queue {
    tasks: TaskSet,
    is_enabled: bool,
}

impl World {
    pub(super) fn new(settings: &Settings, scheduler: &dyn Scheduler) -> Self {
        let is_weak = scheduler.analyses() && settings.facts.has(Fact::OrderingsAreWeak);
        let mut order = Order::new(
            [Fact::CellsAreUsed, Fact::OrderingsAreWeak].into_iter().any(|fact| settings.facts.has(fact)),
        );
        let mut graph = settings.facts.has(Fact::OrderingsAreWeak).then(Box::<Graph>::default);
        order.journal = is_weak.then(Vec::new);
        if is_weak {
            order.keep_changes();
            graph.iter_mut().for_each(|graph| graph.keep_changes());
        }
        World {
            tasks: Vec::new(),
            objects: Vec::new(),
            ready: TaskSet::default(),
            held: TaskSet::default(),
            is_stuck: false,
            queues: Vec::new(),
            trace: Trace::new(is_weak),
            analyses: scheduler.analyses(),
            samples: scheduler.samples(),
            knows_each_loop: scheduler.knows_each_loop(),
            pasts: Clocks::new(),
            running: TaskId::MAIN,
            position: 0,
            spawned: Vec::new(),
            preemptions: 0,
            preemptions_max: settings.preemptions_max,
            is_cut: false,
            preempts: false,
            versions: Vec::new(),
            loops: Loops::default(),
            uncompared: None,
            rehearses: false,
            pauses: 0,
            facts: settings.facts.clone(),
            order,
            graph,
            times: Times::default(),
            is_cut_by_timeouts: false,
            is_cut_by_shorts: [false; 2],
            has_cancellable: false,
            buffering: Cell::default(),
            cut_loop: None,
            patience: Patience::new(settings.facts.has(Fact::LoopsGoOn)),
            has_writers: false,
            barred: Vec::new(),
            bounds: settings.bounds,
            happened: [0; BOUNDED_CHANCES],
            log: settings.logs.then(Vec::new),
            causes: Causes::default(),
            woken: Vec::new(),
        }
    }

    /// A new execution, of which only the main task is there. The trace is left as it is.
    pub(super) fn begin(&mut self) {
        (self.position, self.preemptions, self.preempts, self.pauses) = (0, 0, false, 0);
        (self.is_stuck, self.rehearses, self.uncompared) = (false, false, None);
        self.happened = [0; BOUNDED_CHANCES];
        self.patience.begin();
        self.has_writers = false;
        self.barred.clear();
        self.spawned.clear();
        self.spawned.push(TaskId::MAIN);
        self.objects.clear();
        self.versions.clear();
        let nowhere = self.add_object(Object::default());
        debug_assert_eq!(nowhere, ObjectId::NOWHERE, "it comes first");
        self.ready.clear();
        self.held.clear();
        self.order.begin();
        self.graph.iter_mut().for_each(|graph| graph.begin());
        self.times.begin();
        self.log.iter_mut().for_each(Vec::clear);
        if self.analyses {
            self.pasts.clear();
        }
        self.tasks[TaskId::MAIN.index()].state = State::Running;
        self.running = TaskId::MAIN;
    }

    /// Objects are numbered in the order of their coming, which executions have in common as far as they have their
    /// events.
    pub(super) fn add_object(&mut self, object: Object) -> ObjectId {
        let id = ObjectId::new(self.objects.len());
        if let (Some(graph), ObjectState::Atomic(atomic)) = (&mut self.graph, &object.state) {
            let value = atomic.place.value();
            graph.set(id, value);
            self.order.note(|| Effect::Begin(id, value));
        }
        self.objects.push(object);
        self.versions.push(Version::default());
        match self.queues.get_mut(id.index()) {
            Some(queues) => queues.iter_mut().for_each(|queue| queue.tasks.clear()),
            None => {
                self.queues.resize_with(self.objects.len(), Default::default);
                if self.analyses {
                    self.trace.widen(self.tasks.len(), self.objects.len());
                }
            }
        }
        id
    }

    /// Whether whoever chooses goes by the trace, and explores what that leads to.
    pub(crate) fn analyses(&self) -> bool {
        self.analyses
    }

    /// How many objects there are as yet.
    pub(crate) fn object_count(&self) -> usize {
        self.objects.len()
    }

    /// Makes room for so many tasks.
    #[cold]
    pub(super) fn add_tasks(&mut self, count: usize) {
        self.tasks.resize_with(count, Task::default);
        self.order.widen(count);
        self.graph.iter_mut().for_each(|graph| graph.widen(count));
        if self.analyses {
            self.pasts.widen(count);
            while self.pasts.len() < count {
                self.pasts.push();
            }
            self.trace.widen(count, self.objects.len());
        }
    }

    /// What the task does next comes after the event at `position`.
    pub(super) fn happens_after(&mut self, task: TaskId, position: usize) {
        // What is rehearsed is not traced, so there is no clock of it.
        if self.analyses && !self.rehearses {
            self.pasts.join(task.index(), self.trace.clocks(), position);
        }
    }

    /// What the task does next comes after all that `other` has done.
    pub(super) fn happens_after_all_of(&mut self, task: TaskId, other: TaskId) {
        if self.analyses {
            self.pasts.join_within(task.index(), other.index());
        }
    }

    /// When the running task did what it did last, if not everybody knows of that.
    pub(crate) fn moment(&self) -> Option<Moment> {
        self.graph.as_ref().map(|_| Moment(self.running, self.order.now(self.running)))
    }

    /// Whether that happens before what the running task does next.
    pub(crate) fn knows(&self, Moment(task, time): Moment) -> bool {
        task == self.running || self.order.has_seen(self.running, task, time)
    }

    /// A fence between the task's accesses.
    pub(super) fn fence(&mut self, task: TaskId, order: Ordering) {
        let Some(graph) = &mut self.graph else { return self.order.fence(task, order) };
        let time = self.order.now(task);
        self.order.note(|| Effect::Fence(task, order));
        self.order.fence(task, order);
        graph.fence(&self.order, task, order, time);
    }

    /// The task does something else than to access an atomic.
    pub(super) fn leave(&mut self, task: TaskId) {
        if let Some(graph) = &mut self.graph {
            self.order.note(|| Effect::Leave(task));
            graph.leave(task, self.order.now(task));
        }
    }

    /// What the task has announced, if it has.
    pub(crate) fn announced(&self, task: TaskId) -> Option<Operation> {
        match self.tasks.get(task.index())?.state {
            State::Announced(operation) => Some(operation),
            _ => None,
        }
    }

    /// Whether the task can perform what it has announced.
    #[inline]
    pub(crate) fn is_enabled(&self, task: TaskId) -> bool {
        self.ready.contains(task) || self.is_stuck && self.timed_out(task).is_some()
    }

    /// Whether somebody could do that now.
    pub(crate) fn enables(&self, object: ObjectId, action: Action) -> bool {
        let object = &self.objects[object.index()].state;
        object.enables(action, object.view())
    }

    /// The task announces what it is about to do.
    #[inline]
    pub(super) fn announce(&mut self, task: TaskId, operation: Operation) {
        self.tasks[task.index()].state = State::Announced(operation);
        if let Waiting::Queue(number) = operation.action.waiting() {
            let object = &self.objects[operation.object.index()].state;
            let queue = &mut self.queues[operation.object.index()][number];
            queue.is_enabled = object.enables(operation.action, object.view());
            queue.tasks.insert(task);
            self.has_writers |= operation.action == Action::RwLock(RwLockAction::Write);
        }
        if let Some(watch) = &self.tasks[task.index()].polling.awaits
            && !self.rehearses
        {
            if !self.has_changed(task, watch) {
                return self.hold(task);
            }
            let polling = &mut self.tasks[task.index()].polling;
            polling.heard = polling.awaits.take();
            self.read_on(task);
        }
        self.make_ready(task, operation);
    }

    /// The task, which has announced this, need not wait for news.
    #[inline]
    pub(super) fn make_ready(&mut self, task: TaskId, operation: Operation) {
        let index = operation.object.index();
        let is_ready = match operation.action.waiting() {
            Waiting::Never => true,
            // Where somebody is rehearsed nobody else does anything.
            Waiting::Queue(_) if self.rehearses && is_of_timers(operation.action) => true,
            Waiting::Queue(number) => self.queues[index][number].is_enabled,
            Waiting::Alone => {
                let object = &self.objects[index].state;
                object.enables(operation.action, object.view())
            }
        };
        if is_ready {
            self.ready.insert(task);
        }
    }

    /// What the task does if its time is up, if it waits for a time. Timers of async tasks that nothing else can end are
    /// always up, but not for who polls.
    fn timed_out(&self, task: TaskId) -> Option<Operation> {
        let is_held = self.held.contains(task);
        let task = &self.tasks[task.index()];
        match task.state {
            State::Announced(operation) if is_of_timers(operation.action) => {
                let action = operation.action.timed_out().filter(|_| !is_held)?;
                Some(Operation { action, ..operation })
            }
            _ if self.bounds.timeouts_max == 0 => None,
            State::Announced(operation) if task.is_timed => {
                let action = operation.action.timed_out()?;
                Some(Operation { action, ..operation })
            }
            State::Waiting { lock, condvar } if task.is_timed => {
                let action = Action::Condvar(CondvarAction::GiveUp);
                Some(Operation { object: condvar, action, ..lock })
            }
            _ => None,
        }
    }

    /// Nobody can do anything: waits with a time may end. Whether there are any, and they may at all.
    pub(super) fn become_stuck(&mut self) -> bool {
        self.is_stuck = self.spawned.iter().any(|&task| self.timed_out(task).is_some());
        self.is_stuck
    }

    /// Those that have announced this of the object, if they have to wait for it.
    pub(super) fn waiting(&self, object: ObjectId, action: Action) -> Option<&TaskSet> {
        let Waiting::Queue(number) = action.waiting() else { return None };
        let queue = &self.queues[object.index()][number];
        (!queue.is_enabled).then_some(&queue.tasks)
    }

    /// What was just done to an object lets others go on, or makes them wait.
    #[inline]
    fn requeue(&mut self, object: ObjectId) {
        let state = &self.objects[object.index()].state;
        for queue in &mut self.queues[object.index()] {
            if queue.tasks.is_empty() {
                continue;
            }
            let first = queue.tasks.nth(0).expect("it has some");
            let State::Announced(Operation { action, .. }) = self.tasks[first.index()].state else {
                unreachable!("who is in a queue has announced what for");
            };
            let is_enabled = state.enables(action, state.view());
            if is_enabled != queue.is_enabled {
                queue.is_enabled = is_enabled;
                match is_enabled {
                    true => {
                        self.ready.add(&queue.tasks);
                        if !self.held.is_empty() {
                            self.ready.subtract(&self.held);
                        }
                    }
                    false => self.ready.subtract(&queue.tasks),
                }
            }
        }
    }

    /// Whether the event's task can perform what the event was; with which choice then.
    pub(crate) fn can_repeat(&self, event: &Event) -> Option<u32> {
        if self.tasks.len() <= event.task.index() || !self.is_enabled(event.task) {
            return None;
        }
        let operation = self.next_operation(event.task)?;
        if !operation.action.is_like(event.operation.action) {
            return None;
        }
        match event.choice {
            ANY_CHOICE => self.choices(event.task).next(),
            ONLY_CHOICE if !operation.action.may_choose() && !self.is_stuck => Some(ONLY_CHOICE),
            choice => Some(choice).filter(|&choice| self.could_choose(event.task, choice)),
        }
    }

    /// Whether the event's task can perform what the event was, with some choice.
    pub(crate) fn can_repeat_somehow(&self, event: &Event) -> Option<()> {
        self.can_repeat(&Event { choice: ANY_CHOICE, ..*event }).map(|_| ())
    }

    /// What an event of a task of this execution had before it, and what it is about; or what the task is about to do.
    pub(crate) fn event_or_next(&self, task: TaskId, index: u32) -> Option<(u64, ObjectId)> {
        if let Some(position) = self.trace.position_of(task, index) {
            let reading = &self.trace.readings.as_ref()?.all[position];
            return Some((reading.past, self.trace.events[position].operation.object));
        }
        let record = self.tasks.get(task.index()).filter(|record| record.events + 1 == index)?;
        Some((record.polling.past, self.announced(task)?.object))
    }

    /// What the task does next, if it can: what it has announced, or what that becomes since its time is up.
    fn next_operation(&self, task: TaskId) -> Option<Operation> {
        if self.is_stuck { self.timed_out(task) } else { self.announced(task) }
    }

    /// Whether the task polls and waits for news, so that it cannot do what it has announced.
    pub(crate) fn is_held(&self, task: TaskId) -> bool {
        self.held.contains(task)
    }

    /// Whether [`World::enabled`] has the task.
    pub(crate) fn may_go_on(&self, task: TaskId) -> bool {
        self.is_enabled(task) && (task == self.running || !self.must_go_on())
    }

    /// All tasks that can go on, and may: first the one that ran last, if it can, since it needs no switch.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = TaskId> {
        let others = (!self.must_go_on()).then(|| self.others_enabled());
        let running = Some(self.running).filter(|&task| self.is_enabled(task));
        running.into_iter().chain(others.into_iter().flatten())
    }

    pub(super) fn others_enabled(&self) -> impl Iterator<Item = TaskId> {
        let expired = self.spawned.iter().copied().filter(|_| self.is_stuck);
        let expired = expired.filter(|&task| self.timed_out(task).is_some());
        self.ready.iter().chain(expired).filter(|&task| task != self.running)
    }

    /// How many tasks [`World::enabled`] has.
    pub(crate) fn enabled_count(&self) -> usize {
        if self.is_stuck {
            self.enabled().count()
        } else if self.must_go_on() {
            1
        } else {
            self.ready.len()
        }
    }

    /// One of those, by its place.
    pub(crate) fn nth_enabled(&self, place: usize) -> Option<TaskId> {
        if self.is_stuck {
            self.enabled().nth(place)
        } else if self.must_go_on() {
            Some(self.running)
        } else {
            self.ready.nth(place)
        }
    }

    /// Whether nobody can do anything, but for waits with a time that may end.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_stuck
    }

    /// Whether the task that ran last can go on, and no other may instead.
    pub(super) fn must_go_on(&self) -> bool {
        self.preemptions_max == Some(self.preemptions) && self.is_enabled(self.running)
    }

    /// Whether the bound on preemptions kept any execution so far from going another way.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// What is known of the program.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Whether some wait of any execution so far could not end early for the bound on that.
    pub(crate) fn is_cut_by_timeouts(&self) -> bool {
        self.is_cut_by_timeouts
    }

    /// Whether reads, and writes, of sockets were not short that could have been.
    pub(crate) fn is_cut_by_shorts(&self) -> [bool; 2] {
        self.is_cut_by_shorts
    }

    /// Whether what is done is written down for readers.
    pub(crate) fn is_logged(&self) -> bool {
        self.log.is_some() && !self.rehearses
    }

    /// That it happens is not looked at, for the sake of a bound.
    pub(crate) fn leaves_out(&mut self, chance: Chance) {
        match chance {
            Chance::Timeout | Chance::Early { .. } => self.is_cut_by_timeouts = true,
            Chance::ShortRead(_) => self.is_cut_by_shorts[0] = true,
            Chance::ShortWrite => self.is_cut_by_shorts[1] = true,
            _ => {}
        }
    }

    /// Whether in some execution so far a future could have been dropped where it waits.
    pub(crate) fn has_cancellable(&self) -> bool {
        self.has_cancellable
    }

    /// A loop that in some execution so far could not go round as often as it might have, and the bound on that.
    pub(crate) fn cut_loop(&self) -> Option<(&'static Location<'static>, u32)> {
        // Samples leave things out anyway.
        let uncompared = self.loops.uncompared().filter(|_| !self.samples);
        let impatient = self.patience.cut_place().map(|place| (place, PAUSES_MAX));
        self.cut_loop.or(impatient).or(uncompared.map(|place| (place, READ_ON_ROUNDS)))
    }

    /// Whether some task looked at its clock, and in some execution time has passed, where not each order of accesses was
    /// explored: in another, the clock might have shown another time.
    pub(crate) fn is_cut_by_clocks(&self) -> bool {
        self.graph.is_some() && self.analyses && self.times.is_looked_at_as_it_passes()
    }

    /// Notices that a load of the trace could have read what it led to, which is not explored.
    pub(crate) fn notice_buffering(&self, load: usize, store: usize) {
        if self.buffering.get().is_none()
            && self.graph.as_ref().is_some_and(|graph| graph.could_buffer(load, store))
        {
            let place = |position: usize| self.trace.events[position].operation.place;
            self.buffering.set(Some([place(load), place(store)]));
        }
    }

    /// Where a load is, and a store, that came to nothing in any execution so far for that; see [`World::notice_buffering`].
    pub(crate) fn buffering(&self) -> Option<[&'static Location<'static>; 2]> {
        self.buffering.get()
    }

    /// Whether some long execution so far could not go another way for its length.
    pub(crate) fn is_cut_by_length(&self) -> bool {
        self.graph.as_ref().is_some_and(|graph| graph.is_cut())
    }

    /// What there is to choose for what a task has announced: mostly one.
    pub(crate) fn choices(&self, task: TaskId) -> impl Iterator<Item = u32> {
        let listed = self.listed_choices(task);
        let count = listed.as_ref().map_or_else(|| self.choice_count(task), Vec::len);
        (0..count).filter_map(move |place| match &listed {
            Some(listed) => Some(listed[place]),
            None => self.nth_choice(task, place),
        })
    }

    /// The choices where they are not just so many numbers or tasks.
    fn listed_choices(&self, task: TaskId) -> Option<Vec<u32>> {
        self.ages(task).or_else(|| self.other_choices(task))
    }

    /// Which stores the task may read next, or be written behind, if that is a choice: by their ages.
    fn ages(&self, task: TaskId) -> Option<Vec<u32>> {
        let graph = self.graph.as_ref()?;
        let Operation { object, action: Action::Atomic(action), .. } = self.announced(task)? else {
            return None;
        };
        let mut ages = graph.ages(&self.order, task, object, action);
        if ages.len() > 1 && action.reads() && self.patience.is_over(task) {
            self.patience.cut();
            ages.truncate(1);
        }
        let polling = &self.tasks[task.index()].polling;
        if polling.is_to_read_on
            && ages.len() > 1
            && action.reads()
            && !polling.looks_at_later().any(|object| graph.has_news(&self.order, task, object))
        {
            let known = ages.last().map(|&age| graph.value(object, age));
            if ages.iter().any(|&age| Some(graph.value(object, age)) != known) {
                ages.retain(|&age| Some(graph.value(object, age)) != known);
            }
        }
        Some(ages)
    }

    /// How many choices there are for what a task has announced.
    pub(crate) fn choice_count(&self, task: TaskId) -> usize {
        if let Some(listed) = self.listed_choices(task) {
            return listed.len();
        }
        self.unlisted_choice_count(task)
    }

    fn unlisted_choice_count(&self, task: TaskId) -> usize {
        match self.announced(task) {
            operation if self.is_stuck && !is_for_timers(operation) => 1,
            None => 0,
            Some(Operation { action: Action::Chance(Chance::Start(count)), .. }) => usize::from(count),
            Some(Operation { action: Action::Chance(Chance::Times { count, .. }), .. }) => 1 + count as usize,
            Some(Operation { action: Action::Chance(chance), .. }) => {
                1 + if self.may(chance) { chance.ways() } else { 0 }
            }
            Some(Operation { action, object, .. }) => {
                self.objects[object.index()].state.choices(action).count()
            }
        }
    }

    /// One of these choices, by its place.
    pub(crate) fn nth_choice(&self, task: TaskId, place: usize) -> Option<u32> {
        if let Some(listed) = self.listed_choices(task) {
            return listed.get(place).copied();
        }
        self.nth_unlisted_choice(task, place)
    }

    fn nth_unlisted_choice(&self, task: TaskId, place: usize) -> Option<u32> {
        match self.announced(task) {
            operation if self.is_stuck && !is_for_timers(operation) => Some(TIME_UP),
            Some(Operation { action: Action::Chance(_), .. }) => Some(place as u32),
            Some(Operation { action, object, .. }) => {
                self.objects[object.index()].state.choices(action).get(place)
            }
            None => None,
        }
    }

    /// What a task may choose of what is not all to be explored, as it polls: what does not go round the same loop again, if
    /// that would come to nothing; and of lots in such a loop the one that it has drawn.
    fn other_choices(&self, task: TaskId) -> Option<Vec<u32>> {
        let polling = &self.tasks[task.index()].polling;
        let operation = self.announced(task)?;
        if matches!(operation.action, Action::Chance(Chance::Start(_))) {
            return self.lot_as_before(task, &operation).map(|lot| vec![lot]);
        }
        let heard_of = |watch: &Watch| self.has_changed(task, watch);
        if !polling.is_to_choose_otherwise || polling.heard.as_ref().is_some_and(heard_of) {
            return None;
        }
        let all = (0..self.unlisted_choice_count(task)).filter_map(|at| self.nth_unlisted_choice(task, at));
        Some(all.filter(|&choice| !polling.is_same_again(in_vain(&operation, choice))).collect())
    }

    /// What the task has chosen when it went round its loop the last time, where it would do the same again.
    pub(super) fn same_choice(&self, task: TaskId) -> Option<u32> {
        let operation = self.announced(task)?;
        let polling = &self.tasks[task.index()].polling;
        let choice = polling.last_choice().filter(|_| !matches!(operation.action, Action::Atomic(_)))?;
        let is_same = polling.is_same_again(in_vain(&operation, choice));
        Some(choice).filter(|&choice| is_same && self.has_choice(task, choice))
    }

    /// Another lot than the task has drawn the last time.
    pub(super) fn other_lot(&self, task: TaskId) -> Option<u32> {
        let operation = self.announced(task)?;
        let Action::Chance(Chance::Start(count)) = operation.action else { return None };
        let last = self.tasks[task.index()].polling.choice_of(in_vain(&operation, 0))?;
        Some((last + 1) % u32::from(count))
    }

    /// Which time was up when the task was here before, if it may be up again.
    pub(super) fn choice_as_before(&self, task: TaskId) -> Option<u32> {
        let operation = self.announced(task).filter(|operation| operation.action.is_of_time())?;
        let choice = self.tasks[task.index()].polling.last_choice_of(|choice| in_vain(&operation, choice))?;
        Some(choice).filter(|&choice| self.has_choice(task, choice))
    }

    /// Lets those who poll go on otherwise, if there is something else to choose for them: a time that is up. Whether there are
    /// any.
    pub(super) fn release_to_choose(&mut self) -> bool {
        let mut has_any = false;
        for task in self.held() {
            let polling = &mut self.tasks[task.index()].polling;
            polling.is_to_choose_otherwise = true;
            let may_choose = self.announced(task).is_some_and(|operation| operation.action.is_of_time())
                && self.other_choices(task).is_some_and(|others| !others.is_empty());
            self.tasks[task.index()].polling.is_to_choose_otherwise = may_choose;
            if may_choose {
                self.release(task);
                self.tasks[task.index()].polling.is_to_choose_otherwise = true;
                has_any = true;
            }
        }
        has_any
    }

    /// Whether this is one of them, or was before more was known of the loop that the task is in.
    pub(crate) fn has_choice(&self, task: TaskId, choice: u32) -> bool {
        if let Some(ages) = self.ages(task) {
            return ages.contains(&choice);
        }
        match self.announced(task) {
            operation if self.is_stuck && !is_for_timers(operation) => choice == TIME_UP,
            Some(Operation { action: Action::Chance(_), .. }) => {
                (choice as usize) < self.unlisted_choice_count(task)
            }
            Some(Operation { action, object, .. }) => {
                self.objects[object.index()].state.choices(action).has(choice)
            }
            None => false,
        }
    }

    /// As [`World::has_choice`], for who knows that it was one of them.
    pub(crate) fn could_choose(&self, task: TaskId, choice: u32) -> bool {
        match (&self.graph, self.announced(task)) {
            (Some(graph), Some(Operation { object, action: Action::Atomic(action), .. })) => {
                graph.is_coherent(&self.order, task, object, action, choice)
            }
            _ => self.has_choice(task, choice),
        }
    }

    /// Whether there is something to choose for what the task has announced.
    pub(crate) fn has_choices(&self, task: TaskId) -> bool {
        let may = |operation: &Operation| {
            let is_weak = self.graph.is_some() && matches!(operation.action, Action::Atomic(_));
            operation.action.may_choose() || matches!(operation.action, Action::Chance(_)) || is_weak
        };
        self.announced(task).filter(may).is_some() && self.choices(task).nth(1).is_some()
    }

    /// Whether it may happen once more.
    pub(super) fn may(&self, chance: Chance) -> bool {
        chance.bounded().is_some_and(|kind| self.happened[kind] < self.bounds.of(chance))
    }

    /// What the task's next event would be, with this choice.
    pub(crate) fn foresee(&self, task: TaskId, choice: u32) -> Option<Event> {
        let operation = self.next_operation(task)?;
        let object = &self.objects[operation.object.index()].state;
        let view = self.view(operation, choice);
        let access = object.access(operation.action, view)?;
        let task_record = &self.tasks[task.index()];
        let watched = self.watched(task_record.polling.heard.as_ref(), operation.object);
        Some(Event { task, index: task_record.events + 1, operation, access, choice, view, watched })
    }

    /// What a task that had polled waited for, besides the object of its operation.
    fn watched(&self, watch: Option<&Watch>, own: ObjectId) -> Watched {
        let mut watched = Watched::default();
        for &(object, _, _) in watch.into_iter().flat_map(|watch| &watch.objects) {
            if object != own {
                watched.add(object);
            }
        }
        watched
    }

    /// An event of another execution, which has the beginning of this one, with the objects that it has here: those
    /// of the same task's event of that number, and whether that is sure; `None` if it has none.
    pub(crate) fn here(&self, event: &Event) -> Option<(Event, bool)> {
        if let Some(here) = self.trace.event_of(event.task, event.index) {
            let operation = Operation { object: here.operation.object, ..event.operation };
            return Some((Event { operation, watched: here.watched, ..*event }, true));
        }
        let task = self.tasks.get(event.task.index())?;
        let Operation { object, .. } =
            self.announced(event.task).filter(|_| task.events + 1 == event.index)?;
        let operation = Operation { object, ..event.operation };
        let is_sure = event.watched == Watched::default();
        Some((Event { operation, watched: event.watched.or_any(), ..*event }, is_sure))
    }

    /// What the second event of a race does if it comes before the first, after the events `between` that stay
    /// before it; `None` if it cannot.
    pub(crate) fn reversed(
        &self,
        race: &Race,
        between: impl Iterator<Item = Event> + Clone,
    ) -> Option<Event> {
        let object = self.trace.second(race).operation.object;
        self.trace.reversed(race, &self.objects[object.index()].state, between)
    }

    /// Who ran last.
    pub(crate) fn running(&self) -> TaskId {
        self.running
    }

    /// Events so far in this execution.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// What the running task did so far, the last first.
    pub(crate) fn deeds(&self) -> impl Iterator<Item = &Operation> {
        let events = self.trace.events[..self.position].iter().rev();
        { events }.filter(|event| event.task == self.running).map(|event| &event.operation)
    }

    /// How often a task was left that could have gone on.
    pub(crate) fn preemptions(&self) -> usize {
        self.preemptions
    }

    /// How often things may happen for no reason.
    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// The tasks of this execution, in the order of their spawning.
    pub(crate) fn spawned(&self) -> &[TaskId] {
        &self.spawned
    }

    pub(crate) fn take_log(&mut self) -> Vec<Entry> {
        self.log.take().unwrap_or_default()
    }

    /// Where an object was made.
    pub(crate) fn object(&self, object: ObjectId) -> &Object {
        &self.objects[object.index()]
    }

    /// What unpark gives a task, if it was asked for.
    pub(crate) fn token(&self, task: TaskId) -> Option<ObjectId> {
        self.tasks[task.index()].token
    }

    /// What a task is about to do, or waits for.
    pub(crate) fn state(&self, task: TaskId) -> State {
        self.tasks[task.index()].state
    }

    /// Finds the races of the operations that are still waiting.
    pub(crate) fn race_pending(&mut self) {
        for (index, task) in self.tasks.iter().enumerate() {
            if let State::Announced(operation) = task.state {
                let object = &self.objects[operation.object.index()].state;
                let past = (&self.pasts, index);
                self.trace.find_races_of_pending(TaskId::new(index), operation, object, past);
            }
        }
    }

    /// Performs the running task's operation; or says how it differs from what it was. If that writes an
    /// atomic, `update` says what it makes of the value.
    pub(super) fn perform(&mut self, update: impl FnOnce(u64) -> u64) -> Result<Performed, Divergence> {
        let (position, running) = (self.position, self.running);
        let operation = self.next_operation(running).expect("only what is announced is performed");
        self.leave_queue(running);
        let event = self.event(running, operation);
        if !self.rehearses {
            self.trace_event(&event)?;
        }
        if event.is_time_up() {
            self.tasks[running.index()].timed_out = true;
        }
        let Operation { object: id, action, .. } = operation;
        if let Action::Chance(chance) = action {
            if !self.rehearses && !self.may(chance) {
                self.leaves_out(chance);
            }
            self.has_cancellable |= matches!(chance, Chance::Cancellation(_));
            chance
                .bounded()
                .into_iter()
                .for_each(|kind| self.happened[kind] += usize::from(event.choice > 0));
        }
        self.woken.clear();
        let overlooks = self.overlooked(&event);
        let object = &mut self.objects[id.index()].state;
        let is_weak = self.graph.is_some() && matches!(action, Action::Atomic(_));
        if self.order.is_kept() && !is_weak {
            // The checker's own events are none of the program's.
            if let Some(graph) = &mut self.graph
                && !matches!(action, Action::Chance(_) | Action::History(_))
            {
                self.order.note(|| Effect::Leave(running));
                graph.leave(running, self.order.now(running));
            }
            object.synchronize(action, event.access, &mut self.order.edges(running, id));
        }
        let by = By { task: running, position, choice: event.choice };
        let reply = object.apply(action, by, &mut self.woken);
        let (mut value, mut after, mut is_changed, mut has_effect) =
            (0, 0, false, event.access.is_effective());
        // An address may be another in the next execution: it is told from others by who wrote it.
        let mut seen = self.versions[id.index()].past;
        if let ObjectState::Atomic(atomic) = object {
            value = event.view.value();
            after = value;
            is_changed = !event.access.is_read();
            let is_address = value >= ADDRESSES;
            if is_changed {
                after = update(value);
                atomic.place.store(after);
            }
            has_effect = after != value;
            if let (Some(graph), Action::Atomic(action)) = (&mut self.graph, action) {
                seen = graph.past(id, event.choice);
                let access = (action, event.choice);
                let who = (running, event.index, position);
                let new = is_changed.then_some(after);
                graph.perform(&mut self.order, who, id, access, new, self.rehearses);
                atomic.place.store(graph.value(id, 0));
                if !self.rehearses
                    && let Some(readings) = &mut self.trace.readings
                {
                    readings.all[position].written = after;
                }
            }
            seen = if is_address { seen } else { value };
        }
        has_effect |= std::mem::take(&mut self.tasks[running.index()].is_touched);
        self.patience.act(running, has_effect);
        self.requeue(id);
        if !self.woken.is_empty() {
            self.wake(position);
        }
        self.keep_time(running, id, event.access.is_read());
        self.poll(&event, reply, has_effect, seen);
        if !self.rehearses {
            if self.analyses {
                self.pasts.copy(running.index(), self.trace.clocks(), position);
            }
            self.position += 1;
            if let Some(log) = &mut self.log {
                let choice = event.choice;
                let woken = self.woken.clone();
                let deed = Deed::Event { operation, choice, reply, woken, overlooks, note: None };
                log.push(Entry { task: running, deed, preempts: self.preempts });
            }
        }
        self.preempts = false;
        let is_logged = self.is_logged();
        Ok(Performed { reply, choice: event.choice, value, after, is_changed, is_logged })
    }

    /// The task does what it has announced, and waits for nothing any more.
    #[inline]
    fn leave_queue(&mut self, task: TaskId) {
        self.ready.remove(task);
        self.is_stuck = false;
        if let State::Announced(operation) = self.tasks[task.index()].state
            && let Waiting::Queue(number) = operation.action.waiting()
        {
            self.queues[operation.object.index()][number].tasks.remove(task);
        }
        let task = &mut self.tasks[task.index()];
        task.state = State::Running;
        task.polling.is_to_choose_otherwise = false;
        task.events += 1;
    }

    /// Whether it waits for its timers, which are not up early.
    pub(super) fn waits_for_timers(&self, task: TaskId) -> bool {
        is_for_timers(self.announced(task))
    }

    /// The task, which was rehearsed, waits for its timers again.
    pub(super) fn stop_timers(&mut self, task: TaskId) {
        if let State::Announced(operation) = self.tasks[task.index()].state
            && is_of_timers(operation.action)
        {
            self.ready.remove(task);
            if !self.held.contains(task) {
                self.make_ready(task, operation);
            }
        }
    }

    /// The task, which waits for its timers, may have them be up, to be rehearsed.
    pub(super) fn let_timers_be_up(&mut self, task: TaskId) {
        if let State::Announced(operation) = self.tasks[task.index()].state
            && is_of_timers(operation.action)
        {
            self.make_ready(task, operation);
        }
    }

    /// What the running task does next has an effect on those who wait for a change: it gives back data that it changed.
    pub(crate) fn touch(&mut self) {
        self.tasks[self.running.index()].is_touched = true;
    }

    /// The event that the task's operation is now.
    #[inline]
    fn event(&self, task: TaskId, operation: Operation) -> Event {
        let object = &self.objects[operation.object.index()].state;
        let Task { events, choice, ref polling, .. } = self.tasks[task.index()];
        let view = self.view(operation, choice);
        let access = object.access(operation.action, view).expect("an object is asked for what it can do");
        let watched = match &polling.heard {
            None => Watched::default(),
            heard => self.watched(heard.as_ref(), operation.object),
        };
        Event { task, index: events, operation, access, choice, view, watched }
    }

    /// How the operation finds its object, with this choice.
    #[inline]
    fn view(&self, operation: Operation, choice: u32) -> View {
        match (&self.graph, operation.action) {
            (Some(graph), Action::Atomic(_)) => View::of(graph.value(operation.object, choice)),
            _ => self.objects[operation.object.index()].state.view(),
        }
    }

    /// Which event has written the value after the one that this one reads, or writes behind.
    fn overlooked(&self, event: &Event) -> Option<usize> {
        let newer = event.choice.checked_sub(1).filter(|_| self.log.is_some())?;
        match event.operation.action {
            Action::Atomic(_) => self.graph.as_ref()?.position(event.operation.object, newer),
            _ => None,
        }
    }

    /// Appends an event to the trace; or compares it with the one that the trace has.
    #[inline]
    fn trace_event(&mut self, event: &Event) -> Result<(), Divergence> {
        let heard = self.tasks[event.task.index()].polling.heard.take();
        self.note_effects();
        let mark = self.mark();
        if let Some(known) = self.trace.events.get_mut(self.position) {
            if !is_same(known, event) {
                return Err(divergence(self.position, known, event));
            }
            if let Some(readings) = &mut self.trace.readings {
                readings.all[self.position].mark = mark;
            }
            // Values may differ.
            (known.operation.action, known.view) = (event.operation.action, event.view);
            return Ok(());
        }
        if self.analyses {
            let object = &self.objects[event.operation.object.index()].state;
            self.causes.clear();
            object.causes(event.operation.action, &mut self.causes);
            let past = (&self.pasts, event.task.index());
            self.trace.analyse(event, object, past, &mut self.causes, heard);
        }
        if let Some(readings) = &mut self.trace.readings {
            let source = source(self.graph.as_deref(), event.operation, event.choice);
            let past = self.tasks[event.task.index()].polling.past;
            readings.all.push(Reading { source, written: 0, past, effects: Effects::default(), mark });
            if let (Source::Store(StoreId::Event(task, index)), Action::Atomic(action)) =
                (source, event.operation.action)
                && action.reads()
            {
                self.trace.read((task, index));
            }
        }
        self.trace.push(*event);
        Ok(())
    }

    /// What happened since the last event is written down beside it.
    pub(crate) fn note_effects(&mut self) {
        if let (Some(readings), Some(journal)) = (&mut self.trace.readings, &mut self.order.journal) {
            readings.note_effects(self.position, journal);
        }
    }

    /// What this choice is for the task's next event, whatever the execution.
    pub(crate) fn source(&self, task: TaskId, choice: u32) -> Option<Source> {
        Some(source(self.graph.as_deref(), self.next_operation(task)?, choice))
    }

    /// Whether there is something to choose at each access of an atomic.
    pub(crate) fn is_weak(&self) -> bool {
        self.graph.is_some()
    }

    /// A point of the memory to go back to, if changes are kept.
    fn mark(&self) -> Mark {
        self.graph.as_ref().map_or_else(Mark::default, |graph| Mark::of(graph, &self.order))
    }

    /// The same, and changes are kept from here on.
    pub(super) fn begin_trial(&mut self) -> Trial {
        if let Some(graph) = &mut self.graph {
            graph.keep_changes();
            self.order.keep_changes();
        }
        Trial { mark: self.mark(), written: self.order.journal.as_ref().map_or(0, Vec::len) }
    }

    /// Memory becomes as it was.
    pub(super) fn end_trial(&mut self, Trial { mark, written }: Trial) {
        let Some(graph) = &mut self.graph else { return };
        mark.restore(graph, &mut self.order);
        self.order.journal.iter_mut().for_each(|journal| journal.truncate(written));
        if !self.analyses {
            graph.forget_changes();
            self.order.forget_changes();
        }
    }

    /// To try what a sequence of events would come to.
    pub(crate) fn new_attempt(&self) -> Option<Attempt> {
        let mut order = Order::new(true);
        let mut graph = self.graph.as_ref()?.empty();
        order.widen(self.tasks.len());
        graph.widen(self.tasks.len());
        order.begin();
        Some(Attempt::new(graph, order))
    }

    /// From here; one can go back from there to any event of the trace, if `with_changes`.
    pub(crate) fn prepare(&self, attempt: &mut Option<Attempt>, with_changes: bool) {
        if attempt.is_none() {
            *attempt = self.new_attempt();
        }
        if let (Some(graph), Some(attempt)) = (&self.graph, attempt) {
            attempt.copy_from(graph, &self.order, with_changes);
        }
    }

    /// The point just before this event of the trace.
    pub(crate) fn mark_before(&self, position: usize) -> Option<Mark> {
        Some(self.trace.readings.as_ref()?.all.get(position)?.mark)
    }

    /// What the execution was before this event of the trace, by what was written down.
    #[cfg(test)]
    fn attempt_at(&self, position: usize) -> Option<Attempt> {
        let super::reading::Readings { prologue, all, .. } = self.trace.readings.as_ref()?;
        let mut attempt = self.new_attempt()?;
        prologue.iter().for_each(|&effect| attempt.repeat(effect));
        for (at, (event, reading)) in self.trace.events.iter().zip(all).enumerate().take(position) {
            if let Source::Store(store) = reading.source {
                attempt.perform(event, store, reading.written, at);
            }
            reading.effects.iter().for_each(|&effect| attempt.repeat(effect));
        }
        Some(attempt)
    }

    /// See [`Trace::canonical`].
    #[cfg(test)]
    pub(crate) fn class(&self) -> Vec<Vec<(TaskId, u32, Access, u32)>> {
        self.trace.canonical(|position| self.graph.as_ref()?.rank(position))
    }

    /// Whether what was written down of the execution so far comes to what the tasks can do now.
    #[cfg(test)]
    pub(crate) fn attempts_agree(&self) -> bool {
        let Some(mut before) = self.attempt_at(self.trace.events.len()) else { return true };
        let mut now = None;
        self.prepare(&mut now, false);
        let Some(now) = now else { return true };
        self.order.journal.iter().flatten().for_each(|&effect| before.repeat(effect));
        self.enabled().all(|task| match self.announced(task) {
            Some(Operation { object, action: Action::Atomic(action), .. }) => {
                let [before, now] = [&before, &now]
                    .map(|it| it.sources(task, object, action, |store| action.writes(store.1)));
                before == now
            }
            _ => true,
        })
    }

    /// Whether an attempt comes to what was written down of the execution up to this event, for what each task does next.
    #[cfg(test)]
    pub(crate) fn agrees_before(&self, position: usize, attempt: &Attempt) -> bool {
        let Some(before) = self.attempt_at(position) else { return true };
        let left = &self.trace.events[position..];
        let is_next = |at: usize| left[..at].iter().all(|earlier| earlier.task != left[at].task);
        left.iter().enumerate().filter(|&(at, _)| is_next(at)).all(|(_, &Event { task, operation, .. })| {
            let Action::Atomic(action) = operation.action else { return true };
            let [before, now] = [&before, attempt]
                .map(|it| it.sources(task, operation.object, action, |store| action.writes(store.1)));
            before == now
        })
    }

    /// An object's stores in modification order, each with what it has read if it is a read-modify-write.
    pub(crate) fn stores(&self, object: ObjectId) -> Vec<(StoreId, Option<StoreId>)> {
        self.graph.as_ref().map_or_else(Vec::new, |graph| graph.stores(object))
    }

    /// See [`Graph::last_of`].
    pub(crate) fn last_of(
        &self,
        object: ObjectId,
        store: StoreId,
        is_true: impl Fn(StoreId) -> bool,
    ) -> Option<StoreId> {
        Some(self.graph.as_ref()?.last_of(object, store, is_true))
    }

    /// All that the task has done and seen, in a few bits.
    pub(crate) fn past(&self, task: TaskId) -> u64 {
        self.tasks[task.index()].polling.past
    }

    /// Those whom the event at `position` woke go on: to their mutex, or with what they waited for.
    fn wake(&mut self, position: usize) {
        let woken = std::mem::take(&mut self.woken);
        for &task in &woken {
            match self.tasks[task.index()].state {
                State::Waiting { lock, .. } => {
                    self.announce(task, lock);
                    self.happens_after(task, position);
                }
                State::Announced(operation) if operation.action.waiting() == Waiting::Alone => {
                    self.announce(task, operation);
                }
                _ => self.tasks[task.index()].woken_by = Some(position),
            }
        }
        self.woken = woken;
    }

    /// Writes something down before what was written since, if it happened then.
    pub(super) fn write_at(&mut self, place: Option<usize>, task: TaskId, deed: Deed) {
        let Some(log) = &mut self.log else { return };
        let place = place.filter(|&place| place <= log.len()).unwrap_or(log.len());
        log.insert(place, Entry { task, deed, preempts: false });
        for unwinding in self.tasks.iter_mut().filter_map(|task| task.unwinding.as_mut()) {
            unwinding.written += usize::from(unwinding.written >= place);
        }
    }

    pub(super) fn write(&mut self, task: TaskId, deed: impl FnOnce() -> Deed) {
        if let Some(log) = &mut self.log
            && !self.rehearses
        {
            log.push(Entry { task, deed: deed(), preempts: false });
        }
    }
}

/// Whether it waits for timers of async tasks that are not up early.
fn is_of_timers(action: Action) -> bool {
    matches!(action, Action::Mailbox(MailboxAction::AwaitLate { .. }))
}

fn is_for_timers(operation: Option<Operation>) -> bool {
    operation.is_some_and(|operation| is_of_timers(operation.action))
}

/// What a choice is for an operation, whatever the execution.
fn source(graph: Option<&Graph>, operation: Operation, choice: u32) -> Source {
    match (graph, operation.action) {
        (Some(graph), Action::Atomic(_)) => Source::Store(graph.id(operation.object, choice)),
        _ => Source::Choice(choice),
    }
}

/// Whether an execution did again what it had done.
fn is_same(known: &Event, event: &Event) -> bool {
    let (operation, before) = (&event.operation, &known.operation);
    before.object == operation.object
        && before.action.is_like(operation.action)
        && known.access == event.access
        && known.choice == event.choice
        && (std::ptr::eq(before.place, operation.place) || before.place == operation.place)
}

/// An execution did something else than it had done.
#[cold]
fn divergence(step: usize, known: &Event, event: &Event) -> Divergence {
    let (expected, mut found) = (describe(known), describe(event));
    if expected == found {
        found.push_str(", of another object or with another result");
    }
    Divergence { step, expected, found }
}

/// An event as text: who did what, and where.
pub(crate) fn describe(event: &Event) -> String {
    let Operation { action, place, .. } = event.operation;
    let came_to_nothing = match (action, event.access) {
        (Action::Atomic(AtomicAction::Exchange { .. }), access) if access.is_read() => " (failed)",
        (_, Access::Mutex(_) | Access::RwLock(_)) if event.access.is_read() => " (failed)",
        _ => "",
    };
    format!(
        "{} of {}{came_to_nothing} at {}:{}:{}",
        action.name(),
        event.task,
        place.file(),
        place.line(),
        place.column()
    )
}
