//! The options that say how to explore: what can be typed, and the [`Checker`] that it means.

use crate::checker::WORKERS_MAX;
use crate::models::Program;
use crate::report::check::Effort;
use crate::strategy::{self, DEPTH, Parameters, Row, SEED, STRATEGIES};
use crate::{Backend, Checker, Memory, Strategy};
use anyhow::{bail, ensure};
use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use std::fmt::Write;
use std::time::Duration;

const EXECUTIONS_MAX: u64 = 1_000_000_000_000;

#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// Who runs the programs
    #[arg(long, value_enum, default_value_t = BackendArg::Native)]
    backend: BackendArg,
    /// Who chooses the schedules [default: dpor under native, random under shuttle]
    #[arg(long, value_parser = strategies())]
    strategy: Option<String>,
    /// Fixes all choices of random, pct and pos [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Ordering constraints that pct looks for [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    depth: Option<u64>,
    /// End each program's check after this many executions [default: 100000 where a search ends by
    /// itself (dpor, dfs, loom), 1000 sampled ones, 100 real ones]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=EXECUTIONS_MAX))]
    executions_max: Option<u64>,
    /// Begin no execution of a program after this many seconds
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = positive_seconds)]
    time_max: Option<Duration>,
    /// Only executions with at most this many preemptions, under native (with dfs) and loom [default:
    /// no bound; under loom one for the few programs that need it to end soon]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    preemptions_max: Option<u8>,
    /// What accesses of atomics may see of each other, under native [default: rust]
    #[arg(long, value_enum)]
    memory: Option<MemoryArg>,
    /// Under native, at most this many waits of an execution end because their time is up [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    timeouts_max: Option<u8>,
    /// Under native, explore on this many of the system's threads [default: 1]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=WORKERS_MAX as u64))]
    workers: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BackendArg {
    /// Every execution, each trace class once; the memory model of Rust
    Native,
    /// Sampled schedules, or all of them; sequential consistency
    Shuttle,
    /// Every execution, in a memory model weaker than sequential consistency
    Loom,
    /// The operating system's threads, again and again
    Real,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MemoryArg {
    /// Sequential consistency: a load reads what was stored last
    Sc,
    /// What Rust's orderings allow: it may read an old value
    Rust,
}

impl From<MemoryArg> for Memory {
    fn from(memory: MemoryArg) -> Self {
        match memory {
            MemoryArg::Sc => Memory::SequentiallyConsistent,
            MemoryArg::Rust => Memory::Rust,
        }
    }
}

/// The names of the strategies, each with what it is.
fn strategies() -> impl TypedValueParser<Value = String> {
    let value = |row: &Row| {
        let (first, rest) = row.about.split_at(1);
        PossibleValue::new(row.name).help(format!("{}{rest} ({})", first.to_uppercase(), row.backend_names()))
    };
    PossibleValuesParser::new(STRATEGIES.iter().map(value))
}

impl From<BackendArg> for Backend {
    fn from(backend: BackendArg) -> Self {
        match backend {
            BackendArg::Native => Backend::Native,
            BackendArg::Shuttle => Backend::Shuttle,
            BackendArg::Loom => Backend::Loom,
            BackendArg::Real => Backend::Real,
        }
    }
}

impl SearchArgs {
    /// The checker that the options mean.
    pub(super) fn checker(&self) -> anyhow::Result<Checker> {
        let mut checker = Checker::new().backend(self.backend.into());
        let strategy = self.strategy();
        if self.seed.is_some() && strategy.and_then(Strategy::seed).is_none() {
            let seeded = strategy::names(|row| row.takes(SEED)).unwrap_or_default();
            bail!("--seed fixes the choices of --strategy {seeded}; nothing here is chosen by a seed");
        }
        if self.depth.is_some() && !self.row().is_some_and(|row| row.takes(DEPTH)) {
            bail!(
                "--depth is for --strategy {}",
                strategy::names(|row| row.takes(DEPTH)).unwrap_or_default()
            );
        }
        if self.timeouts_max.is_some() && self.backend != BackendArg::Native {
            bail!("--timeouts-max is for --backend native: elsewhere timeouts never pass, or by the clock");
        }
        if let Some(strategy) = strategy {
            checker = checker.strategy(strategy);
        }
        if let Some(executions_max) = self.executions_max {
            checker = checker.executions_max(executions_max);
        }
        if let Some(time_max) = self.time_max {
            checker = checker.time_max(time_max);
        }
        if let Some(preemptions_max) = self.preemptions_max {
            checker = checker.preemptions_max(preemptions_max.into());
        }
        if let Some(timeouts_max) = self.timeouts_max {
            checker = checker.timeouts_max(timeouts_max.into());
        }
        if let Some(memory) = self.memory {
            checker = checker.memory(memory.into());
        }
        if let Some(workers) = self.workers {
            checker = checker.workers(usize::try_from(workers)?);
        }
        checker.validate()?;
        Ok(checker)
    }

    /// The checker for this program: with its own bound under loom, unless the user gave one.
    pub(super) fn bounded(&self, checker: &Checker, program: &Program) -> Checker {
        match program.loom_preemptions_max {
            Some(preemptions_max) if self.backend == BackendArg::Loom && self.preemptions_max.is_none() => {
                checker.clone().preemptions_max(preemptions_max)
            }
            _ => checker.clone(),
        }
    }

    /// A search that the user cut short or chose for its samples need not show everything.
    pub(super) fn effort(&self) -> Effort {
        let is_other_memory =
            self.memory.map(Memory::from) != Some(Memory::default()) && self.memory.is_some();
        let bounds = [
            is_other_memory,
            self.preemptions_max.is_some(),
            self.executions_max.is_some(),
            self.time_max.is_some(),
        ];
        let is_default = self.strategy.is_none() && self.backend != BackendArg::Real;
        if is_default && !bounds.contains(&true) { Effort::Full } else { Effort::Limited }
    }

    /// Refuses any other backend for what `option` does.
    pub(super) fn expect_native(&self, option: &str) -> anyhow::Result<()> {
        let backend = Backend::from(self.backend);
        ensure!(backend == Backend::Native, "{option} is for --backend native, not {backend}");
        Ok(())
    }

    /// Refuses what cannot explore the memory model of Rust, for what `option` does.
    pub(super) fn expect_memory_of_rust(&self, option: &str) -> anyhow::Result<()> {
        self.expect_native(option)?;
        ensure!(
            self.memory != Some(MemoryArg::Sc),
            "{option} is about the memory model of Rust: leave --memory sc out"
        );
        Ok(self.checker()?.memory(Memory::Rust).validate()?)
    }

    pub(super) fn time_max(&self) -> Option<Duration> {
        self.time_max
    }

    /// The options that explore the same again; `strategy` is the one that was used.
    pub(super) fn again(&self, strategy: Option<Strategy>) -> String {
        let mut options = format!("--backend {}", Backend::from(self.backend));
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = write!(options, " --{name} {value}");
            }
        };
        let depth = strategy.filter(|strategy| strategy.row().takes(DEPTH));
        let depth = depth.map(|strategy| strategy.parameters().depth.to_string());
        // Native's own choice is more than its strategy: samples beside it.
        let is_chosen = self.strategy.is_some() || Backend::from(self.backend) != Backend::Native;
        add("strategy", strategy.filter(|_| is_chosen).map(|strategy| strategy.name().to_string()));
        add("seed", strategy.and_then(Strategy::seed).map(|seed| seed.to_string()));
        add("depth", depth);
        add("executions-max", self.executions_max.map(|count| count.to_string()));
        add("preemptions-max", self.preemptions_max.map(|count| count.to_string()));
        add("memory", self.memory.map(|memory| Memory::from(memory).to_string()));
        add("timeouts-max", self.timeouts_max.map(|count| count.to_string()));
        options
    }

    fn strategy(&self) -> Option<Strategy> {
        let default = Parameters::default();
        let depth = self.depth.map_or(default.depth, |depth| depth as usize);
        let parameters = Parameters { seed: self.seed.unwrap_or(default.seed), depth };
        match self.row() {
            Some(row) => Some((row.make)(parameters)),
            // A seed without a strategy is that of shuttle's default.
            None => {
                let seed = parameters.seed;
                (self.backend == BackendArg::Shuttle).then_some(Strategy::Random { seed })
            }
        }
    }

    /// What was asked for by its name.
    fn row(&self) -> Option<&'static Row> {
        Row::named(self.strategy.as_deref()?)
    }
}

fn positive_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|&seconds| seconds > 0.0 && seconds <= 1e6);
    seconds
        .map(Duration::from_secs_f64)
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "it has to be a number of seconds above 0, at most 1000000".to_string())
}
