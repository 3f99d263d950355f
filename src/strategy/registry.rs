//! The strategies: a row each, which is all that there is to say of one. Help, lists, errors and tests read it here.

use super::pct::Pct;
use super::pos::Pos;
use super::random::Random;
use super::sampler::Sampler;
use super::{Dfs, Dpor, Strategy};
use crate::Backend;
use crate::engine::Scheduler;

/// A strategy.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// What it explores, in one line.
    pub(crate) about: &'static str,
    pub(crate) reach: Reach,
    /// Who has it.
    pub(crate) backends: &'static [Backend],
    /// What of the command line's options is for it.
    pub(crate) options: &'static [&'static str],
    pub(crate) make: fn(Parameters) -> Strategy,
    /// The native engine's scheduler.
    pub(super) scheduler: fn(Parameters) -> Box<dyn Scheduler>,
}

/// How much of all executions a strategy sees, if it is let.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// One of each trace class.
    Classes,
    All,
    Samples,
}

/// What fixes a strategy, as far as it has such parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) seed: u64,
    pub(crate) depth: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Parameters { seed: 0, depth: 3 }
    }
}

pub(crate) const SEED: &str = "--seed";
pub(crate) const DEPTH: &str = "--depth";

const NATIVE: &[Backend] = &[Backend::Native];
const NATIVE_AND_SHUTTLE: &[Backend] = &[Backend::Native, Backend::Shuttle];

pub(crate) static STRATEGIES: [Row; 5] = [
    Row {
        name: "dpor",
        about: "one execution of each trace class",
        reach: Reach::Classes,
        backends: NATIVE,
        options: &[],
        make: |_| Strategy::Dpor,
        scheduler: |_| Box::new(Dpor::new()),
    },
    Row {
        name: "dfs",
        about: "all schedules, one after another",
        reach: Reach::All,
        backends: NATIVE_AND_SHUTTLE,
        options: &["--preemptions-max"],
        make: |_| Strategy::Dfs,
        scheduler: |_| Box::new(Dfs::default()),
    },
    Row {
        name: "random",
        about: "each choice uniformly at random",
        reach: Reach::Samples,
        backends: NATIVE_AND_SHUTTLE,
        options: &[SEED],
        make: |Parameters { seed, .. }| Strategy::Random { seed },
        scheduler: |Parameters { seed, .. }| Box::new(Sampler::new(Random, seed)),
    },
    Row {
        name: "pct",
        about: "random priorities that change at a few points",
        reach: Reach::Samples,
        backends: NATIVE_AND_SHUTTLE,
        options: &[SEED, DEPTH],
        make: |Parameters { seed, depth }| Strategy::Pct { seed, depth },
        scheduler: |Parameters { seed, depth }| Box::new(Sampler::new(Pct::new(depth), seed)),
    },
    Row {
        name: "pos",
        about: "a random priority for each operation",
        reach: Reach::Samples,
        backends: NATIVE,
        options: &[SEED],
        make: |Parameters { seed, .. }| Strategy::Pos { seed },
        scheduler: |Parameters { seed, .. }| Box::new(Sampler::new(Pos::default(), seed)),
    },
];

impl Row {
    /// The strategy of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Row> {
        STRATEGIES.iter().find(|row| row.name == name)
    }

    /// Whether an option of the command line is for it.
    pub(crate) fn takes(&self, option: &str) -> bool {
        self.options.contains(&option)
    }

    /// "native, shuttle": who has it.
    pub(crate) fn backend_names(&self) -> String {
        self.backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(", ")
    }
}

/// "random, pct and pos": the strategies of which that is true.
pub(crate) fn names(is_true: impl Fn(&Row) -> bool) -> Option<String> {
    let names: Vec<&str> = STRATEGIES.iter().filter(|row| is_true(row)).map(|row| row.name).collect();
    match names.split_last()? {
        (last, []) => Some((*last).to_string()),
        (last, others) => Some(format!("{} and {last}", others.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_makes_its_strategy_and_the_strategy_knows_its_row() {
        let parameters = Parameters { seed: 7, depth: 5 };
        for row in &STRATEGIES {
            let strategy = (row.make)(parameters);
            assert!(std::ptr::eq(strategy.row(), row), "{strategy:?} is not {}", row.name);
            assert!(
                std::ptr::eq(Row::named(row.name).expect("it has a name"), row),
                "two are called {}",
                row.name
            );
            assert_eq!(strategy.seed(), row.takes(SEED).then_some(7), "{}", row.name);
            assert_eq!(strategy.parameters().depth == 5, row.takes(DEPTH), "{}", row.name);
        }
    }

    #[test]
    fn the_schedulers_sample_if_their_rows_say_so() {
        for row in &STRATEGIES {
            let scheduler = (row.scheduler)(Parameters::default());
            assert_eq!(scheduler.samples(), row.reach == Reach::Samples, "{}", row.name);
            assert_eq!(scheduler.analyses(), row.reach == Reach::Classes, "{}", row.name);
        }
    }
}
