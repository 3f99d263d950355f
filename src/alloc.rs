//! Memory by hand, with the names and paths of `std::alloc`, and what is tracked until somebody lets go of it. Where a
//! check [looks for leaks](crate::Checker::find_leaks), what is left of either is one.

#[cfg(feature = "check")]
use crate::backend::{Backend, LedgerEntry, current, number, with_execution};

pub use std::alloc::Layout;

#[cfg(not(feature = "check"))]
pub use std::alloc::{alloc, alloc_zeroed, dealloc, realloc};

/// [`std::alloc::alloc`]; what it gives is to be given back with [`dealloc`] before the execution's end.
///
/// # Safety
/// As std's.
#[cfg(feature = "check")]
#[track_caller]
pub unsafe fn alloc(layout: Layout) -> *mut u8 {
    // SAFETY: the caller's promise is std's.
    tracked(unsafe { std::alloc::alloc(layout) })
}

/// [`std::alloc::alloc_zeroed`]; as [`alloc`].
///
/// # Safety
/// As std's.
#[cfg(feature = "check")]
#[track_caller]
pub unsafe fn alloc_zeroed(layout: Layout) -> *mut u8 {
    // SAFETY: the caller's promise is std's.
    tracked(unsafe { std::alloc::alloc_zeroed(layout) })
}

/// [`std::alloc::dealloc`].
///
/// # Safety
/// As std's.
#[cfg(feature = "check")]
pub unsafe fn dealloc(memory: *mut u8, layout: Layout) {
    if current() == Backend::Native {
        with_execution(|execution| execution.gone_from(memory.addr()));
    }
    // SAFETY: the caller's promise is std's.
    unsafe { std::alloc::dealloc(memory, layout) }
}

/// [`std::alloc::realloc`]; as [`alloc`].
///
/// # Safety
/// As std's.
#[cfg(feature = "check")]
#[track_caller]
pub unsafe fn realloc(memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    let before = memory.addr();
    // SAFETY: the caller's promise is std's.
    let memory = unsafe { std::alloc::realloc(memory, layout, size) };
    // Where there is none, what was there before still is.
    if current() == Backend::Native && !memory.is_null() {
        with_execution(|execution| execution.gone_from(before));
    }
    tracked(memory)
}

#[cfg(feature = "check")]
#[track_caller]
fn tracked(memory: *mut u8) -> *mut u8 {
    let made_at = std::panic::Location::caller();
    if current() == Backend::Native && !memory.is_null() {
        let entry = || LedgerEntry { what: "memory", made_at, address: Some(memory.addr()) };
        with_execution(|execution| execution.made(entry));
    }
    memory
}

/// A value that has to be dropped, or taken back, before the execution's end.
///
/// ```
/// use conccheck::alloc::Track;
/// use conccheck::{Checker, Verdict};
///
/// let forgets = |forget: bool| {
///     Checker::new().find_leaks().explore(move || {
///         let value = Box::new(Track::new(7));
///         match forget {
///             true => std::mem::forget(value),
///             false => assert_eq!(value.into_inner(), 7),
///         }
///     })
/// };
/// assert_eq!(forgets(false).verdict(), Verdict::Pass);
/// assert_eq!(forgets(true).verdict(), Verdict::Fail);
/// ```
#[derive(Debug)]
pub struct Track<T> {
    value: T,
    #[allow(dead_code, reason = "its destructor is what it is there for")]
    mark: Mark,
}

impl<T> Track<T> {
    /// Tracks a value.
    #[track_caller]
    pub fn new(value: T) -> Self {
        Track { value, mark: Mark::new() }
    }

    /// The value.
    pub fn get_ref(&self) -> &T {
        &self.value
    }

    /// The value, to be changed.
    pub fn get_mut(&mut self) -> &mut T {
        &mut self.value
    }

    /// The value, tracked no more.
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// What stands for a value in the ledger.
#[derive(Debug)]
struct Mark {
    /// The execution, and the number there.
    #[cfg(feature = "check")]
    entry: Option<(u64, u64)>,
}

#[cfg(not(feature = "check"))]
impl Mark {
    fn new() -> Self {
        Mark {}
    }
}

#[cfg(feature = "check")]
impl Mark {
    #[track_caller]
    fn new() -> Self {
        let made_at = std::panic::Location::caller();
        let entry = || LedgerEntry { what: "a tracked value", made_at, address: None };
        let entry = (current() == Backend::Native)
            .then(|| with_execution(|execution| Some((execution.number, execution.made(entry)?))));
        Mark { entry: entry.flatten() }
    }
}

#[cfg(feature = "check")]
impl Drop for Mark {
    fn drop(&mut self) {
        // Of an execution that is over nobody asks any more.
        if let Some((_, entry)) = self.entry.filter(|&(execution, _)| execution == number()) {
            with_execution(|execution| execution.gone(entry));
        }
    }
}
