//! How soon each strategy finds the fault of a program that is broken on purpose.

use super::{Checked, Program};
use crate::strategy::{Parameters, Reach, Row, STRATEGIES};
use crate::{Backend, Checker, Outcome, Strategy};

/// What fixes the choices of the strategies that make any.
pub const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

/// The hunt for one program's fault.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// The program.
    pub program: Program,
    /// The first wrong outcome that dpor saw, if it saw any.
    pub bug: Option<Outcome<String>>,
    /// For each strategy in how many executions it found a wrong outcome; where it needs a seed, the median of
    /// [`SEEDS`]. `None`: not within [`Program::found_within`].
    pub executions: Vec<(&'static str, Option<u64>)>,
}

impl Hunt {
    /// Hunts for the fault of `program` under native: with dpor, pct, pos and random.
    pub fn begin(program: Program) -> Hunt {
        let first = |strategy| {
            let native = Checker::new().backend(Backend::Native).strategy(strategy);
            first_bug(&program.check(&native.executions_max(program.found_within)))
        };
        let median = |row: &Row| {
            let of = |seed| (row.make)(Parameters { seed, depth: program.pct_depth });
            let mut all = SEEDS.map(|seed| first(of(seed)).map_or(u64::MAX, |(number, _)| number));
            all.sort_unstable();
            Some(all[SEEDS.len() / 2]).filter(|&number| number < u64::MAX)
        };
        let (number, bug) = first(Strategy::Dpor).unzip();
        // Not those that see everything by trying everything.
        let mut executions: Vec<_> = STRATEGIES
            .iter()
            .filter(|row| row.reach != Reach::All)
            .map(|row| (row.name, if row.reach == Reach::Samples { median(row) } else { number }))
            .collect();
        executions.sort_unstable();
        Hunt { program, bug, executions }
    }

    /// Whether every strategy found it.
    pub fn is_successful(&self) -> bool {
        self.executions.iter().all(|(_, number)| number.is_some())
    }
}

/// The first outcome that is not right, and in which execution it was seen, counted from 1.
pub fn first_bug(checked: &Checked) -> Option<(u64, Outcome<String>)> {
    let wrong = checked.report.outcomes().filter(|outcome| !checked.is_right(outcome));
    let seen = wrong.filter_map(|outcome| Some((checked.report.seen(outcome)?.first + 1, outcome.clone())));
    seen.min()
}
