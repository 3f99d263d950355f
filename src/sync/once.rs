//! One-time initialization. Under a checker it is a state under the facade's mutex and condvar.

use super::{Condvar, Mutex, MutexGuard};
use crate::backend::{self, Backend};
use crate::panic;
use std::fmt;

/// [`std::sync::Once`], under every backend.
pub struct Once(Inner);

enum Inner {
    Real(std::sync::Once),
    Checked(Box<Checked>),
}

struct Checked {
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
    pub fn new() -> Self {
        Once(match backend::current() {
            Backend::Real => Inner::Real(std::sync::Once::new()),
            _ => Inner::Checked(backend::compound(|| {
                Box::new(Checked { state: Mutex::new(State::Incomplete), changed: Condvar::new() })
            })),
        })
    }

    /// Calls `init` if no call has completed; waits for the one that is running.
    ///
    /// # Panics
    /// When an earlier closure panicked.
    #[track_caller]
    pub fn call_once(&self, init: impl FnOnce()) {
        match &self.0 {
            Inner::Real(once) => {
                backend::expect_real("a once");
                once.call_once(init);
            }
            Inner::Checked(once) => once.call(init, |poisoned| {
                assert!(!poisoned, "Once instance has previously been poisoned");
            }),
        }
    }

    /// Calls `init` if no call has completed, even when an earlier closure panicked.
    #[track_caller]
    pub fn call_once_force(&self, init: impl FnOnce(&OnceState)) {
        match &self.0 {
            Inner::Real(once) => {
                backend::expect_real("a once");
                once.call_once_force(|state| init(&OnceState { poisoned: state.is_poisoned() }));
            }
            Inner::Checked(once) => {
                let poisoned = std::cell::Cell::new(false);
                once.call(|| init(&OnceState { poisoned: poisoned.get() }), |was| poisoned.set(was));
            }
        }
    }

    /// Whether a closure has completed.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        match &self.0 {
            Inner::Real(once) => {
                backend::expect_real("a once");
                once.is_completed()
            }
            Inner::Checked(once) => backend::compound(|| *once.lock() == State::Complete),
        }
    }
}

impl Checked {
    /// Calls `init` after `admit`, which hears whether an earlier closure panicked, and may refuse.
    #[track_caller]
    fn call(&self, init: impl FnOnce(), admit: impl Fn(bool)) {
        let Some(poisoned) = backend::compound(|| self.begin()) else {
            return;
        };
        let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
            admit(poisoned);
            init();
        }));
        backend::compound(|| {
            *self.lock() = if result.is_ok() { State::Complete } else { State::Poisoned };
            self.changed.notify_all();
        });
        if let Err(payload) = result {
            panic::resume_unwind(payload);
        }
    }

    /// Waits for the call that is running, and begins another if none has completed; whether an earlier one
    /// panicked.
    fn begin(&self) -> Option<bool> {
        let mut now = self.lock();
        while *now == State::Running {
            now = self.changed.wait(now).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        if *now == State::Complete {
            return None;
        }
        let is_poisoned = *now == State::Poisoned;
        *now = State::Running;
        Some(is_poisoned)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}
