//! Threads that share nothing but channels: what orders messages can arrive in, and who may wait for whom.

pub mod crossing;
pub mod oneshot;
pub mod senders;

pub(super) mod programs;
