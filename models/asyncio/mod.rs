//! asyncio: one thread, many tasks, switches only at `await`. With the names of Python's module, and
//! its rules for order, failure and cancellation where Rust has a form for them.
//!
//! | Python | here |
//! |---|---|
//! | `asyncio.run(main())` | [`run`] |
//! | `create_task`, `task.cancel()`, `task.done()`, `await task` | [`create_task`], [`Task`] |
//! | `gather(*aws)`, `gather(*aws, return_exceptions=True)` | [`gather`], [`gather_return_exceptions`] |
//! | an exception | a panic, which awaiting the task gives as [`TaskError::Raised`] |
//! | `async for task in as_completed(tasks)` | `while let Some(task) = as_completed(tasks).next().await` |
//! | `async for` over anything | [`AsyncIterator`] |
//! | `async with` | [`with`], [`AsyncContext`] |
//! | `sleep(seconds)`, `sleep(0)` | [`sleep`], of zero: one turn for the other tasks |
//!
//! One rule differs: a cancelled Rust future is dropped, not thrown an exception, so it cannot refuse,
//! and its clean-up is what its values do when dropped.
//!
//! What a workload does on it, on one thread and on several, is in `workload`. The public modules are
//! programs, each of which shows one promise.

pub mod as_completed_yields_each_once;
pub mod cancelled_waiter_gives_its_permit_on;
pub mod cancelled_waiter_locks_again;
pub mod context_exits_on_panic;
pub mod drain_waits_for_the_reader;
pub mod failing_task_leaves_siblings_running;
pub mod gather_keeps_order;
pub mod gather_returns_exceptions;
pub mod group_cancels_siblings;
pub mod join_waits_for_work;
pub mod limit_spares_other_cancellations;
pub mod run_cancels_leftovers;
pub mod shield_keeps_work_running;
pub mod shutdown_wakes_every_getter;
pub mod switches_only_at_await;
pub mod task_may_catch_its_cancellation;
pub mod tasks_start_in_fifo_order;
pub mod threads_leave_the_loop_running;

pub(super) mod programs;

mod barrier;
mod cancellation;
mod completion;
mod condition;
mod context;
mod control;
mod errors;
mod event;
mod future;
mod gather;
mod iteration;
mod lock;
mod queue;
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
pub use running::run;
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
