//! How tasks begin and end, and how others wait for that. None of it is an event: see the module above.

use super::Engine;
use crate::engine::log::Deed;
use crate::engine::object::State as ObjectState;
use crate::engine::scheduling::{Announced, Spawned};
use crate::engine::task::{State, Task};
use crate::engine::{Coroutine, Fact, Switch, TaskId};
use std::panic::Location;
use std::sync::Arc;

impl Engine {
    /// Begins a spawn: the new task, which stops by `switch`, runs until it announces something, then
    /// `end_spawn` is called.
    pub(crate) fn begin_spawn(
        &mut self,
        place: &'static Location<'static>,
        name: Option<Arc<str>>,
        switch: Switch,
    ) -> Spawned {
        self.heed_bar();
        let tells_ends = self.settings.facts.has(Fact::EndsAreAsked);
        let end = tells_ends.then(|| self.new_object(ObjectState::atomic(0), place));
        self.world.act(self.world.running);
        let (spawner, task) = (self.world.running, self.task());
        let made_before = task.tasks_made;
        task.tasks_made += 1;
        let spawned = self.census.number(spawner, made_before);
        self.make_room();
        self.world.write(spawner, || Deed::Spawned(spawned, place));
        self.world.spawned.push(spawned);
        self.world.happens_after_all_of(spawned, spawner);
        self.world.leave(spawner);
        self.world.order.spawn(spawner, spawned);
        self.world.depend_on(spawned, spawner);
        let task = &mut self.world.tasks[spawned.index()];
        (task.state, task.end, task.name, task.switch) = (State::Running, end, name, Some(switch));
        self.world.running = spawned;
        self.settings.pulse.beat(spawned, place);
        self.spawning += 1;
        Spawned { spawner, task: spawned }
    }

    /// Ends a spawn; whether the spawner can go on.
    pub(crate) fn end_spawn(&mut self, spawner: TaskId) -> bool {
        self.world.running = spawner;
        self.settings.pulse.turn(spawner);
        self.spawning -= 1;
        self.end.is_none()
    }

    /// Keeps the code of a task that has stopped, or notes that it has ended.
    pub(crate) fn put_back(&mut self, task: TaskId, coroutine: Coroutine, has_ended: bool) {
        if has_ended {
            self.coroutines.put_back(coroutine);
            self.end_task(task);
        } else {
            self.world.tasks[task.index()].coroutine = Some(coroutine);
        }
    }

    fn end_task(&mut self, task: TaskId) {
        self.world.act(task);
        self.world.leave(task);
        self.world.write(task, || Deed::Ended);
        let ended = &mut self.world.tasks[task.index()];
        ended.state = State::Ended;
        if let Some((joiner, place)) = ended.joiner {
            self.world.happens_after_all_of(joiner, task);
            self.world.leave(joiner);
            self.world.order.join(joiner, task);
            self.world.depend_on(joiner, task);
            self.world.write(joiner, || Deed::Joined(task, place));
            self.next = Some(joiner);
        }
    }

    /// The running task waits for the end of another.
    pub(crate) fn join(&mut self, other: TaskId, place: &'static Location<'static>) -> Announced {
        let running = self.world.running;
        self.world.act(running);
        if matches!(self.world.tasks[other.index()].state, State::Ended) {
            self.world.happens_after_all_of(running, other);
            self.world.leave(running);
            self.world.order.join(running, other);
            self.world.depend_on(running, other);
            self.world.write(running, || Deed::Joined(other, place));
            return Announced::Go;
        }
        self.heed_bar();
        let outermost = self.task().place.unwrap_or(place);
        self.world.write(running, || Deed::Joins(other, outermost));
        self.world.tasks[other.index()].joiner = Some((running, place));
        self.task().state = State::Joining(other);
        Announced::Stop(self.switch())
    }

    /// The program is over without that task's end.
    pub(crate) fn put_in_background(&mut self, task: TaskId) {
        self.world.tasks[task.index()].is_background = true;
    }

    /// Main, which runs and has returned, waits until all others have ended but those in the background, or until nobody
    /// can go on.
    pub(crate) fn outlive_others(&mut self) -> Announced {
        if !self.has_others() {
            self.outlive(|task| matches!(task.state, State::Ended));
            return Announced::Go;
        }
        self.heed_bar();
        self.task().state = State::Joining(TaskId::MAIN);
        Announced::Stop(self.switch())
    }

    /// Whether main waits for the others.
    pub(super) fn is_outliving(&self) -> bool {
        matches!(self.world.tasks[TaskId::MAIN.index()].state, State::Joining(TaskId::MAIN))
    }

    /// Whether others than main have not ended that are not in the background.
    pub(super) fn has_others(&self) -> bool {
        let is_left =
            |task: &Task| !matches!(task.state, State::Absent | State::Ended) && !task.is_background;
        self.world.tasks.iter().skip(TaskId::MAIN.index() + 1).any(is_left)
    }

    /// Main has waited for those for long enough, and is next.
    pub(super) fn go_on_with_main(&mut self, outlived: impl Fn(&Task) -> bool) {
        self.world.tasks[TaskId::MAIN.index()].state = State::Running;
        self.outlive(outlived);
        self.next = Some(TaskId::MAIN);
    }

    /// What main does from here on comes after what those did.
    fn outlive(&mut self, outlived: impl Fn(&Task) -> bool) {
        let others = self.world.spawned().iter().filter(|&&other| other != TaskId::MAIN);
        let outlived: Vec<_> =
            others.filter(|other| outlived(&self.world.tasks[other.index()])).copied().collect();
        for other in outlived {
            self.world.happens_after_all_of(TaskId::MAIN, other);
            self.world.order.join(TaskId::MAIN, other);
            self.world.depend_on(TaskId::MAIN, other);
        }
        self.world.leave(TaskId::MAIN);
    }
}
