//! Clocks that are std's in a real run and the running checker's inside a check.

use crate::backend::{self, Backend, clock};
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::{Duration, SystemTimeError};

/// A moment, to measure from: [`std::time::Instant`], under every backend.
///
/// # Examples
/// ```
/// use conccheck::sync::{Condvar, Mutex};
/// use conccheck::time::{Duration, Instant};
///
/// conccheck::check(|| {
///     let (ready, changed) = (Mutex::new(false), Condvar::new());
///     let (begun, timeout) = (Instant::now(), Duration::from_secs(3600));
///     let (_guard, result) = changed.wait_timeout(ready.lock().unwrap(), timeout).unwrap();
///     assert!(result.timed_out() && begun.elapsed() >= timeout);
/// });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Moment);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Moment {
    Real(std::time::Instant),
    /// In a check: so long after the beginning of the execution.
    Virtual(Duration),
}

impl Instant {
    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        Instant(match backend::current() {
            Backend::Real => Moment::Real(std::time::Instant::now()),
            _ => Moment::Virtual(clock::now()),
        })
    }

    /// The moment at which the clocks of a check show this.
    #[cfg(feature = "tokio")]
    pub(crate) fn of_check(since_beginning: Duration) -> Self {
        Instant(Moment::Virtual(since_beginning))
    }

    /// What the clocks of a check show then; or the moment itself, if it is a real one.
    #[cfg(feature = "tokio")]
    pub(crate) fn since_beginning(self) -> Result<Duration, std::time::Instant> {
        match self.0 {
            Moment::Real(moment) => Err(moment),
            Moment::Virtual(since_beginning) => Ok(since_beginning),
        }
    }

    /// A real moment.
    #[cfg(feature = "tokio")]
    pub(crate) fn of_real(moment: std::time::Instant) -> Self {
        Instant(Moment::Real(moment))
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    ///
    /// # Panics
    /// If one of the two was made inside a check and the other outside: inside, that ends the check.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.saturating_duration_since(earlier)
    }

    /// How much time passed from `earlier` to this; `None` if that came later.
    ///
    /// # Panics
    /// As [`Instant::duration_since`] does.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        match (self.0, earlier.0) {
            (Moment::Real(later), Moment::Real(earlier)) => later.checked_duration_since(earlier),
            (Moment::Virtual(later), Moment::Virtual(earlier)) => later.checked_sub(earlier),
            _ => refuse(),
        }
    }

    /// How much time passed from `earlier` to this; zero if that came later.
    ///
    /// # Panics
    /// As [`Instant::duration_since`] does.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.checked_duration_since(earlier).unwrap_or_default()
    }

    /// How much time has passed since.
    ///
    /// # Panics
    /// As [`Instant::duration_since`] does.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// The moment so much later; `None` if there is none.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        Some(Instant(match self.0 {
            Moment::Real(moment) => Moment::Real(moment.checked_add(duration)?),
            Moment::Virtual(moment) => Moment::Virtual(moment.checked_add(duration)?),
        }))
    }

    /// The moment so much earlier; `None` if there is none. The first moment of a check is that of its execution's
    /// beginning.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        Some(Instant(match self.0 {
            Moment::Real(moment) => Moment::Real(moment.checked_sub(duration)?),
            Moment::Virtual(moment) => Moment::Virtual(moment.checked_sub(duration)?),
        }))
    }
}

#[cold]
fn refuse() -> ! {
    let what =
        "an instant that was made on the other side of a check's border is compared with one of this side";
    backend::unsupported(what, "call `Instant::now` inside the checked program")
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration).expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Moment::Real(moment) => moment.fmt(f),
            Moment::Virtual(moment) => f.debug_tuple("Instant").field(moment).finish(),
        }
    }
}

/// A time of the calendar: [`std::time::SystemTime`], under every backend. An execution of a check begins in the first
/// moment of 2025 (UTC).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SystemTime(std::time::SystemTime);

/// The first moment of 1970 (UTC).
pub const UNIX_EPOCH: SystemTime = SystemTime(std::time::UNIX_EPOCH);

/// From [`UNIX_EPOCH`] to where a check's calendar begins.
const BEGINNING: Duration = Duration::from_secs(1_735_689_600);

impl SystemTime {
    /// The first moment of 1970 (UTC).
    pub const UNIX_EPOCH: SystemTime = UNIX_EPOCH;

    /// This moment.
    #[must_use]
    pub fn now() -> Self {
        match backend::current() {
            Backend::Real => SystemTime(std::time::SystemTime::now()),
            _ => UNIX_EPOCH + BEGINNING + clock::now(),
        }
    }

    /// How much time passed from `earlier` to this.
    ///
    /// # Errors
    /// How much earlier this is, if it is.
    pub fn duration_since(&self, earlier: SystemTime) -> Result<Duration, SystemTimeError> {
        self.0.duration_since(earlier.0)
    }

    /// How much time has passed since.
    ///
    /// # Errors
    /// How much later this is than now, if it is.
    pub fn elapsed(&self) -> Result<Duration, SystemTimeError> {
        SystemTime::now().duration_since(*self)
    }

    /// The moment so much later; `None` if there is none.
    pub fn checked_add(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_add(duration).map(SystemTime)
    }

    /// The moment so much earlier; `None` if there is none.
    pub fn checked_sub(&self, duration: Duration) -> Option<SystemTime> {
        self.0.checked_sub(duration).map(SystemTime)
    }
}

impl Add<Duration> for SystemTime {
    type Output = SystemTime;

    fn add(self, duration: Duration) -> SystemTime {
        SystemTime(self.0 + duration)
    }
}

impl AddAssign<Duration> for SystemTime {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

impl Sub<Duration> for SystemTime {
    type Output = SystemTime;

    fn sub(self, duration: Duration) -> SystemTime {
        SystemTime(self.0 - duration)
    }
}

impl SubAssign<Duration> for SystemTime {
    fn sub_assign(&mut self, duration: Duration) {
        self.0 -= duration;
    }
}

impl From<std::time::SystemTime> for SystemTime {
    fn from(time: std::time::SystemTime) -> Self {
        SystemTime(time)
    }
}

impl From<SystemTime> for std::time::SystemTime {
    fn from(time: SystemTime) -> Self {
        time.0
    }
}

impl fmt::Debug for SystemTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
