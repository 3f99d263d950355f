//! How the program ends.

use std::process::ExitCode;

/// The exit codes, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Everything asked for was done, and every result was the sequential one.
    Done = 0,
    /// A model's result differed from the sequential one, or a model could not run.
    Differs = 1,
    /// The command line or a file was wrong. The message on stderr names the culprit.
    Usage = 2,
    /// Nothing was wrong, but a search was stopped by a limit, which `--require-complete` does not allow.
    Incomplete = 3,
    /// A replay went another way than the execution that it repeats: the program has changed.
    Diverged = 5,
    /// conccheck itself failed. Please report it.
    Fault = 70,
    /// The results could not be written: a full disk, say.
    NotWritten = 74,
    /// Interrupted (Ctrl-C). What was measured until then has been printed.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// What follows the message of a panic of ours.
pub const FAULT_NOTICE: &str = "error: conccheck itself failed, which it never should: please report \
                                the lines above and the command that you ran\n";
