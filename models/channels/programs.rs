//! The table of this room's programs.

use super::{crossing, oneshot, senders};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "channels::mpsc",
        about: "threads that send two messages each to one receiver",
        run: Run::sized(senders::mpsc, 2, 1..=8, "senders"),
        right: &["each one's in order"],
        traces: &[Traces::at(2, 6), Traces::at(3, 90)],
        loom_preemptions_max: Some(1),
        ..Program::PASSES
    },
    Program {
        name: "channels::mpsc_singles",
        about: "threads that send a message each to one receiver",
        run: Run::sized(senders::mpsc_singles, 3, 1..=12, "senders"),
        right: &["each one's in order"],
        traces: &[Traces::at(3, 6), Traces::at(5, 120)],
        loom_preemptions_max: Some(1),
        ..Program::PASSES
    },
    Program {
        name: "channels::mpsc_bounded",
        about: "threads that send two messages each through a channel with room for one",
        run: Run::sized(senders::mpsc_bounded, 2, 1..=8, "senders"),
        right: &["each one's in order"],
        traces: &[Traces::at(2, 6)],
        loom_preemptions_max: Some(1),
        ..Program::PASSES
    },
    Program {
        name: "channels::crossing",
        about: "two threads send each other two messages through channels with room for them",
        run: Run::Plain(crossing::crossing),
        right: &["received 2 and 2"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "channels::crossing_full",
        about: "two threads send each other more messages than there is room for",
        run: Run::Plain(crossing::crossing_full),
        right: &["received 2 and 2"],
        twin_of: Some("channels::crossing"),
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "channels::oneshot",
        about: "a request is answered, or cancelled and its channel dropped",
        run: Run::Plain(oneshot::oneshot),
        right: &["answered", "cancelled"],
        ..Program::PASSES_AND_SHOWS_ALL
    },
    Program {
        name: "channels::oneshot_dropped",
        about: "who waits for the answer does not expect that the channel is dropped",
        run: Run::Plain(oneshot::oneshot_dropped),
        right: &["answered", "cancelled"],
        twin_of: Some("channels::oneshot"),
        ..Program::FAILS
    },
];
