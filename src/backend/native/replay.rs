//! Following a schedule, and what an execution did as a witness.

use crate::engine::{Access, Action, Choice, End, Event, Scheduler, TaskId, World};
use crate::outcome::Diverged;
use crate::schedule::{Bounds, Pick, Schedule};
use crate::witness::{Effect, ObjectKind, Step, Witness, WitnessObject, WitnessTask};
use std::cell::RefCell;
use std::rc::Rc;

/// Lets those go on whom the schedule names.
pub(super) struct Follower {
    schedule: Schedule,
    has_begun: bool,
    diverged: Rc<RefCell<Option<Diverged>>>,
}

impl Follower {
    /// And where it tells that it could not.
    pub(super) fn new(schedule: Schedule) -> (Self, Rc<RefCell<Option<Diverged>>>) {
        let diverged = Rc::default();
        (Follower { schedule, has_begun: false, diverged: Rc::clone(&diverged) }, diverged)
    }

    fn diverge(&self, step: usize, expected: String, found: String) -> Choice {
        self.diverged.borrow_mut().get_or_insert(Diverged { step, expected, found });
        Choice::Diverged
    }
}

impl Scheduler for Follower {
    fn begin(&mut self, _: &mut World) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn choose(&mut self, world: &World) -> Choice {
        let events = &world.trace.events;
        if let (Some(event), Some(pick)) =
            (events.last(), events.len().checked_sub(1).map(|at| self.schedule.picks[at]))
            && pick.mark != 0
            && pick.mark != mark(event)
        {
            let name = name(event.task);
            let found = format!("{} of {name}", function(event));
            return self.diverge(events.len(), format!("another step of {name}"), found);
        }
        let step = events.len() + 1;
        let next = world.enabled().next();
        let picked = self.schedule.picks.get(events.len()).map(|pick| TaskId::new(pick.task as usize));
        match (picked, next) {
            (None, None) => Choice::Nobody,
            (None, Some(next)) => {
                self.diverge(step, "the end".to_string(), format!("that {} goes on", name(next)))
            }
            (Some(picked), _) if world.enabled().any(|task| task == picked) => Choice::Run(picked),
            (Some(picked), _) => {
                self.diverge(step, format!("a step of {}", name(picked)), "that it cannot go on".to_string())
            }
        }
    }

    fn end(&mut self, _: &mut World, _: &End) {}
}

/// What the execution that has ended did.
pub(super) fn witness(world: &World) -> Witness {
    let events = &world.trace.events;
    let picks = events
        .iter()
        .map(|event| Pick { task: event.task.index() as u32, way: 0, mark: mark(event) })
        .collect();
    let task_count = events.iter().map(|event| event.task.index() + 1).max().unwrap_or(1);
    let object_count = events.iter().map(|event| event.operation.object.index() + 1).max().unwrap_or(0);
    let kind = |object| {
        let is_atomic = events.iter().any(|event| {
            event.operation.object.index() == object && matches!(event.access, Access::Read | Access::Write)
        });
        if is_atomic { ObjectKind::Atomic } else { ObjectKind::Mutex }
    };
    Witness {
        schedule: Schedule { picks, bounds: Bounds::default() },
        outcome: String::new(),
        tasks: (0..task_count)
            .map(|task| WitnessTask { name: name(TaskId::new(task)), spawned_at: None })
            .collect(),
        objects: (0..object_count)
            .map(|object| WitnessObject { kind: kind(object), made_at: None })
            .collect(),
        steps: events
            .iter()
            .map(|event| Step {
                task: event.task.index(),
                function: function(event),
                object: Some(event.operation.object.index()),
                effect: Effect::Done,
                place: None,
                preempts: false,
            })
            .collect(),
        waits: Vec::new(),
        preemptions: 0,
    }
}

fn name(task: TaskId) -> String {
    if task == TaskId::MAIN { "main".to_string() } else { format!("T{}", task.index()) }
}

fn function(event: &Event) -> &'static str {
    match event.operation.action {
        Action::Load => "load",
        Action::Store => "store",
        Action::Exchange { .. } => "compare_exchange",
        Action::Lock => "lock",
        Action::TryLock => "try_lock",
        Action::Unlock => "unlock",
    }
}

/// Never 0, which says nothing.
fn mark(event: &Event) -> u8 {
    let action = function(event).bytes().fold(7_u8, |mark, byte| mark.wrapping_mul(31) ^ byte);
    let object = event.operation.object.index() as u8;
    (action.wrapping_mul(13) ^ object.wrapping_mul(29) ^ event.access as u8).max(1)
}
