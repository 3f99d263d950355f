//! What the world keeps for tasks that poll: what each did in vain, who waits for news, and who hears of them.

use super::object::{ChanceAccess, MailboxAccess, MailboxAction};
use super::polling::{Loop, LoopId, OLD_ROUNDS_MAX, ROUNDS_MAX, Step, Uncompared, Watch, mix};
use super::task::State;
use super::world::World;
use super::{Access, Action, Chance, Event, Fact, Mark, ObjectId, Operation, Reply, StoreId, TaskId};
use std::panic::Location;

/// What a task did, where, and what came of it, in a few bits.
#[inline]
fn done(operation: &Operation, value: u64, reply: Reply, choice: u32) -> u64 {
    let seen = mix(value, reply as u64 | u64::from(choice) << 8);
    mix(seen, std::ptr::from_ref(operation.place).addr() as u64)
}

#[inline]
fn of_object(done: u64, object: ObjectId, access: Access) -> u64 {
    mix(mix(done, object.index() as u64), access.lane() as u64)
}

/// The step that it would be to do this with the choice, in vain, where the choice is which time is up, or a lot.
pub(super) fn in_vain(operation: &Operation, choice: u32) -> u64 {
    let chance = Access::Chance(ChanceAccess);
    let (set, reply, access, choice) = match operation.action {
        Action::Mailbox(
            MailboxAction::Await { set, .. }
            | MailboxAction::AwaitLate { set, .. }
            | MailboxAction::BeUp { set, .. },
        ) => (set, Reply::WouldBlock, Access::Mailbox(MailboxAccess::InVain), choice),
        Action::Chance(Chance::Times { set, .. } | Chance::Early { set, .. }) => {
            (set, Reply::Done, chance, choice)
        }
        // Rounds may draw other lots each time, and come to the same.
        _ => (0, Reply::Done, chance, 0),
    };
    of_object(done(operation, u64::from(set), reply, choice), operation.object, access)
}

impl World {
    /// The running task has performed this, and `value` is what it has seen.
    #[inline]
    pub(super) fn poll(&mut self, event: &Event, reply: Reply, has_effect: bool, value: u64) {
        let (task, object) = (event.task, event.operation.object);
        let version = &mut self.versions[object.index()];
        let is_atomic = matches!(event.operation.action, Action::Atomic(_));
        let value = if is_atomic { value } else { 0 };
        // How old what an atomic held was is seen by nobody.
        let choice = if is_atomic { 0 } else { event.choice };
        let what = done(&event.operation, value, reply, choice);
        let polling = &mut self.tasks[task.index()].polling;
        let past = polling.past;
        polling.past = mix(past, what);
        if is_atomic
            && has_effect
            && let Some(graph) = &mut self.graph
        {
            graph.set_past(object, StoreId::Event(task, event.index), polling.past);
        }
        if !is_atomic {
            // What it guards or carries is not known, but depends on what came before.
            polling.past = mix(polling.past, version.past);
            version.past = polling.past;
        } else if has_effect {
            version.past = polling.past;
        }
        if has_effect {
            self.tasks[task.index()].polling.is_to_read_on = false;
            self.tell_withheld(task);
            self.tasks[task.index()].polling.act();
            self.tell(task, object);
            return;
        }
        let what = match event.operation.action {
            Action::Chance(Chance::Start(_)) => in_vain(&event.operation, choice),
            action if action.is_of_time() && event.access.is_read() => in_vain(&event.operation, choice),
            // To give a lock back is not to take it once more.
            action => of_object(mix(what, action.name().as_ptr().addr() as u64), object, event.access),
        };
        // A lock that was taken and will be given back.
        let changes = !event.access.is_read();
        let polling = &mut self.tasks[task.index()].polling;
        if !polling.is_same_again(what) {
            polling.is_to_read_on = false;
            self.tell_withheld(task);
            if changes {
                self.tasks[task.index()].polling.add_own_change(object);
                self.tell(task, object);
            }
        } else if changes {
            polling.withhold(object);
        }
        self.tasks[task.index()].polling.awaits = None;
        self.step(task, (what, past), event.operation.place, (object, choice));
    }

    /// What the running task has just tried has changed the object, after all.
    pub(crate) fn was_changed(&mut self, object: ObjectId) {
        let task = self.running;
        self.act(task);
        self.tasks[task.index()].polling.unknown = None;
        self.patience.act(task, true);
        self.tell(task, object);
    }

    /// The running task pauses: it yields, spins or sleeps.
    pub(super) fn pause(&mut self, place: &'static Location<'static>) {
        let what = mix(0, std::ptr::from_ref(place).addr() as u64);
        let task = self.running;
        let polling = &mut self.tasks[task.index()].polling;
        let past = polling.past;
        polling.past = mix(past, what);
        if !polling.is_same_again(what) {
            self.tell_withheld(task);
            self.tasks[task.index()].polling.awaits = None;
        }
        self.pauses += 1;
        self.note_pause();
        if !self.rehearses {
            self.patience.pause(task, place);
        }
        self.step(task, (what, past), place, (ObjectId::NOWHERE, 0));
    }

    /// The running task begins or ends something beside its operations.
    pub(super) fn act(&mut self, task: TaskId) {
        self.tell_withheld(task);
        let polling = &mut self.tasks[task.index()].polling;
        polling.past = mix(polling.past, 1);
        polling.act();
        polling.awaits = None;
    }

    /// What the task does next depends on all that `other` has done.
    pub(super) fn depend_on(&mut self, task: TaskId, other: TaskId) {
        self.pass_on_time(task, other);
        let past = self.tasks[other.index()].polling.past;
        let polling = &mut self.tasks[task.index()].polling;
        polling.past = mix(polling.past, past);
    }

    fn step(
        &mut self,
        task: TaskId,
        (what, past): (u64, u64),
        place: &'static Location<'static>,
        (object, choice): (ObjectId, u32),
    ) {
        let polling = &self.tasks[task.index()].polling;
        let version = self.versions[object.index()].count - polling.own_changes(object);
        // Who samples leaves things out anyway, and need not know each loop by itself.
        let past = if self.samples { 0 } else { past };
        let kind = std::ptr::from_ref(place).addr() as u64;
        let step = Step { what, kind, place, object, choice, version, position: self.position, past };
        let polling = &mut self.tasks[task.index()].polling;
        if let Some((id, repeats)) = polling.step(step) {
            polling.forget_withheld();
            if !self.rehearses {
                self.go_round(task, id, repeats);
            }
        }
    }

    /// The task has gone round a loop in vain once more.
    #[cold]
    fn go_round(&mut self, task: TaskId, id: LoopId, repeats: u32) {
        let polling = &self.tasks[task.index()].polling;
        let place = polling.round_place().expect("it has gone round");
        let is_blind = self.facts.has(Fact::LoopIsBlind(Mark::of(place)));
        let known = self.loops.get(id, repeats, self.knows_each_loop);
        if self.has_unread_news(task) {
            let is_known = known == Some(Loop::Awaits) && !is_blind && self.reads_atomics_only(task);
            let is_bounded = !is_known && repeats >= OLD_ROUNDS_MAX;
            if is_bounded {
                self.cut_loop = self.cut_loop.or(Some((place, OLD_ROUNDS_MAX + 1)));
            }
            if is_known {
                let round = self.tasks[task.index()].polling.round_places();
                self.loops.read_on(round);
                if self.uncompared.is_none() && self.loops.is_to_be_compared(place) {
                    self.uncompared = Some(Uncompared { id, place });
                }
            }
            if is_known || is_bounded {
                let polling = &mut self.tasks[task.index()].polling;
                (polling.is_to_read_on, polling.unknown) = (true, None);
                return;
            }
        }
        let is_to_wait = match known {
            _ if is_blind => repeats >= ROUNDS_MAX,
            Some(Loop::Awaits) => true,
            Some(Loop::Ends { .. }) | None => false,
        };
        let watch = is_to_wait.then(|| polling.watch());
        let is_unknown = known.is_none() && !is_blind;
        let polling = &mut self.tasks[task.index()].polling;
        polling.awaits = watch;
        polling.unknown = is_unknown.then_some(id);
    }

    /// Whether the task could read something newer of what it has looked at in vain.
    fn has_unread_news(&self, task: TaskId) -> bool {
        let Some(graph) = &self.graph else { return false };
        let watch = self.tasks[task.index()].polling.watch();
        watch.objects.iter().any(|&(object, _, _)| graph.has_news(&self.order, task, object))
    }

    /// The lot that the task has drawn when it was here before, if it goes round a loop in vain that awaits something: what
    /// would come of other lots, came of them then. That the loop remembers none is compared, as long as its rounds do the same
    /// with all of them.
    pub(super) fn lot_as_before(&self, task: TaskId, operation: &Operation) -> Option<u32> {
        let round = self.loops.awaiting_around(operation.place)?;
        if round.iter().any(|place| self.facts.has(Fact::LoopIsBlind(Mark::of(place)))) {
            return None;
        }
        self.tasks[task.index()].polling.choice_of(in_vain(operation, 0))
    }

    /// Whether the round that the task was just going looks at nothing but atomics of which it could read old values.
    fn reads_atomics_only(&self, task: TaskId) -> bool {
        let Some(graph) = &self.graph else { return false };
        self.tasks[task.index()].polling.watch().objects.iter().all(|&(object, _, _)| graph.has(object))
    }

    /// Whether the task, which waits, does so for the sake of a bound: nobody knows what its loop waits for.
    fn waits_for_the_bound(&self, task: TaskId) -> Option<&'static Location<'static>> {
        let place = self.tasks[task.index()].polling.round_place()?;
        self.facts.has(Fact::LoopIsBlind(Mark::of(place))).then_some(place)
    }

    /// The task waits for news from here on.
    pub(super) fn hold(&mut self, task: TaskId) {
        self.held.insert(task);
        let polling = &self.tasks[task.index()].polling;
        if let (None, Some(id), Some(place)) = (self.uncompared, polling.loop_id(), polling.round_place())
            && self.loops.get(id, 0, self.knows_each_loop) == Some(Loop::Awaits)
            && self.loops.is_to_be_compared(place)
        {
            self.uncompared = Some(Uncompared { id, place });
        }
    }

    /// Whether another task has changed something that this one watches.
    pub(super) fn has_changed(&self, task: TaskId, watch: &Watch) -> bool {
        let polling = &self.tasks[task.index()].polling;
        let version = |object: ObjectId| self.versions[object.index()].count - polling.own_changes(object);
        watch.objects.iter().any(|&(object, before, _)| match &self.graph {
            // It has to be there for this task.
            Some(graph) if graph.has(object) => graph.has_news(&self.order, task, object),
            _ => version(object) != before,
        })
    }

    /// Others hear that the task has changed an object.
    #[inline]
    fn tell(&mut self, by: TaskId, object: ObjectId) {
        self.versions[object.index()].count += 1;
        if !self.held.is_empty() {
            self.let_go_on(by, object);
        }
    }

    #[cold]
    fn let_go_on(&mut self, by: TaskId, object: ObjectId) {
        let watches = |task: &TaskId| {
            let awaits = &self.tasks[task.index()].polling.awaits;
            let watches = |watch: &Watch| watch.objects.iter().any(|&(watched, _, _)| watched == object);
            awaits.as_ref().is_some_and(|watch| watches(watch) && self.has_changed(*task, watch))
        };
        let woken: Vec<TaskId> = self.held.iter().filter(|&task| task != by).filter(watches).collect();
        woken.into_iter().for_each(|task| self.release(task));
    }

    /// The task need not wait for news any longer.
    pub(super) fn release(&mut self, task: TaskId) {
        self.held.remove(task);
        let polling = &mut self.tasks[task.index()].polling;
        polling.heard = polling.awaits.take();
        polling.is_to_choose_otherwise = false;
        self.read_on(task);
        if let State::Announced(operation) = self.tasks[task.index()].state {
            self.make_ready(task, operation);
        }
    }

    /// The task, which waited for news, does not go round once more without them.
    pub(super) fn read_on(&mut self, task: TaskId) {
        let is_to_read_on = self.reads_atomics_only(task) && self.has_unread_news(task);
        self.tasks[task.index()].polling.is_to_read_on |= is_to_read_on;
    }

    /// Lets those go on that only wait for the sake of a bound; whether there are any.
    pub(super) fn release_bounded(&mut self) -> bool {
        let bounded: Vec<TaskId> =
            self.held.iter().filter(|&task| self.waits_for_the_bound(task).is_some()).collect();
        for &task in &bounded {
            self.release(task);
        }
        !bounded.is_empty()
    }

    /// The tasks that poll and wait for news.
    pub(super) fn held(&self) -> Vec<TaskId> {
        self.held.iter().collect()
    }

    /// Has all of them go on, to be rehearsed.
    pub(super) fn release_all(&mut self) {
        self.held().into_iter().for_each(|task| self.release(task));
    }

    /// Notes a task that waits only for the sake of a bound, if others could go on.
    pub(super) fn note_bound(&mut self) {
        let may_be_cut = !self.held.is_empty() && !self.ready.is_empty() && self.facts.has_blind_loops();
        if self.cut_loop.is_none() && may_be_cut {
            let cut = self.held.iter().find_map(|task| self.waits_for_the_bound(task));
            self.cut_loop = cut.map(|place| (place, ROUNDS_MAX));
        }
    }

    #[inline]
    fn tell_withheld(&mut self, task: TaskId) {
        if self.tasks[task.index()].polling.withholds() {
            self.tell_all_withheld(task);
        }
    }

    #[cold]
    fn tell_all_withheld(&mut self, task: TaskId) {
        for object in self.tasks[task.index()].polling.take_withheld() {
            self.tasks[task.index()].polling.add_own_change(object);
            self.tell(task, object);
        }
    }
}
