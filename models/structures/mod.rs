//! Data structures without locks. A node is an index, and a pointer is an index with a count of its
//! changes beside it, so that a pointer that is back where it was is not taken for one that never moved.

pub mod aba;
pub mod msqueue;
pub(super) mod nodes;
pub mod treiber;

pub(super) mod programs;
