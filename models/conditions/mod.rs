//! Threads that wait until others have made something true: with a condvar, which wakes only those who
//! wait already.

pub mod bounded_buffer;
pub mod flag;

pub(super) mod programs;
