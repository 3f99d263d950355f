//! A way from one to another: what is sent arrives in order, each thing when the checker likes.

use super::own;
use crate::backend::{self, Backend};
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::thread::{self, JoinHandle};

#[derive(Default)]
pub(super) struct Way {
    /// Brings what was sent last.
    last: std::sync::Mutex<Option<JoinHandle<()>>>,
    /// Where others may run in between, who sends has this from before it is known what is sent.
    turn: Mutex<()>,
}

/// Has something done whenever the checker likes.
pub(super) fn later(act: impl FnOnce() + Send + 'static) {
    thread::spawn(act);
}

impl Way {
    /// The right to send what follows from the caller's next step.
    pub(super) fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        let is_needed = !matches!(backend::current(), Backend::Native | Backend::Real);
        is_needed.then(|| self.turn.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has `arrive` done when all has arrived that was sent before.
    pub(super) fn send(&self, arrive: impl FnOnce() + Send + 'static) {
        let before = own(&self.last).take();
        let courier = thread::spawn(move || {
            // One that panicked has told so itself.
            before.into_iter().for_each(|before| _ = before.join());
            arrive();
        });
        *own(&self.last) = Some(courier);
    }
}
