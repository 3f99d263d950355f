//! The network of a checked program: addresses of this machine, who listens there, and connections.
//!
//! What one end sends arrives at the other in order, each thing whenever the checker likes. For that a thread does nothing but
//! bring it, so that the moment is explored as an order of threads. What an end is told comes from three objects of the
//! checker: what has arrived and can be read; what it may write; and whether anybody still has it. So only those operations
//! are ordered that can notice each other.

mod connection;
mod end;
mod listening;
mod network;
mod waiters;
mod way;

pub(super) use self::{
    connection::Address,
    end::End,
    listening::Listening,
    network::{Network, Reserved},
};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many bytes are on their way in one direction, or have arrived there unread, at most.
pub(super) const ROOM: usize = 64 * 1024;

/// State that is locked for no longer than a step of the checker.
fn own<T>(state: &Mutex<T>) -> MutexGuard<'_, T> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
