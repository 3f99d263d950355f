//! The least schedule with the same outcome: fewest preemptions, then fewest steps, then the first in the
//! order of `dfs`.
//!
//! First all schedules without a preemption are searched, then all with one, and so on: what is found so
//! is the least, whichever schedule was known. Where that takes too many executions, the least of those that
//! were searched is made smaller, or if none has the outcome the known schedule: its blocks, each the steps of
//! one task, are moved as long as that helps. Only in the last case does the result depend on what was known.
//!
//! The search says what to try; who tries it is the backend's.

use super::replay;
use crate::engine::{Choice, End, Scheduler, World};
use crate::schedule::Schedule;

/// What to try.
pub(crate) enum Attempt {
    /// All executions with at most this many preemptions.
    Within(usize),
    /// The one that follows these blocks.
    Follow(Vec<Block>),
}

/// What came of it.
pub(crate) struct Tried {
    /// The least of its executions with the wanted outcome.
    pub(crate) found: Option<Found>,
    pub(crate) executions: u64,
    /// Whether it got to its end.
    pub(crate) is_all: bool,
}

pub(crate) struct Found {
    /// Preemptions and steps.
    pub(crate) cost: (usize, usize),
    pub(crate) schedule: Schedule,
}

/// Steps of one task without another between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// In the order of spawning.
    task: u32,
    /// Of each step.
    choices: Vec<u32>,
}

/// The least schedule with the outcome of `known` that at most `executions_max` executions find.
/// `attempt` is told how many of them it may use.
pub(crate) fn least(
    known: Schedule,
    executions_max: u64,
    mut attempt: impl FnMut(Attempt, u64) -> Tried,
) -> Schedule {
    let mut best = match attempt(Attempt::Follow(blocks(&known)), 1).found {
        Some(found) => found,
        None => return known,
    };
    let half = executions_max / 2;
    let mut left = half;
    for preemptions_max in 0..=best.cost.0 {
        let tried = attempt(Attempt::Within(preemptions_max), left);
        left = left.saturating_sub(tried.executions);
        if let Some(found) = tried.found {
            // The least, or the least of those that come first: the same in either case, whichever was known.
            if tried.is_all {
                return found.schedule;
            }
            best = found;
        }
        if !tried.is_all || left == 0 {
            break;
        }
    }
    left += executions_max - half;
    loop {
        let better = moves(&blocks(&best.schedule)).take(left as usize).find_map(|blocks| {
            left -= 1;
            attempt(Attempt::Follow(blocks), 1).found.filter(|found| found.cost < best.cost)
        });
        match better {
            Some(found) => best = found,
            None => return best.schedule,
        }
    }
}

fn blocks(schedule: &Schedule) -> Vec<Block> {
    let blocks = schedule.picks.chunk_by(|one, next| one.task == next.task);
    blocks
        .map(|block| Block { task: block[0].task, choices: block.iter().map(|pick| pick.choice).collect() })
        .collect()
}

/// The blocks with one of them moved: first next to another of its task, then anywhere.
fn moves(blocks: &[Block]) -> impl Iterator<Item = Vec<Block>> {
    let pairs = (0..blocks.len()).filter_map(|first| {
        let later = blocks[first + 1..].iter().position(|block| block.task == blocks[first].task)?;
        Some((first, first + 1 + later))
    });
    let together = pairs.flat_map(|(first, second)| [(second, first + 1), (first, second - 1)]);
    let places = 0..blocks.len();
    let anywhere = places.clone().flat_map(move |from| places.clone().map(move |to| (from, to)));
    together.chain(anywhere).filter(|(from, to)| from != to).map(|(from, to)| {
        let mut blocks = blocks.to_vec();
        let block = blocks.remove(from);
        blocks.insert(to, block);
        blocks
    })
}

/// One execution that follows blocks as far as it can: where a block's task cannot go on, the next block
/// begins; after the last, whoever runs goes on.
pub(crate) struct Follow {
    /// From the last to the first, each with its steps from the last to the first.
    blocks: Vec<Block>,
    has_begun: bool,
}

impl Follow {
    /// Follows a schedule of this or a similar program.
    #[cfg(feature = "property")]
    pub(crate) fn schedule(schedule: &Schedule) -> Self {
        Follow::new(blocks(schedule))
    }

    pub(crate) fn new(mut blocks: Vec<Block>) -> Self {
        blocks.reverse();
        blocks.iter_mut().for_each(|block| block.choices.reverse());
        Follow { blocks, has_begun: false }
    }
}

impl Scheduler for Follow {
    fn begin(&mut self, _: &mut World) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    fn choose(&mut self, world: &World) -> Choice {
        while let Some(block) = self.blocks.last_mut() {
            if let Some(task) = replay::enabled(world, block.task)
                && let Some(wanted) = block.choices.pop()
            {
                let choice = replay::choice(world, task, wanted).or_else(|| world.choices(task).next());
                return choice.map_or(Choice::Nobody, |choice| Choice::Run(task, choice));
            }
            self.blocks.pop();
        }
        let first = world.enabled().next().and_then(|task| Some((task, world.choices(task).next()?)));
        first.map_or(Choice::Nobody, |(task, choice)| Choice::Run(task, choice))
    }

    fn end(&mut self, _: &mut World, _: &End) {}
}
