//! Waiting for others to say that something has changed.

use super::map_guard;
use super::mutex::{Held, Turn};
use crate::backend::{Backend, Binding, current, native};
use crate::engine::ObjectState;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

/// A condition to wait for.
pub(crate) struct Condition {
    binding: Binding,
    real: std::sync::Condvar,
}

const WHAT: &str = "a condvar";

impl Condition {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Condition { binding: Binding::new(), real: std::sync::Condvar::new() }
    }

    /// Gives the lock up until somebody notifies, and takes it back.
    #[track_caller]
    pub(crate) fn wait<'a>(&self, held: Held<'a>) -> LockResult<Held<'a>> {
        let (held, ()) = held.release_while(|turn| (self.wait_for_turn(turn), ()));
        held
    }

    /// As [`Condition::wait`], but the time may be up first, if the backend has times; whether it was.
    #[track_caller]
    pub(crate) fn wait_timeout<'a>(&self, held: Held<'a>, timeout: Duration) -> (LockResult<Held<'a>>, bool) {
        held.release_while(|turn| match turn {
            Turn::Real(guard) => {
                self.binding.expect_real(WHAT);
                let (guard, is_over, is_poisoned) = match self.real.wait_timeout(guard, timeout) {
                    Ok((guard, result)) => (guard, result.timed_out(), false),
                    Err(poisoned) => {
                        let (guard, result) = poisoned.into_inner();
                        (guard, result.timed_out(), true)
                    }
                };
                let turn = Turn::Real(guard);
                (if is_poisoned { Err(PoisonError::new(turn)) } else { Ok(turn) }, is_over)
            }
            Turn::Native(locked) => {
                let (locked, is_over) = self.native().wait_timeout(locked);
                (Ok(Turn::Native(locked)), is_over)
            }
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            turn => (self.wait_for_turn(turn), false),
        })
    }

    #[track_caller]
    fn wait_for_turn<'a>(&self, turn: Turn<'a>) -> LockResult<Turn<'a>> {
        match turn {
            Turn::Real(guard) => {
                self.binding.expect_real(WHAT);
                map_guard(self.real.wait(guard), Turn::Real)
            }
            Turn::Native(locked) => Ok(Turn::Native(self.native().wait(locked))),
            #[cfg(feature = "shuttle")]
            Turn::Shuttle(guard) => map_guard(self.shuttle().wait(guard), Turn::Shuttle),
            #[cfg(feature = "loom")]
            Turn::Loom(guard) => {
                let guard = guard.into_inner();
                let waited = crate::backend::loom::operation(|| self.loom().wait(guard));
                map_guard(waited, |guard| Turn::Loom(crate::backend::loom::Guard::new(guard)))
            }
        }
    }

    /// Wakes one waiter, if there is one.
    #[track_caller]
    pub(crate) fn notify_one(&self) {
        match current() {
            Backend::Real => {
                self.binding.expect_real(WHAT);
                self.real.notify_one();
            }
            Backend::Native => self.native().notify_one(),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => self.shuttle().notify_one(),
            #[cfg(feature = "loom")]
            Backend::Loom => crate::backend::loom::operation(|| self.loom().notify_one()),
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => crate::backend::not_compiled_in(),
        }
    }

    /// Wakes all waiters.
    #[track_caller]
    pub(crate) fn notify_all(&self) {
        match current() {
            Backend::Real => {
                self.binding.expect_real(WHAT);
                self.real.notify_all();
            }
            Backend::Native => self.native().notify_all(),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => self.shuttle().notify_all(),
            #[cfg(feature = "loom")]
            Backend::Loom => crate::backend::loom::operation(|| self.loom().notify_all()),
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => crate::backend::not_compiled_in(),
        }
    }

    #[track_caller]
    fn native(&self) -> native::Object {
        self.binding.native(WHAT, ObjectState::condvar)
    }

    #[cfg(feature = "shuttle")]
    #[track_caller]
    fn shuttle(&self) -> &shuttle::sync::Condvar {
        self.binding.twin(WHAT, shuttle::sync::Condvar::new)
    }

    #[cfg(feature = "loom")]
    #[track_caller]
    fn loom(&self) -> &loom::sync::Condvar {
        self.binding.twin(WHAT, || crate::backend::loom::operation(loom::sync::Condvar::new))
    }
}
