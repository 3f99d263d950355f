//! The clock of a loop, which can be frozen, as tokio's: then it shows the same until it is moved on, by hand or, when the
//! loop has nothing else to do, to the next deadline.

use std::time::Duration;

/// What timers round up to, and a clock that is frozen moves by.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// All times are since the execution began.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LoopClock {
    /// What it showed when it was set going, or shows as long as it is not.
    base: Duration,
    /// When it was set going, by its thread's clock; `None` if it is frozen.
    going_since: Option<Duration>,
}

impl LoopClock {
    /// One that goes with its thread's.
    pub(super) fn going() -> Self {
        LoopClock { base: Duration::ZERO, going_since: Some(Duration::ZERO) }
    }

    /// One that is frozen when its thread's clock shows this.
    pub(super) fn frozen(thread: Duration) -> Self {
        LoopClock { base: thread, going_since: None }
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.going_since.is_none()
    }

    /// What it shows when its thread's clock shows this.
    pub(super) fn at(&self, thread: Duration) -> Duration {
        self.base + self.going_since.map_or(Duration::ZERO, |since| thread.saturating_sub(since))
    }

    /// What its thread's clock shows when it shows this; `None` if it is frozen.
    pub(super) fn on_thread(&self, shown: Duration) -> Option<Duration> {
        Some(self.going_since? + shown.saturating_sub(self.base))
    }

    /// Freezes it when its thread's clock shows this.
    pub(super) fn freeze(&mut self, thread: Duration) -> Result<(), &'static str> {
        if self.is_frozen() {
            return Err("time is already frozen");
        }
        *self = LoopClock::frozen(self.at(thread));
        Ok(())
    }

    /// Sets it going when its thread's clock shows this.
    pub(super) fn go(&mut self, thread: Duration) -> Result<(), &'static str> {
        if !self.is_frozen() {
            return Err("time is not frozen");
        }
        self.going_since = Some(thread);
        Ok(())
    }

    /// Moves it on, if it is frozen.
    pub(super) fn advance(&mut self, duration: Duration) -> Result<(), &'static str> {
        if !self.is_frozen() {
            return Err("time is not frozen");
        }
        self.base = self.base.checked_add(duration).ok_or("overflow when adding duration to instant")?;
        Ok(())
    }

    /// Moves it on until a timer with this deadline is up, if it is frozen: by as many whole ticks as there are between, from
    /// where it stands.
    pub(super) fn advance_to(&mut self, deadline: Duration) {
        if self.is_frozen() {
            self.base += tick(deadline).saturating_sub(ticked(self.base));
        }
    }
}

/// The first tick that is not before this.
pub(super) fn tick(time: Duration) -> Duration {
    let last = ticked(time);
    if last == time { time } else { last + TICK }
}

/// The last tick that is not after this.
fn ticked(time: Duration) -> Duration {
    let rest = u64::try_from(time.as_nanos() % TICK.as_nanos()).expect("less than a tick");
    time - Duration::from_nanos(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_clock_that_is_frozen_shows_the_same_until_it_is_moved_on_or_set_going() {
        let mut clock = LoopClock::going();
        assert_eq!(clock.at(seconds(3)), seconds(3));
        clock.freeze(seconds(3)).expect("it went");
        assert_eq!(clock.at(seconds(9)), seconds(3));
        clock.advance(seconds(5)).expect("it is frozen");
        clock.go(seconds(10)).expect("it is frozen");
        assert_eq!((clock.at(seconds(11)), clock.on_thread(seconds(9))), (seconds(9), Some(seconds(11))));
        assert!(clock.go(seconds(11)).is_err() && clock.advance(seconds(1)).is_err());
    }

    #[test]
    fn it_is_moved_on_by_whole_ticks() {
        let mut clock = LoopClock::frozen(Duration::ZERO);
        clock.advance_to(Duration::from_micros(1_200));
        assert_eq!(clock.at(seconds(9)), Duration::from_millis(2));
        clock.advance_to(Duration::from_millis(1));
        assert_eq!(clock.at(seconds(9)), Duration::from_millis(2));
        clock.advance(Duration::from_micros(400)).expect("it is frozen");
        clock.advance_to(Duration::from_micros(2_300));
        assert_eq!(clock.at(seconds(9)), Duration::from_micros(3_400));
    }
}
