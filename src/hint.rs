//! Hints, with the names and paths of `std::hint`.

pub use std::hint::*;

/// Tells the machine that this is a loop which waits for another thread, as [`std::hint::spin_loop`] does. Under a
/// checker it is a [`yield_now`](crate::thread::yield_now).
#[cfg(feature = "check")]
#[track_caller]
pub fn spin_loop() {
    match crate::backend::current() {
        crate::backend::Backend::Real => std::hint::spin_loop(),
        _ => crate::thread::yield_now(),
    }
}
