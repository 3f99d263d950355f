//! A moment of the clock that timers go by.

use crate::time::{self, Duration};
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// [`tokio::time::Instant`](::tokio::time::Instant), under every backend: an [`Instant`](time::Instant) of this crate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(time::Instant);

impl Instant {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Instant(time::Instant::now())
    }

    /// The same, of [`conccheck::time`](time), which outside of a check is std's.
    pub fn from_std(moment: time::Instant) -> Self {
        Instant(moment)
    }

    /// The same, of [`conccheck::time`](time), which outside of a check is std's.
    pub fn into_std(self) -> time::Instant {
        self.0
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.0.duration_since(earlier.0)
    }

    /// How much time passed from `earlier` to this; `None` if that came later.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_duration_since(earlier.0)
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// How much time has passed since.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// The moment so much later; `None` if there is none.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_add(duration).map(Instant)
    }

    /// The moment so much earlier; `None` if there is none.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl From<time::Instant> for Instant {
    fn from(moment: time::Instant) -> Self {
        Instant(moment)
    }
}

impl From<Instant> for time::Instant {
    fn from(moment: Instant) -> Self {
        moment.0
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant(self.0 + duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant(self.0 - duration)
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        self.0 -= duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.0 - earlier.0
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
