//! The one table of all programs that can be checked: what each shows, what it may return, what a
//! check of it concludes. A new program is one new file and one row here.

use super::{Expected, Program, asyncio, gil, pool, processes, threads};

/// Every program that can be checked, each followed by its broken twins.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "threads::join_gives_results",
        about: "joining gives each thread's result, and its failure to nobody else",
        run: threads::join_gives_results::join_gives_results,
        right: &["results [0, failed(1)]"],
        ..PASSES
    },
    Program {
        name: "threads::reads_before_joining",
        about: "results are read before the threads are joined",
        run: threads::join_gives_results::reads_before_joining,
        right: &["results [0, 1]"],
        twin_of: Some("threads::join_gives_results"),
        ..FAILS
    },
    Program {
        name: "threads::safe_counter",
        about: "two threads add to a counter, each in one step",
        run: threads::lost_update::safe_counter,
        right: &["counter 2"],
        ..PASSES
    },
    Program {
        name: "threads::lost_update",
        about: "two threads add to a counter, reading and writing apart",
        run: threads::lost_update::lost_update,
        right: &["counter 2"],
        twin_of: Some("threads::safe_counter"),
        ..FAILS
    },
    Program {
        name: "pool::every_job_runs",
        about: "every job that is submitted is done",
        run: pool::every_job_runs::every_job_runs,
        right: &["did [0, 1]"],
        ..PASSES
    },
    Program {
        name: "pool::drops_a_job",
        about: "a submission overwrites the one before",
        run: pool::every_job_runs::drops_a_job,
        right: &["did [0, 1]"],
        twin_of: Some("pool::every_job_runs"),
        ..FAILS
    },
    Program {
        name: "pool::loses_a_wakeup",
        about: "a submission wakes no worker",
        run: pool::every_job_runs::loses_a_wakeup,
        right: &["did [0, 1]"],
        twin_of: Some("pool::every_job_runs"),
        ..HANGS
    },
    Program {
        name: "pool::map_keeps_order",
        about: "map gives results in the order of its items",
        run: pool::map_keeps_order::map_keeps_order,
        right: &["[0, 10]"],
        loom_preemptions_max: Some(2),
        ..PASSES
    },
    Program {
        name: "pool::map_in_finishing_order",
        about: "map gives results as they come",
        run: pool::map_keeps_order::map_in_finishing_order,
        right: &["[0, 10]"],
        twin_of: Some("pool::map_keeps_order"),
        ..FAILS
    },
    Program {
        name: "pool::as_completed_yields_each_once",
        about: "as_completed yields each future once, duplicates too",
        run: pool::as_completed_yields_each_once::as_completed_yields_each_once,
        right: &["yielded [0, 1]"],
        ..PASSES
    },
    Program {
        name: "pool::yields_twice",
        about: "a future that finishes between a look and a registration counts twice",
        run: pool::as_completed_yields_each_once::yields_twice,
        right: &["yielded [0, 1]"],
        twin_of: Some("pool::as_completed_yields_each_once"),
        ..FAILS
    },
    Program {
        name: "pool::failing_job_fails_alone",
        about: "a job that panics fails its own future only",
        run: pool::failing_job_fails_alone::failing_job_fails_alone,
        right: &["failed(no), 1"],
        ..PASSES
    },
    Program {
        name: "pool::panic_kills_worker",
        about: "a panic ends the worker, and the next job is never done",
        run: pool::failing_job_fails_alone::panic_kills_worker,
        right: &["failed(no), 1"],
        twin_of: Some("pool::failing_job_fails_alone"),
        ..FAILS
    },
    Program {
        name: "pool::cancel_before_start",
        about: "a job is cancelled or done, never both",
        run: pool::cancel_before_start::cancel_before_start,
        right: &["either cancelled or done"],
        ..PASSES
    },
    Program {
        name: "pool::cancels_a_begun_job",
        about: "cancelling looks and acts in two steps",
        run: pool::cancel_before_start::cancels_a_begun_job,
        right: &["either cancelled or done"],
        twin_of: Some("pool::cancel_before_start"),
        ..FAILS
    },
    Program {
        name: "pool::never_more_than_max_workers",
        about: "two submitters share one worker",
        run: pool::never_more_than_max_workers::never_more_than_max_workers,
        right: &["at most 1 at once"],
        ..PASSES
    },
    Program {
        name: "pool::starts_one_too_many",
        about: "workers are counted and started in two steps",
        run: pool::never_more_than_max_workers::starts_one_too_many,
        right: &["at most 1 at once"],
        twin_of: Some("pool::never_more_than_max_workers"),
        ..FAILS
    },
    Program {
        name: "pool::shutdown_ends_workers",
        about: "dropping a pool does its jobs and ends its workers",
        run: pool::shutdown_ends_workers::shutdown_ends_workers,
        right: &["2 jobs done, workers ended"],
        ..PASSES
    },
    Program {
        name: "pool::loses_the_last_wakeup",
        about: "shutting down notifies without the mutex",
        run: pool::shutdown_ends_workers::loses_the_last_wakeup,
        right: &["worker ended"],
        twin_of: Some("pool::shutdown_ends_workers"),
        ..HANGS
    },
    Program {
        name: "pool::shutdown_cancels_queued",
        about: "whoever waits for a future that shutting down cancels is told",
        run: pool::shutdown_cancels_queued::shutdown_cancels_queued,
        right: &["2 of 2 finished"],
        ..PASSES
    },
    Program {
        name: "pool::shutdown_notifies_nobody",
        about: "CPython's fault: whoever waits for a future that shutting down cancels is not told",
        run: pool::shutdown_cancels_queued::shutdown_notifies_nobody,
        right: &["finished"],
        twin_of: Some("pool::shutdown_cancels_queued"),
        ..HANGS
    },
    Program {
        name: "pool::waits_for_own_pool_of_two",
        about: "a job waits for another job of its pool, which has a worker left",
        run: pool::waits_for_own_pool::waits_for_own_pool_of_two,
        right: &["inner"],
        ..PASSES
    },
    Program {
        name: "pool::waits_for_own_pool",
        about: "a job waits for another job of its pool, which has no worker left",
        run: pool::waits_for_own_pool::waits_for_own_pool,
        right: &["inner"],
        twin_of: Some("pool::waits_for_own_pool_of_two"),
        ..HANGS
    },
    Program {
        name: "processes::map_keeps_order",
        about: "map gives results in the order of its arguments",
        run: processes::map_keeps_order::map_keeps_order,
        right: &["results [4, 9]"],
        loom_preemptions_max: Some(1),
        ..PASSES
    },
    Program {
        name: "processes::map_takes_results_as_they_come",
        about: "map gives results as they come",
        run: processes::map_keeps_order::map_takes_results_as_they_come,
        right: &["results [4, 9]"],
        twin_of: Some("processes::map_keeps_order"),
        loom_preemptions_max: Some(1),
        ..FAILS
    },
    Program {
        name: "processes::memory_is_separate",
        about: "what a worker writes into its memory stays there",
        run: processes::memory_is_separate::memory_is_separate,
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        loom_preemptions_max: Some(2),
        ..PASSES
    },
    Program {
        name: "processes::memory_is_shared",
        about: "a worker is a thread and writes into the parent's list",
        run: processes::memory_is_separate::memory_is_shared,
        right: &["the parent's list is [1], the worker's is [1, 2]"],
        twin_of: Some("processes::memory_is_separate"),
        ..FAILS
    },
    Program {
        name: "processes::killed_worker_breaks_pending_futures",
        about: "a killed worker breaks the futures that wait for it",
        run: processes::killed_worker_breaks_pending_futures::killed_worker_breaks_pending_futures,
        right: &["done, done", "done, broken", "broken, broken"],
        loom_preemptions_max: Some(2),
        ..PASSES
    },
    Program {
        name: "processes::killed_worker_is_forgotten",
        about: "multiprocessing.Pool's fault: nobody is told that a worker died",
        run: processes::killed_worker_breaks_pending_futures::killed_worker_is_forgotten,
        right: &["done, done"],
        twin_of: Some("processes::killed_worker_breaks_pending_futures"),
        ..HANGS
    },
    Program {
        name: "processes::failing_job_fails_alone",
        about: "a function that panics fails its own future only",
        run: processes::failing_job_fails_alone::failing_job_fails_alone,
        right: &["the first failed (no such page), the second gave 9"],
        loom_preemptions_max: Some(2),
        ..PASSES
    },
    Program {
        name: "processes::failing_job_takes_the_worker_along",
        about: "a panic ends the worker, and the next job fails with it",
        run: processes::failing_job_fails_alone::failing_job_takes_the_worker_along,
        right: &["the first failed (no such page), the second gave 9"],
        twin_of: Some("processes::failing_job_fails_alone"),
        ..FAILS
    },
    Program {
        name: "processes::every_worker_ends",
        about: "when the pool is gone, so are its workers",
        run: processes::every_worker_ends::every_worker_ends,
        right: &["0 left"],
        loom_preemptions_max: Some(1),
        ..PASSES
    },
    Program {
        name: "processes::worker_outlives_its_pool",
        about: "a pool takes the answer and does not wait for the worker",
        run: processes::every_worker_ends::worker_outlives_its_pool,
        right: &["0 left"],
        twin_of: Some("processes::every_worker_ends"),
        ..FAILS
    },
    Program {
        name: "gil::never_two_holders",
        about: "the lock never has two holders",
        run: gil::never_two_holders::never_two_holders,
        right: &["at most 1 at once"],
        ..PASSES
    },
    Program {
        name: "gil::looks_then_takes",
        about: "the lock is looked at and taken in two steps",
        run: gil::never_two_holders::looks_then_takes,
        right: &["at most 1 at once"],
        twin_of: Some("gil::never_two_holders"),
        ..FAILS
    },
    Program {
        name: "gil::every_waiter_gets_it",
        about: "every thread that waits for the lock gets it",
        run: gil::every_waiter_gets_it::every_waiter_gets_it,
        right: &["held 4 times"],
        ..PASSES
    },
    Program {
        name: "gil::forgets_to_signal",
        about: "letting go of the lock wakes nobody",
        run: gil::every_waiter_gets_it::forgets_to_signal,
        right: &["held 2 times"],
        twin_of: Some("gil::every_waiter_gets_it"),
        ..HANGS
    },
    Program {
        name: "gil::cpu_steps_never_overlap",
        about: "CPU steps do not overlap with one lock for all",
        run: gil::cpu_overlap::cpu_overlap_gil_on,
        right: &["at most 1 at once"],
        ..PASSES
    },
    Program {
        name: "gil::cpu_steps_overlap_without",
        about: "CPU steps overlap, in some execution, without a lock",
        run: gil::cpu_overlap::cpu_overlap_gil_off,
        right: &["at most 1 at once", "at most 2 at once"],
        ..PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "gil::cpu_steps_overlap_per_interpreter",
        about: "CPU steps overlap, in some execution, with a lock for each interpreter",
        run: gil::cpu_overlap::cpu_overlap_gil_per_interpreter,
        right: &["at most 1 at once", "at most 2 at once"],
        ..PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "gil::io_steps_overlap",
        about: "two threads with one lock do I/O at once, each until the other does",
        run: gil::io_overlaps::io_overlaps,
        right: &["both waited at once"],
        loom_preemptions_max: Some(2),
        ..PASSES
    },
    Program {
        name: "gil::waits_with_the_lock",
        about: "I/O is done with the lock held",
        run: gil::io_overlaps::waits_with_the_lock,
        right: &["both waited at once"],
        twin_of: Some("gil::io_steps_overlap"),
        ..HANGS
    },
    Program {
        name: "gil::update_without_check_point",
        about: "the lock hides that an update reads and writes apart",
        run: gil::racy_update::update_without_check_point,
        right: &["counter 2"],
        ..PASSES
    },
    Program {
        name: "gil::racy_update",
        about: "an update with a call between reading and writing loses another",
        run: gil::racy_update::racy_update,
        right: &["counter 2"],
        twin_of: Some("gil::update_without_check_point"),
        ..FAILS
    },
    Program {
        name: "asyncio::tasks_start_in_fifo_order",
        about: "tasks begin in the order in which they were created",
        run: asyncio::tasks_start_in_fifo_order::oldest_first,
        right: &["started [0, 1, 2]"],
        ..PASSES
    },
    Program {
        name: "asyncio::tasks_start_newest_first",
        about: "the loop takes the task that was created last",
        run: asyncio::tasks_start_in_fifo_order::newest_first,
        right: &["started [0, 1, 2]"],
        twin_of: Some("asyncio::tasks_start_in_fifo_order"),
        ..FAILS
    },
    Program {
        name: "asyncio::update_between_awaits",
        about: "two tasks update a counter without awaiting between reading and writing",
        run: asyncio::switches_only_at_await::update_between_awaits,
        right: &["counter 2"],
        ..PASSES
    },
    Program {
        name: "asyncio::update_around_await",
        about: "two tasks await between reading and writing",
        run: asyncio::switches_only_at_await::update_around_await,
        right: &["counter 2"],
        twin_of: Some("asyncio::update_between_awaits"),
        ..FAILS
    },
    Program {
        name: "asyncio::gather_keeps_order",
        about: "gather gives results in the order of its arguments",
        run: asyncio::gather_keeps_order::in_order_of_arguments,
        right: &["results [0, 1]"],
        ..PASSES
    },
    Program {
        name: "asyncio::gather_in_order_of_completion",
        about: "gather gives results as they come",
        run: asyncio::gather_keeps_order::in_order_of_completion,
        right: &["results [0, 1]"],
        twin_of: Some("asyncio::gather_keeps_order"),
        ..FAILS
    },
    Program {
        name: "asyncio::gather_returns_exceptions",
        about: "gather gives each result or failure when it is asked to",
        run: asyncio::gather_returns_exceptions::one_result_each,
        right: &["results [0, task raised: broken]"],
        ..PASSES
    },
    Program {
        name: "asyncio::gather_stops_at_failure",
        about: "gather gives the failure alone when it is asked for all",
        run: asyncio::gather_returns_exceptions::stops_at_failure,
        right: &["results [0, task raised: broken]"],
        twin_of: Some("asyncio::gather_returns_exceptions"),
        ..FAILS
    },
    Program {
        name: "asyncio::failing_task_leaves_siblings_running",
        about: "a failing task leaves its siblings running",
        run: asyncio::failing_task_leaves_siblings_running::sibling_goes_on,
        right: &["task raised: first; sibling unfinished, then finished"],
        ..PASSES
    },
    Program {
        name: "asyncio::failing_task_cancels_siblings",
        about: "gather cancels the siblings of a failing task",
        run: asyncio::failing_task_leaves_siblings_running::sibling_is_cancelled,
        right: &["task raised: first; sibling unfinished, then finished"],
        twin_of: Some("asyncio::failing_task_leaves_siblings_running"),
        ..FAILS
    },
    Program {
        name: "asyncio::as_completed_yields_each_once",
        about: "as_completed yields each task once",
        run: asyncio::as_completed_yields_each_once::each_once,
        right: &["yielded [0, 1]"],
        ..PASSES
    },
    Program {
        name: "asyncio::as_completed_remembers_the_last",
        about: "as_completed remembers one finished task, not a queue of them",
        run: asyncio::as_completed_yields_each_once::last_only,
        right: &["yielded [0, 1]"],
        twin_of: Some("asyncio::as_completed_yields_each_once"),
        ..FAILS
    },
    Program {
        name: "asyncio::context_exits_on_panic",
        about: "a resource is left also when its body panics",
        run: asyncio::context_exits_on_panic::exits,
        right: &["entered, at work, exited; task raised: broken"],
        ..PASSES
    },
    Program {
        name: "asyncio::context_stays_open",
        about: "a resource is left after its body only",
        run: asyncio::context_exits_on_panic::stays_open,
        right: &["entered, at work, exited; task raised: broken"],
        twin_of: Some("asyncio::context_exits_on_panic"),
        ..FAILS
    },
    Program {
        name: "asyncio::run_cancels_leftovers",
        about: "run cancels the tasks that are left when main ends",
        run: asyncio::run_cancels_leftovers::leftover_is_cancelled,
        right: &["main ended, work cancelled, run returned"],
        ..PASSES
    },
    Program {
        name: "asyncio::run_awaits_leftovers",
        about: "run waits for the tasks that are left when main ends",
        run: asyncio::run_cancels_leftovers::leftover_is_awaited,
        right: &["main ended, work cancelled, run returned"],
        twin_of: Some("asyncio::run_cancels_leftovers"),
        ..FAILS
    },
];

/// What the rows of one kind have in common.
const PASSES: Program = Program {
    name: "",
    about: "",
    run: String::new,
    right: &[],
    expected: Expected::Pass,
    loom_preemptions_max: None,
    twin_of: None,
};
const PASSES_AND_SHOWS_ALL: Program = Program { expected: Expected::PassAndSeeAll, ..PASSES };
const FAILS: Program = Program { expected: Expected::Fail, ..PASSES };
const HANGS: Program = Program { expected: Expected::Hang, ..PASSES };
