//! The command line: one file per subcommand. Arguments, environment, files and the terminal are
//! read here; elsewhere only `CONCCHECK_REPLAY`, by a failing test, and the source that a witness quotes.

mod args;
mod check;
mod corpus;
mod exit;
mod judge;
mod list;
mod orderings;
mod output;
mod progress;
mod replay;
mod run;
mod search;
mod suggest;
mod watch;
mod workload;

pub use exit::{Exit, FAULT_NOTICE};

use suggest::nearest;

use args::{Cli, Command};
use clap::Parser;
use std::ffi::OsString;
use std::io::Write;

/// Does what `arguments` (the program's name first) ask for. Results go to stdout, everything else
/// to stderr.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to be told that this could not be printed.
            let _ = error.print();
            return if error.exit_code() == 0 { Exit::Done } else { Exit::Usage };
        }
    };
    let result = match cli.command {
        Command::Run(args) => run::run(&args, cli.color.into()),
        Command::Check(args) => check::run(&args, cli.color.into()),
        Command::Replay(args) => replay::run(&args, cli.color.into()),
        Command::Judge(args) => judge::run(&args, cli.color.into()),
        Command::List(args) => list::run(&args, cli.color.into()),
    };
    result.unwrap_or_else(|error| {
        // As above: there is nowhere else to say it.
        let _ = writeln!(anstream::stderr(), "error: {error:#}");
        if error.is::<output::NotWritten>() { Exit::NotWritten } else { Exit::Usage }
    })
}
