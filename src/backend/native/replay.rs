//! One execution again, and what it did, for readers.

use super::explore::{explore_with, order};
use crate::backend::panics;
use crate::backend::search::Search;
use crate::engine::{ObjectId, Scheduler, TaskId, World};
use crate::outcome::{Diverged, Incomplete};
use crate::panic;
use crate::schedule::Schedule;
use crate::strategy::Replay;
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
        let follow = || -> Box<dyn Scheduler> { Box::new(Replay::new(schedule.clone())) };
        let mut seen = None;
        let search = explore_with(search, follow, &body, |world| seen = Some(witness(world, &schedule)));
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
