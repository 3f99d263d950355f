//! What a token says, as bytes: the program, its size, and the schedule with what it was explored with.

use super::Token;
use crate::schedule::{Bounds, Fact, Facts, Mark, Pick, Schedule};

/// Marks that a token keeps of a long schedule: some, evenly spread, are enough to notice another program.
pub(super) const MARKS_MAX: usize = 64;
/// So many kept who wrote tokens before; they are read, too.
const MARKS_MAX_BEFORE: usize = 200;

/// No execution that is worth to be seen again is longer. It keeps a made-up token from filling the memory.
const STEPS_MAX: usize = 10_000_000;

impl Token {
    /// A byte that says what else there is; the program, its size, the bounds, the facts, the steps, their marks.
    pub(super) fn body(&self) -> Vec<u8> {
        let Schedule { picks, bounds, facts } = &self.schedule;
        let own_bounds = [bounds.timeouts_max, bounds.spurious_max, bounds.weak_failures_max];
        let has_bounds = own_bounds != [0; 3];
        let has_facts = *facts != Facts::default();
        let tells_cancellations = bounds.cancellations_max != unsaid_cancellations(has_bounds);
        let network = network_bounds(bounds);
        let tells_network = network != unsaid_network(has_bounds);
        let flags = [self.size.is_some(), has_bounds, has_facts, tells_cancellations, tells_network];
        let mut bytes = vec![flags.iter().rev().fold(0, |byte, &flag| byte << 1 | u8::from(flag))];
        write_number(&mut bytes, self.program.len() as u128);
        bytes.extend(self.program.as_bytes());
        if let Some(size) = self.size {
            write_number(&mut bytes, size as u128);
        }
        if has_bounds {
            for bound in own_bounds {
                write_number(&mut bytes, bound as u128);
            }
        }
        if tells_cancellations {
            write_number(&mut bytes, bounds.cancellations_max as u128);
        }
        if tells_network {
            for bound in network {
                write_number(&mut bytes, bound as u128);
            }
        }
        if has_facts {
            write_facts(&mut bytes, facts);
        }
        write_steps(&mut bytes, picks);
        bytes.extend(picks.iter().step_by(mark_distance(picks.len(), MARKS_MAX)).map(|pick| pick.mark));
        bytes
    }

    pub(super) fn from_body(body: &[u8]) -> Option<Token> {
        let mut reader = Reader(body);
        let flags = reader.byte().filter(|flags| *flags < 32)?;
        let name_bytes = reader.count()?;
        let program = String::from_utf8(reader.bytes(name_bytes)?.to_vec()).ok()?;
        let size = if flags & 1 == 0 { None } else { Some(reader.count()?) };
        let mut bounds = Bounds::default();
        if flags & 2 != 0 {
            let [timeouts_max, spurious_max, weak_failures_max] =
                [reader.count()?, reader.count()?, reader.count()?];
            bounds = Bounds { timeouts_max, spurious_max, weak_failures_max, ..bounds };
        }
        bounds.cancellations_max =
            if flags & 8 == 0 { unsaid_cancellations(flags & 2 != 0) } else { reader.count()? };
        let network = match flags & 16 {
            0 => unsaid_network(flags & 2 != 0),
            _ => [reader.count()?, reader.count()?, reader.count()?],
        };
        [bounds.short_reads_max, bounds.short_writes_max, bounds.disconnections_max] = network;
        let facts = if flags & 4 == 0 { Facts::default() } else { read_facts(&mut reader)? };
        let mut picks = read_steps(&mut reader)?;
        let distances = [MARKS_MAX, MARKS_MAX_BEFORE].map(|max| mark_distance(picks.len(), max));
        let distance =
            distances.into_iter().find(|&distance| picks.len().div_ceil(distance) == reader.0.len())?;
        for pick in picks.iter_mut().step_by(distance) {
            pick.mark = reader.byte()?;
        }
        let schedule = Schedule { picks, bounds, facts };
        reader.0.is_empty().then_some(Token { program, size, schedule })
    }
}

/// How many cancellations there may be where a token does not say: as many as a checker allows by itself, whose tokens
/// have the other bounds, too.
fn unsaid_cancellations(has_bounds: bool) -> usize {
    usize::from(has_bounds)
}

/// How many short reads, short writes and disconnections there may be where a token does not say, as with cancellations.
fn unsaid_network(has_bounds: bool) -> [usize; 3] {
    [usize::from(has_bounds), 0, 0]
}

fn network_bounds(bounds: &Bounds) -> [usize; 3] {
    [bounds.short_reads_max, bounds.short_writes_max, bounds.disconnections_max]
}

/// How many there are, and each as its kind and, if it is of a place, the place's mark.
fn write_facts(bytes: &mut Vec<u8>, facts: &Facts) {
    write_number(bytes, facts.iter().count() as u128);
    for fact in facts.iter() {
        let (kind, mark) = match fact {
            Fact::EndsAreAsked => (0, None),
            Fact::CellsAreUsed => (1, None),
            Fact::LoopIsBlind(mark) => (2, Some(mark)),
            Fact::ArcIsWatched(mark) => (3, Some(mark)),
            Fact::PoisonIsCleared => (4, None),
            Fact::OrderingsAreWeak => (5, None),
            Fact::LoopsGoOn => (6, None),
            Fact::IdsAreOrdered => (7, None),
            Fact::TimersAreBounded => (8, None),
            Fact::WakersAreShared => (9, None),
        };
        bytes.push(kind);
        bytes.extend(mark.into_iter().flat_map(|Mark(mark)| mark.to_le_bytes()));
    }
}

fn read_facts(reader: &mut Reader) -> Option<Facts> {
    let mut facts = Facts::default();
    for _ in 0..reader.count()? {
        let kind = reader.byte()?;
        let mut mark = || Some(Mark(u32::from_le_bytes(reader.bytes(4)?.try_into().ok()?)));
        facts.learn(match kind {
            0 => Fact::EndsAreAsked,
            1 => Fact::CellsAreUsed,
            2 => Fact::LoopIsBlind(mark()?),
            3 => Fact::ArcIsWatched(mark()?),
            4 => Fact::PoisonIsCleared,
            5 => Fact::OrderingsAreWeak,
            6 => Fact::LoopsGoOn,
            7 => Fact::IdsAreOrdered,
            8 => Fact::TimersAreBounded,
            9 => Fact::WakersAreShared,
            _ => return None,
        });
    }
    Some(facts)
}

/// From one step whose mark is kept to the next.
fn mark_distance(step_count: usize, marks_max: usize) -> usize {
    step_count.div_ceil(marks_max).max(1)
}

/// How many runs of equal choices there are, of how many tasks and choices; then a number for each run, of
/// which the task, the choice and the length are the digits.
fn write_steps(bytes: &mut Vec<u8>, picks: &[Pick]) {
    let key = |pick: &Pick| (pick.task, pick.choice);
    let runs: Vec<&[Pick]> = picks.chunk_by(|one, next| key(one) == key(next)).collect();
    let tasks = picks.iter().map(|pick| u128::from(pick.task) + 1).max().unwrap_or(1);
    let choices = picks.iter().map(|pick| u128::from(pick.choice) + 1).max().unwrap_or(1);
    for number in [runs.len() as u128, tasks, choices] {
        write_number(bytes, number);
    }
    for run in runs {
        let (task, choice) = key(&run[0]);
        write_number(
            bytes,
            ((run.len() as u128 - 1) * choices + u128::from(choice)) * tasks + u128::from(task),
        );
    }
}

fn read_steps(reader: &mut Reader) -> Option<Vec<Pick>> {
    let run_count = reader.count()?;
    let [tasks, choices] = [reader.number()?, reader.number()?];
    let mut picks: Vec<Pick> = Vec::new();
    for _ in 0..run_count {
        let number = reader.number()?;
        let rest = number.checked_div(tasks)?;
        let pick = Pick {
            task: u32::try_from(number % tasks).ok()?,
            choice: u32::try_from(rest.checked_rem(choices)?).ok()?,
            mark: 0,
        };
        let length = usize::try_from(rest / choices).ok()?.checked_add(1)?;
        let step_count = picks.len().checked_add(length).filter(|&count| count <= STEPS_MAX)?;
        picks.resize(step_count, pick);
    }
    Some(picks)
}

/// Seven bits in a byte, the least first; the eighth says that there are more.
pub(super) fn write_number(bytes: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// What is left to be read. It gives `None` where that is too little.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    fn byte(&mut self) -> Option<u8> {
        self.bytes(1).map(|byte| byte[0])
    }

    pub(super) fn number(&mut self) -> Option<u128> {
        let mut number = 0;
        for shift in (0..u128::BITS).step_by(7) {
            let byte = self.byte()?;
            let bits = u128::from(byte & 0x7f);
            number |= bits << shift;
            if byte < 0x80 {
                return (number >> shift == bits).then_some(number);
            }
        }
        None
    }

    fn count(&mut self) -> Option<usize> {
        self.number().and_then(|number| usize::try_from(number).ok())
    }
}
