//! The table of this room's programs.

use super::{join_gives_results, lost_update};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "threads::join_gives_results",
        about: "joining gives each thread's result, and its failure to nobody else",
        run: Run::Plain(join_gives_results::join_gives_results),
        right: &["results [0, failed(1)]"],
        ..Program::PASSES
    },
    Program {
        name: "threads::reads_before_joining",
        about: "results are read before the threads are joined",
        run: Run::Plain(join_gives_results::reads_before_joining),
        right: &["results [0, 1]"],
        twin_of: Some("threads::join_gives_results"),
        ..Program::FAILS
    },
    Program {
        name: "threads::safe_counter",
        about: "two threads add to a counter, each in one step",
        run: Run::Plain(lost_update::safe_counter),
        right: &["counter 2"],
        ..Program::PASSES
    },
    Program {
        name: "threads::lost_update",
        about: "two threads add to a counter, reading and writing apart",
        run: Run::Plain(lost_update::lost_update),
        right: &["counter 2"],
        twin_of: Some("threads::safe_counter"),
        ..Program::FAILS
    },
];
