//! `conccheck check`: explores the programs of the table and compares what it sees with what the
//! table says.

use super::args::Format;
use super::{Exit, nearest, output};
use crate::models::{Checked, PROGRAMS, Program};
use crate::report;
use crate::report::check::{Effort, Judgement};
use crate::{Backend, Checker, Progress, Strategy, Verdict};
use anstream::ColorChoice;
use anyhow::{Context, anyhow};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Explore the interleavings of small programs on every model
///
/// Each program shows one promise of a model, and has a broken twin that breaks it. A check runs the
/// program under many schedules, collects how it can end, and compares that with how it may.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Programs, or models for all programs of theirs (see `conccheck list programs`) [default: all]
    #[arg(value_name = "PROGRAM")]
    programs: Vec<String>,
    /// How large the named programs are to be (see `conccheck list programs`) [default: each one's own]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    size: Option<usize>,
    /// Who runs the programs
    #[arg(long, value_enum, default_value_t = BackendArg::Shuttle)]
    backend: BackendArg,
    /// Who chooses the schedules [default: dpor under native, random under shuttle]
    #[arg(long, value_enum)]
    strategy: Option<StrategyArg>,
    /// Fixes all choices of random and pct [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    seed: Option<u64>,
    /// Ordering constraints that pct looks for [default: 3]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    depth: Option<u64>,
    /// End each program's check after this many executions [default: shuttle 1000, real 100, native,
    /// loom and dfs 100000]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    executions_max: Option<u64>,
    /// Under loom, only executions with at most this many preemptions [default: a bound for the few
    /// programs that need one to end soon]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    preemptions_max: Option<u8>,
    /// Begin no execution of a program after this many seconds
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = positive_seconds)]
    time_max: Option<Duration>,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  conccheck check
      every program, a thousand random schedules each
  conccheck check pool --backend loom
      the programs of the thread pool, every interleaving that loom's memory model has
  conccheck check threads::lost_update
      one program; exits with 1, because an update can be lost
  conccheck check atomics::readers --size 8 --backend native
      a writer and eight readers: each of the 256 ways to interleave them, once
  conccheck check gil --strategy pct --seed 7 --executions-max 20000
      longer, with priorities instead of dice

Verdicts:
  PASS     every execution was seen, and all are as they should be
  BOUNDED  all executions that were seen are as they should be; not all were seen
  FAIL     some execution gives a wrong result
  HANG     some execution never ends
  SKIP     the backend cannot run the program

Verdicts in parentheses are those of programs that are broken on purpose, and were caught.
Outcomes: = right, ! wrong, P a panic, H a hang.

The exit code is 0 if every program is as the table says: the right ones pass, the broken twins are
caught. It is 1 if one is not, and if a program that you named fails, hangs or is skipped.
A search that you cut short (--executions-max, --time-max, --preemptions-max), that samples in
another way (--strategy, --backend real) or of another size (--size) need not catch every twin.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BackendArg {
    /// Every execution, each trace class once; sequential consistency; not yet all of the facade
    Native,
    /// Sampled schedules; sequential consistency
    Shuttle,
    /// Every execution, in a memory model weaker than sequential consistency
    Loom,
    /// The operating system's threads, again and again
    Real,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StrategyArg {
    /// One execution of each trace class (native)
    Dpor,
    /// Each choice uniformly at random (shuttle)
    Random,
    /// Random priorities that change at a few points (shuttle)
    Pct,
    /// All schedules, one after another (native, shuttle)
    Dfs,
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

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let programs = sized(programs(&args.programs)?, args)?;
    let progress = Arc::new(Progress::default());
    let checker = checker(args)?.progress(Arc::clone(&progress));
    let interrupted = stop_on_interrupt(Arc::clone(&progress))?;
    let begun = Instant::now();
    let mut all: Vec<Checked> = Vec::new();
    let (asked, effort) = (programs.len(), effort(args));
    let bar = bar(asked);
    for program in programs {
        if interrupted.load(Ordering::Relaxed) {
            break;
        }
        bar.set_message(program.to_string());
        let checked = program.check(&bounded(&checker, &program, args));
        bar.inc(1);
        if args.format == Format::Text {
            let text = text(&checked, args);
            bar.suspend(|| output::print(&text, color))?;
        }
        all.push(checked);
    }
    bar.finish_and_clear();
    match args.format {
        Format::Text => output::print(
            &format!("{:─<8}\n{}", "", report::check::summary(&all, effort, asked, begun.elapsed())),
            color,
        )?,
        Format::Json => output::print(&report::check::json(&all, asked), color)?,
    }
    Ok(match interrupted.load(Ordering::Relaxed) {
        true => Exit::Interrupted,
        false => exit(args, &all),
    })
}

/// The programs that the names mean: one, or all of a model; all, if there are no names.
fn programs(names: &[String]) -> anyhow::Result<Vec<Program>> {
    if names.is_empty() {
        return Ok(PROGRAMS.to_vec());
    }
    let mut chosen = Vec::new();
    for name in names {
        let found: Vec<Program> = PROGRAMS
            .iter()
            .copied()
            .filter(|program| program.name == name || program.model() == name)
            .collect();
        if found.is_empty() {
            return Err(unknown(name));
        }
        chosen.extend(found);
    }
    Ok(chosen)
}

/// The programs at the size that was asked for.
fn sized(programs: Vec<Program>, args: &Args) -> anyhow::Result<Vec<Program>> {
    match args.size {
        None => Ok(programs),
        Some(_) if args.programs.is_empty() => Err(anyhow!("--size is for programs that are named")),
        Some(size) => {
            Ok(programs.into_iter().map(|program| program.sized(size)).collect::<Result<_, _>>()?)
        }
    }
}

fn unknown(name: &str) -> anyhow::Error {
    let known = PROGRAMS.iter().flat_map(|program| [program.name, program.model()]);
    let hint = nearest(name, known).map_or_else(String::new, |known| format!(" (did you mean {known}?)"));
    anyhow!("no program and no model is called {name:?}{hint}; `conccheck list programs` shows all")
}

fn checker(args: &Args) -> anyhow::Result<Checker> {
    let mut checker = Checker::new().backend(args.backend.into());
    let seed = args.seed.unwrap_or(0);
    let strategy = match args.strategy {
        None | Some(StrategyArg::Random) => Strategy::Random { seed },
        Some(StrategyArg::Pct) => Strategy::Pct { seed, depth: args.depth.unwrap_or(3) as usize },
        Some(StrategyArg::Dfs) => Strategy::Dfs,
        Some(StrategyArg::Dpor) => Strategy::Dpor,
    };
    if args.backend == BackendArg::Shuttle || args.strategy.is_some() {
        checker = checker.strategy(strategy);
    }
    if args.seed.is_some() && strategy.seed().is_none()
        || args.seed.is_some() && args.backend != BackendArg::Shuttle
    {
        return Err(anyhow!(
            "--seed fixes the choices of shuttle's random and pct; nothing here is chosen by a seed"
        ));
    }
    if args.depth.is_some() && args.strategy != Some(StrategyArg::Pct) {
        return Err(anyhow!("--depth is for --strategy pct"));
    }
    if let Some(executions_max) = args.executions_max {
        checker = checker.executions_max(executions_max);
    }
    if let Some(preemptions_max) = args.preemptions_max {
        checker = checker.preemptions_max(preemptions_max.into());
    }
    if let Some(time_max) = args.time_max {
        checker = checker.time_max(time_max);
    }
    checker.validate()?;
    Ok(checker)
}

fn positive_seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|&seconds| seconds > 0.0 && seconds <= 1e6);
    seconds.map(Duration::from_secs_f64).ok_or_else(|| "it has to be a number of seconds above 0".to_string())
}

/// A search that the user cut short or chose for its samples, or of another size than the table's, need not
/// show everything.
fn effort(args: &Args) -> Effort {
    let is_cut = args.executions_max.is_some() || args.time_max.is_some() || args.preemptions_max.is_some();
    let is_default = args.strategy.is_none() && args.size.is_none() && args.backend != BackendArg::Real;
    if is_default && !is_cut { Effort::Full } else { Effort::Limited }
}

/// The checker, with the program's own bound under loom unless the user gave one.
fn bounded(checker: &Checker, program: &Program, args: &Args) -> Checker {
    match program.loom_preemptions_max {
        Some(preemptions_max) if args.backend == BackendArg::Loom && args.preemptions_max.is_none() => {
            checker.clone().preemptions_max(preemptions_max)
        }
        _ => checker.clone(),
    }
}

/// The line of a program, and what it did if that is news or was asked for.
fn text(checked: &Checked, args: &Args) -> String {
    let is_named = is_named(checked, args);
    let mut text = report::check::line(checked, effort(args), is_named);
    let is_surprise = report::check::judge(checked, effort(args)) == Judgement::Surprise;
    if is_surprise || is_named && is_wrong(checked) {
        text.push_str(&report::check::details(checked, &again(checked, args)));
    }
    text
}

/// The command that does this check again.
fn again(checked: &Checked, args: &Args) -> String {
    let report = &checked.report;
    let mut command = format!("conccheck check {} --backend {}", checked.program.name, report.backend());
    if let Some(strategy) = report.strategy() {
        command.push_str(&format!(" --strategy {}", strategy.name()));
        if let Some(seed) = strategy.seed() {
            command.push_str(&format!(" --seed {seed}"));
        }
        if let Strategy::Pct { depth, .. } = strategy {
            command.push_str(&format!(" --depth {depth}"));
        }
    }
    if let Some(size) = args.size {
        command.push_str(&format!(" --size {size}"));
    }
    if let Some(executions_max) = args.executions_max {
        command.push_str(&format!(" --executions-max {executions_max}"));
    }
    if let Some(preemptions_max) = args.preemptions_max {
        command.push_str(&format!(" --preemptions-max {preemptions_max}"));
    }
    command
}

fn exit(args: &Args, all: &[Checked]) -> Exit {
    let fails = |checked: &Checked| match report::check::judge(checked, effort(args)) {
        Judgement::Right | Judgement::Unseen => false,
        Judgement::Caught | Judgement::Skipped => is_named(checked, args),
        Judgement::Surprise => true,
    };
    if all.iter().any(fails) { Exit::Differs } else { Exit::Done }
}

/// Whether the program itself was asked for, not only its model.
fn is_named(checked: &Checked, args: &Args) -> bool {
    args.programs.iter().any(|name| name == checked.program.name)
}

fn is_wrong(checked: &Checked) -> bool {
    matches!(checked.verdict(), Verdict::Fail | Verdict::Hang)
}

/// The first interrupt ends the check after the running execution, the second ends it at once.
fn stop_on_interrupt(progress: Arc<Progress>) -> anyhow::Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        progress.stop();
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Interrupted as i32);
        }
    })
    .context("failed to listen for Ctrl-C")?;
    Ok(interrupted)
}

/// Which program is being explored; only on a terminal, since the results are a log of their own.
fn bar(programs: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() || std::env::var_os("CI").is_some() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {pos}/{len} {msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new(programs as u64).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
