//! Reversible races: two events of different tasks that could come in the other order, with nothing between
//! that forbids it.
//!
//! An event competes with the latest of those that it does not commute with, and then with those before them
//! that none of these happens after. If it had to wait, what let it go on is no competitor, since it can never
//! come after that; but what had made it wait is, or what it could have made wait.

use super::clock::Clocks;
use super::event::{ANY_CHOICE, Watched};
use super::object::{Causes, LANES, State};
use super::polling::Watch;
use super::trace::{POLLED, Trace};
use super::{Event, ObjectId, Operation, TaskId, dependent};

/// Two events that could come in the other order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Race {
    /// A position in the trace.
    pub(crate) first: usize,
    pub(crate) second: Second,
    /// Whether its first part is all from `first` on that together made the second wait: the readers of a
    /// lock, of which the second is a writer.
    is_joint: bool,
    pub(super) past: usize,
}

/// The later part of a race.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Second {
    /// A position in the trace.
    Executed(usize),
    /// An operation that is still waiting at the end, as the event it would be.
    Pending(Event),
}

impl Trace {
    /// Finds the races of an event that is about to be appended, whose clock is its task's past, and has the
    /// clock see what happens before the event.
    pub(super) fn find_races(
        &mut self,
        event: &Event,
        object: &State,
        clock: usize,
        causes: &mut Causes,
        watch: Option<&Watch>,
    ) {
        let second = Second::Executed(self.events.len());
        // What it needed to go on happens before it, but hides no competitor.
        let waits = event.operation.action.may_wait();
        if waits {
            self.hidden.copy(0, &self.clocks, clock);
        }
        let mut together = Together::default();
        let mut walk = Walk::new(self, event, causes, watch);
        while let Some(first) = walk.next(self) {
            let is_seen = match waits {
                true => self.has_seen(&self.hidden, 0, first),
                false => self.has_seen(&self.clocks, clock, first),
            };
            if !is_seen {
                together.add(event, &self.events[first], first);
            }
            let competes = !is_seen && (!waits || self.would_be_enabled(event, object, first));
            if competes {
                self.races.push(Race { first, second, is_joint: false, past: 0 });
                if waits {
                    self.hidden.join(0, &self.clocks, first);
                }
            }
            if !is_seen {
                self.clocks.join_within(clock, first);
            }
            if is_seen || competes {
                walk.passed(&self.events[first], event);
            }
        }
        self.races.extend(together.race(second));
        causes.enabling.iter().for_each(|&cause| self.clocks.join_within(clock, cause));
    }

    /// Finds the races of an operation that is still waiting when the execution is over.
    pub(super) fn find_races_of_pending(
        &mut self,
        task: TaskId,
        operation: Operation,
        object: &State,
        (pasts, past): (&Clocks, usize),
    ) {
        if !operation.action.may_wait() {
            return;
        }
        let view = object.view();
        let Some(access) = object.access(operation.action, view) else { return };
        let index = pasts.count(past, task) + 1;
        let event = Event { task, index, operation, access, choice: 0, view, watched: Watched::default() };
        let second = Second::Pending(event);
        let kept = self.races.len();
        self.hidden.copy(0, pasts, past);
        let mut together = Together::default();
        let mut walk = Walk::new(self, &event, &mut Causes::default(), None);
        while let Some(first) = walk.next(self) {
            let is_seen = self.has_seen(&self.hidden, 0, first);
            if !is_seen {
                together.add(&event, &self.events[first], first);
            }
            let competes = !is_seen && self.would_be_enabled(&event, object, first);
            if competes {
                self.races.push(Race { first, second, is_joint: false, past: 0 });
                self.hidden.join(0, &self.clocks, first);
            }
            if is_seen || competes {
                walk.passed(&self.events[first], &event);
            }
        }
        self.races.extend(together.race(second));
        if self.races.len() > kept {
            let past = self.pasts.push_copy(pasts, past);
            self.races[kept..].iter_mut().for_each(|race| race.past = past);
        }
    }

    /// Whether the event could come before the one at `first`, after those later ones that stay before it then.
    fn would_be_enabled(&self, event: &Event, object: &State, first: usize) -> bool {
        let lanes = self.lanes(event.operation.object).iter();
        let later =
            lanes.flat_map(|lane| lane.iter().rev().map(|&at| at as usize).take_while(|&at| at > first));
        let mut later: Vec<usize> = later.filter(|&at| !self.happens_before(first, at)).collect();
        later.sort_unstable();
        let after = |view, at: usize| object.after(view, self.events[at].access);
        let view = later.into_iter().fold(self.events[first].view, after);
        object.enables(event.operation.action, view)
    }

    /// Whether the event at `position` happens before the race's second by its task's past alone.
    pub(crate) fn is_in_past(&self, position: usize, race: &Race) -> bool {
        self.has_seen(&self.pasts, race.past, position)
    }

    /// Whether the event at `position` stays before the race's second if that comes before the first.
    pub(crate) fn stays(&self, position: usize, race: &Race) -> bool {
        let is_after = |first: usize| self.happens_before(first, position);
        !(is_after(race.first) || race.is_joint && self.joint_firsts(race).any(is_after))
    }

    /// What a race's second comes before if it comes before the first of them.
    fn joint_firsts(&self, race: &Race) -> impl Iterator<Item = usize> {
        let (end, second) = (self.end(race), self.second(race));
        self.accesses(second.operation.object).filter(move |&at| {
            (race.first..end).contains(&at)
                && blocks_together(&second, &self.events[at])
                && !self.is_in_past(at, race)
        })
    }

    /// The position before which the race's second finds what stays before it.
    pub(crate) fn end(&self, race: &Race) -> usize {
        match race.second {
            Second::Executed(position) => position,
            Second::Pending(_) => self.events.len(),
        }
    }

    /// The race's second event.
    pub(super) fn second(&self, race: &Race) -> Event {
        match race.second {
            Second::Executed(position) => self.events[position],
            Second::Pending(event) => event,
        }
    }

    /// What the race's second event does if it comes before the first, after the events `between` that
    /// stay before it; `None` if it cannot.
    ///
    /// It finds its object as the first did, but for accesses that do not notice each other.
    pub(super) fn reversed(
        &self,
        race: &Race,
        object: &State,
        between: impl Iterator<Item = Event> + Clone,
    ) -> Option<Event> {
        let second = self.second(race);
        let action = second.operation.action;
        let of_object = between.clone().filter(|event| event.operation.object == second.operation.object);
        let view =
            of_object.fold(self.events[race.first].view, |view, event| object.after(view, event.access));
        if !object.enables(action, view) {
            return None;
        }
        if let Second::Executed(position) = race.second
            && let Some(news) = self.news(position)
            && !self.has_news(news, position, race, between)
        {
            return None;
        }
        let access = object.access(action, view)?;
        let choice = if action.may_choose() { ANY_CHOICE } else { second.choice };
        Some(Event { access, choice, view, ..second })
    }

    /// Whether a task that polls would hear news before the race's first, so that it could go on to its
    /// event at `position` there.
    fn has_news(
        &self,
        watch: &Watch,
        position: usize,
        race: &Race,
        mut between: impl Iterator<Item = Event>,
    ) -> bool {
        let task = self.events[position].task;
        let is_news = |event: &Event| event.task != task && !event.access.is_read();
        let known = watch.objects.iter().any(|&(object, _, since)| {
            let accesses = self.accesses(object).filter(|at| (since..race.first).contains(at));
            accesses.map(|at| &self.events[at]).any(is_news)
        });
        let concerns =
            |event: &Event| watch.objects.iter().any(|&(object, _, _)| object == event.operation.object);
        known || between.any(|event| is_news(&event) && concerns(&event))
    }
}

/// Whether `earlier` is one of those that commute, and together make the later one wait.
fn blocks_together(later: &Event, earlier: &Event) -> bool {
    later.operation.action.waits_for_all_of(earlier.access)
}

/// Those that together made an event wait.
#[derive(Default)]
struct Together {
    first: Option<usize>,
    count: usize,
}

impl Together {
    fn add(&mut self, event: &Event, earlier: &Event, position: usize) {
        if blocks_together(event, earlier) {
            (self.first, self.count) = (Some(position), self.count + 1);
        }
    }

    /// The race with all of them, if they are several.
    fn race(self, second: Second) -> Option<Race> {
        let first = self.first.filter(|_| self.count > 1)?;
        Some(Race { first, second, is_joint: true, past: 0 })
    }
}

/// Goes back over the events that an event does not commute with: the latest first, and only as far as an
/// earlier one may not happen before those that were passed.
struct Walk {
    event: Event,
    /// How many of each lane are left.
    left: [u32; LANES + 1],
    /// The lanes of which some are left, as bits.
    open: u8,
    /// Events that are not in a lane of interest, but decided what came of this one, or let its task go on.
    others: Vec<usize>,
    /// The lane of the one that was found last.
    lane: Option<usize>,
}

impl Walk {
    fn new(trace: &Trace, event: &Event, causes: &mut Causes, watch: Option<&Watch>) -> Self {
        let object = event.operation.object;
        let lanes = trace.lanes(object);
        let (mut left, mut open) = ([0; LANES + 1], 0);
        for (lane, events) in lanes.iter().enumerate() {
            if !events.is_empty() && (lane == POLLED || event.access.meets(lane)) {
                left[lane] = events.len() as u32;
                open |= 1 << lane;
            }
        }
        let mut others = std::mem::take(&mut causes.deciding);
        for &(watched, _, since) in watch.into_iter().flat_map(|watch| &watch.objects) {
            if watched != object {
                others.extend(trace.accesses(watched).filter(|&at| at >= since));
            }
        }
        others.sort_unstable();
        Walk { event: *event, left, open, others, lane: None }
    }

    /// The next position.
    #[inline]
    fn next(&mut self, trace: &Trace) -> Option<usize> {
        let lanes = trace.lanes(self.event.operation.object);
        loop {
            let mut latest = self.others.last().map(|&position| (position, None));
            let mut open = self.open;
            while open != 0 {
                let lane = open.trailing_zeros() as usize;
                open &= open - 1;
                let position = lanes[lane][self.left[lane] as usize - 1] as usize;
                latest = latest.max(Some((position, Some(lane))));
            }
            let (position, lane) = latest?;
            self.lane = lane;
            match lane {
                Some(lane) => self.leave(lane, self.left[lane] - 1),
                None => {
                    self.others.pop();
                }
            }
            if dependent(&trace.events[position], &self.event) {
                return Some(position);
            }
        }
    }

    /// So many of a lane are still left.
    #[inline]
    fn leave(&mut self, lane: usize, left: u32) {
        self.left[lane] = left;
        self.open &= !(u8::from(left == 0) << lane);
    }

    /// The event that was found last happens before this one, whatever is still found.
    #[inline]
    fn passed(&mut self, earlier: &Event, event: &Event) {
        let Some(lane) = self.lane else { return };
        if lane == POLLED {
            return;
        }
        if earlier.access.is_ordered(lane) {
            self.leave(lane, 0);
        }
        let is_own = earlier.task == event.task && earlier.access == event.access;
        if is_own || earlier.access.covers(event.access) {
            self.open = 0;
            let is_of_object = |object: ObjectId| object == event.operation.object;
            debug_assert!(is_of_object(earlier.operation.object), "only of its own object are there lanes");
            if event.watched == Default::default() {
                self.others.clear();
            }
        }
    }
}
