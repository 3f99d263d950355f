//! The runtime under a checker: written once, on this crate's own threads and locks, for all of them.
//!
//! There is one mechanism, the event loop of [`event_loop`], asyncio's and tokio's: a first-in-first-out
//! queue of ready tasks, and a mailbox through which other threads call into it. A current-thread runtime is
//! one loop with many tasks; a task of a multi-thread runtime is a thread with a loop of its own, and so is
//! what may block. Everything that happens within one loop costs the checker no operation; what comes from
//! another thread is one lock and one notify. The handles of tasks of `conccheck::tokio` can be anywhere:
//! their uses are operations, once there is a second thread.

mod cancellation;
mod clock;
mod control;
mod core;
mod driver;
mod elapsed;
mod event_loop;
mod foreign;
mod handle;
mod join_set;
mod kept_loop;
mod letters;
mod local_set;
mod lock;
mod mailbox;
mod members;
mod numbers;
mod one_loop;
mod passing;
mod rank;
mod ranking;
mod runtime;
mod spawn;
mod story;
mod task;
mod time;
mod tournament;
mod wheel;

pub(super) use cancellation::Cancellation;
pub(super) use control::current_number;
pub(super) use event_loop::is_running as is_in_runtime;
pub(crate) use foreign::{Waiter, look as look_who_was_woken, poll_library};
pub(super) use handle::{Handle, Limits, NO_RUNTIME, current as current_runtime};
pub(super) use join_set::JoinSet;
pub(super) use kept_loop::KeptLoop;
pub(super) use local_set::{Current as CurrentSet, LocalSet};
pub(super) use numbers::{Number, ids_are_ordered};
pub(super) use passing::ONE_THREAD;
pub(crate) use passing::{advance, freeze, go, of_loop};
pub(super) use runtime::{Runtime, block_on, wait};
pub(super) use spawn::{block_in_place, spawn, spawn_blocking, spawn_local};
pub(crate) use story::elapses;
pub(super) use task::{AbortHandle, JoinHandle, TaskEnd};
pub(super) use time::yield_now;
pub(crate) use time::{Wait, consume_budget, expect_io, expect_timers};
pub(crate) use wheel::Moment;

#[cfg(test)]
mod tests;
