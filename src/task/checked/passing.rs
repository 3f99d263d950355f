//! How time passes for a loop: which of its timers are up as it waits, and between turns; and by hand, while its clock is
//! frozen.

use super::clock::LoopClock;
use super::driver::Driven;
use super::event_loop::{EventLoop, MAIN, current};
use super::time;
use super::wheel::Number;
use crate::backend::{self, Backend, clock};
use std::task::Waker;
use std::time::Duration;

impl EventLoop {
    /// Waits until some other thread calls, or a time is up. Whether it was the time.
    pub(super) fn wait(&self) -> bool {
        let is_frozen = self.clock.get().is_frozen();
        let (times, set) = self.times();
        // A clock that is frozen moves on to the first deadline.
        let times = if is_frozen { times.min(1) } else { times };
        // Who is alone cannot be early.
        let is_late = !is_frozen && times > 0 && backend::timers_are_bounded() && !backend::is_main_alone();
        if is_late && let Some(place) = backend::native::up_early(times, set).checked_sub(1) {
            self.ring(place);
            return true;
        }
        let waited = if times == 0 {
            Ok(self.mailbox.take(true))
        } else {
            self.mailbox.take_or_be_up(times, set, is_late)
        };
        let is_up = waited.is_err();
        match waited {
            Ok(calls) => self.answer(calls),
            Err(_) if is_frozen => self.move_on(),
            Err(place) => self.ring(place),
        }
        is_up
    }

    /// How many timers may be up next, and how many are set.
    fn times(&self) -> (u32, u32) {
        if self.news.get().1 == Driven::Yes { self.wheel.borrow().counts() } else { (0, 0) }
    }

    /// Has timers be up though some task is ready; whether any is.
    pub(super) fn let_timers_be_up(&self) -> bool {
        let next = || {
            let (times, set) = self.times();
            if times == 0 || self.clock.get().is_frozen() || backend::current() != Backend::Native {
                None
            } else if backend::timers_are_bounded() {
                backend::native::up_early(times, set).checked_sub(1)
            } else {
                backend::native::up(times, set).checked_sub(1)
            }
        };
        let mut are_up = false;
        while let Some(place) = next() {
            self.ring(place);
            are_up = true;
        }
        are_up
    }

    /// One timer is up: that of this number, if it is among the next.
    pub(super) fn let_one_be_up(&self, number: Number) {
        if self.news.get().1 != Driven::Yes {
            return self.late.borrow_mut().push(number);
        }
        if self.clock.get().is_frozen() {
            return self.move_on();
        }
        let place = self.wheel.borrow().place_among_next(number);
        self.ring(place.unwrap_or(0));
    }

    /// The timer that is at this place of the next is up.
    fn ring(&self, place: u32) {
        let next = self.wheel.borrow_mut().take_next(place, self.turns.get());
        if let Some((due, alarm)) = next {
            time::ring(&alarm, due.deadline);
        }
    }

    /// The clock, which is frozen, moves on to the first deadline.
    fn move_on(&self) {
        let first = self.wheel.borrow().first_tick();
        if let Some(tick) = first {
            self.set_clock(|clock| clock.advance_to(tick));
            self.ring_all_due();
        }
    }

    /// All timers are up whose time the clock shows, in the order of their deadlines.
    fn ring_all_due(&self) {
        let now = self.clock.get().at(clock::shown());
        let next = || self.wheel.borrow_mut().take_due(now);
        while let Some((due, alarm)) = next() {
            time::ring(&alarm, due.deadline);
        }
    }

    pub(super) fn set_clock<R>(&self, set: impl FnOnce(&mut LoopClock) -> R) -> R {
        let mut clock = self.clock.get();
        let done = set(&mut clock);
        self.clock.set(clock);
        done
    }
}

/// Freezes the clock of the current loop: it moves on only by [`advance`], and when there is nothing else to do.
///
/// # Errors
/// As tokio's, if there is no such loop or it is not the only one of its runtime, or its clock is frozen.
pub(crate) fn freeze() -> Result<(), &'static str> {
    let here = current().ok_or(OUTSIDE)?;
    if here.is_of_many() {
        return Err(ONE_THREAD);
    }
    here.set_clock(|clock| clock.freeze(clock::shown()))
}

/// Sets the clock of the current loop going, which is frozen.
///
/// # Errors
/// As tokio's, if it is not.
pub(crate) fn go() -> Result<(), &'static str> {
    current().ok_or(OUTSIDE)?.set_clock(|clock| clock.go(clock::shown()))
}

/// Moves the clock of the current loop on, which is frozen: what is due by then is up, before or after the calling task has its
/// next turn as with tokio.
///
/// # Errors
/// As tokio's, if it is not.
pub(crate) fn advance(duration: Duration, waker: &Waker) -> Result<(), &'static str> {
    let here = current().ok_or(OUTSIDE)?;
    here.set_clock(|clock| clock.advance(duration))?;
    // tokio polls what `block_on` was given as soon as it has looked after its timers, before all that these wake.
    let is_main = here.polled.get() == here.name(MAIN);
    if is_main {
        waker.wake_by_ref();
    }
    here.ring_all_due();
    waker.wake_by_ref();
    Ok(())
}

/// What tokio says of a runtime of several threads.
pub(in crate::task) const ONE_THREAD: &str = "`time::pause()` requires the `current_thread` Tokio runtime. This is the \
                                              default Runtime used by `#[tokio::test].";

const OUTSIDE: &str = "time cannot be frozen from outside the Tokio runtime";

/// What the clock of the current loop shows when the one of its thread shows this.
pub(crate) fn of_loop(thread: Duration) -> Duration {
    current().map_or(thread, |here| here.clock.get().at(thread))
}
