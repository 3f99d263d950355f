//! A cell that is written once: std's cell, with the facade's [`Once`] deciding who writes it.

use super::Once;
use std::fmt;
use std::sync::OnceLock as Cell;

/// [`std::sync::OnceLock`], under every backend.
pub struct OnceLock<T> {
    once: Once,
    cell: Cell<T>,
}

impl<T> OnceLock<T> {
    /// An empty cell.
    #[track_caller]
    pub fn new() -> Self {
        OnceLock { once: Once::new(), cell: Cell::new() }
    }

    /// The value, if it was set.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.once.is_completed() { self.cell.get() } else { None }
    }

    /// The value, if it was set.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.cell.get_mut()
    }

    /// Sets the value.
    ///
    /// # Errors
    /// `value` itself, when another was set.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.once.call_once_force(|_| {
            if let Some(value) = value.take() {
                let _ = self.cell.set(value);
            }
        });
        value.map_or(Ok(()), Err)
    }

    /// The value; sets it to what `init` returns if there is none. Only one task calls its `init`.
    ///
    /// # Panics
    /// When `init` does; the next call tries again.
    #[track_caller]
    pub fn get_or_init(&self, init: impl FnOnce() -> T) -> &T {
        self.once.call_once_force(|_| {
            let _ = self.cell.set(init());
        });
        self.cell.get().expect("a completed once has set the cell")
    }

    /// The value, if it was set.
    pub fn into_inner(self) -> Option<T> {
        self.cell.into_inner()
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        let cell = OnceLock::new();
        // A new cell is empty.
        let _ = cell.set(value);
        cell
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cell.fmt(f)
    }
}
