//! The table of this room's programs.

use super::{
    every_worker_ends, failing_job_fails_alone, killed_worker_breaks_pending_futures, map_keeps_order,
    memory_is_separate,
};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "processes::map_keeps_order",
        about: "map gives results in the order of its arguments",
        run: Run::Plain(map_keeps_order::map_keeps_order),
        right: &["results [4, 9]"],
        loom_preemptions_max: Some(1),
        ..Program::PASSES
    },
    Program {
        name: "processes::map_takes_results_as_they_come",
        about: "map gives results as they come",
        run: Run::Plain(map_keeps_order::map_takes_results_as_they_come),
        right: &["results [4, 9]"],
        twin_of: Some("processes::map_keeps_order"),
        loom_preemptions_max: Some(1),
        ..Program::FAILS
    },
    Program {
        name: "processes::memory_is_separate",
        about: "what a worker writes into its memory stays there",
        run: Run::Plain(memory_is_separate::memory_is_separate),
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "processes::memory_is_shared",
        about: "a worker is a thread and writes into the parent's list",
        run: Run::Plain(memory_is_separate::memory_is_shared),
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        twin_of: Some("processes::memory_is_separate"),
        ..Program::FAILS
    },
    Program {
        name: "processes::killed_worker_breaks_pending_futures",
        about: "a killed worker breaks the futures that wait for it",
        run: Run::Plain(killed_worker_breaks_pending_futures::killed_worker_breaks_pending_futures),
        right: &["done, done", "done, broken", "broken, broken"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "processes::killed_worker_is_forgotten",
        about: "multiprocessing.Pool's fault: nobody is told that a worker died",
        run: Run::Plain(killed_worker_breaks_pending_futures::killed_worker_is_forgotten),
        right: &["done, done"],
        twin_of: Some("processes::killed_worker_breaks_pending_futures"),
        ..Program::HANGS
    },
    Program {
        name: "processes::failing_job_fails_alone",
        about: "a function that panics fails its own future only",
        run: Run::Plain(failing_job_fails_alone::failing_job_fails_alone),
        right: &["the first failed (no such page), the second gave 9"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "processes::failing_job_takes_the_worker_along",
        about: "a panic ends the worker, and the next job fails with it",
        run: Run::Plain(failing_job_fails_alone::failing_job_takes_the_worker_along),
        right: &["the first failed (no such page), the second gave 9"],
        twin_of: Some("processes::failing_job_fails_alone"),
        ..Program::FAILS
    },
    Program {
        name: "processes::every_worker_ends",
        about: "when the pool is gone, so are its workers",
        run: Run::Plain(every_worker_ends::every_worker_ends),
        right: &["0 left"],
        loom_preemptions_max: Some(1),
        ..Program::PASSES
    },
    Program {
        name: "processes::worker_outlives_its_pool",
        about: "a pool takes the answer and does not wait for the worker",
        run: Run::Plain(every_worker_ends::worker_outlives_its_pool),
        right: &["0 left"],
        twin_of: Some("processes::every_worker_ends"),
        ..Program::FAILS
    },
];
