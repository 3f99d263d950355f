//! Litmus tests: what each thread may read of the others' writes says which memory model it runs in.
//! Nothing is promised but sequential consistency, and all that it allows is to be seen.

pub mod independent_reads;
pub mod load_buffering;
pub mod message_passing;
pub mod store_buffering;
pub mod two_writes;

pub(super) mod programs;
