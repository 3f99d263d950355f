//! The timers of a loop: which may be up next, namely those that no other is known to be up before. Who draws which is up, and
//! what happens then, is not known here.
//!
//! There may be thousands, so nobody looks at all of them: a timer that others come before stands behind one of these until
//! that is gone.

use super::clock::{TICK, tick};
use super::elapsed::Elapsed;
pub(super) use super::rank::Number;
use super::rank::Rank;
pub(crate) use super::rank::{Due, Moment};
use super::ranking::Ranking;
use super::tournament::{Least, Tournament};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

/// Timers of one loop, that have `T` each.
pub(super) struct Wheel<T> {
    /// The loop's number.
    own: u64,
    timers: Tournament<Timer<T>>,
    /// Those that no other is known to come before, by their deadlines.
    next: Ranking,
    /// The same of moments in this loop's polls, by these.
    next_by_poll: BTreeSet<(u64, Duration, Number)>,
    /// Those with moments that other loops have seen, by these.
    elsewhere: BTreeSet<(Elsewhere, Number)>,
    last: Number,
    /// What is known of the time that has passed since the loop's polls, and at which poll the last of that was learned.
    elapsed: Arc<Elapsed>,
    learned_at: u64,
}

/// A poll of another loop: that one's number, and its own.
type Elsewhere = (u64, u64);

/// A timer that is set.
struct Timer<T> {
    rank: Rank,
    /// One that comes before it, and its place among those behind that.
    behind: Option<(Number, usize)>,
    /// Those that are behind it.
    before: Vec<Number>,
    value: T,
}

impl<T> Wheel<T> {
    /// That of the loop with this number.
    pub(super) fn new(own: u64) -> Self {
        Wheel {
            own,
            timers: Tournament::new(),
            next: Ranking::default(),
            next_by_poll: BTreeSet::new(),
            elsewhere: BTreeSet::new(),
            last: 0,
            elapsed: Arc::default(),
            learned_at: 0,
        }
    }

    /// How many may be up next, and how many are set.
    pub(super) fn counts(&self) -> (u32, u32) {
        let count = |count| u32::try_from(count).expect("fewer timers than fit into memory");
        (count(self.next.len()), count(self.timers.len()))
    }

    /// The place of that timer among those that may be up next, from 0, if it is one of them.
    pub(super) fn place_among_next(&self, number: Number) -> Option<u32> {
        let at = self.timers.get(number)?.rank.due.at();
        u32::try_from(self.next.place((at, number))?).ok()
    }

    /// At which tick the first is due.
    pub(super) fn first_tick(&self) -> Option<Duration> {
        (self.timers.len() > 0).then(|| self.timers.least().tick)
    }

    /// Takes the one that is due first, if it is due by then.
    pub(super) fn take_due(&mut self, by: Duration) -> Option<(Due, T)> {
        self.first_tick().filter(|&first| first <= by)?;
        let Timer { rank, value, .. } = self.remove(self.timers.first_due()?)?;
        Some((rank.due, value))
    }

    /// Sets one.
    pub(super) fn set(&mut self, due: Due, value: T) -> Number {
        self.last += 1;
        let rank = self.rank(due, self.last);
        // What has no poll of this loop is not found by the least of these.
        let (after, poll) =
            rank.poll.map_or((Least::NONE.after, Least::NONE.poll), |poll| (due.after_moment(), poll));
        self.elsewhere.extend(elsewhere(&rank).map(|turn| (turn, self.last)));
        let least = Least { after, poll, tick: tick(due.at()) };
        self.timers.push(self.last, least, Timer { rank, behind: None, before: Vec::new(), value });
        if self.place(self.last) {
            for outdone in self.outdone_by(self.last) {
                self.remove_from_next(outdone);
                self.put_behind(outdone, self.last);
            }
        }
        self.last
    }

    /// Takes one of those that may be up next, from 0: it is up, after so many polls of the loop.
    pub(super) fn take_next(&mut self, place: u32, polls: u64) -> Option<(Due, T)> {
        let (_, number) = self.next.nth(place as usize)?;
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
        self.one_before(&self.rank(due, Number::MAX)).is_some()
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
        let is_next = self.timers.get(number)?.behind.is_none();
        if is_next {
            self.remove_from_next(number);
        } else {
            self.come_forward(number);
        }
        let mut timer = self.timers.remove(number)?;
        if let Some(turn) = elsewhere(&timer.rank) {
            self.elsewhere.remove(&(turn, number));
        }
        for freed in std::mem::take(&mut timer.before) {
            self.place(freed);
        }
        Some(timer)
    }

    /// Puts a timer behind another that comes before it, or among the next; whether it is one of these. It comes before none
    /// of them, unless it is new: they would be behind it or another.
    fn place(&mut self, number: Number) -> bool {
        let rank = &self.timers.get(number).expect("it is set").rank;
        let first = self.one_before(rank);
        match first {
            Some(first) => self.put_behind(number, first),
            None => {
                let (at, poll) = (rank.due.at(), rank.poll);
                self.timers.get_mut(number).expect("it is set").behind = None;
                self.next.insert((at, number));
                self.next_by_poll.extend(poll.map(|poll| (poll, at, number)));
            }
        }
        first.is_none()
    }

    /// One that is set and comes before it, if there is any.
    fn one_before(&self, rank: &Rank) -> Option<Number> {
        let is_before = |timer: &Timer<T>| timer.rank.is_before(rank);
        if let Some(turn) = elsewhere(rank) {
            return self.of_elsewhere(turn).find(|&first| self.timers.get(first).is_some_and(is_before));
        }
        let (reach, number) = (rank.reach()?, rank.number);
        let may = |least: &Least| reach.has(least.after, least.poll);
        let may_be_due_a_tick_earlier =
            |least: &Least| reach.has(least.after.saturating_add(TICK), least.poll);
        let earlier = self.timers.find_before(number, may, is_before);
        earlier.or_else(|| self.timers.find_after(number, may_be_due_a_tick_earlier, is_before))
    }

    /// Those of the next that come after one that is new.
    fn outdone_by(&self, number: Number) -> Vec<Number> {
        let rank = &self.timers.get(number).expect("it is set").rank;
        let comes_after =
            |other: &Number| self.timers.get(*other).is_some_and(|other| rank.is_before(&other.rank));
        if let Some(turn) = elsewhere(rank) {
            let is_next =
                |other: &Number| self.timers.get(*other).is_some_and(|other| other.behind.is_none());
            return self.of_elsewhere(turn).filter(is_next).filter(comes_after).collect();
        }
        let Some(poll) = rank.poll else { return Vec::new() };
        let later = (Bound::Excluded((poll, rank.due.at(), number)), Bound::Unbounded);
        self.next_by_poll.range(later).map(|&(_, _, other)| other).filter(comes_after).collect()
    }

    fn of_elsewhere(&self, turn: Elsewhere) -> impl Iterator<Item = Number> {
        self.elsewhere.range((turn, 0)..=(turn, Number::MAX)).map(|&(_, number)| number)
    }

    fn put_behind(&mut self, number: Number, first: Number) {
        let before = &mut self.timers.get_mut(first).expect("it is set").before;
        let place = before.len();
        before.push(number);
        self.timers.get_mut(number).expect("it is set").behind = Some((first, place));
    }

    /// It is no longer behind another.
    fn come_forward(&mut self, number: Number) {
        let Some((first, place)) = self.timers.get_mut(number).and_then(|timer| timer.behind.take()) else {
            return;
        };
        let before = &mut self.timers.get_mut(first).expect("it is gone only with nobody behind it").before;
        before.swap_remove(place);
        if let Some(&moved) = before.get(place) {
            self.timers.get_mut(moved).expect("it is set").behind = Some((first, place));
        }
    }

    fn remove_from_next(&mut self, number: Number) {
        let Rank { due, poll, .. } = self.timers.get(number).expect("it is set").rank;
        self.next.remove((due.at(), number));
        if let Some(poll) = poll {
            self.next_by_poll.remove(&(poll, due.at(), number));
        }
    }
}

/// Where its moment was, if that is a poll of another loop.
fn elsewhere(rank: &Rank) -> Option<Elsewhere> {
    let turn = rank.due.moment.turn.filter(|_| rank.poll.is_none())?;
    Some((turn.event_loop, turn.number))
}

#[cfg(test)]
mod tests;
