//! Objects that the running execution has, and what is done to them that is no operation.

use super::Engine;
use crate::engine::log::Deed;
use crate::engine::object::{AccessPart, Channel, Object, PlainAccess, State};
use crate::engine::scheduling::End;
use crate::engine::{Action, Effect, Fact, ObjectId, Operation, TaskId};
use std::panic::Location;

impl Engine {
    /// A new object.
    pub(crate) fn new_object(&mut self, state: State, made_at: &'static Location<'static>) -> ObjectId {
        self.world.add_object(Object { state, made_at: Some(made_at) })
    }

    /// What an atomic holds.
    pub(crate) fn value(&self, atomic: ObjectId) -> u64 {
        match &self.world.objects[atomic.index()].state {
            State::Atomic(atomic) => atomic.place.value(),
            _ => 0,
        }
    }

    /// Changes what an atomic holds, which nobody notices.
    pub(crate) fn set_value(&mut self, id: ObjectId, value: u64) {
        if let State::Atomic(atomic) = &mut self.world.objects[id.index()].state {
            atomic.place.store(value);
            if let Some(graph) = &mut self.world.graph {
                graph.set(id, value);
                self.world.order.note(|| Effect::Set(id, value));
            }
        }
    }

    /// The running task accesses a cell, or an atomic as what is none; whether it goes on, and does not stop for good.
    pub(crate) fn access_cell(
        &mut self,
        cell: ObjectId,
        is_write: bool,
        part: AccessPart,
        place: &'static Location<'static>,
    ) -> bool {
        self.do_other();
        let place = self.task().place.unwrap_or(place);
        let world = &mut self.world;
        if !world.order.is_kept() {
            self.learn(Fact::CellsAreUsed);
            return false;
        }
        world.leave(world.running);
        let mut access = PlainAccess::now(&world.order, world.running, is_write, place);
        if part == AccessPart::Ending {
            access = access.ended();
        }
        let (running, makes) = (world.running, part == AccessPart::Making);
        world.write(running, || Deed::Accessed { object: cell, access, makes });
        !self.races(cell, access)
    }

    /// Whether an access races with an earlier one, which ends the execution.
    fn races(&mut self, object: ObjectId, access: PlainAccess) -> bool {
        let world = &mut self.world;
        let cell = match &mut world.objects[object.index()].state {
            State::Cell(cell) => cell,
            State::Atomic(atomic) => &mut atomic.plain,
            _ => return false,
        };
        let Some(earlier) = cell.access(&world.order, access) else { return false };
        world.write(access.task, || Deed::Raced(earlier));
        self.end.get_or_insert(End::DataRace([earlier.task, access.task]));
        true
    }

    /// The access of an atomic that the running task is about to make, if it is one and somebody asks.
    pub(super) fn atomic_access(&self) -> Option<(ObjectId, PlainAccess)> {
        let running = self.world.running;
        if !self.world.order.is_kept() {
            return None;
        }
        let Operation { object, action: Action::Atomic(_), place } = self.world.announced(running)? else {
            return None;
        };
        Some((object, PlainAccess::now(&self.world.order, running, false, place)))
    }

    /// The running task has made that access; whether it goes on, and does not stop for good.
    pub(super) fn accessed_atomic(&mut self, object: ObjectId, access: PlainAccess) -> bool {
        !self.races(object, access)
    }

    /// Whether that is known of the program.
    pub(crate) fn knows(&self, fact: Fact) -> bool {
        self.settings.facts.has(fact)
    }

    /// Ends the execution: all is to be explored anew, knowing this.
    pub(crate) fn find_out(&mut self, fact: Fact) {
        self.learn(fact);
    }

    /// Whether what orders accesses of plain memory is kept.
    pub(crate) fn keeps_order(&self) -> bool {
        self.world.order.is_kept()
    }

    /// The running task, as one of several owners of something, lets go of it, which is no event; `is_last` if it is the
    /// last.
    pub(crate) fn let_go(&mut self, count: ObjectId, is_last: bool) {
        // Who is last is decided by an order that is not explored, since nobody would notice. Nor is anybody to notice by
        // what the last has seen of the others: where old values can be read, that would be.
        let sees_others = is_last && self.world.graph.is_none();
        let mut edges = self.world.order.edges(self.world.running, count);
        edges.release(0);
        if sees_others {
            edges.acquire(0);
        }
    }

    /// Whether main is all alone.
    pub(crate) fn is_main_alone(&self) -> bool {
        self.world.spawned().len() == 1
    }

    /// How much the running task has done so far that others can notice, or that depends on who does it.
    pub(crate) fn deeds_of_running(&mut self) -> u32 {
        let task = self.task();
        task.events + task.others
    }

    /// The running task does something that is no event, and depends on who does it.
    pub(crate) fn do_other(&mut self) {
        self.task().others += 1;
        self.heed_bar();
    }

    /// From here on the running task may do nothing that others can notice, unless this is known of the program; `None` lifts
    /// that. What it was before.
    pub(crate) fn bar(&mut self, until: Option<Fact>) -> Option<Fact> {
        std::mem::replace(&mut self.task().barred_by, until)
    }

    /// The running task does what others can notice.
    #[inline]
    pub(super) fn heed_bar(&mut self) {
        if let Some(fact) = self.task().barred_by {
            self.learn(fact);
        }
    }

    /// How many messages were sent into a channel.
    pub(crate) fn sent_count(&self, channel: ObjectId) -> usize {
        match &self.world.objects[channel.index()].state {
            State::Channel(channel) => channel.sent_count(),
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
            State::Channel(channel) => Some(channel),
            _ => None,
        }
    }

    /// What unpark gives a task: made when it is first asked for.
    pub(crate) fn token(&mut self, task: TaskId, place: &'static Location<'static>) -> ObjectId {
        if let Some(token) = self.world.tasks[task.index()].token {
            return token;
        }
        let token = self.world.add_object(Object { state: State::token(), made_at: Some(place) });
        self.world.tasks[task.index()].token = Some(token);
        token
    }

    /// What a task's end writes; `None` if ends are no events.
    pub(crate) fn end_of(&self, task: TaskId) -> Option<ObjectId> {
        self.world.tasks[task.index()].end
    }

    /// As [`Engine::end_of`], for who asks whether the task has ended: then ends have to be events.
    pub(crate) fn asked_end_of(&mut self, task: TaskId) -> Option<ObjectId> {
        let end = self.end_of(task);
        if end.is_none() {
            self.learn(Fact::EndsAreAsked);
        }
        end
    }
}
