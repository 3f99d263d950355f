//! The table of this room's programs.

use super::{
    as_completed_yields_each_once, cancelled_waiter_gives_its_permit_on, cancelled_waiter_locks_again,
    context_exits_on_panic, drain_waits_for_the_reader, failing_task_leaves_siblings_running,
    gather_keeps_order, gather_returns_exceptions, group_cancels_siblings, join_waits_for_work,
    limit_spares_other_cancellations, run_cancels_leftovers, shield_keeps_work_running,
    shutdown_wakes_every_getter, switches_only_at_await, task_may_catch_its_cancellation,
    tasks_start_in_fifo_order, threads_leave_the_loop_running,
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
        name: "asyncio::task_may_catch_its_cancellation",
        about: "a task that is cancelled may catch that and clean up",
        run: Run::Plain(task_may_catch_its_cancellation::cleans_up),
        right: &["cleans, cleaned, task was cancelled"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::task_forgets_to_clean_up",
        about: "a task cleans up after its work only",
        run: Run::Plain(task_may_catch_its_cancellation::forgets_to),
        right: &["cleans, cleaned, task was cancelled"],
        twin_of: Some("asyncio::task_may_catch_its_cancellation"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::limit_spares_other_cancellations",
        about: "a time limit makes an error of its own cancellation only",
        run: Run::Plain(limit_spares_other_cancellations::is_cancelled),
        right: &["task was cancelled"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::limit_takes_every_cancellation",
        about: "a time limit takes a cancellation by others for its own",
        run: Run::Plain(limit_spares_other_cancellations::is_late),
        right: &["task was cancelled"],
        twin_of: Some("asyncio::limit_spares_other_cancellations"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::group_cancels_siblings",
        about: "a task that fails has the others of its group cancelled, which have ended when the group has",
        run: Run::Plain(group_cancels_siblings::all_have_ended),
        right: &["sibling has ended, group has ended; errors 1"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::group_leaves_siblings_running",
        about: "a group ends at the first failure",
        run: Run::Plain(group_cancels_siblings::some_go_on),
        right: &["sibling has ended, group has ended; errors 1"],
        twin_of: Some("asyncio::group_cancels_siblings"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::cancelled_waiter_gives_its_permit_on",
        about: "who is cancelled when a semaphore served it gives its permit to the next",
        run: Run::Plain(cancelled_waiter_gives_its_permit_on::the_next_has_it),
        right: &["first: task was cancelled; second: has it"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::cancelled_waiter_loses_a_permit",
        about: "a semaphore's permit is lost with who is cancelled before its turn",
        run: Run::Plain(cancelled_waiter_gives_its_permit_on::it_is_lost),
        right: &["first: task was cancelled; second: has it"],
        twin_of: Some("asyncio::cancelled_waiter_gives_its_permit_on"),
        ..Program::HANGS
    },
    Program {
        name: "asyncio::cancelled_waiter_locks_again",
        about: "who waits for a condition holds its lock again when it was cancelled",
        run: Run::Plain(cancelled_waiter_locks_again::one_inside),
        right: &["cancelled true, inside at once 1"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::cancelled_waiter_does_not_lock",
        about: "who waits for a condition and is cancelled does not wait for its lock",
        run: Run::Plain(cancelled_waiter_locks_again::two_inside),
        right: &["cancelled true, inside at once 1"],
        twin_of: Some("asyncio::cancelled_waiter_locks_again"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::shield_keeps_work_running",
        about: "what is shielded goes on when who awaits it is cancelled",
        run: Run::Plain(shield_keeps_work_running::goes_on),
        right: &["who waits: task was cancelled; work: done"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::cancellation_reaches_work",
        about: "what is awaited without a shield is cancelled with who awaits it",
        run: Run::Plain(shield_keeps_work_running::is_cancelled),
        right: &["who waits: task was cancelled; work: done"],
        twin_of: Some("asyncio::shield_keeps_work_running"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::shutdown_wakes_every_getter",
        about: "a queue that is shut down wakes all who wait for an item",
        run: Run::Plain(shutdown_wakes_every_getter::all_end),
        right: &["consumed 7"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::last_item_wakes_one_getter",
        about: "a queue's last item says that it is the last, to one of two",
        run: Run::Plain(shutdown_wakes_every_getter::one_ends),
        right: &["consumed 7"],
        twin_of: Some("asyncio::shutdown_wakes_every_getter"),
        ..Program::HANGS
    },
    Program {
        name: "asyncio::join_waits_for_work",
        about: "a queue is joined when what was taken is done with",
        run: Run::Plain(join_waits_for_work::all_is_done),
        right: &["done 2"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::join_waits_until_empty",
        about: "a queue is joined when all is taken",
        run: Run::Plain(join_waits_for_work::all_is_taken),
        right: &["done 2"],
        twin_of: Some("asyncio::join_waits_for_work"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::drain_waits_for_the_reader",
        about: "who drains has never much written that nobody took",
        run: Run::Plain(drain_waits_for_the_reader::little_is_kept),
        right: &["read 16, of which few waited at most"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::writer_does_not_drain",
        about: "who only lets others have a turn writes more than is taken",
        run: Run::Plain(drain_waits_for_the_reader::much_is_kept),
        right: &["read 16, of which few waited at most"],
        twin_of: Some("asyncio::drain_waits_for_the_reader"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::threads_leave_the_loop_running",
        about: "a call that blocks, on a thread, does not block the loop",
        run: Run::Plain(threads_leave_the_loop_running::the_loop_goes_on),
        right: &["received Ok(7), sent Ok(true)"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::call_blocks_the_loop",
        about: "a call that blocks keeps the loop from the task that it waits for",
        run: Run::Plain(threads_leave_the_loop_running::the_loop_is_blocked),
        right: &["received Ok(7), sent Ok(true)"],
        twin_of: Some("asyncio::threads_leave_the_loop_running"),
        ..Program::HANGS
    },
];
