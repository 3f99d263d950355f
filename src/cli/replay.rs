//! `conccheck replay`: one execution of a program again, from the token that a check printed.

use super::args::Format;
use super::{Exit, check, output};
use crate::models::Program;
use crate::report::replay::Replayed;
use crate::{Backend, Checker, Token};
use anstream::ColorChoice;
use anyhow::bail;

/// Show one execution again, from the token that a check printed
///
/// A token names a program and says who goes on at each step. The execution is run once more, and
/// shown with its outcome.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Args {
    /// What a check printed: cc1- and letters
    #[arg(value_name = "TOKEN")]
    token: String,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    /// Text for readers or JSON for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const EXIT_CODES: &str = "\
The exit code is 0 if the outcome is right, and 1 if it is wrong, a panic or a hang. It is 2 if the
token is cut, changed, of another version or of a program that is not there. It is 5 if the program
no longer does what the token says: its outcome is not known then, and it has to be checked anew.

A token that a failing test printed is replayed by that test:
  CONCCHECK_REPLAY=TOKEN cargo test NAME";

pub(super) fn run(args: &Args, color: ColorChoice) -> anyhow::Result<Exit> {
    let token: Token = args.token.parse()?;
    let program = program(&token)?;
    let checker = Checker::new().backend(Backend::Native);
    let result = checker.replay(&token.schedule, move || program.run_once());
    let replayed = Replayed { token: &token, program: &program, result };
    let text = match args.format {
        Format::Text => replayed.text(args.ascii, output::width()),
        Format::Json => replayed.json(),
    };
    output::print(&text, color)?;
    Ok(match &replayed.result {
        Err(_) => Exit::Diverged,
        Ok(_) if replayed.is_right() => Exit::Done,
        Ok(_) => Exit::Differs,
    })
}

/// The program that the token is of, at its size.
fn program(token: &Token) -> anyhow::Result<Program> {
    let Some(program) = check::program_named(&token.program) else {
        bail!(
            "the token is of {:?}, which is no program of `conccheck list programs`; if it is a test, run it \
             with CONCCHECK_REPLAY=TOKEN cargo test",
            token.program
        );
    };
    match token.size {
        Some(size) => Ok(program.sized(size)?),
        None if program.size().is_some() => bail!("the token names no size, and {} has one", program.name),
        None => Ok(program),
    }
}
