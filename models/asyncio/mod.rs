//! asyncio: one thread, many tasks, switches only at `await`. With the names of Python's module, and
//! its rules for order, failure and cancellation.
//!
//! | Python | here | shown by | under a checker |
//! |---|---|---|---|
//! | `run(main())` | [`run`] | `run_cancels_leftovers`, `run_cancels_what_is_left`, `what_is_left_may_clean_up`, `what_stands_behind_main_is_cancelled_a_step_later` | explored |
//! | `Runner`: `run`, `close`, `get_loop` | [`Runner`], [`EventLoop`] | `runner_keeps_leftovers`, `runner_ends_leftovers_at_close`, `who_stands_behind_main_steps_once_more`, `what_was_asked_between_runs_comes_first`, `a_sleep_goes_on_in_the_next_run`, `what_a_thread_gives_between_runs_is_taken_in_the_next`, `a_closed_runner_does_not_run`, `a_run_in_a_run_is_an_error` | explored |
//! | `create_task`, `await task` | [`create_task`], [`Task`], [`Task::or_raise`] | `tasks_start_in_fifo_order`, `switches_only_at_await`, `tasks_take_turns`, `who_awaits_a_task_goes_on_a_turn_after_its_end` | one order |
//! | `task.cancel(msg)`, `except CancelledError` | [`Task::cancel`], [`catch_cancelled`], [`CancelledError`] | `task_may_catch_its_cancellation`, `a_cancellation_comes_a_turn_later`, `a_cancellation_is_passed_on_to_what_is_awaited` | explored |
//! | `cancelling`, `uncancel`, `current_task` | [`Task::cancelling`], [`Task::uncancel`], [`current_task`] | `requests_are_counted`, `two_requests_in_one_turn_are_caught_once` | explored |
//! | `add_done_callback` | [`Task::add_done_callback`] | `done_callbacks_come_in_order_and_a_turn_later` | one order |
//! | `sleep(d, result)`, `sleep(0)` | [`sleep`](sleep()), [`sleep_with`] | `sleeps_end_by_their_deadlines`, `ready_tasks_go_before_time_passes` | explored |
//! | `gather`, `return_exceptions=True` | [`gather`](gather()), [`gather_return_exceptions`] | `gather_keeps_order`, `gather_returns_exceptions`, `failing_task_leaves_siblings_running`, `gather_passes_its_cancellation_on`, `gather_passes_a_cancellation_on_to_all`, `gather_takes_a_task_twice` | explored |
//! | `TaskGroup` | [`task_group`](task_group()), [`TaskGroup`], [`ExceptionGroup`] | `group_cancels_siblings`, `all_failures_come_together`, `errors_win_over_a_cancellation` | explored |
//! | `wait(fs, timeout, return_when)` | [`wait`](wait()), [`ReturnWhen`] | `wait_for_the_first`, `wait_until_the_time_is_up` | explored |
//! | `wait_for(aw, timeout)` | [`wait_for`] | `wait_for_ends_what_is_late`, `wait_for_cancels_what_is_late`, `wait_for_gives_what_refuses`, `wait_for_no_time_does_not_begin` | explored |
//! | `as_completed(aws, timeout)` | [`as_completed`], [`as_completed_within`] | `as_completed_yields_each_once`, `as_completed_has_a_time_limit` | explored |
//! | `timeout`, `timeout_at`, `Timeout` | [`timeout`](timeout()), [`timeout_at`], [`Timeout`] | `limit_spares_other_cancellations`, `the_inner_limit_is_first`, `a_cancellation_by_others_wins`, `a_limit_may_be_moved` | explored |
//! | `shield(aw)` | [`shield`](shield()) | `shield_keeps_work_running`, `a_shield_takes_a_turn` | one order |
//! | `to_thread` | [`to_thread`](to_thread()) | `threads_leave_the_loop_running`, `a_thread_gives_its_result` | explored |
//! | `Lock` | [`Lock`] | `a_lock_serves_in_the_order_of_coming`, `who_is_cancelled_when_woken_wakes_the_next` | one order |
//! | `Event` | [`Event`] | `event_wakes_every_waiter`, `an_event_wakes_all_in_the_order_of_coming` | one order |
//! | `Condition` | [`Condition`] | `cancelled_waiter_locks_again`, `a_condition_notifies_in_the_order_of_coming`, `who_is_notified_and_cancelled_notifies_another` | explored |
//! | `Semaphore`, `BoundedSemaphore` | [`Semaphore`], [`BoundedSemaphore`] | `cancelled_waiter_gives_its_permit_on`, `a_semaphore_serves_in_the_order_of_coming`, `a_bounded_semaphore_is_not_released_too_often` | one order |
//! | `Barrier`, `BrokenBarrierError` | [`Barrier`], [`BrokenBarrierError`] | `barrier_waits_for_each_round`, `who_comes_while_others_leave_waits`, `a_barrier_may_be_reset`, `a_barrier_may_be_aborted` | explored |
//! | `Queue`, `PriorityQueue`, `LifoQueue` | [`Queue`], [`PriorityQueue`], [`LifoQueue`] | `join_waits_for_work`, `getters_are_served_in_the_order_of_coming`, `a_priority_queue_gives_the_least`, `a_lifo_queue_gives_what_came_last` | one order |
//! | `shutdown(immediate)` | [`QueueOf::shutdown`], [`QueueOf::shutdown_immediate`] | `shutdown_wakes_every_getter`, `shutting_down_at_once_leaves_what_is_being_done` | one order |
//! | `StreamReader` | [`StreamReader`], [`IncompleteReadError`], [`LimitOverrunError`] | `a_separator_may_come_too_late`, `an_exact_number_may_not_come`, `a_line_arrives_two_turns_later` | one order |
//! | `StreamWriter` | [`StreamWriter`], [`stream_pair`] | `drain_waits_for_the_reader`, `a_closed_end_ends_the_other_and_then_itself` | one order |
//! | `async for` | [`AsyncIterator`] | `an_iteration_waits_at_each_step`, `an_iteration_may_be_left_and_taken_up_again`, `an_iteration_may_fail` | one order |
//! | `async with` | [`with`], [`AsyncContext`] | `context_exits_on_panic`, `a_resource_is_left_on_a_cancellation` | explored |
//!
//! What shows a row is a program of this folder, beside its broken twin, or one of `tests/python`, whose order of events
//! is CPython's: there it is held against CPython itself, in a real run and under native. *One order*: whatever happens
//! is fixed, and every backend sees the same one execution. *Explored*: sleeps end, and threads go on, whenever the
//! checker likes.
//!
//! # A cancellation unwinds
//!
//! Python throws [`CancelledError`] into a task, at the `await` at which it waits, and the task may catch it. A Rust future
//! cannot be thrown into. So the awaitable at which the task waits is polled and *raises* the error: it notes it and stays
//! pending for good, and everything around it is pending too, up to the nearest [`catch_cancelled`], which drops what is
//! below and goes on, or the end of the task, which drops all. What is dropped on the way cleans up, as `finally` does
//! without waiting; clean-up that waits catches, waits, and [raises](CancelledError::raise) again. Nothing needs a `?`, a
//! task that does not care is simply ended, and a future that is none of this room's can be cancelled too: it is dropped.
//!
//! The other way, that every awaitable gives a `Result`, was not taken: each `await` would need a `?`, a `let _ =` would
//! lose a cancellation silently, and futures of others could not take part.
//!
//! # Where it is not Python
//!
//! * An exception is a panic, which awaiting the task gives as [`TaskError::Raised`]: [`Task::or_raise`] raises it again.
//!   That a task was cancelled *by another* is a result for who awaits it, [`TaskError::Cancelled`]; its own cancellation
//!   unwinds who awaits, as said above.
//! * A result moves to who awaits; clones of a [`Task`] each give it.
//! * A lock, a permit are guards. Futures that are dropped (in `select!`, say) leave the line as those that are cancelled do.
//! * [`run`], and a [`Runner`] that is closed, cancel also what is created while they cancel.
//! * A run ends with the turn with which CPython's does, and who would have its turn after that waits for the next run. It
//!   does so, too, if a timer, a thread or a future that is none of this room's has woken it in that turn.
//! * A [`Runner`] has no `debug`, no `loop_factory` and no `context`, and Ctrl-C is the process's. It is closed when it is
//!   dropped; while a panic unwinds its thread, what is left is dropped then, and not cancelled.
//! * The error of a [`task_group`](task_group()) that is cancelled from outside too is returned, and the cancellation comes
//!   at the next `await` after it; CPython has it end the task also if there is none.
//! * In a real run two timers with one deadline may be up in any order.
//!
//! What a workload does on it, on one thread and on several, is in `workload`. The public modules are
//! programs, each of which shows one promise.

pub mod as_completed_yields_each_once;
pub mod barrier_waits_for_each_round;
pub mod cancelled_waiter_gives_its_permit_on;
pub mod cancelled_waiter_locks_again;
pub mod context_exits_on_panic;
pub mod drain_waits_for_the_reader;
pub mod event_wakes_every_waiter;
pub mod failing_task_leaves_siblings_running;
pub mod gather_keeps_order;
pub mod gather_passes_its_cancellation_on;
pub mod gather_returns_exceptions;
pub mod group_cancels_siblings;
pub mod join_waits_for_work;
pub mod limit_spares_other_cancellations;
pub mod run_cancels_leftovers;
pub mod runner_ends_leftovers_at_close;
pub mod runner_keeps_leftovers;
pub mod shield_keeps_work_running;
pub mod shutdown_wakes_every_getter;
pub mod switches_only_at_await;
pub mod task_may_catch_its_cancellation;
pub mod tasks_start_in_fifo_order;
pub mod threads_leave_the_loop_running;
pub mod wait_for_ends_what_is_late;

pub(super) mod programs;
pub(super) mod waiting_programs;

mod barrier;
mod cancellation;
mod completion;
mod condition;
mod context;
mod control;
mod coroutine;
mod errors;
mod event;
mod future;
mod gather;
mod iteration;
mod lock;
mod queue;
mod runner;
mod running;
mod semaphore;
mod shield;
mod sleep;
mod stream;
mod stream_reader;
mod stream_writer;
mod task;
mod task_group;
mod timeout;
mod to_thread;
mod turns;
mod wait;
mod waiters;
mod workload;

pub use barrier::Barrier;
pub use cancellation::{CancelledError, CatchCancelled, catch_cancelled};
pub use completion::{AsCompleted, AsCompletedWithin, as_completed, as_completed_within};
pub use condition::{Condition, ConditionGuard};
pub use context::{AsyncContext, with};
pub use errors::{
    BrokenBarrierError, DoneTooOften, EmptySet, GetError, PutError, QueueShutDown, ReleasedTooOften,
    TimeoutError, WaitForError,
};
pub use event::Event;
pub use gather::{Gather, GatherReturnExceptions, gather, gather_return_exceptions};
pub use iteration::AsyncIterator;
pub use lock::{Lock, LockGuard};
pub use queue::{LifoQueue, PriorityQueue, Queue, QueueOf, Store};
pub use runner::{EventLoop, Runner, run};
pub use semaphore::{BoundedSemaphore, Semaphore, SemaphorePermit};
pub use shield::{Shield, shield};
pub use sleep::{sleep, sleep_with};
pub use stream::{StreamLimits, stream_pair};
pub use stream_reader::{IncompleteReadError, LimitOverrunError, ReadUntilError, StreamReader};
pub use stream_writer::{ConnectionResetError, StreamWriter};
pub use task::{CurrentTask, IntoTask, Task, TaskError, create_task, current_task};
pub use task_group::{ExceptionGroup, GroupClosed, TaskGroup, task_group};
pub use timeout::{Timeout, timeout, timeout_at, wait_for};
pub use to_thread::to_thread;
pub use wait::{ReturnWhen, Waited, wait};
pub use workload::{
    Counted, run as run_workload, run_counted, run_multi_thread as run_workload_multi_thread,
};
