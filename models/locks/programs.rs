//! The table of this room's programs.

use super::{double_checked, overtaking, philosophers, sections, try_lock};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "locks::lock",
        about: "threads with a critical section each",
        run: Run::sized(sections::lock, 3, 1..=12, "threads"),
        right: &["all counted"],
        traces: &[Traces::at(3, 6), Traces::at(4, 24), Traces::at(7, 5_040)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "locks::lock_twice",
        about: "threads with two critical sections each",
        run: Run::sized(sections::lock_twice, 2, 1..=8, "threads"),
        right: &["all counted"],
        traces: &[Traces::at(2, 6), Traces::at(3, 90), Traces::at(4, 2_520)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "locks::trylock",
        about: "threads that lock if they need not wait",
        run: Run::sized(try_lock::trylock, 3, 2..=8, "threads"),
        right: &["all got it", "not all got it"],
        traces: &[Traces::at(2, 4), Traces::at(3, 21)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "locks::locker_and_trylocker",
        about: "one thread locks, the other if it need not wait",
        run: Run::Plain(try_lock::locker_and_trylocker),
        right: &["got it", "found it taken"],
        traces: &[Traces::plain(3)],
        ..Program::PASSES
    },
    Program {
        name: "locks::philosophers",
        about: "philosophers take the lower fork first",
        run: Run::sized(philosophers::philosophers, 3, 2..=16, "philosophers"),
        right: &["all ate"],
        traces: &[Traces::at(3, 6), Traces::at(4, 14), Traces::at(5, 30), Traces::at(8, 254)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "locks::philosophers_unordered",
        about: "philosophers take the left fork first",
        run: Run::sized(philosophers::philosophers_unordered, 3, 2..=16, "philosophers"),
        right: &["all ate"],
        twin_of: Some("locks::philosophers"),
        traces: &[
            Traces::at(2, 3).wrong(1),
            Traces::at(3, 7).wrong(1),
            Traces::at(4, 15).wrong(1),
            Traces::at(8, 255).wrong(1),
        ],
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "locks::double_checked",
        about: "what two threads need is made by one of them",
        run: Run::Plain(double_checked::double_checked),
        right: &["made once"],
        ..Program::PASSES
    },
    Program {
        name: "locks::checked_once",
        about: "whoever got the lock does not look again whether it is made",
        run: Run::Plain(double_checked::checked_once),
        right: &["made once"],
        twin_of: Some("locks::double_checked"),
        ..Program::FAILS
    },
    Program {
        name: "locks::writer_is_next",
        about: "readers hold back when a writer waits",
        run: Run::Plain(overtaking::writer_is_next),
        right: &["the writer was next"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "locks::writer_starves",
        about: "a reader enters with another although a writer waits",
        run: Run::Plain(overtaking::writer_starves),
        right: &["the writer was next"],
        twin_of: Some("locks::writer_is_next"),
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
];
