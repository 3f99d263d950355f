//! Following a schedule, and what its execution did, for readers.

use super::explore::{explore_with, order};
use crate::backend::panics;
use crate::backend::search::Search;
use crate::engine::{Choice, End, ObjectId, Scheduler, TaskId, World};
use crate::outcome::{Diverged, Incomplete};
use crate::panic;
use crate::schedule::Schedule;
use crate::witness::{Effect, ObjectKind, Place, Step, Witness, WitnessObject, WitnessTask};
use std::sync::Arc;

/// Runs `body` once, as `schedule` says.
pub(crate) fn replay<T>(
    search: Search<T>,
    schedule: &Schedule,
    body: Arc<dyn Fn() -> T + Send + Sync>,
) -> Result<(Search<T>, Witness), Diverged>
where
    T: Ord + Send + 'static,
{
    panics::mute_executions();
    let schedule = schedule.clone();
    let ended = std::thread::spawn(move || {
        let follower =
            || -> Box<dyn Scheduler> { Box::new(Follower { schedule: schedule.clone(), has_begun: false }) };
        let mut seen = None;
        let search = explore_with(search, follower, &body, |world| seen = Some(witness(world, &schedule)));
        (search, seen)
    })
    .join();
    let (search, witness) = ended.unwrap_or_else(|payload| panic::resume_unwind(payload));
    match (&search.incomplete, witness) {
        (Some(Incomplete::Flaky { step, expected, found }), _) => {
            Err(Diverged { step: *step, expected: expected.clone(), found: found.clone() })
        }
        (_, Some(witness)) => Ok((search, witness)),
        (_, None) => unreachable!("a replay has one execution"),
    }
}

/// Lets those go on whom the schedule names.
struct Follower {
    schedule: Schedule,
    has_begun: bool,
}

impl Scheduler for Follower {
    fn begin(&mut self, _: &mut World) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn choose(&mut self, world: &World) -> Choice {
        let Some(pick) = self.schedule.picks.get(world.position()) else {
            let is_over = world.enabled().next().is_none();
            return if is_over { Choice::Nobody } else { Choice::Diverged("the end".to_string()) };
        };
        let numbered = |number: u32| world.spawned().get(number as usize).copied();
        let Some(task) = numbered(pick.task).filter(|&task| world.is_enabled(task)) else {
            return Choice::Diverged(format!("a step of {}", name(pick.task as usize)));
        };
        let way = world.ways(task).find(|&way| {
            way == pick.way || numbered(pick.way).is_some_and(|woken| woken.index() == way as usize)
        });
        match way.and_then(|way| world.foresee(task, way)) {
            Some(event) if pick.mark == 0 || event.mark() == pick.mark => Choice::Run(task, event.way),
            _ => Choice::Diverged(format!("another step of {}", name(pick.task as usize))),
        }
    }

    fn end(&mut self, _: &mut World, _: &End) {}
}

/// What the execution that has ended did.
fn witness(world: &World, schedule: &Schedule) -> Witness {
    let events = &world.trace.events[..world.position()];
    let mut objects: Vec<ObjectId> = Vec::new();
    for event in events {
        if !objects.contains(&event.operation.object) {
            objects.push(event.operation.object);
        }
    }
    let place = |event: &crate::engine::Event| {
        let place = event.operation.place;
        Some(Place { file: place.file(), line: place.line(), column: place.column() })
    };
    let step = |event: &crate::engine::Event| Step {
        task: order(world, event.task),
        function: event.operation.action.name(),
        object: objects.iter().position(|object| *object == event.operation.object),
        effect: Effect::Done,
        place: place(event),
        preempts: false,
    };
    let task = |(number, _): (usize, &TaskId)| WitnessTask { name: name(number), spawned_at: None };
    Witness {
        schedule: schedule.clone(),
        outcome: String::new(),
        tasks: world.spawned().iter().enumerate().map(task).collect(),
        objects: objects.iter().map(|_| WitnessObject { kind: ObjectKind::Atomic, made_at: None }).collect(),
        steps: events.iter().map(step).collect(),
        waits: Vec::new(),
        preemptions: world.preemptions(),
    }
}

fn name(number: usize) -> String {
    if number == 0 { "main".to_string() } else { format!("T{number}") }
}
