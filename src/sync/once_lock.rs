//! A cell that is written once. The facade's [`Once`] decides who writes it; the value is here.

use super::Once;
use crate::backend::{self, Home};
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

/// [`std::sync::OnceLock`], under every backend.
///
/// ```
/// use conccheck::{Checker, sync::OnceLock, thread};
///
/// static NAME: OnceLock<String> = OnceLock::new();
///
/// Checker::new().check(|| {
///     let other = thread::spawn(|| NAME.set("other".to_string()).is_ok());
///     let mine = NAME.set("main".to_string()).is_ok();
///     assert_ne!(mine, other.join().unwrap()); // in each execution one of them
/// });
/// ```
pub struct OnceLock<T> {
    once: Once,
    value: Home<Option<T>>,
}

// SAFETY: as std's: the value is shared once it is there, and was perhaps sent by who set it.
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe + RefUnwindSafe> RefUnwindSafe for OnceLock<T> {}

impl<T> OnceLock<T> {
    /// An empty cell.
    #[track_caller]
    pub const fn new() -> Self {
        OnceLock { once: Once::new(), value: Home::new(None) }
    }

    /// The value, if it was set.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.once.is_completed() { self.value() } else { None }
    }

    /// The value, if it was set.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut().as_mut()
    }

    /// Sets the value.
    ///
    /// # Errors
    /// `value` itself, when another was set.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.once.call_once_force(|_| self.put(value.take()));
        value.map_or(Ok(()), Err)
    }

    /// The value; sets it to what `init` returns if there is none. Only one task calls its `init`.
    ///
    /// # Panics
    /// When `init` does; the next call tries again.
    #[track_caller]
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        self.once.call_once_force(|_| self.put(Some(backend::make_at(self, init))));
        self.set_value()
    }

    /// Waits until the value was set.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_force();
        self.set_value()
    }

    /// The value, if it was set.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// Takes the value out, if it was set; the cell is empty after that.
    pub fn take(&mut self) -> Option<T> {
        self.once.reset();
        self.value.get_mut().take()
    }

    /// The value of a cell whose once has completed.
    fn value(&self) -> Option<&T> {
        // SAFETY: nobody writes it any more.
        unsafe { (*self.value.get()).as_ref() }
    }

    /// The value, which is there.
    fn set_value(&self) -> &T {
        self.value().expect("a completed once has set the cell")
    }

    /// Writes the value, from within the once.
    fn put(&self, value: Option<T>) {
        // SAFETY: nobody reads it before the once has completed, and nobody else writes it.
        unsafe { *self.value.get() = value };
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        let cell = OnceLock::new();
        // A new cell is empty.
        let _ = cell.set(value);
        cell
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.get().map_or_else(OnceLock::new, |value| OnceLock::from(value.clone()))
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    /// As std's: it looks whether the value was set, which is an operation.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_tuple("OnceLock");
        match self.get() {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}
