//! Time, as in `tokio::time`.
//!
//! Inside a check time is virtual. A timer that somebody waits for is up whenever the checker likes, before or after any
//! other thing that others do, and its task's clock shows then that the time has passed: whatever can happen before a
//! timeout and whatever after it is explored. Timers of one loop can be up in any order, as on a machine that is busy.
//!
//! When a timer is polled for the first time, or for the first time in another task,
//!
//! * and its task has waited for something since it was made or reset, it is up already or it is not: both are explored, except
//!   under loom, where it is not;
//! * and its task has not, it is not up yet, as in `sleep(…).await`. With tokio it may be, if the machine
//!   took that long from the one to the other; that is not explored.
//!
//! If it is not up, but the clock shows its time, as that of `sleep(Duration::ZERO)`, of `timeout(Duration::ZERO, …)` and of an
//! interval's first tick, it lets the others have one turn and is up then, as
//! [`yield_now`](crate::tokio::task::yield_now). With tokio it can be more turns than one, which is not explored either.
//!
//! A loop that waits for others with a timer that takes time is not seen through: `while !flag.load(…) { sleep(moment).await }`
//! and a loop around `interval.tick()` that only others end can go round as often as the checker likes, each time in new
//! executions, so that the check does not end by itself. Let such a loop wait for what it waits for, as with
//! [`Notify`](crate::tokio::sync::Notify), let it go round a limited number of times, or sleep no time at all in it, which is
//! seen through; or set [`Checker::time_max`](crate::Checker::time_max).

mod instant;
mod interval;
mod pause;
mod sleep;
mod timeout;

pub use self::{
    instant::Instant,
    interval::{Interval, interval, interval_at},
    pause::{advance, pause, resume},
    sleep::{Sleep, sleep, sleep_until},
    timeout::{Timeout, timeout, timeout_at},
};
pub use std::time::Duration;
pub use tokio::time::MissedTickBehavior;

pub mod error {
    //! What goes wrong, as in `tokio::time::error`.

    pub use super::timeout::Elapsed;
}
