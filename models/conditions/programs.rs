//! The table of this room's programs.

use super::{bounded_buffer, flag};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "conditions::condvar",
        about: "threads wait for a flag that another sets",
        run: Run::sized(flag::condvar, 2, 1..=12, "waiters"),
        right: &["all woke"],
        traces: &[Traces::at(1, 2), Traces::at(2, 10)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "conditions::wakes_one_of_two",
        about: "two threads wait for a flag, and one of them is notified",
        run: Run::Plain(flag::wakes_one_of_two),
        right: &["all woke"],
        twin_of: Some("conditions::condvar"),
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "conditions::lost_wakeup",
        about: "a thread waits to be notified, which it may have been already",
        run: Run::Plain(flag::lost_wakeup),
        right: &["all woke"],
        twin_of: Some("conditions::condvar"),
        ..Program::HANGS
    },
    Program {
        name: "conditions::looks_then_waits",
        about: "a thread lets go of the lock between looking at the flag and waiting",
        run: Run::Plain(flag::looks_then_waits),
        right: &["all woke"],
        twin_of: Some("conditions::condvar"),
        ..Program::HANGS
    },
    Program {
        name: "conditions::bounded_buffer",
        about: "a producer and a consumer of one item more than the buffer has room for",
        run: Run::sized(bounded_buffer::bounded_buffer, 2, 1..=32, "places"),
        right: &["all passed in order"],
        traces: &[Traces::at(1, 10), Traces::at(2, 40)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "conditions::stays_full",
        about: "the consumer does not say that there is room again",
        run: Run::sized(bounded_buffer::stays_full, 2, 1..=32, "places"),
        right: &["all passed in order"],
        twin_of: Some("conditions::bounded_buffer"),
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "conditions::one_place_buffer",
        about: "a producer and a consumer with room for one item",
        run: Run::sized(bounded_buffer::one_place_buffer, 2, 1..=32, "items"),
        right: &["all passed in order"],
        traces: &[Traces::at(1, 2), Traces::at(2, 10)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
];
