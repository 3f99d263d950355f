//! Async tasks of one thread: what everybody does wrong once who comes from threads.

pub mod cpu_work;
pub mod guard_across_await;

pub(super) mod programs;
