//! A moment of the clock that timers go by.

use crate::backend::{self, Backend};
use crate::task::{self, Moment};
use crate::time::{self, Duration};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Add, AddAssign, Sub, SubAssign};

/// [`tokio::time::Instant`](::tokio::time::Instant), under every backend: an [`Instant`](time::Instant) of this crate.
#[derive(Clone, Copy)]
pub struct Instant {
    instant: time::Instant,
    /// By which look at the clock it is reckoned, inside a check.
    origin: Moment,
}

impl Instant {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        if backend::current() == Backend::Real {
            return Instant::of_real(::tokio::time::Instant::now());
        }
        let now = task::of_loop(time::Instant::now().since_beginning().unwrap_or_default());
        Instant::of_check(now, Moment::now(now))
    }

    /// The same, of [`conccheck::time`](time), which outside of a check is std's.
    pub fn from_std(moment: time::Instant) -> Self {
        let origin = Moment::unknown(moment.since_beginning().unwrap_or_default());
        Instant { instant: moment, origin }
    }

    /// The same, of [`conccheck::time`](time), which outside of a check is std's.
    pub fn into_std(self) -> time::Instant {
        self.instant
    }

    /// The moment at which the clocks of a check show this.
    pub(super) fn of_check(since_beginning: Duration, origin: Moment) -> Self {
        Instant { instant: time::Instant::of_check(since_beginning), origin }
    }

    pub(super) fn of_real(moment: ::tokio::time::Instant) -> Self {
        Instant::from_std(time::Instant::of_real(moment.into_std()))
    }

    /// What the clocks of a check show then; or the moment itself, if it is a real one.
    pub(super) fn since_beginning(self) -> Result<Duration, std::time::Instant> {
        self.instant.since_beginning()
    }

    /// By which look at the clock it is reckoned.
    pub(super) fn origin(self) -> Moment {
        self.origin
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.instant.duration_since(earlier.instant)
    }

    /// How much time passed from `earlier` to this; `None` if that came later.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.instant.checked_duration_since(earlier.instant)
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.instant.saturating_duration_since(earlier.instant)
    }

    /// How much time has passed since.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// The moment so much later; `None` if there is none.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        Some(Instant { instant: self.instant.checked_add(duration)?, ..*self })
    }

    /// The moment so much earlier; `None` if there is none.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        Some(Instant { instant: self.instant.checked_sub(duration)?, ..*self })
    }
}

impl PartialEq for Instant {
    fn eq(&self, other: &Self) -> bool {
        self.instant == other.instant
    }
}

impl Eq for Instant {}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant.cmp(&other.instant)
    }
}

impl Hash for Instant {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant.hash(state);
    }
}

impl From<time::Instant> for Instant {
    fn from(moment: time::Instant) -> Self {
        Instant::from_std(moment)
    }
}

impl From<Instant> for time::Instant {
    fn from(moment: Instant) -> Self {
        moment.instant
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant { instant: self.instant + duration, ..self }
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.instant += duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant { instant: self.instant - duration, ..self }
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        self.instant -= duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.instant - earlier.instant
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instant.fmt(f)
    }
}
