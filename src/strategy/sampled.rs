//! What chance finds, dpor has seen: every sampled execution of the models' programs is of a trace class that dpor
//! explored.

use super::{Dpor, Strategy, scheduler};
use crate::backend::Running as Execution;
use crate::backend::any_value::{Body, body};
use crate::backend::native::explore_alone;
use crate::backend::search::{Limits, Search};
use crate::engine::{Scheduler, World};
use crate::schedule::Bounds;
use std::collections::BTreeMap;
use std::sync::Arc;

type Class = Vec<Vec<(crate::engine::TaskId, u32, crate::engine::Access, u32)>>;

/// How often the executions of a search are of each trace class.
fn classes(
    program: &Body,
    executions_max: u64,
    scheduler: impl Fn() -> Box<dyn Scheduler>,
) -> (BTreeMap<Class, u64>, u64) {
    crate::backend::mute();
    let limits = Limits {
        executions_max,
        steps_max: 10_000,
        bounds: Bounds { timeouts_max: 1, ..Bounds::default() },
        workers: 1,
        ..Limits::default()
    };
    let count = |classes: &mut BTreeMap<Class, u64>, world: &mut World, _: &Execution| {
        *classes.entry(world.class()).or_default() += 1;
    };
    let search = Search::new(limits, Arc::default());
    let (search, classes) = explore_alone(search, scheduler, program, BTreeMap::new(), count);
    (classes, search.redundant)
}

/// Programs with more trace classes than this are left out.
const CLASSES_MAX: u64 = 10_000;
const SAMPLES: u64 = 1_000;
/// Its tasks have other numbers in each search: two tasks spawn, and who is first depends.
const NUMBERS_DIFFER: &str = "pool::never_more_than_max_workers";

#[test]
fn what_is_sampled_of_a_program_is_of_a_class_that_dpor_has_seen() {
    let mut missed = Vec::new();
    for &program in crate::models::PROGRAMS.iter().filter(|program| program.name != NUMBERS_DIFFER) {
        let body = body(move || program.run_once());
        let (seen, redundant) = classes(&body, CLASSES_MAX, || Box::new(Dpor::new()));
        if seen.len() as u64 >= CLASSES_MAX {
            continue;
        }
        let (sampled, _) = classes(&body, SAMPLES, || scheduler(Strategy::Pos { seed: 1 }));
        let unseen = sampled.keys().filter(|class| !seen.contains_key(*class)).count();
        if unseen > 0 || redundant > 0 {
            missed.push(format!(
                "{}: {unseen} missed, {redundant} redundant of {}",
                program.name,
                seen.len()
            ));
        }
    }
    assert_eq!(missed, Vec::<String>::new());
}
