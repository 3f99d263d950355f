//! Mutual exclusion.

use super::poison::{Poison, Poisoner};
use super::{map_guard, try_map_guard};
use crate::backend::{Backend, Binding, current, native};
use crate::engine::ObjectState;
use std::sync::{LockResult, TryLockError, TryLockResult};

/// A mutex without data.
pub(crate) struct Lock {
    binding: Binding,
    poison: Poison,
    real: std::sync::Mutex<()>,
    /// What it is to the user, if not a mutex.
    part_of: Option<&'static str>,
}

/// The permission that a [`Lock`] gives; dropping it gives it back.
pub(crate) struct Held<'a> {
    // In this order: whoever is let in finds the lock poisoned.
    poisoner: Poisoner<'a>,
    pub(super) turn: Turn<'a>,
    lock: &'a Lock,
}

/// Whose permission it is.
pub(super) enum Turn<'a> {
    Real(std::sync::MutexGuard<'a, ()>),
    Native(native::Locked),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::MutexGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(crate::backend::loom::Guard<loom::sync::MutexGuard<'a, ()>>),
}

impl Lock {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Lock::part_of(None)
    }

    /// One that is a part of what users call that.
    #[track_caller]
    pub(crate) const fn part_of(part_of: Option<&'static str>) -> Self {
        Lock { binding: Binding::new(), poison: Poison::new(), real: std::sync::Mutex::new(()), part_of }
    }

    fn what(&self) -> &'static str {
        self.part_of.unwrap_or("a mutex")
    }

    /// Waits until the lock is free, and takes it.
    #[track_caller]
    pub(crate) fn acquire(&self) -> LockResult<Held<'_>> {
        let turn = match current() {
            Backend::Real => {
                self.binding.expect_real(self.what());
                return map_guard(self.real.lock(), |guard| self.held(Turn::Real(guard)));
            }
            Backend::Native => Turn::Native(self.native().lock()),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => {
                let lock = self.binding.twin(self.what(), || shuttle::sync::Mutex::new(()));
                Turn::Shuttle(super::unpoisoned(crate::backend::shuttle::acquire(|| lock.lock())))
            }
            #[cfg(feature = "loom")]
            Backend::Loom => {
                self.refuse_poison_under_loom();
                let lock = self.binding.twin(self.what(), new_of_loom);
                let guard = super::unpoisoned(crate::backend::loom::operation(|| lock.lock()));
                Turn::Loom(crate::backend::loom::Guard::new(guard))
            }
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => crate::backend::not_compiled_in(),
        };
        self.poison.wrap(self.held(turn))
    }

    /// Takes the lock if it is free.
    #[track_caller]
    pub(crate) fn try_acquire(&self) -> TryLockResult<Held<'_>> {
        let turn = match current() {
            Backend::Real => {
                self.binding.expect_real(self.what());
                return try_map_guard(self.real.try_lock(), |guard| self.held(Turn::Real(guard)));
            }
            Backend::Native => self.native().try_lock().map(Turn::Native),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => {
                let lock = self.binding.twin(self.what(), || shuttle::sync::Mutex::new(()));
                super::unpoisoned_if_free(lock.try_lock()).map(Turn::Shuttle)
            }
            #[cfg(feature = "loom")]
            Backend::Loom => {
                self.refuse_poison_under_loom();
                let lock = self.binding.twin(self.what(), new_of_loom);
                let tried = crate::backend::loom::operation(|| lock.try_lock());
                super::unpoisoned_if_free(tried).map(crate::backend::loom::Guard::new).map(Turn::Loom)
            }
            #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
            _ => crate::backend::not_compiled_in(),
        };
        match turn {
            None => Err(TryLockError::WouldBlock),
            Some(turn) => Ok(self.poison.wrap(self.held(turn))?),
        }
    }

    /// Whether a task panicked while it held the lock.
    #[track_caller]
    pub(crate) fn is_poisoned(&self) -> bool {
        match current() {
            Backend::Real => self.real.is_poisoned(),
            _ => self.poison.get(),
        }
    }

    /// Forgets that a task panicked while it held the lock.
    #[track_caller]
    pub(crate) fn clear_poison(&self) {
        match current() {
            Backend::Real => self.real.clear_poison(),
            _ => self.poison.clear(),
        }
    }

    /// Notes that it is for real what this is part of.
    #[track_caller]
    pub(crate) fn expect_real(&self) {
        self.binding.expect_real(self.what());
    }

    /// Wraps what nobody else can have.
    pub(crate) fn wrap_exclusively<T>(&mut self, value: T) -> LockResult<T> {
        let is_poisoned = self.real.is_poisoned() || self.poison.get_exclusively();
        if is_poisoned { Err(std::sync::PoisonError::new(value)) } else { Ok(value) }
    }

    fn held<'a>(&'a self, turn: Turn<'a>) -> Held<'a> {
        Held { poisoner: Poisoner::new(&self.poison), turn, lock: self }
    }

    #[track_caller]
    fn native(&self) -> native::Object {
        self.binding.native(self.what(), ObjectState::mutex)
    }

    /// loom's own lock breaks when its holder panics.
    #[cfg(feature = "loom")]
    fn refuse_poison_under_loom(&self) {
        if self.poison.get() {
            crate::backend::unsupported(
                "a mutex whose holder panicked",
                "check this program under native or shuttle",
            );
        }
    }
}

#[cfg(feature = "loom")]
fn new_of_loom() -> loom::sync::Mutex<()> {
    crate::backend::loom::operation(|| loom::sync::Mutex::new(()))
}

impl<'a> Held<'a> {
    /// Gives the lock up for as long as `wait` does, which takes it back.
    #[track_caller]
    pub(super) fn release_while<R>(
        self,
        wait: impl FnOnce(Turn<'a>) -> (LockResult<Turn<'a>>, R),
    ) -> (LockResult<Self>, R) {
        let Held { poisoner, turn, lock } = self;
        // Who waits in a destructor that runs while it unwinds does not poison what it waits with.
        std::mem::forget(poisoner);
        let is_real = matches!(turn, Turn::Real(_));
        let (turn, result) = wait(turn);
        match (turn, is_real) {
            (turn, true) => (map_guard(turn, |turn| lock.held(turn)), result),
            (turn, false) => {
                let turn = turn.unwrap_or_else(std::sync::PoisonError::into_inner);
                (lock.poison.wrap(lock.held(turn)), result)
            }
        }
    }
}
