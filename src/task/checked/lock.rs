//! State that is locked only where the checker has to see it.

use crate::backend::{self, Call, Callee};
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::thread::{self, ThreadId};
use std::panic::Location;

/// State of a task: either of one thread, or shared.
pub(super) enum Lock<S> {
    /// Used by this thread only, so the order of uses is the program's own and no operation of the
    /// checker. A use by another thread would be one that the checker cannot see: it is refused.
    Home(ThreadId, std::sync::Mutex<S>),
    /// Used by any thread; each use is an operation.
    Shared(Mutex<S>),
    /// Used by any thread, but mostly by one; each use is an operation, but as long as no thread was ever
    /// spawned, for then the order of uses is the program's own.
    Seldom(Callee, std::sync::Mutex<S>),
}

const CHANGE: Call = Call::changes(&"change");
const LOOK: Call = Call::looks(&"look");

impl<S> Lock<S> {
    pub(super) fn home(state: S) -> Self {
        Lock::Home(thread::current().id(), std::sync::Mutex::new(state))
    }

    pub(super) fn shared(state: S) -> Self {
        Lock::Shared(Mutex::new(state))
    }

    pub(super) fn seldom(state: S) -> Self {
        Lock::Seldom(Callee::new("a task"), std::sync::Mutex::new(state))
    }

    /// What `act` does with the state. It must not run code of a task, nor wake one.
    #[track_caller]
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut S) -> R) -> R {
        self.call(CHANGE, act)
    }

    /// As [`Lock::with`], where `act` leaves the state as it is, but for what others do not look at.
    #[track_caller]
    pub(super) fn look<R>(&self, act: impl FnOnce(&mut S) -> R) -> R {
        self.call(LOOK, act)
    }

    /// Whether it is another thread's only.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(self, Lock::Home(home, _) if *home != thread::current().id())
    }

    #[track_caller]
    fn call<R>(&self, call: Call, act: impl FnOnce(&mut S) -> R) -> R {
        match self {
            Lock::Home(thread, state) => {
                if *thread != thread::current().id() {
                    backend::unsupported(
                        "a sleep of `conccheck::task`, or the handle of a task of a single-thread loop, is used on \
                         another thread than its own",
                        "to wait for a task from another thread use `spawn` on a multi-thread runtime, or a runtime of \
                         `conccheck::tokio::runtime`; to wait for a time there `conccheck::tokio::time::sleep`",
                    );
                }
                act(&mut own(state))
            }
            Lock::Shared(state) => act(&mut lock(state)),
            Lock::Seldom(_, state) if backend::is_main_alone() => act(&mut own(state)),
            Lock::Seldom(callee, state) => callee.end(call, Location::caller(), || act(&mut own(state))),
        }
    }
}

/// Locks. No code of a task runs under the locks of this runtime, so a poisoned one is whole.
#[track_caller]
pub(super) fn lock<S>(mutex: &Mutex<S>) -> MutexGuard<'_, S> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// As [`lock`], where nobody else has it.
pub(super) fn own<S>(mutex: &std::sync::Mutex<S>) -> std::sync::MutexGuard<'_, S> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
