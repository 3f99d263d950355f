//! Parses nothing and decides nothing: `cli::run` turns arguments into an exit code.

use conccheck::cli::{self, Exit};
use conccheck::models::processes;
use std::panic;
use std::process::ExitCode;

fn main() -> ExitCode {
    // conccheck starts itself as the workers of its `processes` model.
    processes::serve_if_worker(processes::FUNCTIONS);
    let exit = panic::catch_unwind(|| cli::run(std::env::args_os()));
    let exit = exit.unwrap_or(Exit::Fault);
    if exit == Exit::Fault {
        // Not `eprintln!`, which panics itself when stderr is closed.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), cli::FAULT_NOTICE.as_bytes());
    }
    exit.into()
}
