//! Time, with the names and paths of `std::time`.
//!
//! Outside of a check the clocks are std's. Inside one they are virtual, so that nothing depends on how fast the
//! machine is: they stand still, but for who waits for a time. A sleep, and a timed wait whose time is up, move the
//! clock to where it was to end; what another task does afterwards, and this one learns of, is no earlier.

#[cfg(not(feature = "check"))]
pub use std::time::*;

#[cfg(feature = "check")]
mod checked;

#[cfg(feature = "check")]
pub use self::checked::{Instant, SystemTime, UNIX_EPOCH};
#[cfg(feature = "check")]
pub use std::time::{Duration, SystemTimeError, TryFromFloatSecsError};
