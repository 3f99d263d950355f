//! The table of this room's programs: how tasks run, and end.

use super::{
    as_completed_yields_each_once, context_exits_on_panic, failing_task_leaves_siblings_running,
    gather_keeps_order, gather_returns_exceptions, run_cancels_leftovers, runner_ends_leftovers_at_close,
    runner_keeps_leftovers, switches_only_at_await, tasks_start_in_fifo_order,
};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "asyncio::tasks_start_in_fifo_order",
        about: "tasks begin in the order in which they were created",
        run: Run::Plain(tasks_start_in_fifo_order::oldest_first),
        right: &["started [0, 1, 2]"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::tasks_start_newest_first",
        about: "the loop takes the task that was created last",
        run: Run::Plain(tasks_start_in_fifo_order::newest_first),
        right: &["started [0, 1, 2]"],
        twin_of: Some("asyncio::tasks_start_in_fifo_order"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::update_between_awaits",
        about: "two tasks update a counter without awaiting between reading and writing",
        run: Run::Plain(switches_only_at_await::update_between_awaits),
        right: &["counter 2"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::update_around_await",
        about: "two tasks await between reading and writing",
        run: Run::Plain(switches_only_at_await::update_around_await),
        right: &["counter 2"],
        twin_of: Some("asyncio::update_between_awaits"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::gather_keeps_order",
        about: "gather gives results in the order of its arguments",
        run: Run::Plain(gather_keeps_order::in_order_of_arguments),
        right: &["results [0, 1]"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::gather_in_order_of_completion",
        about: "gather gives results as they come",
        run: Run::Plain(gather_keeps_order::in_order_of_completion),
        right: &["results [0, 1]"],
        twin_of: Some("asyncio::gather_keeps_order"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::gather_returns_exceptions",
        about: "gather gives each result or failure when it is asked to",
        run: Run::Plain(gather_returns_exceptions::one_result_each),
        right: &["results [0, task raised: broken]"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::gather_stops_at_failure",
        about: "gather gives the failure alone when it is asked for all",
        run: Run::Plain(gather_returns_exceptions::stops_at_failure),
        right: &["results [0, task raised: broken]"],
        twin_of: Some("asyncio::gather_returns_exceptions"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::failing_task_leaves_siblings_running",
        about: "a failing task leaves its siblings running",
        run: Run::Plain(failing_task_leaves_siblings_running::sibling_goes_on),
        right: &["task raised: first; sibling unfinished, then finished"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::failing_task_cancels_siblings",
        about: "gather cancels the siblings of a failing task",
        run: Run::Plain(failing_task_leaves_siblings_running::sibling_is_cancelled),
        right: &["task raised: first; sibling unfinished, then finished"],
        twin_of: Some("asyncio::failing_task_leaves_siblings_running"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::as_completed_yields_each_once",
        about: "as_completed yields each task once",
        run: Run::Plain(as_completed_yields_each_once::each_once),
        right: &["yielded [0, 1]"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::as_completed_remembers_the_last",
        about: "as_completed remembers one finished task, not a queue of them",
        run: Run::Plain(as_completed_yields_each_once::last_only),
        right: &["yielded [0, 1]"],
        twin_of: Some("asyncio::as_completed_yields_each_once"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::context_exits_on_panic",
        about: "a resource is left also when its body panics",
        run: Run::Plain(context_exits_on_panic::exits),
        right: &["entered, at work, exited; task raised: broken"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::context_stays_open",
        about: "a resource is left after its body only",
        run: Run::Plain(context_exits_on_panic::stays_open),
        right: &["entered, at work, exited; task raised: broken"],
        twin_of: Some("asyncio::context_exits_on_panic"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::run_cancels_leftovers",
        about: "run cancels the tasks that are left when main ends",
        run: Run::Plain(run_cancels_leftovers::leftover_is_cancelled),
        right: &["main ended, work cancelled, run returned"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::run_awaits_leftovers",
        about: "run waits for the tasks that are left when main ends",
        run: Run::Plain(run_cancels_leftovers::leftover_is_awaited),
        right: &["main ended, work cancelled, run returned"],
        twin_of: Some("asyncio::run_cancels_leftovers"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::runner_keeps_leftovers",
        about: "what a run of a runner leaves goes on in the next run",
        run: Run::Plain(runner_keeps_leftovers::leftover_goes_on),
        right: &["first main ended, between, work done, second main ended"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::runner_cancels_leftovers",
        about: "a runner cancels after each run what is left",
        run: Run::Plain(runner_keeps_leftovers::leftover_is_cancelled),
        right: &["first main ended, between, work done, second main ended"],
        twin_of: Some("asyncio::runner_keeps_leftovers"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::runner_ends_leftovers_at_close",
        about: "a runner that is closed cancels what is left, and waits until it has ended",
        run: Run::Plain(runner_ends_leftovers_at_close::leftover_cleans_up),
        right: &["main ended, cleans up, cleaned up, closed"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::runner_forgets_leftovers",
        about: "a runner that is closed forgets what is left",
        run: Run::Plain(runner_ends_leftovers_at_close::leftover_is_forgotten),
        right: &["main ended, cleans up, cleaned up, closed"],
        twin_of: Some("asyncio::runner_ends_leftovers_at_close"),
        ..Program::FAILS
    },
];
