//! The table of this room's programs.

use super::{independent_reads, load_buffering, message_passing, store_buffering, two_writes};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "litmus::store_buffering",
        about: "SB: two threads write a cell each and read the other's",
        run: Run::Plain(store_buffering::store_buffering),
        right: &["read 0 and 1", "read 1 and 0", "read 1 and 1"],
        right_under_loom: &["read 0 and 0"],
        traces: &[Traces::plain(3)],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "litmus::message_passing",
        about: "MP: who has seen the announcement sees the message",
        run: Run::Plain(message_passing::message_passing),
        right: &["announced 1, content 1", "announced 0, content 0", "announced 0, content 1"],
        traces: &[Traces::plain(3)],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "litmus::announced_too_early",
        about: "the message is announced before it is written",
        run: Run::Plain(message_passing::announced_too_early),
        right: &["announced 1, content 1", "announced 0, content 0", "announced 0, content 1"],
        twin_of: Some("litmus::message_passing"),
        ..Program::FAILS
    },
    Program {
        name: "litmus::two_writes",
        about: "2+2W: two threads write two cells in opposite orders",
        run: Run::Plain(two_writes::two_writes),
        right: &["second and first", "first and second", "second and second"],
        right_under_loom: &["first and first"],
        traces: &[Traces::plain(3)],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "litmus::load_buffering",
        about: "LB3: three threads in a circle read their cell, then write the next one's",
        run: Run::Plain(load_buffering::load_buffering),
        right: &[
            "read 0, 1, 1",
            "read 0, 0, 0",
            "read 0, 0, 1",
            "read 0, 1, 0",
            "read 1, 0, 0",
            "read 1, 0, 1",
            "read 1, 1, 0",
        ],
        traces: &[Traces::plain(7)],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "litmus::independent_reads",
        about: "IRIW: two readers agree on the order of two independent writes",
        run: Run::Plain(independent_reads::independent_reads),
        right: &["one knows which was first", "neither knows which was first"],
        right_under_loom: &["they disagree"],
        traces: &[Traces::plain(15)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
];
