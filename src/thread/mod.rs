//! Threads: the names and paths of `std::thread`.
//!
//! A thread that panics gives `Err` to whoever joins it, under every backend. Under a checker the
//! panic of a thread that nobody joins is the outcome of the execution, since nobody else could
//! notice; `sleep` is `yield_now`, but for the clocks of [`time`](crate::time), which it moves; and a timed `park`
//! is a `park`, but for native, which explores that its time is up, too.

#[cfg(not(feature = "check"))]
pub use std::thread::*;

#[cfg(feature = "check")]
mod checked;
#[cfg(feature = "check")]
mod local;
#[cfg(feature = "check")]
mod scope;

#[cfg(feature = "check")]
pub use self::{
    checked::{
        Builder, JoinHandle, Thread, ThreadId, available_parallelism, current, panicking, park, park_timeout,
        sleep, spawn, yield_now,
    },
    local::{AccessError, LocalKey},
    scope::{Scope, ScopedJoinHandle, scope},
};
#[cfg(feature = "check")]
pub use std::thread::Result;
