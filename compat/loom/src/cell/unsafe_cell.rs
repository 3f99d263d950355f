//! [`UnsafeCell`]: the value is here, and its accesses are those of a cell of nothing of conccheck's beside it.

use conccheck::cell as checked;
use std::fmt;
use std::mem::transmute;
use std::sync::Arc;

/// A cell of nothing, accessed as its neighbour is.
#[derive(Debug)]
struct Accesses(checked::UnsafeCell<()>);

// SAFETY: there is nothing in it that could be accessed; and who accesses it tells a checker, under which all threads are
// of one thread of the system.
unsafe impl Send for Accesses {}
// SAFETY: as above.
unsafe impl Sync for Accesses {}

/// [`std::cell::UnsafeCell`] with closures, by which a checker sees when an access begins and when it ends.
///
/// ```should_panic
/// use loom::{cell::UnsafeCell, sync::Arc, thread};
///
/// struct Shared(UnsafeCell<u32>);
/// // SAFETY: this is a lie, which the model finds out.
/// unsafe impl Sync for Shared {}
///
/// loom::model(|| {
///     let shared = Arc::new(Shared(UnsafeCell::new(0)));
///     let other = Arc::clone(&shared);
///     // SAFETY: as above.
///     let thread = thread::spawn(move || other.0.with_mut(|value| unsafe { *value = 1 }));
///     // SAFETY: as above.
///     shared.0.with(|value| unsafe { assert!(*value < 2) });
///     thread.join().unwrap();
/// });
/// ```
pub struct UnsafeCell<T: ?Sized> {
    accesses: Arc<Accesses>,
    value: std::cell::UnsafeCell<T>,
}

impl<T> UnsafeCell<T> {
    /// A cell with this value, which whoever reads has to come after.
    #[track_caller]
    pub fn new(value: T) -> UnsafeCell<T> {
        let accesses = Arc::new(Accesses(checked::UnsafeCell::new(())));
        UnsafeCell { accesses, value: std::cell::UnsafeCell::new(value) }
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Reads the value: `read` must not write through its pointer, nor keep it.
    #[track_caller]
    pub fn with<F, R>(&self, read: F) -> R
    where
        F: FnOnce(*const T) -> R,
    {
        self.accesses.0.with(|_| read(self.value.get()))
    }

    /// Writes the value: `write` must not keep its pointer.
    #[track_caller]
    pub fn with_mut<F, R>(&self, write: F) -> R
    where
        F: FnOnce(*mut T) -> R,
    {
        self.accesses.0.with_mut(|_| write(self.value.get()))
    }

    /// Begins to read the value; the access ends when the pointer is dropped.
    #[track_caller]
    pub fn get(&self) -> ConstPtr<T> {
        let access = self.accesses.0.get();
        // SAFETY: the cell that it is an access of is there as long as its owner beside it, which is dropped after it.
        let access =
            unsafe { transmute::<checked::ConstPtr<'_, ()>, checked::ConstPtr<'static, ()>>(access) };
        ConstPtr { _access: access, _accesses: Arc::clone(&self.accesses), pointer: self.value.get() }
    }

    /// Begins to write the value; the access ends when the pointer is dropped.
    #[track_caller]
    pub fn get_mut(&self) -> MutPtr<T> {
        let access = self.accesses.0.get_mut_ptr();
        // SAFETY: as above.
        let access = unsafe { transmute::<checked::MutPtr<'_, ()>, checked::MutPtr<'static, ()>>(access) };
        MutPtr { _access: access, _accesses: Arc::clone(&self.accesses), pointer: self.value.get() }
    }
}

/// A read of an [`UnsafeCell`] that lasts until this is dropped.
pub struct ConstPtr<T: ?Sized> {
    /// Dropped first, since it looks at the next.
    _access: checked::ConstPtr<'static, ()>,
    _accesses: Arc<Accesses>,
    pointer: *const T,
}

impl<T: ?Sized> ConstPtr<T> {
    /// The value.
    ///
    /// # Safety
    /// As for any pointer: the cell is still there, and nobody writes the value while the reference is used.
    pub unsafe fn deref(&self) -> &T {
        // SAFETY: the caller's.
        unsafe { &*self.pointer }
    }

    /// Does something with the pointer, which `read` must not keep, nor write through.
    pub fn with<F, R>(&self, read: F) -> R
    where
        F: FnOnce(*const T) -> R,
    {
        read(self.pointer)
    }
}

/// A write of an [`UnsafeCell`] that lasts until this is dropped.
pub struct MutPtr<T: ?Sized> {
    /// Dropped first, since it looks at the next.
    _access: checked::MutPtr<'static, ()>,
    _accesses: Arc<Accesses>,
    pointer: *mut T,
}

impl<T: ?Sized> MutPtr<T> {
    /// The value.
    ///
    /// # Safety
    /// As for any pointer: the cell is still there, and nobody else has the value while the reference is used.
    #[allow(clippy::mut_from_ref, reason = "the caller answers for that")]
    pub unsafe fn deref(&self) -> &mut T {
        // SAFETY: the caller's.
        unsafe { &mut *self.pointer }
    }

    /// Does something with the pointer, which `write` must not keep.
    pub fn with<F, R>(&self, write: F) -> R
    where
        F: FnOnce(*mut T) -> R,
    {
        write(self.pointer)
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[track_caller]
    fn default() -> Self {
        UnsafeCell::new(T::default())
    }
}

impl<T> From<T> for UnsafeCell<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        UnsafeCell::new(value)
    }
}

impl<T: ?Sized> fmt::Debug for UnsafeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsafeCell").finish_non_exhaustive()
    }
}

impl<T: ?Sized> fmt::Debug for ConstPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pointer.fmt(f)
    }
}

impl<T: ?Sized> fmt::Debug for MutPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pointer.fmt(f)
    }
}
