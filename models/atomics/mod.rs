//! Threads that share one atomic, or a few: how many ways there are to interleave reads, writes,
//! read-modify-writes and compare-exchanges.

pub mod adds;
pub mod exchanges;
pub mod last_zero;
pub mod readers;

pub(super) mod programs;
