//! Locks and conditions without data, under every backend: they decide who is next, and know whether a holder
//! panicked.

mod condition;
mod mutex;
mod poison;
mod rw_lock;

pub(crate) use condition::Condition;
pub(crate) use mutex::{Held, Lock};
pub(crate) use rw_lock::{HeldRead, HeldWrite, RwTurns};

use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// What a lock of a backend gives, whose own poison is of no interest: the facade has its own.
#[cfg(any(feature = "shuttle", feature = "loom"))]
fn unpoisoned<G>(result: LockResult<G>) -> G {
    result.unwrap_or_else(PoisonError::into_inner)
}

/// As [`unpoisoned`], if it was free.
#[cfg(any(feature = "shuttle", feature = "loom"))]
fn unpoisoned_if_free<G>(result: TryLockResult<G>) -> Option<G> {
    match result {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The same lock with something else to show for it.
pub(crate) fn map_guard<G, H>(result: LockResult<G>, wrap: impl FnOnce(G) -> H) -> LockResult<H> {
    match result {
        Ok(guard) => Ok(wrap(guard)),
        Err(poisoned) => Err(PoisonError::new(wrap(poisoned.into_inner()))),
    }
}

/// As [`map_guard`], of what was tried.
pub(crate) fn try_map_guard<G, H>(result: TryLockResult<G>, wrap: impl FnOnce(G) -> H) -> TryLockResult<H> {
    match result {
        Ok(guard) => Ok(wrap(guard)),
        Err(TryLockError::WouldBlock) => Err(TryLockError::WouldBlock),
        Err(TryLockError::Poisoned(poisoned)) => {
            Err(TryLockError::Poisoned(PoisonError::new(wrap(poisoned.into_inner()))))
        }
    }
}
