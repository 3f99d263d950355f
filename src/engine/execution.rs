//! One execution after another: who has announced what, who is next, what happened.
//!
//! A task's operation goes: announced → a scheduling point → chosen → performed, which makes it an
//! event. Spawning, joining and ending are no events: a spawned task runs at once until it announces
//! its first operation, and one that waits for a task's end goes on at that end. Nobody else could
//! notice a difference.

use super::clock::Clocks;
use super::object::{Census, Object};
use super::task::{State, Task};
use super::{Access, Action, Coroutine, Event, ObjectId, Operation, Stacks, Switch, TaskId, Trace};

/// Decides who is next. Called in this order, again and again: `begin`; `choose` at each scheduling
/// point that the last execution did not have; `end`.
pub(crate) trait Scheduler {
    /// Leaves in the world's trace what the next execution begins with; false if there is no next.
    fn begin(&mut self, world: &mut World) -> bool;

    /// Who is next.
    fn choose(&mut self, world: &World) -> Choice;

    /// Learns how an execution went.
    fn end(&mut self, world: &mut World, end: &End);
}

pub(crate) enum Choice {
    /// This task, which is enabled.
    Run(TaskId),
    /// No task is enabled.
    Nobody,
    /// What was to be explored next is not what the task has announced.
    Diverged,
    /// Some task is enabled, but every way to go on has been explored.
    Redundant,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All tasks have ended.
    Finished,
    /// No task can go on.
    Blocked,
    /// It went on for too many steps.
    Endless,
    /// Equivalent to one that was explored.
    Redundant,
    /// It did not do again what it had done.
    Diverged(String),
    /// A task found out that it cannot be checked, and said why elsewhere.
    GivenUp,
}

/// What a task does after it has announced an operation.
pub(crate) enum Announced {
    /// It performs the operation: it was chosen.
    Go,
    /// It stops until it is chosen.
    Stop(Switch),
}

/// What is to happen when no task runs.
pub(crate) enum Next {
    /// This task goes on.
    Run(TaskId, Coroutine),
    Over(End),
}

/// What a scheduler sees: the running execution so far.
pub(crate) struct World {
    tasks: Vec<Task>,
    objects: Vec<Object>,
    pub(crate) trace: Trace,
    /// What happens before each task's next operation.
    pasts: Clocks,
    running: TaskId,
    /// Events so far: fewer than the trace has as long as the execution repeats the last one's.
    position: usize,
}

pub(crate) struct Engine {
    pub(crate) world: World,
    pub(crate) stacks: Stacks,
    scheduler: Box<dyn Scheduler>,
    task_census: Census,
    object_census: Census,
    steps_max: usize,
    next: Option<TaskId>,
    end: Option<End>,
    /// How many tasks are inside a spawn, waiting for the new task's first announcement.
    spawning: usize,
}

impl World {
    /// Whether the task can perform what it has announced.
    pub(crate) fn is_enabled(&self, task: TaskId) -> bool {
        match self.tasks[task.index()].state {
            State::Announced(Operation { object, action: Action::Lock }) => {
                self.objects[object.index()].holder.is_none()
            }
            State::Announced(_) => true,
            _ => false,
        }
    }

    /// Whether the event's task can perform what the event was.
    pub(crate) fn can_repeat(&self, event: &Event) -> bool {
        let State::Announced(Operation { object, action }) = self.tasks[event.task.index()].state else {
            return false;
        };
        object == event.operation.object
            && action.is_like(event.operation.action)
            && self.is_enabled(event.task)
    }

    /// All tasks that can go on: first the one that ran last, if it can, since it needs no switch.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = TaskId> {
        let others = (0..self.tasks.len()).map(TaskId::new).filter(|&task| task != self.running);
        std::iter::once(self.running).chain(others).filter(|&task| self.is_enabled(task))
    }

    /// Finds the races of the operations that are still waiting.
    pub(crate) fn race_pending(&mut self) {
        for (index, task) in self.tasks.iter().enumerate() {
            if let State::Announced(operation) = task.state {
                self.trace.push_pending(TaskId::new(index), operation, &self.pasts, index);
            }
        }
    }

    /// Performs the running task's operation; or says how it differs from what it was.
    fn perform(&mut self, before: u64) -> Result<Access, String> {
        let (position, running) = (self.position, self.running);
        let task = &mut self.tasks[running.index()];
        let State::Announced(operation) = task.state else {
            unreachable!("only an announced operation is performed");
        };
        let object = &mut self.objects[operation.object.index()];
        let access = operation.action.access(before, object.holder.is_none());
        task.state = State::Running;
        task.events += 1;
        match access {
            Access::Acquire => object.holder = Some(running),
            Access::Release => object.holder = None,
            Access::Read | Access::Write => {}
        }
        if let Some(known) = self.trace.events.get_mut(position) {
            let is_same = known.operation.object == operation.object
                && known.operation.action.is_like(operation.action)
                && known.access == access;
            if !is_same {
                return Err(diverged(position));
            }
            (known.operation, known.before) = (operation, before);
        } else {
            let event = Event { task: running, index: task.events, operation, access, before };
            self.trace.push(event, &self.pasts, running.index());
        }
        self.pasts.copy(running.index(), self.trace.clocks(), position);
        self.position += 1;
        Ok(access)
    }
}

impl Engine {
    pub(crate) fn new(scheduler: Box<dyn Scheduler>, steps_max: usize) -> Self {
        let world = World {
            tasks: Vec::new(),
            objects: Vec::new(),
            trace: Trace::new(),
            pasts: Clocks::new(),
            running: TaskId::MAIN,
            position: 0,
        };
        Engine {
            world,
            stacks: Stacks::default(),
            scheduler,
            task_census: Census::default(),
            object_census: Census::default(),
            steps_max,
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
        self.world.position = 0;
        (self.next, self.end, self.spawning) = (None, None, 0);
        self.make_room();
        self.world.pasts.clear();
        self.world.tasks[TaskId::MAIN.index()].state = State::Running;
        self.world.running = TaskId::MAIN;
        true
    }

    /// Ends the execution, and throws away the tasks that have not ended.
    pub(crate) fn finish(&mut self, end: &End) {
        self.scheduler.end(&mut self.world, end);
        for task in &mut self.world.tasks {
            if let Some(coroutine) = task.coroutine.take() {
                coroutine.discard(&mut self.stacks);
            }
            task.reset();
        }
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

    /// A new object of the running task's.
    pub(crate) fn new_object(&mut self) -> ObjectId {
        let (maker, task) = (self.world.running, self.task());
        let made_before = task.objects_made;
        task.objects_made += 1;
        let object = ObjectId::new(self.object_census.number(maker, made_before));
        self.make_room();
        self.world.objects[object.index()] = Object::default();
        object
    }

    /// Begins a spawn: the new task runs until it announces something, then `end_spawn` is called.
    pub(crate) fn begin_spawn(&mut self) -> TaskId {
        let (spawner, task) = (self.world.running, self.task());
        let made_before = task.tasks_made;
        task.tasks_made += 1;
        let spawned = TaskId::new(self.task_census.number(spawner, made_before) + 1);
        self.make_room();
        self.world.pasts.join_within(spawned.index(), spawner.index());
        self.world.tasks[spawned.index()].state = State::Running;
        self.world.running = spawned;
        self.spawning += 1;
        spawned
    }

    /// Ends a spawn; whether the spawner can go on.
    pub(crate) fn end_spawn(&mut self, spawner: TaskId) -> bool {
        self.world.running = spawner;
        self.spawning -= 1;
        self.end.is_none()
    }

    /// Keeps the code of a task that has stopped, or notes that it has ended.
    pub(crate) fn put_back(&mut self, task: TaskId, coroutine: Coroutine, has_ended: bool) {
        if !has_ended {
            self.world.tasks[task.index()].coroutine = Some(coroutine);
            return;
        }
        coroutine.discard(&mut self.stacks);
        let ended = &mut self.world.tasks[task.index()];
        ended.state = State::Ended;
        if let Some(joiner) = ended.joiner {
            self.world.pasts.join_within(joiner.index(), task.index());
            self.next = Some(joiner);
        }
    }

    /// The running task waits for the end of another.
    pub(crate) fn join(&mut self, other: TaskId) -> Announced {
        let running = self.world.running;
        if matches!(self.world.tasks[other.index()].state, State::Ended) {
            self.world.pasts.join_within(running.index(), other.index());
            return Announced::Go;
        }
        self.world.tasks[other.index()].joiner = Some(running);
        self.task().state = State::Joining;
        Announced::Stop(self.switch())
    }

    /// The running task wants to perform this; when it may, it calls [`Engine::perform`].
    pub(crate) fn announce(&mut self, operation: Operation) -> Announced {
        self.task().state = State::Announced(operation);
        if self.spawning == 0 {
            self.choose();
            if self.next == Some(self.world.running) {
                self.next = None;
                return Announced::Go;
            }
        }
        Announced::Stop(self.switch())
    }

    /// The running task, whose turn it is, performs what it has announced; `None` if the execution is
    /// over, and the task is to stop for good.
    pub(crate) fn perform(&mut self, before: u64) -> Option<Access> {
        match self.world.perform(before) {
            Ok(access) => Some(access),
            Err(difference) => {
                self.end = Some(End::Diverged(difference));
                None
            }
        }
    }

    /// Remembers that the running task gives a mutex back when its panic has unwound.
    pub(crate) fn release_later(&mut self, mutex: ObjectId) {
        self.task().releases.push(mutex);
    }

    /// A mutex that the running task has to give back before anything else.
    pub(crate) fn take_release(&mut self) -> Option<ObjectId> {
        let releases = &mut self.task().releases;
        if releases.is_empty() { None } else { Some(releases.remove(0)) }
    }

    /// Ends the execution: it cannot be checked.
    pub(crate) fn give_up(&mut self) {
        self.end.get_or_insert(End::GivenUp);
    }

    /// What is to happen now that no task runs.
    pub(crate) fn next(&mut self) -> Next {
        if self.next.is_none() {
            self.choose();
        }
        if let Some(end) = &self.end {
            return Next::Over(end.clone());
        }
        let task = self.next.take().expect("either somebody is next or it is over");
        self.world.running = task;
        match self.world.tasks[task.index()].coroutine.take() {
            Some(coroutine) => Next::Run(task, coroutine),
            None => Next::Over(End::Diverged(diverged(self.world.position))),
        }
    }

    fn choose(&mut self) {
        if self.end.is_some() {
            return;
        }
        let world = &self.world;
        if world.position >= self.steps_max && world.enabled().next().is_some() {
            self.end = Some(End::Endless);
            return;
        }
        let choice = match world.trace.events.get(world.position) {
            Some(event) => Choice::Run(event.task),
            None => self.scheduler.choose(world),
        };
        match choice {
            Choice::Run(task) if world.is_enabled(task) => self.next = Some(task),
            Choice::Run(_) | Choice::Diverged => self.end = Some(End::Diverged(diverged(world.position))),
            Choice::Redundant => self.end = Some(End::Redundant),
            Choice::Nobody => {
                let has_ended = |task: &Task| matches!(task.state, State::Absent | State::Ended);
                let finished = world.tasks.iter().all(has_ended);
                self.end = Some(if finished { End::Finished } else { End::Blocked });
            }
        }
    }

    /// Room for all tasks and objects that were numbered.
    fn make_room(&mut self) {
        let (tasks, objects) = (self.task_census.len() + 1, self.object_census.len());
        let world = &mut self.world;
        if world.tasks.len() < tasks {
            world.tasks.resize_with(tasks, Task::default);
            world.pasts.widen(tasks);
            while world.pasts.len() < tasks {
                world.pasts.push();
            }
        }
        if world.objects.len() < objects {
            world.objects.resize(objects, Object::default());
        }
        world.trace.widen(tasks, objects);
    }
}

fn diverged(position: usize) -> String {
    format!(
        "step {position} of a schedule went another way when it was replayed; the program must not depend on \
         clocks, addresses, the order of a HashMap, or what another execution left behind"
    )
}
