//! Whether a lock's holder panicked. As in std it is a flag of its own beside the lock, so that asking for it is an
//! operation that others may come before or after.

use crate::backend::{Backend, Binding, Home, current, is_unwinding, native};
use crate::engine::ObjectState;
use crate::schedule::Fact;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, PoisonError};

/// The flag of a checker's lock. For real std's own locks have theirs.
pub(super) struct Poison {
    /// Native's, an atomic: not there before somebody sets, clears or reads it from outside of the lock.
    binding: Binding,
    /// The other checkers', of which nobody looks at what is done to it.
    flag: Home<AtomicBool>,
}

// SAFETY: the flag is an atomic, wherever it is.
unsafe impl Sync for Poison {}

impl Poison {
    #[track_caller]
    pub(super) const fn new() -> Self {
        Poison { binding: Binding::new(), flag: Home::new(AtomicBool::new(false)) }
    }

    /// Wraps what a lock that was just taken gives.
    #[track_caller]
    pub(super) fn wrap<G>(&self, guard: G) -> LockResult<G> {
        let is_poisoned = match current() {
            // It is set by who has the lock, so that the lock's own order tells whether it was. It is cleared by whom it
            // may be: only where somebody does that is looking at it an operation.
            Backend::Native if !native::knows(Fact::PoisonIsCleared) => self.is_set(),
            _ => self.get(),
        };
        if is_poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }

    #[track_caller]
    pub(super) fn get(&self) -> bool {
        if current() != Backend::Native {
            return self.flag().load(Ordering::Relaxed);
        }
        let performed = self.object().load(Ordering::Relaxed);
        let is_poisoned = performed.value != 0;
        if performed.is_logged {
            native::note("is_poisoned", is_poisoned.to_string(), is_poisoned.to_string());
        }
        is_poisoned
    }

    /// As [`Poison::set`], for who need not have the lock.
    #[track_caller]
    pub(super) fn clear(&self) {
        if current() == Backend::Native && !native::knows(Fact::PoisonIsCleared) {
            native::find_out(Fact::PoisonIsCleared);
        }
        self.set(false);
    }

    /// What the native engine has it as, without an operation.
    fn is_set(&self) -> bool {
        self.binding.is_bound() && self.object().value() != 0
    }

    #[track_caller]
    fn set(&self, is_poisoned: bool) {
        if current() != Backend::Native {
            return self.flag().store(is_poisoned, Ordering::Relaxed);
        }
        let performed = self.object().store(u64::from(is_poisoned), Ordering::Relaxed);
        if performed.is_logged {
            let function = if is_poisoned { "poison" } else { "clear_poison" };
            native::note(function, (performed.value != 0).to_string(), is_poisoned.to_string());
        }
    }

    /// As it is when nobody else can have the lock.
    pub(super) fn get_exclusively(&mut self) -> bool {
        match current() {
            Backend::Native => self.is_set(),
            _ => *self.flag.get_mut().get_mut(),
        }
    }

    fn flag(&self) -> &AtomicBool {
        // SAFETY: it is there as long as this is, and is only ever shared.
        unsafe { &*self.flag.get() }
    }

    #[track_caller]
    fn object(&self) -> native::Object {
        self.binding.native("a lock's poison", || ObjectState::atomic(0))
    }
}

/// Sets the flag when a holder lets go while it unwinds, unless it did when it became one.
pub(super) struct Poisoner<'a> {
    poison: Option<&'a Poison>,
}

impl<'a> Poisoner<'a> {
    pub(super) fn new(poison: &'a Poison) -> Self {
        Poisoner { poison: Some(poison).filter(|_| current() != Backend::Real && !is_unwinding()) }
    }
}

impl Drop for Poisoner<'_> {
    fn drop(&mut self) {
        if let Some(poison) = self.poison
            && is_unwinding()
        {
            poison.set(true);
        }
    }
}
