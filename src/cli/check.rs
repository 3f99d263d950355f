//! `conccheck check`: explores the programs of the table and compares what it sees with what the
//! table says.

use super::args::Format;
use super::search::SearchArgs;
use super::watch::Watch;
use super::{Exit, corpus, nearest, orderings, output};
use crate::checker::is_complete_asked_for;
use crate::models::{Checked, PROGRAMS, Program};
use crate::report;
use crate::report::check::Judgement;
use crate::{Progress, Verdict};
use anstream::ColorChoice;
use anyhow::{Context, anyhow, ensure};
use std::fmt::Write;
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
    #[command(flatten)]
    search: SearchArgs,
    /// How soon dpor, pct, pos and random find the faults of the programs that are broken on purpose, as a table
    #[arg(long, conflicts_with_all = [
        "size", "strategy", "seed", "depth", "executions_max", "time_max", "preemptions_max", "timeouts_max", "workers",
        "require_complete", "ascii",
    ])]
    corpus: bool,
    /// Which of the named programs' orderings are stronger than they need, as a table: each is made one step weaker, and the
    /// program explored anew in the memory model of Rust
    #[arg(long, conflicts_with_all = ["corpus", "ascii"])]
    orderings: bool,
    /// Exit with 3 if nothing is wrong and some program's search was stopped before it had seen everything;
    /// CONCCHECK_REQUIRE_COMPLETE=1 asks the same
    #[arg(long)]
    require_complete: bool,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  conccheck check
      every program, every interleaving of it
  conccheck check pool --backend loom
      the programs of the thread pool, every interleaving that loom's memory model has
  conccheck check threads::lost_update
      one program; exits with 1, because an update can be lost
  conccheck check atomics::readers --size 8
      a writer and eight readers: each of the 256 ways to interleave them, once
  conccheck check gil --backend shuttle --strategy pct --seed 7 --executions-max 20000
      under shuttle, samples by random priorities
  conccheck check pool --backend real
      what the pool's programs do on this machine, compared with what native says is possible
  conccheck check litmus::message_passing --orderings
      which of its SeqCst could be weaker
  conccheck check --corpus
      the bug corpus: in how many executions each strategy finds each fault

Verdicts:
  PASS     every execution was seen, and all are as they should be
  BOUNDED  all executions that were seen are as they should be; not all were seen
  FAIL     some execution gives a wrong result
  HANG     some execution never ends
  FLAKY    the program is not fixed by its schedule: it reads a clock, an address or a HashMap's order
  SKIP     the backend cannot run the program

Verdicts in parentheses are those of programs that are broken on purpose, and were caught.
Outcomes: = right, ! wrong, P a panic, H a hang.

The exit code is 0 if every program is as the table says: the right ones pass, the broken twins are
caught. It is 1 if one is not, and if a program that you named fails, hangs or is skipped. Otherwise
it is 3 if --require-complete asks for more than was seen.
JSON is one document; what is not known is null:
  {\"schema\": \"conccheck/1\", \"interrupted\", \"programs\": [{\"program\", \"size\", \"backend\", \"strategy\",
    \"seed\", \"verdict\", \"as_expected\", \"complete\", \"incomplete_because\", \"remedy\", \"note\",
    \"executions\", \"redundant\", \"samples\", \"events\", \"seconds\", \"outcomes\": [{\"kind\", \"text\",
    \"expected\", \"possible\", \"token\", \"executions\"}]}]}
  \"possible\": whether native says that what a real run did can be.
With --corpus:
  {\"schema\": \"conccheck/1\", \"backend\", \"seeds\", \"corpus\": [{\"program\", \"size\", \"twin_of\",
    \"bug\": {\"kind\", \"text\"}, \"executions\": {\"dpor\", \"pct\", \"pos\", \"random\"},
    \"found_within\", \"found_by_all\"}]}
  \"executions\": null where the fault was not found in \"found_within\" of them.
With --orderings:
  {\"schema\": \"conccheck/1\", \"failure\", \"orderings\": [{\"file\", \"line\", \"column\",
    \"function\", \"ordering\", \"instead\", \"needed\", \"because\", \"by\"}],
    \"together\": [{\"file\", \"line\", \"column\", \"function\", \"ordering\", \"instead\"}]}
  \"needed\": null where the search was cut; \"instead\": null where there would be no fence.

A search that you cut short (--executions-max, --time-max, --preemptions-max), or that samples in
another way (--strategy, --backend real), need not catch every twin.";

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    if args.corpus {
        args.search.expect_native("--corpus")?;
        return corpus::run(&programs(&args.programs)?, args.format, color);
    }
    let programs = sized(programs(&args.programs)?, args)?;
    let progress = Arc::new(Progress::default());
    let checker = args.search.checker()?.progress(Arc::clone(&progress));
    if args.orderings {
        args.search.expect_memory_of_rust("--orderings")?;
        ensure!(!args.programs.is_empty(), "--orderings is for programs that are named");
    }
    let interrupted = stop_on_interrupt(Arc::clone(&progress))?;
    if args.orderings {
        let requires_complete = args.require_complete || is_complete_asked_for();
        let (time_max, format) = (args.search.time_max(), args.format);
        let asked = orderings::Asked { checker, progress, time_max, interrupted, requires_complete, format };
        return orderings::run(&programs, asked, color);
    }
    let begun = Instant::now();
    let mut all: Vec<Checked> = Vec::new();
    let asked = programs.len();
    let watch = Watch::new(asked, progress, args.search.time_max());
    for program in programs {
        if interrupted.load(Ordering::Relaxed) {
            break;
        }
        watch.begin(program.to_string());
        let checked = program.check(&args.search.bounded(&checker, &program));
        watch.finish(|| match args.format {
            Format::Text => output::print(&text(&checked, args), color),
            Format::Json => Ok(()),
        })?;
        all.push(checked);
    }
    drop(watch);
    let is_interrupted = interrupted.load(Ordering::Relaxed);
    let exit = if is_interrupted { Exit::Interrupted } else { exit(args, &all) };
    output::print(&conclusion(args, &all, asked, begun.elapsed(), exit), color)?;
    Ok(exit)
}

/// What is printed at the end.
fn conclusion(args: &Args, all: &[Checked], asked: usize, elapsed: Duration, exit: Exit) -> String {
    if args.format == Format::Json {
        return report::check::json(all, asked);
    }
    let rule = if args.ascii { "-" } else { "─" }.repeat(8);
    let mut text = format!("{rule}\n{}", report::check::summary(all, args.search.effort(), asked, elapsed));
    if exit == Exit::Incomplete {
        let count = all.iter().filter(|checked| is_unfinished(checked, args)).count();
        let _ = writeln!(text, "         --require-complete: {count} of {asked} not explored to the end");
    }
    text
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

/// The program of that very name.
pub(super) fn program_named(name: &str) -> Option<Program> {
    PROGRAMS.iter().copied().find(|program| program.name == name)
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

/// The line of a program, and what it did if that is news or was asked for.
fn text(checked: &Checked, args: &Args) -> String {
    let is_named = is_named(checked, args);
    let mut text = report::check::line(checked, args.search.effort(), is_named);
    let is_surprise = report::check::judge(checked, args.search.effort()) == Judgement::Surprise;
    if is_surprise || is_named && is_wrong(checked) {
        text.push_str(&report::check::details(checked, &again(checked, args), args.ascii, output::width()));
    }
    text
}

/// The command that does this check again.
fn again(checked: &Checked, args: &Args) -> String {
    let size = args.size.map_or_else(String::new, |size| format!(" --size {size}"));
    let options = args.search.again(checked.report.strategy());
    format!("conccheck check {}{size} {options}", checked.program.name)
}

fn exit(args: &Args, all: &[Checked]) -> Exit {
    let fails = |checked: &Checked| match report::check::judge(checked, args.search.effort()) {
        Judgement::Right | Judgement::Unseen => false,
        Judgement::Caught | Judgement::Skipped => is_named(checked, args),
        Judgement::Surprise => true,
    };
    if all.iter().any(fails) {
        Exit::Differs
    } else if (args.require_complete || is_complete_asked_for())
        && all.iter().any(|checked| is_unfinished(checked, args))
    {
        Exit::Incomplete
    } else {
        Exit::Done
    }
}

/// Whether something was left unseen that could have changed what is said of the program.
fn is_unfinished(checked: &Checked, args: &Args) -> bool {
    !checked.report.is_complete() && report::check::judge(checked, args.search.effort()) != Judgement::Caught
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
