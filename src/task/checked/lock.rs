//! State that is locked only where the checker has to see it.

use crate::backend;
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::thread::{self, ThreadId};

/// State of a task: either of one thread, or shared.
pub(super) enum Lock<S> {
    /// Used by this thread only, so the order of uses is the program's own and no operation of the
    /// checker. A use by another thread would be one that the checker cannot see: it is refused.
    Home(ThreadId, std::sync::Mutex<S>),
    /// Used by any thread; each use is an operation.
    Shared(Mutex<S>),
}

impl<S> Lock<S> {
    pub(super) fn home(state: S) -> Self {
        Lock::Home(thread::current().id(), std::sync::Mutex::new(state))
    }

    pub(super) fn shared(state: S) -> Self {
        Lock::Shared(Mutex::new(state))
    }

    /// What `act` does with the state. It must not run code of a task, nor wake one.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut S) -> R) -> R {
        match self {
            Lock::Home(thread, state) => {
                if *thread != thread::current().id() {
                    backend::unsupported(
                        "a sleep of `conccheck::task`, or the handle of a task of a single-thread loop, is used on \
                         another thread than its own",
                        "to wait for a task from another thread use `spawn` on a multi-thread runtime, to wait for a \
                         time there `conccheck::tokio::time::sleep`",
                    );
                }
                act(&mut state.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Lock::Shared(state) => act(&mut lock(state)),
        }
    }
}

/// Locks. No code of a task runs under the locks of this runtime, so a poisoned one is whole.
pub(super) fn lock<S>(mutex: &Mutex<S>) -> MutexGuard<'_, S> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
