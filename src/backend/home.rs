//! Data of the facade's objects: it lives in the object, unless that is a static, of which each execution has its own.

use super::{Backend, current, statics, with_execution};
use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU8, Ordering};

/// Where some data lives. Who may access it, and when, is its owner's to decide.
pub(crate) struct Home<T: ?Sized> {
    /// What is known of it: one of the constants below.
    kind: AtomicU8,
    data: UnsafeCell<T>,
}

const UNKNOWN: u8 = 0;
/// No static: there is only one of it.
const ORDINARY: u8 = 1;
/// A static, whose first state is kept, so that it may change.
const STATIC: u8 = 2;

/// Data that is only ever shared: what guards it is its own.
pub(crate) struct SharedHome<T: ?Sized>(Home<T>);

// SAFETY: it gives what `&T` gives, and by `&mut` what that does.
unsafe impl<T: ?Sized + Sync> Sync for SharedHome<T> {}

impl<T> SharedHome<T> {
    pub(crate) const fn new(data: T) -> Self {
        SharedHome(Home::new(data))
    }

    pub(crate) fn into_inner(self) -> T {
        self.0.into_inner()
    }
}

impl<T: ?Sized> SharedHome<T> {
    /// The data, as the calling task's execution has it.
    pub(crate) fn get(&self) -> &T {
        // SAFETY: it is there as long as this is, and nobody has it alone while this is shared.
        unsafe { &*self.0.get() }
    }

    /// The data, which nobody else can have.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T> Home<T> {
    pub(crate) const fn new(data: T) -> Self {
        Home { kind: AtomicU8::new(UNKNOWN), data: UnsafeCell::new(data) }
    }

    pub(crate) fn into_inner(self) -> T {
        self.data.into_inner()
    }
}

impl<T: ?Sized> Home<T> {
    /// The data, as the calling task's execution has it. For real, the caller holds what guards the data.
    pub(crate) fn get(&self) -> *mut T {
        match self.kind.load(Ordering::Acquire) {
            ORDINARY => self.data.get(),
            STATIC if current() == Backend::Real => self.data.get(),
            _ => self.find(),
        }
    }

    /// The data, which nobody else can have.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }

    #[cold]
    fn find(&self) -> *mut T {
        let kind = if statics::is_static(self) { STATIC } else { ORDINARY };
        let found = match (kind, current()) {
            (ORDINARY, _) => self.data.get(),
            (_, Backend::Real) => {
                // Its first state is kept by this; the copy is not needed: a few bytes, once.
                let _ = self.copy();
                self.data.get()
            }
            _ => self.of_execution(),
        };
        self.kind.store(kind, Ordering::Release);
        found
    }

    /// The running execution's own.
    fn of_execution(&self) -> *mut T {
        let address = std::ptr::from_ref(self).addr();
        let copy =
            with_execution(|execution| execution.statics(|statics| statics.copy(address, || self.copy())));
        let Some(copy) = copy else {
            super::unsupported(
                "a static that was filled while the program ran",
                "fill it in `const` code, or make it a LazyLock of conccheck",
            );
        };
        let mut data = self.data.get();
        // SAFETY: a pointer begins with its address, whatever else it has.
        unsafe { *(&raw mut data).cast::<*mut u8>() = copy };
        data
    }

    /// A copy of a static's data as it was at first.
    fn copy(&self) -> Option<*mut u8> {
        // SAFETY: no execution changes a static's own data, and nobody else does before its first state is kept.
        unsafe {
            statics::pristine(
                self.data.get().cast(),
                Layout::for_value(&self.data),
                std::mem::needs_drop::<T>(),
            )
        }
    }
}
