//! Threads: the names and paths of `std::thread`.
//!
//! A thread that panics gives `Err` to whoever joins it, under every backend. Under a checker the
//! panic of a thread that nobody joins is the outcome of the execution, since nobody else could
//! notice; `sleep` is `yield_now`, but for the clocks of [`time`](crate::time), which it moves; and a timed `park`
//! is a `park`, but for native, which explores that its time is up, too.

#[cfg(not(feature = "check"))]
pub use std::thread::*;

#[cfg(feature = "check")]
mod identity;
#[cfg(feature = "check")]
mod local;
#[cfg(feature = "check")]
mod packet;
#[cfg(feature = "check")]
mod scope;
#[cfg(feature = "check")]
mod spawn;
#[cfg(feature = "check")]
mod wait;

#[cfg(feature = "check")]
pub use self::{
    identity::{Thread, ThreadId, current},
    local::{AccessError, LocalKey},
    scope::{Scope, ScopedJoinHandle, scope},
    spawn::{Builder, JoinHandle, available_parallelism, spawn},
    wait::{panicking, park, park_timeout, sleep, yield_now},
};
#[cfg(feature = "check")]
pub use std::thread::Result;
