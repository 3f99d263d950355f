//! One-time initialization. Native has an object for it; under the other checkers it is a state under the facade's mutex
//! and condvar.

use super::{Condvar, Mutex, MutexGuard};
use crate::backend::{self, Backend, Binding};
use crate::engine::ObjectState;
use crate::panic;
use std::fmt;
use std::panic::Location;
use std::sync::PoisonError;

/// [`std::sync::Once`], under every backend.
pub struct Once {
    real: std::sync::Once,
    /// Native's.
    binding: Binding,
    /// The other checkers'.
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Incomplete,
    Running,
    Poisoned,
    Complete,
}

/// What [`Once::call_once_force`] tells its closure.
#[derive(Debug)]
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// Whether an earlier closure panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl Once {
    /// Nothing was called yet.
    #[allow(clippy::new_without_default, reason = "as std")]
    #[track_caller]
    pub const fn new() -> Self {
        let state = Mutex::part_of(WHAT, State::Incomplete);
        Once { real: std::sync::Once::new(), binding: Binding::new(), state, changed: Condvar::new() }
    }

    /// Calls `init` if no call has completed; waits for the one that is running.
    ///
    /// # Panics
    /// When an earlier closure panicked.
    #[track_caller]
    pub fn call_once(&self, init: impl FnOnce()) {
        self.call(|_| init(), false);
    }

    /// Calls `init` if no call has completed, even when an earlier closure panicked.
    #[track_caller]
    pub fn call_once_force(&self, init: impl FnOnce(&OnceState)) {
        self.call(init, true);
    }

    /// Whether a closure has completed.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        match backend::current() {
            Backend::Real => self.real().is_completed(),
            Backend::Native => self.native().is_completed(),
            _ => *self.lock() == State::Complete,
        }
    }

    /// Waits until a closure has completed.
    ///
    /// # Panics
    /// When a closure panicked.
    #[track_caller]
    pub fn wait(&self) {
        match backend::current() {
            Backend::Real => self.real().wait(),
            Backend::Native => assert!(!self.native().wait_for_once(true), "{POISONED}"),
            _ => assert!(!self.wait_until(|now| now != State::Running), "{POISONED}"),
        }
    }

    /// Waits until a closure has completed, even when an earlier one panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        match backend::current() {
            Backend::Real => self.real().wait_force(),
            Backend::Native => _ = self.native().wait_for_once(false),
            _ => _ = self.wait_until(|now| now == State::Complete),
        }
    }

    /// Waits until the state is as it is to be, and not that of the beginning; whether a closure panicked.
    fn wait_until(&self, is_wanted: impl Fn(State) -> bool) -> bool {
        let mut now = self.lock();
        while *now == State::Incomplete || !is_wanted(*now) {
            now = self.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        *now == State::Poisoned
    }

    /// Calls `init` if no call has completed; after a closure that panicked only if that is `forced`.
    #[track_caller]
    fn call(&self, init: impl FnOnce(&OnceState), forced: bool) {
        let admit = |poisoned: bool| assert!(forced || !poisoned, "{POISONED}");
        if backend::current() == Backend::Real {
            let once = self.real();
            if !once.is_completed() {
                once.call_once_force(|state| {
                    admit(state.is_poisoned());
                    init(&OnceState { poisoned: state.is_poisoned() });
                });
            }
            return;
        }
        let Some(poisoned) = self.begin(forced) else {
            return;
        };
        if backend::current() == Backend::Native {
            // Native has begun nothing that is refused.
            admit(poisoned);
        }
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            admit(poisoned);
            init(&OnceState { poisoned });
        }));
        self.end(result.is_ok());
        if let Err(payload) = result {
            panic::resume_unwind(payload);
        }
    }

    /// Waits for the call that is running, and begins another if none has completed; whether an earlier one
    /// panicked.
    #[track_caller]
    fn begin(&self, forced: bool) -> Option<bool> {
        if backend::current() == Backend::Native {
            return self.native().call_once(forced);
        }
        let mut now = self.lock();
        while *now == State::Running {
            now = self.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        if *now == State::Complete {
            return None;
        }
        let is_poisoned = *now == State::Poisoned;
        *now = State::Running;
        Some(is_poisoned)
    }

    /// Ends the call that the task has begun.
    #[track_caller]
    fn end(&self, is_done: bool) {
        if backend::current() == Backend::Native {
            return self.native().end_attempt(is_done, Location::caller());
        }
        *self.lock() = if is_done { State::Complete } else { State::Poisoned };
        self.changed.notify_all();
    }

    #[track_caller]
    fn native(&self) -> backend::native::Object {
        self.binding.native(WHAT, ObjectState::once)
    }

    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn real(&self) -> &std::sync::Once {
        self.binding.expect_real(WHAT);
        self.state.expect_real();
        &self.real
    }

    /// As of one that was never called.
    pub(super) fn reset(&mut self) {
        *self = Once::new();
    }
}

/// What it is to the user.
const WHAT: &str = "a once";

const POISONED: &str = "Once instance has previously been poisoned";

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}
