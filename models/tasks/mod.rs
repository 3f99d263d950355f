//! Async tasks of one thread: what everybody does wrong once who comes from threads.

#![allow(clippy::missing_panics_doc, reason = "a panic is an outcome of the program, which its check tells")]

pub mod cpu_work;
pub mod guard_across_await;

pub(super) mod programs;
