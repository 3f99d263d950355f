//! Threads that share nothing but channels: what orders messages can arrive in, and who may wait for whom.

#![allow(clippy::missing_panics_doc, reason = "a panic is an outcome of the program, which its check tells")]

pub mod crossing;
pub mod oneshot;
pub mod senders;

pub(super) mod programs;
