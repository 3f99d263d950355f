//! How the calling thread waits: lets others go first, sleeps, or is parked.

use crate::backend::clock::Deadline;
use crate::backend::native::Chance;
use crate::backend::{self, Backend};
use std::panic::Location;
use std::time::Duration;

/// Lets other threads go first.
#[track_caller]
pub fn yield_now() {
    match backend::current() {
        Backend::Real => std::thread::yield_now(),
        Backend::Native => backend::native::pause(),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => shuttle::thread::yield_now(),
        #[cfg(feature = "loom")]
        Backend::Loom => backend::loom::operation(loom::thread::yield_now),
        #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
        _ => backend::not_compiled_in(),
    }
}

/// Waits for `duration`. Under a checker that takes no time: any other thread may go first, or none, and the clocks of
/// [`time`](crate::time) show afterwards that it has passed.
#[track_caller]
pub fn sleep(duration: Duration) {
    match backend::current() {
        Backend::Real => return std::thread::sleep(duration),
        Backend::Native => backend::native::lints::sleeps(Location::caller()),
        _ => {}
    }
    match Deadline::after(duration) {
        None => sleep_for_ever(),
        Some(deadline) => {
            yield_now();
            deadline.pass();
        }
    }
}

/// Waits for centuries: until the thread is unparked again and again.
#[track_caller]
fn sleep_for_ever() -> ! {
    loop {
        park();
    }
}

/// Whether the calling thread unwinds from a panic.
pub fn panicking() -> bool {
    backend::is_unwinding()
}

/// Waits until the thread is unparked, or for no reason at all: under native as often as
/// [`Checker::spurious_wakeups_max`](crate::Checker::spurious_wakeups_max) says, which is never if nothing is said.
#[track_caller]
pub fn park() {
    match backend::current() {
        Backend::Real => std::thread::park(),
        Backend::Native if backend::native::chance(Chance::SpuriousWakeup) => {}
        Backend::Native => backend::native::park(),
        #[cfg(feature = "shuttle")]
        Backend::Shuttle => shuttle::thread::park(),
        #[cfg(feature = "loom")]
        Backend::Loom => backend::loom::operation(loom::thread::park),
        #[allow(unreachable_patterns, reason = "a backend that was not compiled in never runs")]
        _ => backend::not_compiled_in(),
    }
}

/// As [`park`], for at most `timeout`, which never passes under shuttle and loom, and under native in some
/// executions.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    match backend::current() {
        Backend::Real => std::thread::park_timeout(timeout),
        Backend::Native => match Deadline::after(timeout) {
            None => park(),
            Some(deadline) => {
                if backend::native::park_timeout() {
                    deadline.pass();
                }
            }
        },
        _ => {
            backend::wait_with_timeout();
            park();
        }
    }
}
