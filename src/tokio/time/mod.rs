//! Time, as in `tokio::time`.
//!
//! Inside a check time is virtual. A timer is up whenever the checker likes, before or after any other thing that others
//! do, and its task's clock shows then that the time has passed: whatever can happen before a timeout and whatever
//! after it is explored. Timers of one loop can be up in any order, as on a machine that is busy.

mod instant;
mod interval;
mod sleep;
mod timeout;

pub use self::{
    instant::Instant,
    interval::{Interval, interval, interval_at},
    sleep::{Sleep, sleep, sleep_until},
    timeout::{Timeout, timeout, timeout_at},
};
pub use std::time::Duration;
pub use tokio::time::MissedTickBehavior;

pub mod error {
    //! What goes wrong, as in `tokio::time::error`.

    pub use super::timeout::Elapsed;
}
