//! A value made at its first use: under a checker, once in each execution, so that no execution
//! sees what another left behind. This is how a program under check has statics.

use super::OnceLock;
use crate::backend::{self, Backend};
use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};

/// [`std::sync::LazyLock`], under every backend. `new` is `const`, so it wraps what a static needs.
///
/// Under a checker the value is made anew in each execution, and never dropped, as std never drops
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
pub struct LazyLock<T: 'static, F = fn() -> T> {
    real: std::sync::LazyLock<T, F>,
    init: F,
    key: AtomicUsize,
}

impl<T: Send + Sync, F: Fn() -> T + Copy> LazyLock<T, F> {
    /// A value that `init` will make.
    pub const fn new(init: F) -> Self {
        LazyLock { real: std::sync::LazyLock::new(init), init, key: AtomicUsize::new(0) }
    }

    /// Makes the value if it was not made, and gives it.
    #[track_caller]
    pub fn force(this: &Self) -> &T {
        match backend::current() {
            Backend::Real => std::sync::LazyLock::force(&this.real),
            _ => backend::execution().lazy::<OnceLock<T>>(this.key(), OnceLock::new).get_or_init(this.init),
        }
    }

    /// Names this value among all, for as long as the process lives.
    fn key(&self) -> usize {
        static KEYS: AtomicUsize = AtomicUsize::new(1);
        match self.key.load(Ordering::Relaxed) {
            0 => {
                let key = KEYS.fetch_add(1, Ordering::Relaxed);
                match self.key.compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => key,
                    Err(other) => other,
                }
            }
            key => key,
        }
    }
}

impl<T: Send + Sync, F: Fn() -> T + Copy> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LazyLock").finish_non_exhaustive()
    }
}
