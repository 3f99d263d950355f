//! Generated histories: of an object that is right and of tasks that overlap, and what becomes of them when
//! answers, operations and events are changed here and there, and tasks crash.

use super::objects::{Answer, Call, History, OBJECTS, Object};
use crate::property::{Specification, Step};
use fastrand::Rng;
use std::collections::BTreeSet;

/// A history as events, in the order in which they happened.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) object: Object,
    pub(super) events: Vec<(usize, Event)>,
    /// Tasks that are said to have crashed if their last operation has no answer.
    pub(super) crashed: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    Call(Call),
    Answer(Answer),
}

/// Where a task is.
enum Phase {
    Idle,
    Called(Call),
    /// It took effect.
    Done(Answer),
}

impl Drawn {
    /// What tasks do with an object, one step after another, until nothing is left to do or all are blocked.
    pub(super) fn right(
        object: Object,
        tasks: usize,
        operations: usize,
        rng: &mut Rng,
        mut call: impl FnMut(&mut Rng) -> Call,
    ) -> Self {
        let (mut state, mut left) = (object.initial(), operations);
        let mut phases: Vec<Phase> = (0..tasks).map(|_| Phase::Idle).collect();
        let mut events = Vec::new();
        loop {
            let can_go = |phase: &Phase| match phase {
                Phase::Idle => left > 0,
                Phase::Called(call) => object.apply(&mut state.clone(), call) != Step::Blocks,
                Phase::Done(_) => true,
            };
            let able: Vec<usize> = (0..tasks).filter(|&task| can_go(&phases[task])).collect();
            let Some(&task) = rng.choice(&able) else {
                return Drawn { object, events, crashed: BTreeSet::new() };
            };
            phases[task] = match &phases[task] {
                Phase::Idle => {
                    let call = call(rng);
                    left -= 1;
                    events.push((task, Event::Call(call.clone())));
                    Phase::Called(call)
                }
                Phase::Called(call) => match object.apply(&mut state, call) {
                    Step::Answers(answer) => Phase::Done(answer),
                    Step::Blocks => unreachable!(),
                },
                Phase::Done(answer) => {
                    events.push((task, Event::Answer(*answer)));
                    Phase::Idle
                }
            };
        }
    }

    /// A small one, right or changed.
    pub(super) fn small(rng: &mut Rng) -> Self {
        let object = OBJECTS[rng.usize(..OBJECTS.len())];
        let (tasks, operations) = (rng.usize(1..=4), rng.usize(1..=7));
        let mut drawn = Drawn::right(object, tasks, operations, rng, |rng| small_call(object, rng));
        for _ in 0..rng.usize(..4) {
            drawn.change(rng);
        }
        drawn
    }

    pub(super) fn history(&self) -> History {
        let mut history = History::new();
        for (task, event) in &self.events {
            match event {
                Event::Call(call) => history.call(*task, call.clone()),
                Event::Answer(answer) => history.answer(*task, *answer),
            }
        }
        let tasks: BTreeSet<usize> = self.events.iter().map(|(task, _)| *task).collect();
        for task in tasks.into_iter().filter(|&task| self.is_open(task)) {
            if self.crashed.contains(&task) { history.crash(task) } else { history.block(task) }
        }
        history
    }

    /// Whether the task's last operation has no answer.
    fn is_open(&self, task: usize) -> bool {
        let last = self.events.iter().rfind(|(other, _)| *other == task);
        matches!(last, Some((_, Event::Call(_))))
    }

    fn change(&mut self, rng: &mut Rng) {
        let at = rng.usize(..self.events.len());
        match rng.usize(..7) {
            0 => self.answer_otherwise(at, rng),
            5 => self.delay_writes(),
            6 => self.crash(at),
            1 => self.lose_answer(at),
            2 => self.answer_all(rng),
            3 => self.mix_events(2 * self.events.len(), rng),
            _ => self.swap_operations(at, rng),
        }
    }

    fn answer_otherwise(&mut self, at: usize, rng: &mut Rng) {
        if let Event::Answer(answer) = &mut self.events[at].1 {
            *answer = answer.is_some().then(|| rng.u8(..3));
        }
    }

    /// What is read from a register was there at the beginning.
    fn delay_writes(&mut self) {
        if matches!(self.object, Object::Register | Object::Registers) {
            let answers = self.events.iter_mut().filter_map(|(_, event)| match event {
                Event::Answer(Some(value)) => Some(value),
                Event::Answer(None) | Event::Call(_) => None,
            });
            answers.for_each(|value| *value = 0);
        }
    }

    /// The task's last operation never returns.
    fn lose_answer(&mut self, at: usize) {
        let task = self.events[at].0;
        if let Some(last) = self.events.iter().rposition(|(other, _)| *other == task)
            && matches!(self.events[last].1, Event::Answer(_))
        {
            self.events.remove(last);
        }
    }

    /// The task crashes in the operation that it is in. What it did later did not happen, though others may have
    /// seen it.
    fn crash(&mut self, at: usize) {
        let task = self.events[at].0;
        let is_call = |(other, event): &(usize, Event)| *other == task && matches!(event, Event::Call(_));
        let Some(call) = self.events[..=at].iter().rposition(is_call) else { return };
        let mut at = 0..;
        self.events.retain(|(other, _)| at.next().is_some_and(|at| at <= call) || *other != task);
        self.crashed.insert(task);
    }

    /// Operations that never returned return.
    fn answer_all(&mut self, rng: &mut Rng) {
        for task in 0..4 {
            if self.is_open(task) {
                self.events.push((task, Event::Answer(Some(rng.u8(..3)))));
            }
        }
    }

    /// Events of different tasks change places, so that others overlap.
    pub(super) fn mix_events(&mut self, swaps: usize, rng: &mut Rng) {
        for _ in 0..swaps {
            let at = rng.usize(..self.events.len());
            if at > 0 && self.events[at - 1].0 != self.events[at].0 {
                self.events.swap(at - 1, at);
            }
        }
    }

    /// Two operations of one task, or of two, change places.
    fn swap_operations(&mut self, at: usize, rng: &mut Rng) {
        let [one, other] = [at, rng.usize(..self.events.len())].map(|at| self.operation(at));
        if let (Some(one), Some(other)) = (one, other) {
            self.swap(one.0, other.0);
            self.swap(one.1, other.1);
        }
    }

    /// Two events change places; their places stay the tasks'.
    fn swap(&mut self, one: usize, other: usize) {
        let tasks = [one, other].map(|at| self.events[at].0);
        self.events.swap(one, other);
        self.events[one].0 = tasks[0];
        self.events[other].0 = tasks[1];
    }

    /// Where the operation that an event belongs to is called and answered.
    fn operation(&self, at: usize) -> Option<(usize, usize)> {
        let task = self.events[at].0;
        let mut own = (0..self.events.len()).filter(|&at| self.events[at].0 == task);
        while let (Some(call), Some(answer)) = (own.next(), own.next()) {
            if call == at || answer == at {
                return Some((call, answer));
            }
        }
        None
    }
}

fn small_call(object: Object, rng: &mut Rng) -> Call {
    match object {
        Object::Registers | Object::Register => {
            let register = if object == Object::Registers { rng.usize(..2) } else { 0 };
            if rng.bool() { Call::Read(register) } else { Call::Write(register, rng.u8(1..3)) }
        }
        Object::Queue | Object::WaitingQueue => {
            if rng.bool() {
                Call::Dequeue
            } else {
                Call::Enqueue(rng.u8(..3))
            }
        }
        Object::Lock => [Call::Lock, Call::TryLock, Call::Unlock][rng.usize(..3)].clone(),
    }
}
