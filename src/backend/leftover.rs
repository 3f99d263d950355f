//! What is still to be done when the program has returned: what in a real run the end of the process does
//! away with.

use super::{Backend, current, native};
use std::cell::RefCell;

type Act = Box<dyn FnOnce()>;

thread_local! {
    static LEFT: RefCell<Vec<Act>> = const { RefCell::new(Vec::new()) };
}

/// Has `act` done by main when the program has returned, and its threads have. Where it is not sure that main gets to know
/// of that it is not done.
pub(crate) fn when_main_returns(act: impl FnOnce() + 'static) {
    if current() == Backend::Native && native::running() != native::Task::MAIN {
        return;
    }
    LEFT.with_borrow_mut(|left| left.push(Box::new(act)));
}

/// Does what is to be done, when the program has come to `result`.
pub(super) fn main_returned<T>(result: std::thread::Result<T>) -> std::thread::Result<T> {
    if result.is_ok() && LEFT.with_borrow(|left| !left.is_empty()) {
        match current() {
            Backend::Native => native::outlive_others(),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => super::shuttle::outlive_others(),
            _ => {}
        }
        LEFT.take().into_iter().for_each(|act| act());
    }
    result
}

/// Forgets what an execution that is over has left.
pub(super) fn forget() {
    // A thread that ends has none any more.
    let _ = LEFT.try_with(|left| {
        if !left.borrow().is_empty() {
            std::mem::forget(left.take());
        }
    });
}
