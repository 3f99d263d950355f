//! The table of this room's programs.

use super::{adds, exchanges, last_zero, readers};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "atomics::readers",
        about: "one thread writes a cell that others read",
        run: Run::sized(readers::readers, 3, 2..=24, "readers"),
        right: &["read by none", "read by some", "read by all"],
        traces: &[Traces::at(2, 4), Traces::at(3, 8), Traces::at(8, 256), Traces::at(13, 8_192)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "atomics::writers",
        about: "threads write a cell that one reads",
        run: Run::sized(readers::writers, 3, 1..=12, "writers"),
        right: &["read before all writes", "read a write"],
        traces: &[Traces::at(2, 6), Traces::at(3, 24), Traces::at(4, 120)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "atomics::lastzero",
        about: "a reader looks for the last zero in cells that are being written",
        run: Run::sized(last_zero::lastzero, 3, 2..=24, "writers"),
        right: &["zero found at the end", "zero found on the way", "zero found at the start"],
        traces: &[Traces::at(2, 5), Traces::at(3, 12), Traces::at(5, 64), Traces::at(10, 3_328)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "atomics::ainc",
        about: "threads add to a counter, each in one step",
        run: Run::sized(adds::ainc, 3, 1..=12, "threads"),
        right: &["all counted"],
        traces: &[Traces::at(2, 2), Traces::at(5, 120), Traces::at(7, 5_040)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "atomics::inc",
        about: "threads add to a counter, reading and writing apart",
        run: Run::sized(adds::inc, 3, 2..=8, "threads"),
        right: &["all counted"],
        twin_of: Some("atomics::ainc"),
        traces: &[Traces::at(2, 4).wrong(2), Traces::at(3, 36).wrong(30), Traces::at(4, 576).wrong(552)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "atomics::wainc",
        about: "threads add to a counter that another sets",
        run: Run::sized(adds::wainc, 3, 2..=12, "adders"),
        right: &["all added after the store", "some added after the store", "none added after the store"],
        right_under_loom: &["the store is not seen"],
        traces: &[Traces::at(2, 6), Traces::at(5, 720)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "atomics::cas",
        about: "threads take a cell that is free, looking and taking in one step",
        run: Run::sized(exchanges::cas, 3, 2..=64, "threads"),
        right: &["1 has it"],
        traces: &[Traces::at(2, 2), Traces::at(3, 3), Traces::at(8, 8), Traces::at(64, 64)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "atomics::check_then_act",
        about: "threads look whether a cell is free, and then take it",
        run: Run::sized(exchanges::check_then_act, 3, 2..=8, "threads"),
        right: &["1 has it"],
        twin_of: Some("atomics::cas"),
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "atomics::wcas",
        about: "threads exchange what another has written, or come too early",
        run: Run::sized(exchanges::wcas, 3, 1..=16, "exchangers"),
        right: &["exchanged", "all came too early"],
        traces: &[Traces::at(2, 5), Traces::at(3, 13), Traces::at(4, 33)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES_AND_SHOWS_ALL
    },
];
