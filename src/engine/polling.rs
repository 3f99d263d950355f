//! Loops that poll: a task that does the same again and again in vain would do so for ever while nobody else gets a
//! turn. So one that has gone round twice, and whose round had no effect and read nothing new, waits until another
//! task has changed something that the round has read.
//!
//! That this leaves nothing out is not taken for granted. A loop that ends by itself after some rounds looks the
//! same at first. Therefore, when a loop is met for the first time, it is *rehearsed*: the execution goes on with
//! its task alone, for many rounds, and is then run again up to where it was. Only a loop that does not end then
//! has to wait; one that ends is code like any other. Where all tasks that are left wait in such loops, they are
//! rehearsed together, in turn and for much longer, before that is called a livelock. And the first executions in
//! which a loop has waited are run once more with some more rounds of it, and have to come to the same: where they
//! do not, the loop counts its rounds, which it then may go round as often as a bound says. One that draws lots is compared
//! so twice, the second time with other lots than it has drawn, since it may remember these. Awaiting is as in
//! Jonsson, Lång, Sagonas, "Awaiting for Godot" (a loop goes on when it would not do the same); the rehearsals are
//! ours, since here a loop is not known as such.
//!
//! A pause (`yield_now`, `spin_loop`, a sleep) is a step of a round like any other, though no event.

use super::ObjectId;
use super::place::is_of_program;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

/// How many rounds a loop is rehearsed.
const REHEARSED_ROUNDS: u32 = 1_000;
/// How many rounds more a loop goes round for comparison.
pub(super) const COMPARED_ROUNDS: u32 = 3;
/// In how many executions the loops of one place are compared.
const COMPARISONS_MAX: u32 = 8;
/// How many rounds all that are left are rehearsed together before that is called a livelock.
pub(super) const LIVELOCK_ROUNDS: u32 = 50_000;
/// As many if each of the loops was found to be one before.
pub(super) const KNOWN_LIVELOCK_ROUNDS: u32 = 20;
/// How many rounds a loop may go round in vain that counts them, while others could do something.
pub(super) const ROUNDS_MAX: u32 = 16;

/// How often a loop goes round that has not ended before, though another of its places has, while samples are drawn.
const UNTRIED_ROUNDS: u32 = 8;

/// How often a loop that is not compared goes round in vain before it reads something newer.
pub(super) const READ_ON_ROUNDS: u32 = 2;

/// How often a loop may go round in vain since it reads old values, and once more.
pub(super) const OLD_ROUNDS_MAX: u32 = 4;

/// The longest round that is noticed, in steps.
const PERIOD_MAX: usize = 32;

/// Something that a task did which had no effect, and what it looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// What was done, where, and what came of it: in a few bits.
    pub(super) what: u64,
    /// The same, whatever it was done to.
    pub(super) kind: u64,
    pub(super) place: &'static Location<'static>,
    pub(super) object: ObjectId,
    /// What was chosen.
    pub(super) choice: u32,
    /// How often others have changed the object.
    pub(super) version: u32,
    /// The position of the next event.
    pub(super) position: usize,
    /// What the task had done before.
    pub(super) past: u64,
}

/// What a task waits for: that another changes one of these objects.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    /// Each with its version, and the position from which on a change is news.
    pub(super) objects: Vec<(ObjectId, u32, usize)>,
}

/// Names a loop, in all executions in which its task has the same past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LoopId {
    /// What the task had done before, and seen, in a few bits.
    past: u64,
    /// The steps of the round, in a few bits.
    round: u64,
    /// The same, whatever they look at.
    kind: u64,
    period: usize,
}

/// What is known of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loop {
    /// It goes on for ever unless something changes.
    Awaits,
    /// One with the same round has ended by itself, before it had gone round so often.
    Ends { before: u32 },
}

/// What was found out about loops.
#[derive(Debug, Default)]
pub(super) struct Loops {
    awaiting: BTreeSet<LoopId>,
    /// Rounds of loops that ended by themselves, and before they had gone round how often.
    ending: BTreeMap<u64, u32>,
    /// Of what kinds these were.
    ending_kinds: BTreeSet<u64>,
    /// The places of loops that await something, by each of them.
    awaiting_places: BTreeMap<Place, Vec<&'static Location<'static>>>,
    /// In how many executions loops of these places were compared.
    compared: BTreeMap<Place, u32>,
    /// Where loops were that were part of a livelock.
    livelocked: BTreeSet<Place>,
    /// Where loops were that went on with something newer before they had to wait.
    read_on: BTreeMap<Place, Vec<&'static Location<'static>>>,
}

/// A place in the program: its address.
type Place = usize;

fn place_of(place: &'static Location<'static>) -> Place {
    std::ptr::from_ref(place).addr()
}

impl Loops {
    pub(super) fn insert(&mut self, id: LoopId, known: Loop) {
        match known {
            Loop::Awaits => {
                self.awaiting.insert(id);
            }
            Loop::Ends { before } => {
                let known = self.ending.entry(id.round).or_default();
                *known = before.max(*known);
                self.ending_kinds.insert(id.kind);
            }
        }
    }

    /// What is known of a loop that has gone round so often. One that should have ended long since has to be looked
    /// at on its own. If none is known `by_itself`, that is not done as soon as it goes round at all: each time the execution
    /// begins again, so that a program which looks at thousands of objects twice would never come to its end.
    pub(super) fn get(&self, id: LoopId, repeats: u32, by_itself: bool) -> Option<Loop> {
        if self.awaiting.contains(&id) {
            return Some(Loop::Awaits);
        }
        let known = self.ending.get(&id.round).copied();
        let of_its_kind = (!by_itself && self.ending_kinds.contains(&id.kind)).then_some(UNTRIED_ROUNDS);
        let before = known.or(of_its_kind).filter(|&before| repeats < before)?;
        Some(Loop::Ends { before })
    }

    /// A loop of these places goes on for ever unless something changes.
    pub(super) fn note_awaiting(&mut self, round: &[&'static Location<'static>]) {
        for &place in round {
            let places = self.awaiting_places.entry(place_of(place)).or_default();
            places.extend(round.iter().filter(|other| !places.contains(other)).copied().collect::<Vec<_>>());
        }
    }

    /// The places of loops of which it is known that they go on for ever unless something changes, and of which this is one.
    pub(super) fn awaiting_around(
        &self,
        place: &'static Location<'static>,
    ) -> Option<&[&'static Location<'static>]> {
        self.awaiting_places.get(&place_of(place)).map(Vec::as_slice)
    }

    /// Whether a loop of this place is still to be compared.
    pub(super) fn is_to_be_compared(&self, place: &'static Location<'static>) -> bool {
        self.compared.get(&place_of(place)).is_none_or(|&count| count < COMPARISONS_MAX)
    }

    pub(super) fn compare(&mut self, place: &'static Location<'static>) {
        *self.compared.entry(place_of(place)).or_default() += 1;
    }

    /// A loop of this place goes on with something newer than it has read, and not round once more.
    pub(super) fn read_on(&mut self, round: Vec<&'static Location<'static>>) {
        if let Some(&place) = round.first() {
            self.read_on.entry(place_of(place)).or_insert(round);
        }
    }

    /// Where a loop went on so, of which it was not once compared whether it matters how often it goes round.
    pub(super) fn uncompared(&self) -> Option<&'static Location<'static>> {
        let is_compared = |place: &&'static Location<'static>| self.compared.contains_key(&place_of(place));
        // A round may be taken to begin at any of its steps.
        let uncompared = self.read_on.values().find(|round| !round.iter().any(is_compared))?;
        uncompared.first().copied()
    }

    /// Whether a loop of this place was part of a livelock.
    pub(super) fn livelocks(&self, place: &'static Location<'static>) -> bool {
        self.livelocked.contains(&place_of(place))
    }

    pub(super) fn livelock(&mut self, place: &'static Location<'static>) {
        self.livelocked.insert(place_of(place));
    }
}

/// A loop that was waited in, and of which it is not known whether it matters how often it goes round.
#[derive(Clone, Copy, Debug)]
pub(super) struct Uncompared {
    pub(super) id: LoopId,
    pub(super) place: &'static Location<'static>,
}

/// A round that was gone round more than once.
#[derive(Clone, Copy, Debug)]
struct Round {
    id: LoopId,
    /// How many steps came before it.
    begin: u32,
    /// How often the same came after it.
    repeats: u32,
}

/// What a task has done in vain, lately.
#[derive(Clone, Debug, Default)]
pub(super) struct Polling {
    steps: Vec<Step>,
    /// The low bits of each, so that mostly there is nothing to look for.
    bloom: u64,
    /// Steps of all kinds, ever.
    count: u32,
    /// All that it has done and seen, in a few bits.
    pub(super) past: u64,
    round: Option<Round>,
    /// How often it has itself changed what it looked at.
    own: Vec<(ObjectId, u32)>,
    /// Changes that will be news if the round turns out not to be the same again.
    withheld: Vec<ObjectId>,
    /// What it has to wait for before it goes on.
    pub(super) awaits: Option<Watch>,
    /// A loop that it has gone round twice, and of which nothing is known.
    pub(super) unknown: Option<LoopId>,
    /// Whether it goes round a loop in vain that reads old values: then something in the round is to be newer.
    pub(super) is_to_read_on: bool,
    /// Whether it goes round a loop in vain, and is to go on only with something else than that: a time that is up.
    pub(super) is_to_choose_otherwise: bool,
    /// What it waited for and has heard of, or need not wait for any more.
    pub(super) heard: Option<Watch>,
}

impl Polling {
    /// Forgets the execution that its task was in, but keeps the room.
    pub(super) fn reset(&mut self) {
        let Polling { mut steps, mut own, mut withheld, .. } = std::mem::take(self);
        steps.clear();
        own.clear();
        withheld.clear();
        (self.steps, self.own, self.withheld) = (steps, own, withheld);
    }

    /// The task did something that has an effect, or begins something new.
    #[inline]
    pub(super) fn act(&mut self) {
        self.count += 1;
        if !self.steps.is_empty() {
            self.steps.clear();
            self.own.clear();
            (self.bloom, self.round) = (0, None);
        }
        self.unknown = None;
    }

    /// How often the task has changed the object itself, since it began to do nothing but in vain.
    pub(super) fn own_changes(&self, object: ObjectId) -> u32 {
        self.own.iter().find(|(own, _)| *own == object).map_or(0, |&(_, count)| count)
    }

    /// The task changes the object itself, which is no news to it.
    pub(super) fn add_own_change(&mut self, object: ObjectId) {
        match self.own.iter_mut().find(|(own, _)| *own == object) {
            Some((_, count)) => *count += 1,
            None => self.own.push((object, 1)),
        }
    }

    /// Whether this step would be the one that came after the last one before, in a loop that has gone round.
    pub(super) fn is_same_again(&self, what: u64) -> bool {
        self.round.is_some_and(|round| self.steps[self.steps.len() - round.id.period].what == what)
    }

    /// What was chosen the last time where the next step is, if that is the same again.
    pub(super) fn last_choice(&self) -> Option<u32> {
        self.round.map(|round| self.steps[self.steps.len() - round.id.period].choice)
    }

    /// What was chosen the last time that the task did this in vain, if it has done nothing else than in vain since.
    pub(super) fn choice_of(&self, what: u64) -> Option<u32> {
        Some(self.steps.iter().rfind(|step| step.what == what)?.choice)
    }

    /// The task did something in vain. Says which loop it has gone round once more, if it has.
    pub(super) fn step(&mut self, step: Step) -> Option<(LoopId, u32)> {
        if !self.is_same_again(step.what) {
            self.round = None;
        }
        let (is_new, bit) = (self.bloom >> (step.what % 64) & 1 == 0, 1 << (step.what % 64));
        self.bloom |= bit;
        self.count += 1;
        if self.steps.len() == 4 * PERIOD_MAX {
            self.steps.drain(..2 * PERIOD_MAX);
            // Versions are compared only with those in the steps that are left.
            let steps = &self.steps;
            self.own.retain(|(own, _)| steps.iter().any(|step| step.object == *own));
        }
        self.steps.push(step);
        match &mut self.round {
            Some(round) => {
                let is_whole = (self.count - round.begin).is_multiple_of(round.id.period as u32);
                round.repeats += u32::from(is_whole);
                is_whole.then_some((round.id, round.repeats))
            }
            None if is_new => None,
            None => {
                let period = self.period()?;
                let begin = self.count - 2 * period as u32;
                let first = &self.steps[self.steps.len() - 2 * period..][..period];
                let [round, kind] = [|step: &Step| step.what, |step: &Step| step.kind]
                    .map(|part| first.iter().fold(0, |all, step| mix(all, part(step))));
                let id = LoopId { past: first[0].past, round, kind, period };
                self.round = Some(Round { id, begin, repeats: 1 });
                Some((id, 1))
            }
        }
    }

    /// Of how many steps the last two rounds are, if they are the same.
    fn period(&self) -> Option<usize> {
        let len = self.steps.len();
        let what = |at: usize| self.steps[at].what;
        (1..=(len / 2).min(PERIOD_MAX))
            .filter(|period| what(len - 1 - period) == what(len - 1))
            .find(|&period| (len - period..len).all(|at| what(at) == what(at - period)))
    }

    /// How many steps of all kinds the task has done.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Whether its last steps, so many, were all in vain.
    pub(super) fn has_done_in_vain(&self, steps: u32) -> bool {
        self.steps.len() >= steps as usize
    }

    /// Of how many steps the round is that it is in.
    pub(super) fn period_of_round(&self) -> u32 {
        self.round.map_or(0, |round| round.id.period as u32)
    }

    /// Whether its last steps, so many, were those of a round and of the one before, be it in another order.
    pub(super) fn has_gone_round(&self, period: u32) -> bool {
        let period = period as usize;
        let whole = |rounds: usize| {
            let begin = self.steps.len().checked_sub(rounds * period)?;
            let mut whats: Vec<u64> = self.steps[begin..][..period].iter().map(|step| step.what).collect();
            whats.sort_unstable();
            Some(whats)
        };
        whole(1) == whole(2)
    }

    /// What the task has chosen when it was where a step is the last time, if it did this with that choice.
    pub(super) fn last_choice_of(&self, what: impl Fn(u32) -> u64) -> Option<u32> {
        Some(self.steps.iter().rfind(|step| step.what == what(step.choice))?.choice)
    }

    /// How often the task has gone round the loop that it is in once more.
    pub(super) fn repeats(&self) -> Option<u32> {
        self.round.map(|round| round.repeats)
    }

    /// The loop that it is in.
    pub(super) fn loop_id(&self) -> Option<LoopId> {
        Some(self.round?.id)
    }

    /// Where the round that was just gone begins in the program; or in this crate, if nothing of it is the program's.
    pub(super) fn round_place(&self) -> Option<&'static Location<'static>> {
        let round = &self.steps[self.steps.len() - self.round?.id.period..];
        let of_program = round.iter().find(|step| is_of_program(step.place));
        Some(of_program.unwrap_or(&round[0]).place)
    }

    /// The places of the round that was just gone.
    pub(super) fn round_places(&self) -> Vec<&'static Location<'static>> {
        let period = self.round.map_or(0, |round| round.id.period);
        self.steps[self.steps.len() - period..].iter().map(|step| step.place).collect()
    }

    /// How many rounds the loop that it is in is rehearsed alone. What it does is of interest to nobody if it is nothing
    /// but pauses, so it may well be long, and must not be bounded for want of knowing that it ends.
    pub(super) fn rehearsed_rounds(&self) -> u32 {
        if self.only_pauses() { LIVELOCK_ROUNDS } else { REHEARSED_ROUNDS }
    }

    /// Whether the round that was just gone is nothing but pauses.
    pub(super) fn only_pauses(&self) -> bool {
        let period = self.round.map_or(0, |round| round.id.period);
        let round = &self.steps[self.steps.len() - period..];
        period > 0 && round.iter().all(|step| step.object == ObjectId::NOWHERE)
    }

    /// What the round that was just gone has looked at.
    pub(super) fn watch(&self) -> Watch {
        let period = self.round.map_or(0, |round| round.id.period);
        let mut watch = Watch::default();
        // From the first look of the round on, whatever others do is news.
        for step in &self.steps[self.steps.len() - period..] {
            let is_known = watch.objects.iter().any(|&(object, _, _)| object == step.object);
            if step.object != ObjectId::NOWHERE && !is_known {
                watch.objects.push((step.object, step.version, step.position));
            }
        }
        watch
    }

    /// What the round will look at after its next step, if it is the same again.
    pub(super) fn looks_at_later(&self) -> impl Iterator<Item = ObjectId> {
        let later = self.round.map_or(0..0, |round| {
            let (len, period) = (self.steps.len(), round.id.period);
            let gone = (self.count - round.begin) as usize % period;
            len - period + 1..len - gone
        });
        self.steps[later].iter().map(|step| step.object)
    }

    /// A change that is no news as long as the round is the same again.
    pub(super) fn withhold(&mut self, object: ObjectId) {
        self.withheld.push(object);
    }

    /// Whether there are such changes.
    #[inline]
    pub(super) fn withholds(&self) -> bool {
        !self.withheld.is_empty()
    }

    /// The round is not the same again: its changes are news.
    pub(super) fn take_withheld(&mut self) -> Vec<ObjectId> {
        std::mem::take(&mut self.withheld)
    }

    /// The round was the same again.
    pub(super) fn forget_withheld(&mut self) {
        self.withheld.clear();
    }
}

/// A quick hash: what is mixed up are words that differ in their low bits.
#[inline]
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The loops that a task has gone round once more, after each step.
    fn rounds(steps: &[u64]) -> Vec<Option<(usize, u32)>> {
        let mut polling = Polling::default();
        let step = |&what: &u64| {
            let place = Location::caller();
            let step = Step {
                what,
                kind: 0,
                place,
                object: ObjectId::new(1),
                choice: 0,
                version: 0,
                position: 0,
                past: 0,
            };
            polling.step(step).map(|(id, repeats)| (id.period, repeats))
        };
        steps.iter().map(step).collect()
    }

    #[test]
    fn a_loop_is_noticed_when_it_has_gone_round_twice_and_at_each_round_from_then_on() {
        let found = rounds(&[7, 1, 2, 1, 2, 1, 2, 1, 3, 1]);
        let expected = [None, None, None, None, Some((2, 1)), None, Some((2, 2)), None, None, None];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_round_may_be_one_step_or_many() {
        assert_eq!(rounds(&[5, 5, 5]), [None, Some((1, 1)), Some((1, 2))]);
        let once: Vec<u64> = (0..PERIOD_MAX as u64).collect();
        let found = rounds(&[once.clone(), once].concat());
        assert_eq!(found.last(), Some(&Some((PERIOD_MAX, 1))));
        assert_eq!(found.iter().flatten().count(), 1);
    }

    #[test]
    fn what_has_an_effect_begins_anew() {
        let mut polling = Polling::default();
        let (object, place) = (ObjectId::new(1), Location::caller());
        let step = Step { what: 1, kind: 0, place, object, choice: 0, version: 0, position: 0, past: 0 };
        for _ in 0..3 {
            assert!(polling.step(step).is_none());
            polling.act();
        }
        assert!(polling.step(step).is_none());
        assert!(polling.step(step).is_some());
    }
}
