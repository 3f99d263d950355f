//! The table of this room's programs.

use super::{account, arithmetic_prog, bluetooth_driver, carter, deadlock, lazy, phase};
use super::{philosophers_with_counter, reorder, stack, twostage, wronglock};
use crate::models::{Program, Run, Traces};

/// Each program, followed by its broken twins.
pub(in crate::models) const PROGRAMS: &[Program] = &[
    Program {
        name: "bugs::account",
        about: "an audit of an account knows the balance",
        run: Run::Plain(account::account),
        right: &["the audit agrees"],
        traces: &[Traces::plain(6)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::account_bad",
        about: "the audit expects another balance",
        run: Run::Plain(account::account_bad),
        right: &["the audit agrees"],
        twin_of: Some("bugs::account"),
        traces: &[Traces::plain(6).wrong(2)],
        found_within: 200,
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::bluetooth_driver",
        about: "a request is counted before it looks whether the driver stops",
        run: Run::Plain(bluetooth_driver::bluetooth_driver),
        right: &["served in time or not at all"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::bluetooth_driver_bad",
        about: "a request is counted after it has looked whether the driver stops",
        run: Run::Plain(bluetooth_driver::bluetooth_driver_bad),
        right: &["served in time or not at all"],
        twin_of: Some("bugs::bluetooth_driver"),
        traces: &[Traces::plain(10).wrong(1)],
        found_within: 600,
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::carter01",
        about: "two groups take turns, the lock of the turn first",
        run: Run::Plain(carter::carter),
        right: &["both had their turn"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::carter01_bad",
        about: "who waits for the turn holds what is needed to end it",
        run: Run::Plain(carter::carter_bad),
        right: &["both had their turn"],
        twin_of: Some("bugs::carter01"),
        traces: &[Traces::plain(4).wrong(2)],
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "bugs::deadlock01",
        about: "two threads take two locks in the same order",
        run: Run::Plain(deadlock::deadlock),
        right: &["both had both"],
        ..Program::PASSES
    },
    Program {
        name: "bugs::deadlock01_bad",
        about: "two threads take two locks in opposite orders",
        run: Run::Plain(deadlock::deadlock_bad),
        right: &["both had both"],
        twin_of: Some("bugs::deadlock01"),
        traces: &[Traces::plain(3).wrong(1)],
        ..Program::HANGS
    },
    Program {
        name: "bugs::lazy01",
        about: "a bound is looked at, perhaps before all is added",
        run: Run::Plain(lazy::lazy),
        right: &["within the bound"],
        traces: &[Traces::plain(6)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::lazy01_bad",
        about: "the bound is less than what is added",
        run: Run::Plain(lazy::lazy_bad),
        right: &["within the bound"],
        twin_of: Some("bugs::lazy01"),
        traces: &[Traces::plain(6).wrong(2)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::phase01",
        about: "two threads go through two locks",
        run: Run::Plain(phase::phase),
        right: &["both are through"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::phase01_bad",
        about: "the first thread through ends with a lock held",
        run: Run::Plain(phase::phase_bad),
        right: &["both are through"],
        twin_of: Some("bugs::phase01"),
        traces: &[Traces::plain(6).wrong(6)],
        loom_preemptions_max: Some(2),
        ..Program::HANGS
    },
    Program {
        name: "bugs::reorder",
        about: "two values are written and read in one critical section",
        run: Run::sized(reorder::reorder, 2, 1..=12, "setters"),
        right: &["they belong together"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::reorder_bad",
        about: "two values are written and read apart",
        run: Run::sized(reorder::reorder_bad, 2, 1..=6, "setters"),
        right: &["they belong together"],
        twin_of: Some("bugs::reorder"),
        traces: &[
            Traces::at(2, 56).wrong(12),
            Traces::at(3, 1_248).wrong(216),
            Traces::at(4, 40_032).wrong(5_760),
        ],
        found_within: 1_200,
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::stack",
        about: "a stack is emptied as far as it is filled",
        run: Run::sized(stack::stack, 3, 1..=12, "items"),
        right: &["took what was there"],
        traces: &[Traces::at(6, 924)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::stack_bad",
        about: "a stack is taken from because it has been filled",
        run: Run::sized(stack::stack_bad, 3, 1..=12, "items"),
        right: &["took what was there"],
        twin_of: Some("bugs::stack"),
        traces: &[Traces::at(6, 924).wrong(495)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::twostage",
        about: "two values are written and read under both locks",
        run: Run::sized(twostage::twostage, 1, 1..=6, "writers"),
        right: &["the second follows the first"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::twostage_bad",
        about: "the first lock is given up before the second is taken",
        run: Run::sized(twostage::twostage_bad, 1, 1..=6, "writers"),
        right: &["the second follows the first"],
        twin_of: Some("bugs::twostage"),
        traces: &[Traces::at(1, 3).wrong(1), Traces::at(3, 1_080).wrong(198)],
        found_within: 1_000,
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::wronglock",
        about: "threads count under one lock",
        run: Run::sized(wronglock::wronglock, 2, 1..=6, "other threads"),
        right: &["counted by one"],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::wronglock_bad",
        about: "one thread counts under another lock than the others",
        run: Run::sized(wronglock::wronglock_bad, 2, 1..=6, "other threads"),
        right: &["counted by one"],
        twin_of: Some("bugs::wronglock"),
        traces: &[Traces::at(3, 360).wrong(246)],
        found_within: 120,
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::philosophers_with_counter",
        about: "philosophers count themselves, no more than there are",
        run: Run::sized(philosophers_with_counter::philosophers_with_counter, 3, 2..=5, "philosophers"),
        right: &["no more than expected are fed"],
        traces: &[Traces::at(3, 1_296)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::philosophers_with_counter_bad",
        about: "fewer philosophers are expected than there are",
        run: Run::sized(philosophers_with_counter::philosophers_with_counter_bad, 3, 2..=5, "philosophers"),
        right: &["no more than expected are fed"],
        twin_of: Some("bugs::philosophers_with_counter"),
        traces: &[Traces::at(3, 1_296).wrong(216)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
    Program {
        name: "bugs::arithmetic_prog",
        about: "a producer and a consumer, and the sum of what is consumed",
        run: Run::sized(arithmetic_prog::arithmetic_prog, 3, 1..=8, "rounds"),
        right: &["the sum is as expected"],
        traces: &[Traces::at(3, 58)],
        loom_preemptions_max: Some(2),
        ..Program::PASSES
    },
    Program {
        name: "bugs::arithmetic_prog_bad",
        about: "the sum is expected to be another",
        run: Run::sized(arithmetic_prog::arithmetic_prog_bad, 3, 1..=8, "rounds"),
        right: &["the sum is as expected"],
        twin_of: Some("bugs::arithmetic_prog"),
        traces: &[Traces::at(3, 58).wrong(58)],
        loom_preemptions_max: Some(2),
        ..Program::FAILS
    },
];
