//! Where a thread leaves its result. The thread owns it together with its handle, and whoever lets go last drops what
//! is still in it: under native that is found out like the last owner of any other [`Arc`](sync::Arc).

use crate::sync;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) enum Packet<T> {
    /// Nobody notices when such a result is dropped.
    Plain(Arc<Slot<T>>),
    Watched(sync::Arc<Slot<T>>),
}

/// Locked for a moment only, never across an operation of the facade.
type Slot<T> = Mutex<Option<T>>;

impl<T> Packet<T> {
    /// Of a thread whose result is a `R`, which is all or a part of what is left.
    #[track_caller]
    pub(super) fn of<R>() -> Self {
        match std::mem::needs_drop::<R>() {
            true => Packet::Watched(sync::Arc::named("a thread's result", Mutex::new(None))),
            false => Packet::plain(),
        }
    }

    pub(super) fn plain() -> Self {
        Packet::Plain(Arc::new(Mutex::new(None)))
    }

    pub(super) fn leave(&self, result: T) {
        *self.slot().lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }

    /// What was left, if that was not taken before.
    pub(super) fn take(&self) -> Option<T> {
        self.slot().lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn slot(&self) -> &Slot<T> {
        match self {
            Packet::Plain(slot) => slot,
            Packet::Watched(slot) => slot,
        }
    }
}

impl<T> Clone for Packet<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        match self {
            Packet::Plain(slot) => Packet::Plain(Arc::clone(slot)),
            Packet::Watched(slot) => Packet::Watched(sync::Arc::clone(slot)),
        }
    }
}
