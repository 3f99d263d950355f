//! A value per thread of the program, which under a checker is not a thread of the operating system:
//! there all threads of an execution are coroutines on one, so `std::thread_local!` alone would show
//! each of them the value of whoever ran last.
//!
//! Therefore a map from the program's thread ids, and the map itself in a `std::thread_local!`:
//! checkers that run beside each other in one process may give out the same ids.

use crate::thread::{self, ThreadId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::thread::LocalKey;

/// What each thread has entered. Put it in a `std::thread_local!`.
pub(crate) struct PerThread<T>(RefCell<HashMap<ThreadId, T>>);

impl<T> Default for PerThread<T> {
    fn default() -> Self {
        PerThread(RefCell::default())
    }
}

/// The value of the calling thread, if it has entered one.
pub(crate) fn current<T: Clone>(values: &'static LocalKey<PerThread<T>>) -> Option<T> {
    let thread = thread::current().id();
    // The operating system's thread may be ending: then nothing runs on it any more.
    values.try_with(|values| values.0.borrow().get(&thread).cloned()).ok().flatten()
}

/// Makes `value` the calling thread's until the guard is dropped.
pub(crate) fn enter<T: Clone>(values: &'static LocalKey<PerThread<T>>, value: T) -> Entered<T> {
    let thread = thread::current().id();
    let before = values.with(|values| values.0.borrow_mut().insert(thread, value));
    Entered { values, thread, before }
}

/// Has the calling thread have no value until the guard is dropped.
pub(crate) fn leave<T: Clone>(values: &'static LocalKey<PerThread<T>>) -> Entered<T> {
    let thread = thread::current().id();
    let before = values.with(|values| values.0.borrow_mut().remove(&thread));
    Entered { values, thread, before }
}

/// Puts back, when dropped, what was the thread's value before.
pub(crate) struct Entered<T: 'static> {
    values: &'static LocalKey<PerThread<T>>,
    thread: ThreadId,
    before: Option<T>,
}

impl<T> Drop for Entered<T> {
    fn drop(&mut self) {
        let before = self.before.take();
        // What is replaced is dropped after the borrow: its drop may ask for the current value.
        let _replaced = self.values.with(|values| match before {
            Some(before) => values.0.borrow_mut().insert(self.thread, before),
            None => values.0.borrow_mut().remove(&self.thread),
        });
    }
}
