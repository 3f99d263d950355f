//! One execution again, and what it did, for readers.

use super::explore::explore_alone;
use super::witness::witness;
use crate::backend::panics;
use crate::backend::search::Search;
use crate::engine::Scheduler;
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
    panics::mute_executions();
    let schedule = schedule.clone();
    let ended = std::thread::spawn(move || {
        let follow = || -> Box<dyn Scheduler> { Box::new(Replay::new(schedule.clone())) };
        let mut seen = None;
        let search = explore_alone(search, follow, &body, |world, running| {
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
        (_, Some(witness)) => Ok((search, witness)),
        (_, None) => unreachable!("a replay has one execution"),
    }
}
