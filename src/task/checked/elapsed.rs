//! What is known of how much time has passed between two polls of a loop, whatever the machine: it may be slow, so it may
//! always be more; but a timer that was up has taken its time.

use std::iter::once;
use std::time::Duration;

/// Of so many polls it is remembered. Of others less is known than could be.
const STEPS_MAX: usize = 32;

/// How much time has passed at least since each poll, up to some later one: the earlier the poll, the more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Elapsed {
    /// So much since the poll of that number, and since those before it. Polls go up, times go down.
    steps: Vec<(u64, Duration)>,
}

impl Elapsed {
    /// At least since that poll.
    pub(super) fn since(&self, poll: u64) -> Duration {
        let at = self.steps.partition_point(|&(step, _)| step < poll);
        self.steps.get(at).map_or(Duration::ZERO, |&(_, elapsed)| elapsed)
    }

    /// At least since the earliest.
    pub(super) fn most(&self) -> Duration {
        self.steps.first().map_or(Duration::ZERO, |&(_, elapsed)| elapsed)
    }

    /// What is known when a timer is up that was to take `duration` from a poll on, of which `before` was known.
    pub(super) fn after(&self, before: &Elapsed, poll: u64, duration: Duration) -> Elapsed {
        let at = before.steps.partition_point(|&(step, _)| step < poll);
        let until_then = before.steps[..at].iter().rev().map(|&(step, elapsed)| (step, elapsed + duration));
        let mut new = once((poll, duration)).chain(until_then).peekable();
        let mut known = self.steps.iter().rev().copied().peekable();
        let mut steps: Vec<(u64, Duration)> = Vec::with_capacity(STEPS_MAX);
        // Both go down from the latest.
        while steps.len() < STEPS_MAX
            && let Some((step, elapsed)) = if new.peek() > known.peek() { new.next() } else { known.next() }
        {
            if steps.last().is_none_or(|&(_, later)| elapsed > later) {
                steps.push((step, elapsed));
            }
        }
        steps.reverse();
        Elapsed { steps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn a_timer_that_was_up_has_taken_its_time_since_it_was_set_and_since_all_before() {
        let (nothing, five) = (Elapsed::default(), seconds(5));
        let known = nothing.after(&nothing, 10, five);
        assert_eq!([9, 10, 11].map(|poll| known.since(poll)), [five, five, seconds(0)]);
    }

    #[test]
    fn times_that_follow_each_other_add_up_and_others_do_not() {
        let nothing = Elapsed::default();
        let first = nothing.after(&nothing, 1, seconds(5));
        // Set when the first was up; and set together with it.
        let second = first.after(&first, 2, seconds(3));
        let beside = first.after(&nothing, 1, seconds(7));
        assert_eq!([1, 2].map(|poll| second.since(poll)), [seconds(8), seconds(3)]);
        assert_eq!([1, 2].map(|poll| beside.since(poll)), [seconds(7), seconds(0)]);
    }

    #[test]
    fn what_is_forgotten_is_what_was_long_ago() {
        let mut known = Elapsed::default();
        for poll in 0..100 {
            known = known.after(&Elapsed::default(), poll, seconds(100 - poll));
        }
        assert_eq!([99, 68, 0].map(|poll| known.since(poll)), [seconds(1), seconds(32), seconds(32)]);
    }
}
