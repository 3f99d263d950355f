//! A value made at its first use. The facade's [`Once`] decides who makes it; the value is here.

use super::Once;
use crate::backend::{self, Home};
use std::fmt;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// [`std::sync::LazyLock`], under every backend.
///
/// Under a checker a static's value is made anew in each execution, and never dropped, as std never drops
/// a static; each execution that uses it costs its size.
///
/// ```
/// use conccheck::sync::{LazyLock, atomic::{AtomicUsize, Ordering::SeqCst}};
/// use conccheck::{Backend, Checker};
///
/// static HITS: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(0));
///
/// let report = Checker::new().backend(Backend::Shuttle).executions_max(10).explore(|| HITS.fetch_add(1, SeqCst));
/// assert_eq!(report.outcomes().count(), 1); // each execution begins with zero
/// ```
pub struct LazyLock<T, F = fn() -> T> {
    once: Once,
    value: Home<Option<T>>,
    init: Home<Option<F>>,
}

// SAFETY: as std's: the value is shared once it is there, and whoever is first calls the function.
unsafe impl<T: Send + Sync, F: Send> Sync for LazyLock<T, F> {}

impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe + RefUnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// A value that `init` will make.
    #[track_caller]
    pub const fn new(init: F) -> Self {
        LazyLock { once: Once::new(), value: Home::new(None), init: Home::new(Some(init)) }
    }

    /// Makes the value if it was not made, and gives it.
    ///
    /// # Panics
    /// When making it panics, now or before.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        this.once.call_once_force(|state| {
            assert!(!state.is_poisoned(), "LazyLock instance has previously been poisoned");
            // SAFETY: only one task is within the once, and takes the function once.
            let init = unsafe { (*this.init.get()).take() };
            let value = backend::make_at(this, init.expect("nobody has taken it"));
            // SAFETY: nobody reads the value before the once has completed.
            unsafe { *this.value.get() = Some(value) };
        });
        // SAFETY: nobody writes it any more.
        unsafe { (*this.value.get()).as_ref() }.expect("a completed once has made the value")
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyLock").finish_non_exhaustive()
    }
}
