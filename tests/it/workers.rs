//! Several threads that explore one tree together find what one finds alone: as many executions, the same
//! outcomes, each with the same least execution. What they begin in vain because another has not got far enough yet is counted.

use conccheck::models::PROGRAMS;
use conccheck::{Backend, Checker};

/// Their objects are made while tasks run, and first used by one task here and another there: what dpor cannot tell apart
/// it explores twice, and how often that is depends on who explores what.
const SEEN_TWICE: [&str; 2] = ["processes::map_keeps_order", "processes::map_takes_results_as_they_come"];

#[test]
fn workers_find_together_what_one_finds_alone() {
    let native = || Checker::new().backend(Backend::Native).executions_max(1_000_000);
    let (mut executions, mut redundant) = (0, 0);
    let mut differ = Vec::new();
    for program in PROGRAMS {
        let alone = program.check(&native());
        for workers in [2, 5] {
            let together = program.check(&native().workers(workers));
            if SEEN_TWICE.contains(&program.name) {
                assert!(together.report.outcomes().eq(alone.report.outcomes()), "{program}: {together}");
                continue;
            }
            if together.to_string() != alone.to_string() {
                differ.push(format!("{program} with {workers} workers: {together}\nalone: {alone}"));
            }
            let (alone, together) = (&alone.report, &together.report);
            assert_eq!(together.executions(), alone.executions(), "{program} with {workers} workers");
            assert!(together.outcomes().eq(alone.outcomes()), "{program} with {workers} workers: {together}");
            assert_eq!(together.verdict(), alone.verdict(), "{program} with {workers} workers");
            redundant += together.redundant();
        }
        executions += alone.report.executions();
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    tell!("{executions} executions, by one, two and five workers, who began {redundant} in vain");
}
