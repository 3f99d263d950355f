//! The concurrency models, each written once on the facade, and the one table of their programs.
//!
//! `mod.rs` of a folder is the model; each file beside it is a part of it or a program that shows
//! one of its promises, next to a broken twin that breaks it.

pub mod asyncio;
pub mod gil;
mod model;
pub mod pool;
pub mod processes;
pub mod sequential;
pub mod threads;
pub mod workload;

mod program;

pub use model::{Model, ModelError};
pub use program::{Checked, Expected, Loom, Program};

/// How a workload is to be run: what is not the workload's own.
#[derive(Clone)]
pub struct Setting {
    /// Workers of the models that have a fixed number of them.
    pub workers: usize,
    /// Every wait of the workload is multiplied by this.
    pub time_scale: f64,
    /// Which interpreter lock the threads of `threads` and `pool` run under.
    pub gil: gil::Setting,
    /// The command that starts a worker process.
    pub worker_process: processes::Launch,
}

/// Every program that can be checked, each followed by its broken twins.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "threads::join_gives_results",
        about: "joining gives each thread's result, and its failure to nobody else",
        run: threads::join_gives_results::join_gives_results,
        right: &["results [0, failed(1)]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "threads::reads_before_joining",
        about: "results are read before the threads are joined",
        run: threads::join_gives_results::reads_before_joining,
        right: &["results [0, 1]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "threads::safe_counter",
        about: "two threads add to a counter, each in one step",
        run: threads::lost_update::safe_counter,
        right: &["counter 2"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "threads::lost_update",
        about: "two threads add to a counter, reading and writing apart",
        run: threads::lost_update::lost_update,
        right: &["counter 2"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::every_job_runs",
        about: "every job that is submitted is done",
        run: pool::every_job_runs::every_job_runs,
        right: &["did [0, 1]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::drops_a_job",
        about: "a submission overwrites the one before",
        run: pool::every_job_runs::drops_a_job,
        right: &["did [0, 1]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::loses_a_wakeup",
        about: "a submission wakes no worker",
        run: pool::every_job_runs::loses_a_wakeup,
        right: &["did [0, 1]"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::map_keeps_order",
        about: "map gives results in the order of its items",
        run: pool::map_keeps_order::map_keeps_order,
        right: &["[0, 10]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::map_in_finishing_order",
        about: "map gives results as they come",
        run: pool::map_keeps_order::map_in_finishing_order,
        right: &["[0, 10]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::as_completed_yields_each_once",
        about: "as_completed yields each future once, duplicates too",
        run: pool::as_completed_yields_each_once::as_completed_yields_each_once,
        right: &["yielded [0, 1]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::yields_twice",
        about: "a future that finishes between a look and a registration counts twice",
        run: pool::as_completed_yields_each_once::yields_twice,
        right: &["yielded [0, 1]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::failing_job_fails_alone",
        about: "a job that panics fails its own future only",
        run: pool::failing_job_fails_alone::failing_job_fails_alone,
        right: &["failed(no), 1"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::panic_kills_worker",
        about: "a panic ends the worker, and the next job is never done",
        run: pool::failing_job_fails_alone::panic_kills_worker,
        right: &["failed(no), 1"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::cancel_before_start",
        about: "a job is cancelled or done, never both",
        run: pool::cancel_before_start::cancel_before_start,
        right: &["either cancelled or done"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::cancels_a_begun_job",
        about: "cancelling looks and acts in two steps",
        run: pool::cancel_before_start::cancels_a_begun_job,
        right: &["either cancelled or done"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::never_more_than_max_workers",
        about: "two submitters share one worker",
        run: pool::never_more_than_max_workers::never_more_than_max_workers,
        right: &["at most 1 at once"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::starts_one_too_many",
        about: "workers are counted and started in two steps",
        run: pool::never_more_than_max_workers::starts_one_too_many,
        right: &["at most 1 at once"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::shutdown_ends_workers",
        about: "dropping a pool does its jobs and ends its workers",
        run: pool::shutdown_ends_workers::shutdown_ends_workers,
        right: &["2 jobs done, workers ended"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::loses_the_last_wakeup",
        about: "shutting down notifies without the mutex",
        run: pool::shutdown_ends_workers::loses_the_last_wakeup,
        right: &["worker ended"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::shutdown_cancels_queued",
        about: "whoever waits for a future that shutting down cancels is told",
        run: pool::shutdown_cancels_queued::shutdown_cancels_queued,
        right: &["2 of 2 finished"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::shutdown_notifies_nobody",
        about: "CPython's fault: whoever waits for a future that shutting down cancels is not told",
        run: pool::shutdown_cancels_queued::shutdown_notifies_nobody,
        right: &["finished"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::waits_for_own_pool_of_two",
        about: "a job waits for another job of its pool, which has a worker left",
        run: pool::waits_for_own_pool::waits_for_own_pool_of_two,
        right: &["inner"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "pool::waits_for_own_pool",
        about: "a job waits for another job of its pool, which has no worker left",
        run: pool::waits_for_own_pool::waits_for_own_pool,
        right: &["inner"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::map_keeps_order",
        about: "map gives results in the order of its arguments",
        run: processes::map_keeps_order::map_keeps_order,
        right: &["results [4, 9]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::map_takes_results_as_they_come",
        about: "map gives results as they come",
        run: processes::map_keeps_order::map_takes_results_as_they_come,
        right: &["results [4, 9]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::memory_is_separate",
        about: "what a worker writes into its memory stays there",
        run: processes::memory_is_separate::memory_is_separate,
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::memory_is_shared",
        about: "a worker is a thread and writes into the parent's list",
        run: processes::memory_is_separate::memory_is_shared,
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::killed_worker_breaks_pending_futures",
        about: "a killed worker breaks the futures that wait for it",
        run: processes::killed_worker_breaks_pending_futures::killed_worker_breaks_pending_futures,
        right: &["done, done", "done, broken", "broken, broken"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::killed_worker_is_forgotten",
        about: "multiprocessing.Pool's fault: nobody is told that a worker died",
        run: processes::killed_worker_breaks_pending_futures::killed_worker_is_forgotten,
        right: &["done, done"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::failing_job_fails_alone",
        about: "a function that panics fails its own future only",
        run: processes::failing_job_fails_alone::failing_job_fails_alone,
        right: &["the first failed (no such page), the second gave 9"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::failing_job_takes_the_worker_along",
        about: "a panic ends the worker, and the next job fails with it",
        run: processes::failing_job_fails_alone::failing_job_takes_the_worker_along,
        right: &["the first failed (no such page), the second gave 9"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::every_worker_ends",
        about: "when the pool is gone, so are its workers",
        run: processes::every_worker_ends::every_worker_ends,
        right: &["0 left"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "processes::worker_outlives_its_pool",
        about: "a pool takes the answer and does not wait for the worker",
        run: processes::every_worker_ends::worker_outlives_its_pool,
        right: &["0 left"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::never_two_holders",
        about: "the lock never has two holders",
        run: gil::never_two_holders::never_two_holders,
        right: &["at most 1 holder"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::looks_then_takes",
        about: "the lock is looked at and taken in two steps",
        run: gil::never_two_holders::looks_then_takes,
        right: &["at most 1 holder"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::every_waiter_gets_it",
        about: "every thread that waits for the lock gets it",
        run: gil::every_waiter_gets_it::every_waiter_gets_it,
        right: &["held 4 times"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::forgets_to_signal",
        about: "letting go of the lock wakes nobody",
        run: gil::every_waiter_gets_it::forgets_to_signal,
        right: &["held 2 times"],
        expected: Expected::Hang,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::cpu_steps_never_overlap",
        about: "CPU steps do not overlap with one lock for all",
        run: || most_at_once(gil::cpu_overlap::cpu_overlap_gil_on()),
        right: &["at most 1 at once"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::cpu_steps_overlap_without",
        about: "CPU steps overlap, in some execution, without a lock",
        run: || most_at_once(gil::cpu_overlap::cpu_overlap_gil_off()),
        right: &["at most 1 at once", "at most 2 at once"],
        expected: Expected::PassAndSeeAll,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::cpu_steps_overlap_per_interpreter",
        about: "CPU steps overlap, in some execution, with a lock for each interpreter",
        run: || most_at_once(gil::cpu_overlap::cpu_overlap_gil_per_interpreter()),
        right: &["at most 1 at once", "at most 2 at once"],
        expected: Expected::PassAndSeeAll,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::io_steps_overlap",
        about: "I/O steps overlap, in some execution, with one lock for all",
        run: || most_at_once(gil::io_overlaps::io_overlaps()),
        right: &["at most 1 at once", "at most 2 at once"],
        expected: Expected::PassAndSeeAll,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::update_without_check_point",
        about: "the lock hides that an update reads and writes apart",
        run: gil::racy_update::update_without_check_point,
        right: &["counter 2"],
        expected: Expected::Pass,
        loom: Loom::Whole,
    },
    Program {
        name: "gil::racy_update",
        about: "an update with a call between reading and writing loses another",
        run: gil::racy_update::racy_update,
        right: &["counter 2"],
        expected: Expected::Fail,
        loom: Loom::Whole,
    },
];

/// The program of this name.
pub fn program(name: &str) -> Option<Program> {
    PROGRAMS.iter().copied().find(|program| program.name == name)
}

fn most_at_once(count: usize) -> String {
    format!("at most {count} at once")
}
