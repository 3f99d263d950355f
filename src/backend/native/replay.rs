//! One execution again, and what it did, for readers.

use super::explore::explore_alone;
use super::witness::witness;
use crate::backend::any_value::Body;
use crate::backend::search::Search;
use crate::outcome::{Diverged, Incomplete};
use crate::schedule::Schedule;
use crate::strategy::Replay;
use crate::witness::Witness;

/// Runs `body` once, as `schedule` says.
pub(crate) fn replay(search: Search, schedule: &Schedule, body: Body) -> Result<(Search, Witness), Diverged> {
    let search = search.knowing(&schedule.facts);
    let scheduler = || -> Box<dyn crate::engine::Scheduler> { Box::new(Replay::new(schedule.clone())) };
    let (search, witness) = explore_alone(search, scheduler, &body, None, |seen, world, running| {
        *seen = Some(witness(world, running));
    });
    match (&search.incomplete, witness) {
        (Some(Incomplete::Flaky { step, expected, found }), _) => {
            Err(Diverged { step: *step, expected: expected.clone(), found: found.clone() })
        }
        (_, Some(witness)) => Ok((search, Witness { schedule: schedule.clone(), ..witness })),
        (Some(why), None) => panic!("the program could not be run again: {why}"),
        (None, None) => unreachable!("a replay has one execution"),
    }
}
