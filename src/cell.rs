//! A cell whose accesses must not race: [`UnsafeCell`], with closures instead of a bare pointer, so that a
//! checker sees when an access begins.

use std::fmt;
use std::panic::Location;

#[cfg(feature = "check")]
use crate::backend::{self, Backend, Binding, Home, native};
#[cfg(feature = "check")]
use crate::engine::ObjectState;

/// [`std::cell::UnsafeCell`] as far as it says when its value is read and when written.
///
/// Under native two accesses that nothing orders, one of them a write, end the execution as
/// [`Outcome::DataRace`](crate::Outcome::DataRace); under loom they end the check, too. What orders them is what
/// the program declares: the `Ordering`s of atomics and fences (a `Relaxed` store or load orders nothing), and what std
/// promises of locks, channels, spawning and joining. Under shuttle and in real runs nobody looks.
///
/// ```
/// use conccheck::{Backend, Checker, Outcome, cell::UnsafeCell, sync::Arc, thread};
///
/// struct Shared(UnsafeCell<u32>);
/// // SAFETY: this is a lie, which the check finds out.
/// unsafe impl Sync for Shared {}
///
/// let report = Checker::new().backend(Backend::Native).explore(|| {
///     let shared = Arc::new(Shared(UnsafeCell::new(0)));
///     let other = Arc::clone(&shared);
///     // SAFETY: as above.
///     let thread = thread::spawn(move || other.0.with_mut(|value| unsafe { *value = 1 }));
///     // SAFETY: as above.
///     let seen = shared.0.with(|value| unsafe { *value });
///     thread.join().unwrap();
///     seen
/// });
/// assert!(report.outcomes().any(|outcome| matches!(outcome, Outcome::DataRace { .. })));
/// ```
pub struct UnsafeCell<T: ?Sized> {
    #[cfg(feature = "check")]
    binding: Binding,
    #[cfg(feature = "check")]
    cell: Home<T>,
    #[cfg(not(feature = "check"))]
    cell: std::cell::UnsafeCell<T>,
}

impl<T> UnsafeCell<T> {
    /// A cell with this value. To a checker this is the first write, which whoever reads has to come after: so it is
    /// no `const` function as std's is. [`UnsafeCell::const_new`] is one.
    #[track_caller]
    pub fn new(value: T) -> Self {
        let cell = UnsafeCell::const_new(value);
        #[cfg(feature = "check")]
        match backend::current() {
            Backend::Native => cell.native().make_cell(),
            #[cfg(feature = "loom")]
            Backend::Loom => {
                let place = Location::caller();
                let _ = cell.binding.twin(WHAT, || backend::loom::PlainCell::new(place));
            }
            _ => {}
        }
        cell
    }

    /// A cell with this value, whose making no checker sees: for statics, and for what is made by `const` code.
    #[track_caller]
    pub const fn const_new(value: T) -> Self {
        UnsafeCell {
            #[cfg(feature = "check")]
            binding: Binding::new(),
            #[cfg(feature = "check")]
            cell: Home::new(value),
            #[cfg(not(feature = "check"))]
            cell: std::cell::UnsafeCell::new(value),
        }
    }

    /// The value.
    pub fn into_inner(self) -> T {
        self.cell.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Reads the value: `read` must not write through its pointer, nor keep it.
    #[track_caller]
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        let _access = Access::begin(self, false);
        read(self.cell.get())
    }

    /// Writes the value: `write` must not keep its pointer.
    #[track_caller]
    pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        let _access = Access::begin(self, true);
        write(self.cell.get())
    }

    /// Begins to read the value; the access ends when the pointer is dropped.
    #[track_caller]
    pub fn get(&self) -> ConstPtr<'_, T> {
        ConstPtr { _access: Access::begin(self, false), pointer: self.cell.get() }
    }

    /// Begins to write the value; the access ends when the pointer is dropped.
    #[track_caller]
    pub fn get_mut_ptr(&self) -> MutPtr<'_, T> {
        MutPtr { _access: Access::begin(self, true), pointer: self.cell.get() }
    }

    /// The value, without an access: nobody else can have it.
    pub fn get_mut(&mut self) -> &mut T {
        self.cell.get_mut()
    }

    /// Shows an access to the running checker, which may end the execution.
    #[track_caller]
    fn access(&self, is_write: bool) {
        #[cfg(not(feature = "check"))]
        let _ = is_write;
        #[cfg(feature = "check")]
        match backend::current() {
            Backend::Native => self.native().access_cell(is_write),
            #[cfg(feature = "loom")]
            Backend::Loom => self.loom().access(is_write, Location::caller()),
            _ => {}
        }
    }

    #[cfg(feature = "check")]
    #[track_caller]
    fn native(&self) -> native::Object {
        self.binding.native(WHAT, ObjectState::cell)
    }

    #[cfg(feature = "loom")]
    #[track_caller]
    fn loom(&self) -> &backend::loom::PlainCell {
        // As if main had made it before all else, which races with nothing.
        let make = |_| backend::loom::PlainCell::new(Location::caller());
        self.binding.twin(WHAT, || backend::loom::made_first(0, make))
    }
}

#[cfg(feature = "check")]
const WHAT: &str = "a cell";

/// A read of an [`UnsafeCell`] that lasts until this is dropped.
pub struct ConstPtr<'a, T: ?Sized> {
    _access: Access<'a, T>,
    pointer: *const T,
}

/// A write of an [`UnsafeCell`] that lasts until this is dropped.
pub struct MutPtr<'a, T: ?Sized> {
    _access: Access<'a, T>,
    pointer: *mut T,
}

/// An access that lasts: it is one when it begins, and one when it ends, if its task has done anything meanwhile. (To
/// native it then ends before the last that this was, since of that and the end nobody knows which came first.)
struct Access<'a, T: ?Sized> {
    cell: &'a UnsafeCell<T>,
    is_write: bool,
    place: &'static Location<'static>,
    /// How much its task had done when it began.
    #[cfg(feature = "check")]
    deeds: u32,
}

impl<'a, T: ?Sized> Access<'a, T> {
    #[track_caller]
    fn begin(cell: &'a UnsafeCell<T>, is_write: bool) -> Self {
        cell.access(is_write);
        Access {
            cell,
            is_write,
            place: Location::caller(),
            #[cfg(feature = "check")]
            deeds: deeds(),
        }
    }
}

/// How much the running task has done so far, as far as anybody looks.
#[cfg(feature = "check")]
fn deeds() -> u32 {
    if backend::current() == Backend::Native { native::deeds_of_running() } else { 0 }
}

impl<T: ?Sized> Drop for Access<'_, T> {
    fn drop(&mut self) {
        #[cfg(feature = "check")]
        if backend::current() == Backend::Native {
            if self.deeds != deeds() {
                self.cell.native().end_access(self.is_write, self.place);
            }
            return;
        }
        #[cfg(feature = "loom")]
        if backend::current() == Backend::Loom {
            return self.cell.loom().access(self.is_write, self.place);
        }
        self.cell.access(self.is_write);
    }
}

impl<T: ?Sized> ConstPtr<'_, T> {
    /// The value.
    ///
    /// # Safety
    /// As for any pointer: nobody writes the value while the reference is used.
    pub unsafe fn deref(&self) -> &T {
        // SAFETY: the caller's.
        unsafe { &*self.pointer }
    }

    /// Does something with the pointer, which `read` must not keep, nor write through.
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        read(self.pointer)
    }
}

impl<T: ?Sized> MutPtr<'_, T> {
    /// The value.
    ///
    /// # Safety
    /// As for any pointer: nobody else has the value while the reference is used.
    #[allow(clippy::mut_from_ref, reason = "the caller answers for that")]
    pub unsafe fn deref(&self) -> &mut T {
        // SAFETY: the caller's.
        unsafe { &mut *self.pointer }
    }

    /// Does something with the pointer, which `write` must not keep.
    pub fn with<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        write(self.pointer)
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[track_caller]
    fn default() -> Self {
        UnsafeCell::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for UnsafeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsafeCell").finish_non_exhaustive()
    }
}
