//! The timers of a loop: which may be up next. As with tokio they are up in the order of their deadlines, as far as that
//! is known. A deadline is so long after a moment; from one poll to the next any time may pass, so of two timers with
//! moments in different polls the one that was set later may be due first, unless it takes as long or enough time is
//! known to have passed between. A poll itself takes no time. Who draws which is up, and what happens then, is not
//! known here.

use super::clock::{TICK, tick};
use super::elapsed::Elapsed;
use super::event_loop::Turn;
use crate::backend::clock::Deadline;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How many are tried first.
const TRIED_MAX: usize = 8;

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
    fn at(&self) -> Duration {
        self.deadline.since_beginning()
    }

    fn after_moment(&self) -> Duration {
        self.at().saturating_sub(self.moment.at)
    }
}

/// Timers of one loop, that have `T` each.
pub(super) struct Wheel<T> {
    /// The loop's number.
    own: u64,
    timers: BTreeMap<Number, Timer<T>>,
    /// Those that no other is known to come before, by their deadlines.
    next: BTreeSet<(Duration, Number)>,
    last: Number,
    /// What is known of the time that has passed since the loop's polls, and at which poll the last of that was learned.
    elapsed: Arc<Elapsed>,
    learned_at: u64,
}

/// A timer that is set.
struct Timer<T> {
    rank: Rank,
    /// One that comes before it.
    behind: Option<Number>,
    /// Those that it comes before in that sense.
    before: Vec<Number>,
    value: T,
}

/// What decides which of two timers comes first.
#[derive(Clone)]
struct Rank {
    number: Number,
    due: Due,
    /// The poll of this loop in which its moment was.
    poll: Option<u64>,
    /// What was known of the time since earlier polls at that moment.
    elapsed: Arc<Elapsed>,
}

impl<T> Wheel<T> {
    /// That of the loop with this number.
    pub(super) fn new(own: u64) -> Self {
        let (timers, next, elapsed) = (BTreeMap::new(), BTreeSet::new(), Arc::default());
        Wheel { own, timers, next, last: 0, elapsed, learned_at: 0 }
    }

    /// How many may be up next, and how many are set.
    pub(super) fn counts(&self) -> (u32, u32) {
        let count = |count| u32::try_from(count).expect("fewer timers than fit into memory");
        (count(self.next.len()), count(self.timers.len()))
    }

    /// The place of that timer among those that may be up next, from 0, if it is one of them.
    pub(super) fn place_among_next(&self, number: Number) -> Option<u32> {
        (0..).zip(&self.next).find_map(|(place, &(_, next))| (next == number).then_some(place))
    }

    /// When the first is due.
    pub(super) fn first_deadline(&self) -> Option<Duration> {
        self.timers.values().map(|timer| timer.rank.due.at()).min()
    }

    /// Takes the one that is due first, if it is due by then.
    pub(super) fn take_due(&mut self, by: Duration) -> Option<(Due, T)> {
        let is_due = |(number, timer): (&Number, &Timer<T>)| {
            let at = tick(timer.rank.due.at());
            (at <= by).then_some((at, *number))
        };
        let (_, number) = self.timers.iter().filter_map(is_due).min()?;
        let Timer { rank, value, .. } = self.remove(number)?;
        Some((rank.due, value))
    }

    /// Sets one.
    pub(super) fn set(&mut self, due: Due, value: T) -> Number {
        self.last += 1;
        let timer = Timer { rank: self.rank(due, self.last), behind: None, before: Vec::new(), value };
        self.timers.insert(self.last, timer);
        let before =
            self.timers.range(..self.last).rev().map(|(&number, _)| number).take(TRIED_MAX).collect();
        self.place(self.last, before);
        self.last
    }

    /// Takes one of those that may be up next, from 0: it is up, after so many polls of the loop.
    pub(super) fn take_next(&mut self, place: u32, polls: u64) -> Option<(Due, T)> {
        let &(_, number) = self.next.iter().nth(place as usize)?;
        let Timer { rank, value, .. } = self.remove(number)?;
        self.pass(&rank, polls);
        Some((rank.due, value))
    }

    /// Takes one away that nobody waits for any more.
    pub(super) fn cancel(&mut self, number: Number) {
        self.remove(number);
    }

    /// Whether a timer that is set is up before one that is not could be.
    pub(super) fn holds_back(&self, due: Due) -> bool {
        let rank = self.rank(due, Number::MAX);
        self.next.iter().any(|(_, first)| self.is_before(*first, &rank))
    }

    /// Whether one that is not set was due already when another was up.
    pub(super) fn has_passed(&self, due: Due) -> bool {
        let since = self.rank(due, Number::MAX).poll.map(|poll| self.elapsed.since(poll));
        since.is_some_and(|elapsed| elapsed > Duration::ZERO && elapsed >= due.after_moment())
    }

    /// A timer that was not set is up, after so many polls of the loop.
    pub(super) fn pass_unset(&mut self, due: Due, polls: u64) {
        self.pass(&self.rank(due, Number::MAX), polls);
    }

    fn rank(&self, due: Due, number: Number) -> Rank {
        let own = due.moment.turn.filter(|turn| turn.event_loop == self.own);
        let poll = own.map(|turn| turn.number);
        let is_recent = poll.is_some_and(|poll| poll > self.learned_at);
        let elapsed = if is_recent { self.elapsed.clone() } else { Arc::default() };
        Rank { number, due, poll, elapsed }
    }

    /// So much time has passed since the moment, for one.
    fn pass(&mut self, rank: &Rank, polls: u64) {
        if let Some(poll) = rank.poll {
            self.elapsed = Arc::new(self.elapsed.after(&rank.elapsed, poll, rank.due.after_moment()));
            self.learned_at = polls;
        }
    }

    fn remove(&mut self, number: Number) -> Option<Timer<T>> {
        let timer = self.timers.remove(&number)?;
        self.next.remove(&(timer.rank.due.at(), number));
        if let Some(first) = timer.behind.and_then(|first| self.timers.get_mut(&first)) {
            first.before.retain(|&other| other != number);
        }
        let at = |number: &Number| self.timers.get(number).map(|timer| (timer.rank.due.at(), *number));
        let mut freed: Vec<_> = timer.before.iter().filter_map(at).collect();
        freed.sort_unstable();
        for (place, &(_, number)) in freed.iter().enumerate() {
            let before = freed[..place].iter().rev().map(|&(_, number)| number).take(TRIED_MAX).collect();
            self.place(number, before);
        }
        Some(timer)
    }

    /// Puts a timer behind another that comes before it, or among the next. Mostly it is one of those to be tried first: so few
    /// are behind each that little is to be done when that is taken away.
    fn place(&mut self, number: Number, tried_first: Vec<Number>) {
        let rank = self.timers[&number].rank.clone();
        let nexts = self.next.iter().map(|&(_, next)| next);
        let first = tried_first.into_iter().chain(nexts).find(|&first| self.is_before(first, &rank));
        self.put_behind(number, first);
        if first.is_none() {
            let outdone = |next: &Number| rank.is_before(&self.timers[next].rank);
            let outdone: Vec<Number> = self.next.iter().map(|&(_, next)| next).filter(outdone).collect();
            outdone.into_iter().for_each(|next| self.put_behind(next, Some(number)));
            self.next.insert((rank.due.at(), number));
        }
    }

    fn put_behind(&mut self, number: Number, first: Option<Number>) {
        let timer = self.timers.get_mut(&number).expect("it is set");
        timer.behind = first;
        let at = timer.rank.due.at();
        if let Some(first) = first {
            self.next.remove(&(at, number));
            self.timers.get_mut(&first).expect("it is set").before.push(number);
        }
    }

    fn is_before(&self, first: Number, rank: &Rank) -> bool {
        self.timers.get(&first).is_some_and(|timer| timer.rank.is_before(rank))
    }
}

impl Rank {
    /// Whether it is known to be up before another.
    fn is_before(&self, other: &Rank) -> bool {
        let Some(apart) = self.is_earlier_by(other) else { return false };
        // Those of one tick are up in the order in which they were set.
        apart >= if self.number < other.number { Duration::ZERO } else { TICK }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOP: u64 = 7;

    fn milliseconds(count: u64) -> Duration {
        Duration::from_millis(count)
    }

    /// So many milliseconds after a poll, when the clock showed so many.
    fn due(poll: u64, at: u64, after: u64) -> Due {
        let deadline = Deadline::at(milliseconds(at + after)).expect("not for ever");
        let turn = Some(Turn { event_loop: LOOP, number: poll });
        Due { deadline, moment: Moment { turn, at: milliseconds(at) } }
    }

    /// The names of those that may be up next.
    fn next(wheel: &Wheel<char>) -> String {
        wheel.next.iter().map(|(_, number)| wheel.timers[number].value).collect()
    }

    #[test]
    fn timers_of_one_poll_are_up_in_the_order_of_their_deadlines() {
        let mut wheel = Wheel::new(LOOP);
        wheel.set(due(1, 0, 5), 'b');
        wheel.set(due(1, 0, 3), 'a');
        wheel.set(due(1, 0, 5), 'c');
        for name in ['a', 'b', 'c'] {
            assert_eq!(next(&wheel), name.to_string());
            assert_eq!(wheel.take_next(0, 1).expect("there is one").1, name);
        }
        assert_eq!(wheel.counts(), (0, 0));
    }

    #[test]
    fn of_two_polls_the_later_timer_may_be_the_first_only_if_it_takes_less() {
        let mut wheel = Wheel::new(LOOP);
        wheel.set(due(1, 0, 5), 'a');
        wheel.set(due(2, 0, 5), 'b');
        assert_eq!(next(&wheel), "a");
        wheel.set(due(2, 0, 4), 'c');
        assert_eq!(next(&wheel), "ca");
        wheel.take_next(1, 2);
        assert_eq!(next(&wheel), "c", "which is due before b");
    }

    #[test]
    fn who_sleeps_again_and_again_does_not_keep_others_from_their_turn() {
        let mut wheel = Wheel::new(LOOP);
        wheel.set(due(1, 0, 3), 'b');
        for (poll, expected) in [(1, "a"), (2, "ab"), (3, "b")] {
            wheel.set(due(poll, poll - 1, 1), 'a');
            assert_eq!(next(&wheel), expected);
            wheel.take_next(0, poll);
        }
    }

    #[test]
    fn one_that_is_taken_away_lets_others_go_first() {
        let mut wheel = Wheel::new(LOOP);
        let first = wheel.set(due(1, 0, 1), 'a');
        wheel.set(due(2, 0, 2), 'b');
        let third = wheel.set(due(3, 0, 3), 'c');
        wheel.cancel(first);
        assert_eq!(next(&wheel), "b");
        wheel.cancel(third);
        wheel.take_next(0, 3);
        assert_eq!(wheel.counts(), (0, 0));
    }

    #[test]
    fn of_a_moment_that_this_loop_has_not_seen_nothing_is_known() {
        let mut wheel = Wheel::new(LOOP);
        let elsewhere = |after| {
            let known = due(1, 0, after);
            let turn = Some(Turn { event_loop: LOOP + 1, number: 1 });
            Due { moment: Moment { turn, ..known.moment }, ..known }
        };
        wheel.set(due(1, 0, 1), 'a');
        wheel.set(elsewhere(9), 'c');
        wheel.set(elsewhere(5), 'b');
        assert_eq!(next(&wheel), "ab", "those of one moment are in their order");
        assert!(wheel.holds_back(due(1, 0, 2)) && !wheel.holds_back(due(1, 0, 0)));
    }
}
