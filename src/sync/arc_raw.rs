//! Owners as pointers. A pointer has no room for what a checker knows of its owners, so the execution keeps that until
//! the pointer becomes an owner again.

use super::arc::{Arc, Weak};
use crate::backend::Count;
use crate::engine::object::CountAction;
use std::sync as real;

impl<T: ?Sized> Arc<T> {
    /// The value's address, which is an owner from here on; [`Arc::from_raw`] makes it an `Arc` again.
    #[must_use = "the value is leaked where nobody makes the pointer an owner again"]
    pub fn into_raw(this: Self) -> *const T {
        let (data, count) = this.into_parts();
        let pointer = real::Arc::into_raw(data);
        Count::lend(count, pointer.cast::<()>().addr());
        pointer
    }

    /// The owner that a pointer is.
    ///
    /// # Safety
    /// The pointer is of [`Arc::into_raw`], of an `Arc` of this type, and for each of these there is one call. One of
    /// [`std::sync::Arc::into_raw`] will do as well, as of [`Arc::from_std`].
    #[track_caller]
    pub unsafe fn from_raw(pointer: *const T) -> Self {
        // SAFETY: the caller's promise.
        let data = unsafe { real::Arc::from_raw(pointer) };
        let count = match Count::take_back(pointer.cast::<()>().addr()) {
            None => Count::new(),
            known => known,
        };
        Arc::from_parts(data, count)
    }

    /// One more owner, which is nothing but the pointer.
    ///
    /// # Safety
    /// The pointer is of [`Arc::into_raw`] or [`Arc::as_ptr`], and the value still has an owner.
    #[track_caller]
    pub unsafe fn increment_strong_count(pointer: *const T) {
        let address = pointer.cast::<()>().addr();
        let count = Count::at(address);
        if let Some(count) = &count {
            count.change(CountAction::Clone);
        }
        // SAFETY: the caller's promise.
        unsafe { real::Arc::increment_strong_count(pointer) };
        Count::lend(count, address);
    }

    /// The owner that the pointer is lets go.
    ///
    /// # Safety
    /// As of [`Arc::from_raw`].
    #[track_caller]
    pub unsafe fn decrement_strong_count(pointer: *const T) {
        // SAFETY: the caller's promise.
        drop(unsafe { Arc::from_raw(pointer) });
    }
}

impl<T: ?Sized> Weak<T> {
    /// The address of the value that this knows of; [`Weak::from_raw`] makes it a `Weak` again.
    #[must_use = "the memory is leaked where nobody makes the pointer a `Weak` again"]
    pub fn into_raw(self) -> *const T {
        let (data, count) = self.into_parts();
        let pointer = data.into_raw();
        Count::lend(count, pointer.cast::<()>().addr());
        pointer
    }

    /// The `Weak` that a pointer is.
    ///
    /// # Safety
    /// The pointer is of [`Weak::into_raw`], of a `Weak` of this type, and for each of these there is one call.
    pub unsafe fn from_raw(pointer: *const T) -> Self {
        // SAFETY: the caller's promise.
        let data = unsafe { real::Weak::from_raw(pointer) };
        Weak::from_parts(data, Count::take_back(pointer.cast::<()>().addr()))
    }
}
