//! [`Cell`]: std's, with accesses that must not race.

use super::UnsafeCell;
use std::cmp::Ordering;
use std::mem;
use std::ptr;

/// [`std::cell::Cell`], whose accesses must not race.
///
/// ```
/// loom::model(|| {
///     let cell = loom::cell::Cell::new(1);
///     assert_eq!((cell.replace(2), cell.take(), cell.get()), (1, 2, 0));
/// });
/// ```
#[derive(Debug)]
pub struct Cell<T> {
    cell: UnsafeCell<T>,
}

impl<T> Cell<T> {
    /// A cell with this value.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Cell { cell: UnsafeCell::new(value) }
    }

    /// Sets the value.
    #[track_caller]
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }

    /// Exchanges the values of two cells.
    #[track_caller]
    pub fn swap(&self, other: &Self) {
        if ptr::eq(self, other) {
            return;
        }
        // SAFETY: these are two cells, nobody has a reference to what is in one, and who else accesses them races.
        self.cell.with_mut(|one| other.cell.with_mut(|other| unsafe { ptr::swap(one, other) }));
    }

    /// The value, for which `value` is left.
    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        // SAFETY: nobody has a reference to the value, and who else accesses it races.
        self.cell.with_mut(|place| unsafe { mem::replace(&mut *place, value) })
    }

    /// A copy of the value.
    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: as above.
        self.cell.with(|place| unsafe { *place })
    }

    /// The value, for which a default is left.
    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.cell.into_inner()
    }
}

impl<T: Default> Default for Cell<T> {
    #[track_caller]
    fn default() -> Self {
        Cell::new(T::default())
    }
}

impl<T: Copy> Clone for Cell<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Cell::new(self.get())
    }
}

impl<T> From<T> for Cell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Cell::new(value)
    }
}

impl<T: PartialEq + Copy> PartialEq for Cell<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq + Copy> Eq for Cell<T> {}

impl<T: PartialOrd + Copy> PartialOrd for Cell<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.get().partial_cmp(&other.get())
    }
}

impl<T: Ord + Copy> Ord for Cell<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(&other.get())
    }
}
