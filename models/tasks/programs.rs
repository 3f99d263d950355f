//! The table of this room's programs.

use super::{cpu_work, guard_across_await};
use crate::models::{Program, Run};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "tasks::unlocked_before_await",
        about: "two tasks of a thread unlock a mutex before they await",
        run: Run::Plain(guard_across_await::unlocked_before_await),
        right: &["total 2"],
        ..Program::PASSES
    },
    Program {
        name: "tasks::guard_across_await",
        about: "two tasks of a thread await with a mutex locked",
        run: Run::Plain(guard_across_await::guard_across_await),
        right: &["total 2"],
        twin_of: Some("tasks::unlocked_before_await"),
        ..Program::HANGS
    },
    Program {
        name: "tasks::yields_while_computing",
        about: "a task that computes lets others go on after each piece",
        run: Run::Plain(cpu_work::yields_while_computing),
        right: &["answered beside the work"],
        ..Program::PASSES
    },
    Program {
        name: "tasks::blocked_by_cpu_work",
        about: "a task that computes lets nobody else go on",
        run: Run::Plain(cpu_work::blocked_by_cpu_work),
        right: &["answered beside the work"],
        twin_of: Some("tasks::yields_while_computing"),
        ..Program::FAILS
    },
];
