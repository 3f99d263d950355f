//! Threads that share locks: how many orders there are to take them in, and what goes wrong when a lock is
//! taken in the wrong order, or not where it is needed.

pub mod double_checked;
pub mod overtaking;
pub mod philosophers;
pub mod sections;
pub mod try_lock;

pub(super) mod programs;
