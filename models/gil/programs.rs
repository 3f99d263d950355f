//! The table of this room's programs.

use super::{cpu_overlap, every_waiter_gets_it, io_overlaps, never_two_holders, racy_update};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "gil::never_two_holders",
        about: "the lock never has two holders",
        run: Run::Plain(never_two_holders::never_two_holders),
        right: &["at most 1 at once"],
        ..Program::PASSES
    },
    Program {
        name: "gil::looks_then_takes",
        about: "the lock is looked at and taken in two steps",
        run: Run::Plain(never_two_holders::looks_then_takes),
        right: &["at most 1 at once"],
        twin_of: Some("gil::never_two_holders"),
        found_within: 200,
        ..Program::FAILS
    },
    Program {
        name: "gil::every_waiter_gets_it",
        about: "every thread that waits for the lock gets it",
        run: Run::Plain(every_waiter_gets_it::every_waiter_gets_it),
        right: &["held 4 times"],
        ..Program::PASSES
    },
    Program {
        name: "gil::forgets_to_signal",
        about: "letting go of the lock wakes nobody",
        run: Run::Plain(every_waiter_gets_it::forgets_to_signal),
        right: &["held 2 times"],
        twin_of: Some("gil::every_waiter_gets_it"),
        ..Program::HANGS
    },
    Program {
        name: "gil::cpu_steps_never_overlap",
        about: "CPU steps do not overlap with one lock for all",
        run: Run::Plain(cpu_overlap::cpu_overlap_gil_on),
        right: &["at most 1 at once"],
        ..Program::PASSES
    },
    Program {
        name: "gil::cpu_steps_overlap_without",
        about: "CPU steps overlap, in some execution, without a lock",
        run: Run::Plain(cpu_overlap::cpu_overlap_gil_off),
        right: &["at most 1 at once", "at most 2 at once"],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "gil::cpu_steps_overlap_per_interpreter",
        about: "CPU steps overlap, in some execution, with a lock for each interpreter",
        run: Run::Plain(cpu_overlap::cpu_overlap_gil_per_interpreter),
        right: &["at most 1 at once", "at most 2 at once"],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "gil::io_steps_overlap",
        about: "two threads with one lock do I/O at once, each until the other does",
        run: Run::Plain(io_overlaps::io_overlaps),
        right: &["both waited at once"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "gil::waits_with_the_lock",
        about: "I/O is done with the lock held",
        run: Run::Plain(io_overlaps::waits_with_the_lock),
        right: &["both waited at once"],
        twin_of: Some("gil::io_steps_overlap"),
        ..Program::HANGS
    },
    Program {
        name: "gil::update_without_check_point",
        about: "the lock hides that an update reads and writes apart",
        run: Run::Plain(racy_update::update_without_check_point),
        right: &["counter 2"],
        ..Program::PASSES
    },
    Program {
        name: "gil::racy_update",
        about: "an update with a call between reading and writing loses another",
        run: Run::Plain(racy_update::racy_update),
        right: &["counter 2"],
        twin_of: Some("gil::update_without_check_point"),
        ..Program::FAILS
    },
];
