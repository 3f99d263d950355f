//! Threads that wait until others have made something true: with a condvar, which wakes only those who
//! wait already.

#![allow(clippy::missing_panics_doc, reason = "a panic is an outcome of the program, which its check tells")]

pub mod bounded_buffer;
pub mod flag;

pub(super) mod programs;
