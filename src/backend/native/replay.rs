//! One execution again, and what it did, for readers.

use super::explore::{explore_with, settings};
use super::witness::witness;
use crate::backend::panics;
use crate::backend::search::Search;
use crate::engine::Engine;
use crate::outcome::{Diverged, Incomplete};
use crate::panic;
use crate::schedule::Schedule;
use crate::strategy::Replay;
use crate::witness::Witness;
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
    // Whether the ends of tasks are steps, the schedule does not say.
    follow(search.anew(), schedule, &body, false).or_else(|diverged| {
        follow(search, schedule, &body, true).map_err(|other| match other.step > diverged.step {
            true => other,
            false => diverged,
        })
    })
}

fn follow<T>(
    search: Search<T>,
    schedule: &Schedule,
    body: &Arc<dyn Fn() -> T + Send + Sync>,
    ends_are_events: bool,
) -> Result<(Search<T>, Witness), Diverged>
where
    T: Ord + Send + 'static,
{
    panics::mute_executions();
    let (schedule, body) = (schedule.clone(), Arc::clone(body));
    let ended = std::thread::spawn(move || {
        let scheduler = Box::new(Replay::new(schedule.clone()));
        let engine = Engine::new(scheduler, settings(&search, ends_are_events), Default::default());
        let mut seen = None;
        let search = explore_with(search, engine, &body, |world, running| {
            seen = Some(witness(world, running, schedule.clone()));
        });
        (search, seen)
    })
    .join();
    let (search, witness) = ended.unwrap_or_else(|payload| panic::resume_unwind(payload));
    match (&search.incomplete, witness) {
        (Some(Incomplete::Flaky { step, expected, found }), _) => {
            Err(Diverged { step: *step, expected: expected.clone(), found: found.clone() })
        }
        _ if search.needs_ends => {
            let (expected, found) =
                ("another step".to_string(), "a question whether a task has ended".to_string());
            Err(Diverged { step: 1, expected, found })
        }
        (_, Some(witness)) => Ok((search, witness)),
        (_, None) => unreachable!("a replay has one execution"),
    }
}
