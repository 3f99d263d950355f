//! Every program of the table gives the verdict that the table expects.

use conccheck::models::PROGRAMS;
use conccheck::{Backend, Checker, Strategy};
use std::time::Duration;

#[test]
fn explore_them() {
    for program in PROGRAMS {
        for (label, checker) in [
            ("random", Checker::new().strategy(Strategy::Random { seed: 1 })),
            ("pct", Checker::new().strategy(Strategy::Pct { seed: 1, depth: 3 })),
            ("loom", Checker::new().backend(Backend::Loom).time_max(Duration::from_secs(5))),
            (
                "loom2",
                Checker::new().backend(Backend::Loom).preemptions_max(2).time_max(Duration::from_secs(5)),
            ),
        ] {
            let checked = program.check(&checker);
            println!(
                "{:45} {:6} {:7} {} {:6} {:?} {:?}",
                program.name,
                label,
                checked.verdict().word(),
                if checked.is_as_expected() { "ok " } else { "BAD" },
                checked.report.executions(),
                checked.report.elapsed(),
                checked.report.incomplete(),
            );
            if !checked.is_as_expected() {
                println!("{}", checked.report);
            }
        }
    }
}
