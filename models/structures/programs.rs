//! The table of this room's programs.

use super::{aba, msqueue, treiber};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "structures::treiber",
        about: "threads push to Treiber's stack, and one pops",
        run: Run::sized(treiber::treiber, 2, 1..=6, "pushing threads"),
        right: &["each node popped once"],
        traces: &[Traces::at(2, 22)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "structures::treiber_overwrites",
        about: "the top is written without looking whether it is the same still",
        run: Run::sized(treiber::treiber_overwrites, 2, 1..=6, "pushing threads"),
        right: &["each node popped once"],
        twin_of: Some("structures::treiber"),
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "structures::treiber_pops",
        about: "threads pop from Treiber's stack, and one pushes",
        run: Run::sized(treiber::treiber_pops, 2, 1..=6, "popping threads"),
        right: &["each node popped once"],
        traces: &[Traces::at(2, 7)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "structures::counted_pointer",
        about: "nodes are used again, and a pointer counts its changes",
        run: Run::Plain(aba::counted_pointer),
        right: &["each node has one owner"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "structures::aba",
        about: "nodes are used again, and a pointer that was changed twice seems the same",
        run: Run::Plain(aba::aba),
        right: &["each node has one owner"],
        twin_of: Some("structures::counted_pointer"),
        loom_preemptions_max: Some(2),
        found_within: 1_000,
        ..Program::FAILS
    },
    Program {
        name: "structures::msqueue",
        about: "threads enqueue to Michael and Scott's queue, and one dequeues",
        run: Run::sized(msqueue::msqueue, 2, 1..=5, "enqueuing threads"),
        right: &["each node dequeued once"],
        traces: &[Traces::at(1, 4)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "structures::msqueue_overwrites",
        about: "a node is linked without looking whether another is there",
        run: Run::sized(msqueue::msqueue_overwrites, 2, 2..=5, "enqueuing threads"),
        right: &["each node dequeued once"],
        twin_of: Some("structures::msqueue"),
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "structures::msqueue_enqueues",
        about: "threads enqueue to Michael and Scott's queue",
        run: Run::sized(msqueue::msqueue_enqueues, 2, 1..=5, "enqueuing threads"),
        right: &["each node dequeued once"],
        traces: &[Traces::at(2, 18)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
];
