//! Time under the checkers: what the facade's clocks show, and how long a wait may take. Native keeps it in its engine;
//! for the others, which know no time, there is one clock per execution here, which a sleep moves.

use super::{Backend, current, native};
use std::cell::Cell;
use std::time::Duration;

thread_local! {
    /// In nanoseconds since the execution began. All its tasks are on one OS thread.
    static EMULATED: Cell<u64> = const { Cell::new(0) };
}

/// A wait for longer than this never ends by itself: 100 years, in nanoseconds.
const FOREVER: u64 = 100 * 365 * 24 * 60 * 60 * 1_000_000_000;

/// Begins a new execution's time.
pub(super) fn begin() {
    EMULATED.set(0);
}

/// How long the running execution has taken, as the calling task sees it. Of a real run it knows nothing.
pub(crate) fn now() -> Duration {
    Duration::from_nanos(match current() {
        Backend::Native => native::look_at_clock(),
        _ => EMULATED.get(),
    })
}

/// What the clock shows that nobody looks at.
pub(crate) fn shown() -> Duration {
    Duration::from_nanos(match current() {
        Backend::Native => native::time(),
        _ => EMULATED.get(),
    })
}

/// Until when the calling task waits under a checker, if it begins to now and nothing ends that before.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(u64);

impl Deadline {
    /// After `timeout`; `None` if that is longer than anybody waits, so that the time is never up.
    pub(crate) fn after(timeout: Duration) -> Option<Self> {
        let timeout = u64::try_from(timeout.as_nanos()).ok().filter(|&nanos| nanos < FOREVER)?;
        let now = u64::try_from(shown().as_nanos()).ok()?;
        now.checked_add(timeout).map(Deadline)
    }

    /// When the clocks of an execution show this.
    pub(crate) fn at(since_beginning: Duration) -> Option<Self> {
        u64::try_from(since_beginning.as_nanos()).ok().filter(|&nanos| nanos < FOREVER).map(Deadline)
    }

    /// What the clocks show then.
    pub(crate) fn since_beginning(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// The time was up: the clock shows it.
    pub(crate) fn pass(self) {
        let Deadline(until) = self;
        match current() {
            Backend::Native => native::pass_time(until),
            _ => EMULATED.set(EMULATED.get().max(until)),
        }
    }
}
