//! Plain memory in a concurrent object: what its tasks read and write there, the object's atomics have to order.

use crate::cell::UnsafeCell;

/// A value in plain memory.
#[derive(Default)]
pub(super) struct Plain<T>(UnsafeCell<T>);

// SAFETY: an object of this room is only ever checked, and a checker lets one task go on at a time. That its accesses
// are ordered besides is what the check looks for.
unsafe impl<T: Send> Sync for Plain<T> {}

impl<T: Copy> Plain<T> {
    #[track_caller]
    pub(super) fn new(value: T) -> Self {
        Plain(UnsafeCell::new(value))
    }

    #[track_caller]
    pub(super) fn get(&self) -> T {
        // SAFETY: the cell is there, and nobody writes it at the same time: one task goes on at a time.
        self.0.with(|value| unsafe { *value })
    }

    #[track_caller]
    pub(super) fn set(&self, new: T) {
        // SAFETY: as in `get`.
        self.0.with_mut(|value| unsafe { *value = new });
    }
}
