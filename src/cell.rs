//! A cell whose accesses must not race: [`UnsafeCell`], with closures instead of a bare pointer, so that a
//! checker sees when an access begins.

use std::fmt;

#[cfg(feature = "check")]
use crate::backend::{self, Backend, native};

/// [`std::cell::UnsafeCell`] as far as it says when its value is read and when written.
///
/// Under native two accesses that nothing orders, one of them a write, end the execution as
/// [`Outcome::DataRace`](crate::Outcome::DataRace); under loom they end the check, which says so. What orders them is what
/// the program declares: a `Relaxed` store or load of an atomic does not. Under shuttle and in real runs nobody looks.
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
    watch: Watch,
    cell: std::cell::UnsafeCell<T>,
}

/// Who looks at the accesses.
#[cfg(feature = "check")]
enum Watch {
    Nobody,
    Native(native::Object),
    #[cfg(feature = "loom")]
    Loom(loom::cell::UnsafeCell<()>),
}

impl<T> UnsafeCell<T> {
    /// A cell with this value.
    #[track_caller]
    pub fn new(value: T) -> Self {
        UnsafeCell {
            #[cfg(feature = "check")]
            watch: match backend::current() {
                Backend::Native => Watch::Native(native::Object::cell()),
                #[cfg(feature = "loom")]
                Backend::Loom => Watch::Loom(backend::loom::operation(|| loom::cell::UnsafeCell::new(()))),
                _ => Watch::Nobody,
            },
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
        #[cfg(feature = "check")]
        match &self.watch {
            Watch::Nobody => {}
            Watch::Native(cell) => {
                backend::expect(Backend::Native, "a cell");
                cell.access_cell(false);
            }
            #[cfg(feature = "loom")]
            Watch::Loom(cell) => backend::loom::operation(|| cell.with(|_| ())),
        }
        read(self.cell.get())
    }

    /// Writes the value: `write` must not keep its pointer.
    #[track_caller]
    pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        #[cfg(feature = "check")]
        match &self.watch {
            Watch::Nobody => {}
            Watch::Native(cell) => {
                backend::expect(Backend::Native, "a cell");
                cell.access_cell(true);
            }
            #[cfg(feature = "loom")]
            Watch::Loom(cell) => backend::loom::operation(|| cell.with_mut(|_| ())),
        }
        write(self.cell.get())
    }

    /// The value, without an access: nobody else can have it.
    pub fn get_mut(&mut self) -> &mut T {
        self.cell.get_mut()
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
