//! The table of this room's programs, continued: waiting for others, and being cancelled meanwhile.

use super::{
    barrier_waits_for_each_round, cancelled_waiter_gives_its_permit_on, cancelled_waiter_locks_again,
    drain_waits_for_the_reader, event_wakes_every_waiter, gather_passes_its_cancellation_on,
    group_cancels_siblings, join_waits_for_work, limit_spares_other_cancellations, shield_keeps_work_running,
    shutdown_wakes_every_getter, task_may_catch_its_cancellation, threads_leave_the_loop_running,
    wait_for_ends_what_is_late,
};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
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
    Program {
        name: "asyncio::wait_for_ends_what_is_late",
        about: "wait_for has not given up before what is late has ended",
        run: Run::Plain(wait_for_ends_what_is_late::then_gives_up),
        right: &["work has ended, late"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::wait_for_leaves_what_is_late",
        about: "wait_for gives up at once and leaves what is late to itself",
        run: Run::Plain(wait_for_ends_what_is_late::gives_up_at_once),
        right: &["work has ended, late"],
        twin_of: Some("asyncio::wait_for_ends_what_is_late"),
        ..Program::FAILS
    },
    Program {
        name: "asyncio::event_wakes_every_waiter",
        about: "an event wakes all who wait, and lets pass who comes later",
        run: Run::Plain(event_wakes_every_waiter::all_go_on),
        right: &["3 went on"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::event_wakes_one_waiter",
        about: "an event wakes the first who waits",
        run: Run::Plain(event_wakes_every_waiter::one_goes_on),
        right: &["3 went on"],
        twin_of: Some("asyncio::event_wakes_every_waiter"),
        ..Program::HANGS
    },
    Program {
        name: "asyncio::barrier_waits_for_each_round",
        about: "a barrier that is used again keeps its rounds apart",
        run: Run::Plain(barrier_waits_for_each_round::rounds_are_apart),
        right: &["rounds [1, 1, 2, 2]"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::barrier_lets_the_fast_one_pass",
        about: "a barrier that is used again is open still for who is fast, which leaves the other behind",
        run: Run::Plain(barrier_waits_for_each_round::the_fast_one_passes),
        right: &["rounds [1, 1, 2, 2]"],
        twin_of: Some("asyncio::barrier_waits_for_each_round"),
        ..Program::HANGS
    },
    Program {
        name: "asyncio::gather_passes_its_cancellation_on",
        about: "who gathers and is cancelled has the tasks cancelled",
        run: Run::Plain(gather_passes_its_cancellation_on::both_end),
        right: &["task was cancelled, 2 ended"],
        ..Program::PASSES
    },
    Program {
        name: "asyncio::gather_cancels_one",
        about: "who awaits one task after another and is cancelled leaves the others running",
        run: Run::Plain(gather_passes_its_cancellation_on::one_ends),
        right: &["task was cancelled, 2 ended"],
        twin_of: Some("asyncio::gather_passes_its_cancellation_on"),
        ..Program::FAILS
    },
];
