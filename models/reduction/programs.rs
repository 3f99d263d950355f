//! The table of this room's programs.

use super::{choices, fib, last_writer, servers, sigma};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "reduction::fib",
        about: "two threads add to each other's numbers, within Fibonacci's bound",
        run: Run::sized(fib::fib, 1, 1..=8, "rounds"),
        right: &["within the bound"],
        traces: &[Traces::at(1, 11), Traces::at(2, 140), Traces::at(3, 1_698)],
        loom_preemptions_max: Some(3),
        ..Program::PASSES
    },
    Program {
        name: "reduction::fib_bad",
        about: "the bound is one less than what can be reached",
        run: Run::sized(fib::fib_bad, 1, 1..=8, "rounds"),
        right: &["within the bound"],
        twin_of: Some("reduction::fib"),
        found_within: 1_000,
        loom_preemptions_max: Some(3),
        ..Program::FAILS
    },
    Program {
        name: "reduction::race",
        about: "two threads write a cell and read it",
        run: Run::sized(last_writer::race, 2, 1..=8, "rounds"),
        right: &["each reads its own", "some read another's"],
        traces: &[Traces::at(1, 4), Traces::at(2, 34), Traces::at(3, 328), Traces::at(4, 3_334)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "reduction::opt_lock",
        about: "two threads are let in when they were the last to write",
        run: Run::sized(last_writer::opt_lock, 1, 1..=8, "rounds"),
        right: &["both were let in", "one was let in"],
        traces: &[Traces::at(2, 42), Traces::at(3, 126)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "reduction::sigma",
        about: "threads mark the cell that they are told",
        run: Run::sized(sigma::sigma, 3, 1..=10, "threads"),
        right: &["all marked"],
        traces: &[Traces::at(3, 1), Traces::at(8, 1)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "reduction::sigma_bad",
        about: "threads mark the cell at an index that main moves on",
        run: Run::sized(sigma::sigma_bad, 3, 2..=10, "threads"),
        right: &["all marked"],
        twin_of: Some("reduction::sigma"),
        traces: &[Traces::at(2, 3).wrong(2), Traces::at(3, 15).wrong(14), Traces::at(4, 105).wrong(104)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "reduction::ssbexp",
        about: "a thread locks the server at which it finds another's count",
        run: Run::sized(servers::ssbexp, 2, 2..=32, "servers"),
        right: &["all served"],
        traces: &[Traces::at(4, 8), Traces::at(5, 10)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "reduction::dispatch",
        about: "two requests go to the server at which they find a count",
        run: Run::sized(servers::dispatch, 2, 1..=16, "servers"),
        right: &["all served"],
        traces: &[Traces::at(2, 32), Traces::at(3, 59)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "reduction::popl_optimal",
        about: "two conditions that depend on who was first",
        run: Run::Plain(choices::popl_optimal),
        right: &["y was first", "z was first", "z was first, and x then"],
        traces: &[Traces::plain(5)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "reduction::many_initials",
        about: "a reader looks at one cell when it has seen two others",
        run: Run::Plain(choices::many_initials),
        right: &["saw all three", "looked too early", "did not look"],
        traces: &[Traces::plain(5)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "reduction::combination_lock",
        about: "four conditions, each of which can hold only after the one before",
        run: Run::Plain(choices::combination_lock),
        right: &["0 of 4 turned", "1 of 4 turned", "2 of 4 turned", "3 of 4 turned", "4 of 4 turned"],
        traces: &[Traces::plain(6)],
        // The wheels are turned by three threads in turns, which takes four changes.
        pct_depth: 5,
        loom_preemptions_max: Some(3),
        ..Program::PASSES_AND_SHOWS_ALL
    },
];
