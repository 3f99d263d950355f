//! The runtime under a checker: written once, on this crate's own threads and locks, for all of them.
//!
//! There is one mechanism, the event loop of [`event_loop`], asyncio's: a first-in-first-out queue of
//! ready tasks, and a mailbox through which other threads call into it. A current-thread runtime is
//! one loop with many tasks; a task of a multi-thread runtime is a thread with a loop of its own.
//! Everything that happens within one loop costs the checker no operation; what comes from another
//! thread is one lock and one notify.

mod clock;
mod elapsed;
mod event_loop;
mod join_set;
mod lock;
mod passing;
mod story;
mod task;
mod time;
mod wheel;

pub(crate) use event_loop::is_of_loop;
pub(super) use event_loop::is_running as is_in_runtime;
pub(super) use join_set::JoinSet;
pub(crate) use passing::{advance, freeze, go, of_loop};
pub(super) use task::{AbortHandle, JoinHandle, TaskEnd, block_on, spawn, spawn_local};
pub(crate) use time::Wait;
pub(super) use time::yield_now;
pub(crate) use wheel::Moment;

#[cfg(test)]
mod tests;
