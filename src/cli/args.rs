//! What can be typed: the program, its subcommands and what they have in common.

use super::{check, judge, list, replay, run};
use clap::{Parser, Subcommand, ValueEnum};

/// Concurrency models, run for real and explored.
///
/// A workload is a list of jobs that wait, compute, share or fail. conccheck runs it one job after
/// another, on threads, in a pool, in processes and as async tasks; shows what each costs and gains;
/// and checks that each gives the same results.
#[derive(Debug, Parser)]
#[command(name = "conccheck", version, arg_required_else_help = true, after_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to colour the output
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 a result differs, a model could not run or a check fails, 2 wrong usage or \
                          input, 3 stopped by a limit under --require-complete, 5 a replay diverged, 70 a fault of conccheck, 74 results could not be written, 130 interrupted";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Run(run::Args),
    Check(check::Args),
    Replay(replay::Args),
    Judge(judge::Args),
    List(list::Args),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For readers
    Text,
    /// One document for programs, with "schema": "conccheck/1"
    Json,
}
