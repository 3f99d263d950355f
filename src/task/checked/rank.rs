//! Which of two timers of a loop is known to be up first. As with tokio they are up in the order of their deadlines, as far
//! as that is known. A deadline is so long after a moment; from one poll to the next any time may pass, so of two timers with
//! moments in different polls the one that was set later may be due first, unless it takes as long or enough time is known to
//! have passed between. A poll itself takes no time.

use super::clock::TICK;
use super::elapsed::Elapsed;
use super::event_loop::Turn;
use crate::backend::clock::Deadline;
use std::sync::Arc;
use std::time::Duration;

/// Names a timer of a loop: the later it is set, the higher.
pub(super) type Number = u64;

/// A look at the clock: in which poll, and what it has shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(super) turn: Option<Turn>,
    pub(super) at: Duration,
}

/// When a timer is due: so long after a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) deadline: Deadline,
    pub(crate) moment: Moment,
}

impl Due {
    pub(super) fn at(&self) -> Duration {
        self.deadline.since_beginning()
    }

    pub(super) fn after_moment(&self) -> Duration {
        self.at().saturating_sub(self.moment.at)
    }
}

/// What decides which of two timers comes first.
#[derive(Clone)]
pub(super) struct Rank {
    pub(super) number: Number,
    pub(super) due: Due,
    /// The poll of its loop in which its moment was.
    pub(super) poll: Option<u64>,
    /// What was known of the time since earlier polls at that moment.
    pub(super) elapsed: Arc<Elapsed>,
}

impl Rank {
    /// Whether it is known to be up before another.
    pub(super) fn is_before(&self, other: &Rank) -> bool {
        let Some(apart) = self.is_earlier_by(other) else { return false };
        apart >= least_apart(self.number, other.number)
    }

    /// By how much it is due before another, or more, if that is known.
    fn is_earlier_by(&self, other: &Rank) -> Option<Duration> {
        let [own, others] = [self, other].map(|rank| rank.due.after_moment());
        match (self.poll, other.poll) {
            (Some(poll), Some(later)) if poll < later => {
                (other.elapsed.since(poll) + others).checked_sub(own)
            }
            _ if self.due.moment.turn.is_some() && self.due.moment.turn == other.due.moment.turn => {
                // If the clock has moved within a poll, it is not known for whom.
                Some(other.due.at().checked_sub(self.due.at())?.min(others.checked_sub(own)?))
            }
            _ => None,
        }
    }

    /// What those of this loop are like that could be before it; `None` if its moment was not in this loop.
    pub(super) fn reach(&self) -> Option<Reach<'_>> {
        let (poll, after) = (self.poll?, self.due.after_moment());
        Some(Reach { poll, after, most: after + self.elapsed.most(), elapsed: &self.elapsed })
    }
}

/// Which timers of a loop could be before one.
pub(super) struct Reach<'a> {
    poll: u64,
    after: Duration,
    /// What any takes at most.
    most: Duration,
    elapsed: &'a Elapsed,
}

impl Reach<'_> {
    /// Whether one could that takes so long after its moment, in that poll: as it could not if either were more.
    pub(super) fn has(&self, after: Duration, poll: u64) -> bool {
        poll <= self.poll
            && after <= self.most
            && (after <= self.after || after <= self.after + self.elapsed.since(poll))
    }
}

/// By how much one is due before another at least that is before it: those of one tick are up in the order in which they were
/// set.
fn least_apart(first: Number, second: Number) -> Duration {
    if first < second { Duration::ZERO } else { TICK }
}
