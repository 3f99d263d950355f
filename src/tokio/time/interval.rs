//! Ticks.

use super::{Instant, MissedTickBehavior, Sleep, sleep_until};
use crate::time::Duration;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How late a tick may be and still be in time, as tokio has it.
const IN_TIME: Duration = Duration::from_millis(5);

/// Ticks now and then every `period`: [`tokio::time::interval`](::tokio::time::interval).
///
/// # Panics
/// If `period` is zero, outside a runtime, and in one without timers.
///
/// # Examples
/// ```
/// use conccheck::tokio::time::{Duration, interval};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let second = Duration::from_secs(1);
///         let mut interval = interval(second);
///         let first = interval.tick().await;
///         assert_eq!(interval.tick().await, first + second);
///     });
/// });
/// ```
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start` and then every `period`: [`tokio::time::interval_at`](::tokio::time::interval_at).
///
/// # Panics
/// If `period` is zero, outside a runtime, and in one without timers.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(period > Duration::ZERO, "an interval needs a period that is not zero");
    match start.since_beginning() {
        Err(real) => Interval(Inner::Real(::tokio::time::interval_at(real.into(), period))),
        Ok(_) => {
            let behavior = MissedTickBehavior::default();
            Interval(Inner::Checked(Ticks { delay: Box::pin(sleep_until(start)), period, behavior }))
        }
    }
}

/// Ticks again and again.
#[derive(Debug)]
pub struct Interval(Inner);

#[derive(Debug)]
enum Inner {
    Real(::tokio::time::Interval),
    Checked(Ticks),
}

#[derive(Debug)]
struct Ticks {
    delay: Pin<Box<Sleep>>,
    period: Duration,
    behavior: MissedTickBehavior,
}

impl Ticks {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Instant> {
        ready!(self.delay.as_mut().poll(context));
        let (due, now) = (self.delay.deadline(), Instant::now());
        let next = if now > due + IN_TIME { self.after_miss(due, now) } else { due + self.period };
        self.delay.as_mut().reset(next);
        Poll::Ready(due)
    }

    fn after_miss(&self, due: Instant, now: Instant) -> Instant {
        match self.behavior {
            MissedTickBehavior::Burst => due + self.period,
            MissedTickBehavior::Delay => now + self.period,
            MissedTickBehavior::Skip => {
                let late = (now - due).as_nanos() % self.period.as_nanos();
                now + self.period - Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX))
            }
        }
    }
}

impl Interval {
    /// Waits for the next tick, and says when it was due.
    pub fn tick(&mut self) -> impl Future<Output = Instant> {
        poll_fn(|context| self.poll_tick(context))
    }

    /// As [`Interval::tick`], for who writes a future.
    pub fn poll_tick(&mut self, context: &mut Context<'_>) -> Poll<Instant> {
        match &mut self.0 {
            Inner::Real(interval) => interval.poll_tick(context).map(Instant::of_real),
            Inner::Checked(ticks) => ticks.poll(context),
        }
    }

    /// The next tick comes a period from now.
    pub fn reset(&mut self) {
        let period = self.period();
        self.reset_after(period);
    }

    /// The next tick comes at once.
    pub fn reset_immediately(&mut self) {
        self.reset_after(Duration::ZERO);
    }

    /// The next tick comes after this time.
    pub fn reset_after(&mut self, after: Duration) {
        self.reset_at(Instant::now() + after);
    }

    /// The next tick comes then.
    pub fn reset_at(&mut self, deadline: Instant) {
        match (&mut self.0, deadline.since_beginning()) {
            (Inner::Real(interval), Err(real)) => interval.reset_at(real.into()),
            (Inner::Checked(ticks), _) => ticks.delay.as_mut().reset(deadline),
            (Inner::Real(_), Ok(_)) => crate::backend::expect_real("an interval"),
        }
    }

    /// What comes after a tick that is late.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        match &self.0 {
            Inner::Real(interval) => interval.missed_tick_behavior(),
            Inner::Checked(ticks) => ticks.behavior,
        }
    }

    /// Sets what comes after a tick that is late.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        match &mut self.0 {
            Inner::Real(interval) => interval.set_missed_tick_behavior(behavior),
            Inner::Checked(ticks) => ticks.behavior = behavior,
        }
    }

    /// The time from tick to tick.
    pub fn period(&self) -> Duration {
        match &self.0 {
            Inner::Real(interval) => interval.period(),
            Inner::Checked(ticks) => ticks.period,
        }
    }
}
