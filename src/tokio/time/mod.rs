//! Time, as in `tokio::time`.
//!
//! Inside a check time is virtual. A timer that somebody waits for is up whenever the checker likes, before or after any
//! other thing that others do, and its task's clock shows then that the time has passed: whatever can happen before a
//! timeout and whatever after it is explored. Where it is said, [`Checker::timeouts_max`](crate::Checker::timeouts_max) bounds
//! how many are up early.
//!
//! # In which order
//!
//! Timers of one task, and of the tasks of one current-thread runtime, are up in the order of their deadlines as far as that
//! is known; what is due may be late, and what is up may be several at once. No time passes within a poll, and any time from
//! one poll to the next, as on a machine that is busy. So
//!
//! * of timers that are reckoned from one poll, as `sleep(a)` and `sleep(b)`, or ticks of one [`interval`](fn@interval),
//!   the one that is due first is up first;
//! * of two from different polls the later one can be the first only if it takes less: less than the other one takes but
//!   for the time that is known to have passed in between, since some timer was up. So a task that sleeps a
//!   moment again and again does not keep another from its turn that sleeps longer;
//! * those that are due at one time, in whole milliseconds as tokio has it, are up in the order in which they were first polled.
//!
//! Tasks that have threads of their own, those of a multi-thread runtime, may each be late, in any order. Nothing is known of
//! an [`Instant`] that comes from another task or from [`Instant::from_std`], but that what is reckoned from one and the same is
//! in order.
//!
//! # When
//!
//! When a timer is polled for the first time, or for the first time in another task,
//!
//! * and another was up that was due no earlier, it is up too;
//! * and else its task has waited for something since it was made or reset, it is up already or it is not: both are explored,
//!   except under loom, where it is not;
//! * and its task has not, it is not up yet, as in `sleep(…).await`. With tokio it may be, if the machine
//!   took that long from the one to the other; that is not explored.
//!
//! If it is not up, but the clock shows its time, as that of `sleep(Duration::ZERO)`, of `timeout(Duration::ZERO, …)` and of an
//! interval's first tick, it lets the others have one turn and is up then, as
//! [`yield_now`](crate::tokio::task::yield_now). With tokio it can be more turns than one, which is not explored either.
//!
//! On a current-thread runtime whose tasks are all waiting, while another thread has woken one of them as it knows, that one has
//! its turn before a timer is up. With tokio a timer may come first, once in 61 turns; that is not explored.
//!
//! # Loops
//!
//! Loops that wait for others by sleeping, as `while !flag.load(…) { sleep(moment).await }`, or around `interval.tick()`, a
//! `timeout` or a `select!` with one of these, are seen through, as loops that yield are: a round in which nothing
//! but a time was up brings nothing new, so that the task waits until another has changed something that the round looks at.
//! One that nobody can end is a livelock. Where it matters how often such a loop goes round, it does so up to a bound, and
//! the verdict says so; also where several branches of a `select!` in it are ready at once and each looks at something else:
//! which of them it takes in such a round the loop may remember. A `select!` between several branches in a loop that does work
//! costs many executions nevertheless.

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
