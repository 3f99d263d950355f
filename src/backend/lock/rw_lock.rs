//! Many readers or one writer.

use super::poison::{Poison, Poisoner};
use super::{map_guard, try_map_guard};
use crate::backend::{Backend, Binding, current, native};
use crate::engine::ObjectState;
use std::sync::{LockResult, TryLockError, TryLockResult};

/// A reader-writer lock without data.
pub(crate) struct RwTurns {
    binding: Binding,
    poison: Poison,
    real: std::sync::RwLock<()>,
}

/// Shared permission; dropping it gives it back.
#[allow(dead_code, reason = "held for what dropping it does")]
pub(crate) struct HeldRead<'a>(ReadTurn<'a>);

/// Exclusive permission; dropping it gives it back.
pub(crate) struct HeldWrite<'a> {
    // In this order: whoever is let in finds the lock poisoned.
    poisoner: Poisoner<'a>,
    turn: WriteTurn<'a>,
}

#[allow(dead_code, reason = "held for what dropping it does")]
enum ReadTurn<'a> {
    Real(std::sync::RwLockReadGuard<'a, ()>),
    Native(native::LockedRead),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::RwLockReadGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(crate::backend::loom::Guard<loom::sync::RwLockReadGuard<'a, ()>>),
}

#[allow(dead_code, reason = "held for what dropping it does")]
enum WriteTurn<'a> {
    Real(std::sync::RwLockWriteGuard<'a, ()>),
    Native(native::LockedWrite),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::sync::RwLockWriteGuard<'a, ()>),
    #[cfg(feature = "loom")]
    Loom(crate::backend::loom::Guard<loom::sync::RwLockWriteGuard<'a, ()>>),
}

const WHAT: &str = "a reader-writer lock";

/// The four ways in, which differ in the method that they call, in what they give, and in nothing else.
macro_rules! enter {
    ($(#[$doc:meta])* $name:ident -> $held:ident, $turn:ident by $method:ident) => {
        $(#[$doc])*
        #[track_caller]
        pub(crate) fn $name(&self) -> LockResult<$held<'_>> {
            let turn = match current() {
                Backend::Real => {
                    self.binding.expect_real(WHAT);
                    return map_guard(self.real.$method(), |guard| self.$turn($turn::Real(guard)));
                }
                Backend::Native => $turn::Native(self.native().$method()),
                #[cfg(feature = "shuttle")]
                Backend::Shuttle => {
                    let lock = self.binding.twin(WHAT, || shuttle::sync::RwLock::new(()));
                    $turn::Shuttle(super::unpoisoned(crate::backend::shuttle::acquire(|| lock.$method())))
                }
                #[cfg(feature = "loom")]
                Backend::Loom => {
                    self.refuse_poison_under_loom();
                    let lock = self.binding.twin(WHAT, new_of_loom);
                    let guard = super::unpoisoned(crate::backend::loom::operation(|| lock.$method()));
                    $turn::Loom(crate::backend::loom::Guard::new(guard))
                }
                #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
                _ => crate::backend::not_compiled_in(),
            };
            self.poison.wrap(self.$turn(turn))
        }
    };
    ($(#[$doc:meta])* $name:ident -> Option $held:ident, $turn:ident by $method:ident) => {
        $(#[$doc])*
        #[track_caller]
        pub(crate) fn $name(&self) -> TryLockResult<$held<'_>> {
            let turn = match current() {
                Backend::Real => {
                    self.binding.expect_real(WHAT);
                    return try_map_guard(self.real.$method(), |guard| self.$turn($turn::Real(guard)));
                }
                Backend::Native => self.native().$method().map($turn::Native),
                #[cfg(feature = "shuttle")]
                Backend::Shuttle => {
                    let lock = self.binding.twin(WHAT, || shuttle::sync::RwLock::new(()));
                    super::unpoisoned_if_free(lock.$method()).map($turn::Shuttle)
                }
                #[cfg(feature = "loom")]
                Backend::Loom => {
                    self.refuse_poison_under_loom();
                    let lock = self.binding.twin(WHAT, new_of_loom);
                    let tried = crate::backend::loom::operation(|| lock.$method());
                    super::unpoisoned_if_free(tried).map(crate::backend::loom::Guard::new).map($turn::Loom)
                }
                #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
                _ => crate::backend::not_compiled_in(),
            };
            match turn {
                None => Err(TryLockError::WouldBlock),
                Some(turn) => Ok(self.poison.wrap(self.$turn(turn))?),
            }
        }
    };
}

#[allow(non_snake_case, reason = "what wraps a turn is called as the turn is")]
impl RwTurns {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        RwTurns { binding: Binding::new(), poison: Poison::new(), real: std::sync::RwLock::new(()) }
    }

    enter! {
        /// Waits until nobody writes.
        read -> HeldRead, ReadTurn by read
    }
    enter! {
        /// Waits until nobody reads or writes.
        write -> HeldWrite, WriteTurn by write
    }
    enter! {
        /// Enters if nobody writes.
        try_read -> Option HeldRead, ReadTurn by try_read
    }
    enter! {
        /// Enters if nobody reads or writes.
        try_write -> Option HeldWrite, WriteTurn by try_write
    }

    fn ReadTurn<'a>(&self, turn: ReadTurn<'a>) -> HeldRead<'a> {
        HeldRead(turn)
    }

    fn WriteTurn<'a>(&'a self, turn: WriteTurn<'a>) -> HeldWrite<'a> {
        HeldWrite { poisoner: Poisoner::new(&self.poison), turn }
    }

    /// Whether a task panicked while it was writing.
    #[track_caller]
    pub(crate) fn is_poisoned(&self) -> bool {
        match current() {
            Backend::Real => self.real.is_poisoned(),
            _ => self.poison.get(),
        }
    }

    /// Forgets that a task panicked while it was writing.
    #[track_caller]
    pub(crate) fn clear_poison(&self) {
        match current() {
            Backend::Real => self.real.clear_poison(),
            _ => self.poison.clear(),
        }
    }

    /// Wraps what nobody else can have.
    pub(crate) fn wrap_exclusively<T>(&mut self, value: T) -> LockResult<T> {
        let is_poisoned = self.real.is_poisoned() || self.poison.get_exclusively();
        if is_poisoned { Err(std::sync::PoisonError::new(value)) } else { Ok(value) }
    }

    #[track_caller]
    fn native(&self) -> native::Object {
        self.binding.native(WHAT, ObjectState::rw_lock)
    }

    /// loom's own lock breaks when a writer panics.
    #[cfg(feature = "loom")]
    fn refuse_poison_under_loom(&self) {
        if self.poison.get() {
            crate::backend::unsupported(
                "a reader-writer lock whose writer panicked",
                "check this program under native or shuttle",
            );
        }
    }
}

#[cfg(feature = "loom")]
fn new_of_loom() -> loom::sync::RwLock<()> {
    crate::backend::loom::operation(|| loom::sync::RwLock::new(()))
}

impl<'a> HeldWrite<'a> {
    /// Shares what one had alone; nobody writes in between.
    #[track_caller]
    pub(crate) fn downgrade(self) -> HeldRead<'a> {
        let HeldWrite { poisoner, turn } = self;
        // It is no end of the writing that others could see.
        std::mem::forget(poisoner);
        HeldRead(match turn {
            WriteTurn::Real(guard) => ReadTurn::Real(std::sync::RwLockWriteGuard::downgrade(guard)),
            WriteTurn::Native(locked) => ReadTurn::Native(locked.downgrade()),
            #[allow(unreachable_patterns, reason = "with no other checker compiled in there is nothing else")]
            _ => crate::backend::unsupported(
                "`downgrade` of a reader-writer lock",
                "check this program under native",
            ),
        })
    }
}
