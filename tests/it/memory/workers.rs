//! Several workers explore one tree of execution graphs: they find what one finds alone, each graph once.

use super::families::FAMILIES;
use super::{Found, expect_none, explore, rust};
use conccheck::Strategy;

#[test]
fn workers_explore_together_each_graph_once() {
    for workers in [2, 5] {
        expect_none(|litmus| {
            if litmus.rust.is_racy {
                return None;
            }
            let report = explore(rust().strategy(Strategy::Dpor).workers(workers), litmus);
            let facts = &litmus.rust;
            let expected = facts.executions + facts.blocked;
            let is_right = Found::of(&report) == Found::expected(facts)
                && report.is_complete()
                && report.executions() == expected;
            (!is_right).then(|| format!("{} by {workers} instead of {expected}\n", report.executions()))
        });
    }
}

#[test]
fn workers_share_what_grows() {
    let (mut executions, mut redundant) = (0, 0);
    for family in FAMILIES {
        for &(size, _, expected) in family.counts.iter().filter(|counts| counts.2 < 10_000) {
            for workers in [2, 3] {
                let family = *family;
                let report = rust().workers(workers).explore(move || family.run(size));
                assert_eq!(report.executions(), expected, "{} {size} by {workers}: {report}", family.name);
                assert!(report.is_complete(), "{} {size} by {workers}: {report}", family.name);
                redundant += report.redundant();
                executions += expected;
            }
        }
    }
    tell!("{executions} execution graphs, and {redundant} begun in vain");
}
