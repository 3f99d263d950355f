use conccheck::models::PROGRAMS;
use conccheck::{Backend, Checker};
use std::time::Duration;
#[test]
fn zz() {
    for program in PROGRAMS.iter().filter(|p| p.name.starts_with(&std::env::var("ZZ").unwrap())) {
        for (label, checker) in [
            ("random", Checker::new()),
            ("loom", Checker::new().backend(Backend::Loom).time_max(Duration::from_secs(5))),
            (
                "loom2",
                Checker::new().backend(Backend::Loom).preemptions_max(2).time_max(Duration::from_secs(5)),
            ),
        ] {
            let checked = program.check(&checker);
            println!(
                "{:45} {:6} {:6} {:?} {:?}\n{}",
                program.name,
                label,
                checked.report.executions(),
                checked.report.elapsed(),
                checked.report.incomplete(),
                checked.report
            );
        }
    }
}
