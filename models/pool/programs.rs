//! The table of this room's programs.

use super::{
    as_completed_yields_each_once, cancel_before_start, every_job_runs, failing_job_fails_alone,
    map_keeps_order, never_more_than_max_workers, shutdown_cancels_queued, shutdown_ends_workers,
    waits_for_own_pool,
};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "pool::every_job_runs",
        about: "every job that is submitted is done",
        run: Run::Plain(every_job_runs::every_job_runs),
        right: &["did [0, 1]"],
        ..Program::PASSES
    },
    Program {
        name: "pool::drops_a_job",
        about: "a submission overwrites the one before",
        run: Run::Plain(every_job_runs::drops_a_job),
        right: &["did [0, 1]"],
        twin_of: Some("pool::every_job_runs"),
        ..Program::FAILS
    },
    Program {
        name: "pool::loses_a_wakeup",
        about: "a submission wakes no worker",
        run: Run::Plain(every_job_runs::loses_a_wakeup),
        right: &["did [0, 1]"],
        twin_of: Some("pool::every_job_runs"),
        ..Program::HANGS
    },
    Program {
        name: "pool::map_keeps_order",
        about: "map gives results in the order of its items",
        run: Run::Plain(map_keeps_order::map_keeps_order),
        right: &["[0, 10]"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "pool::map_in_finishing_order",
        about: "map gives results as they come",
        run: Run::Plain(map_keeps_order::map_in_finishing_order),
        right: &["[0, 10]"],
        twin_of: Some("pool::map_keeps_order"),
        ..Program::FAILS
    },
    Program {
        name: "pool::as_completed_yields_each_once",
        about: "as_completed yields each future once, duplicates too",
        run: Run::Plain(as_completed_yields_each_once::as_completed_yields_each_once),
        right: &["yielded [0, 1]"],
        ..Program::PASSES
    },
    Program {
        name: "pool::yields_twice",
        about: "a future that finishes between a look and a registration counts twice",
        run: Run::Plain(as_completed_yields_each_once::yields_twice),
        right: &["yielded [0, 1]"],
        twin_of: Some("pool::as_completed_yields_each_once"),
        ..Program::FAILS
    },
    Program {
        name: "pool::failing_job_fails_alone",
        about: "a job that panics fails its own future only",
        run: Run::Plain(failing_job_fails_alone::failing_job_fails_alone),
        right: &["failed(no), 1"],
        ..Program::PASSES
    },
    Program {
        name: "pool::panic_kills_worker",
        about: "a panic ends the worker, and the next job is never done",
        run: Run::Plain(failing_job_fails_alone::panic_kills_worker),
        right: &["failed(no), 1"],
        twin_of: Some("pool::failing_job_fails_alone"),
        ..Program::FAILS
    },
    Program {
        name: "pool::cancel_before_start",
        about: "a job is cancelled or done, never both",
        run: Run::Plain(cancel_before_start::cancel_before_start),
        right: &["either cancelled or done"],
        ..Program::PASSES
    },
    Program {
        name: "pool::cancels_a_begun_job",
        about: "cancelling looks and acts in two steps",
        run: Run::Plain(cancel_before_start::cancels_a_begun_job),
        right: &["either cancelled or done"],
        twin_of: Some("pool::cancel_before_start"),
        ..Program::FAILS
    },
    Program {
        name: "pool::never_more_than_max_workers",
        about: "two submitters share one worker",
        run: Run::Plain(never_more_than_max_workers::never_more_than_max_workers),
        right: &["at most 1 at once"],
        ..Program::PASSES
    },
    Program {
        name: "pool::starts_one_too_many",
        about: "workers are counted and started in two steps",
        run: Run::Plain(never_more_than_max_workers::starts_one_too_many),
        right: &["at most 1 at once"],
        twin_of: Some("pool::never_more_than_max_workers"),
        ..Program::FAILS
    },
    Program {
        name: "pool::shutdown_ends_workers",
        about: "dropping a pool does its jobs and ends its workers",
        run: Run::Plain(shutdown_ends_workers::shutdown_ends_workers),
        right: &["2 jobs done, workers ended"],
        ..Program::PASSES
    },
    Program {
        name: "pool::loses_the_last_wakeup",
        about: "shutting down notifies without the mutex",
        run: Run::Plain(shutdown_ends_workers::loses_the_last_wakeup),
        right: &["worker ended"],
        // An execution has three points where two tasks could go on, or fewer, and its hang needs one change and no
        // second: from depth 3 on there is a change at every point, and no seed finds it. Plain shuttle finds it
        // and does not at the same depths.
        pct_depth: 2,
        twin_of: Some("pool::shutdown_ends_workers"),
        ..Program::HANGS
    },
    Program {
        name: "pool::shutdown_cancels_queued",
        about: "whoever waits for a future that shutting down cancels is told",
        run: Run::Plain(shutdown_cancels_queued::shutdown_cancels_queued),
        right: &["2 of 2 finished"],
        ..Program::PASSES
    },
    Program {
        name: "pool::shutdown_notifies_nobody",
        about: "CPython's fault: whoever waits for a future that shutting down cancels is not told",
        run: Run::Plain(shutdown_cancels_queued::shutdown_notifies_nobody),
        right: &["finished"],
        twin_of: Some("pool::shutdown_cancels_queued"),
        ..Program::HANGS
    },
    Program {
        name: "pool::waits_for_own_pool_of_two",
        about: "a job waits for another job of its pool, which has a worker left",
        run: Run::Plain(waits_for_own_pool::waits_for_own_pool_of_two),
        right: &["inner"],
        ..Program::PASSES
    },
    Program {
        name: "pool::waits_for_own_pool",
        about: "a job waits for another job of its pool, which has no worker left",
        run: Run::Plain(waits_for_own_pool::waits_for_own_pool),
        right: &["inner"],
        twin_of: Some("pool::waits_for_own_pool_of_two"),
        ..Program::HANGS
    },
];
