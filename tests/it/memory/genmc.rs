//! GenMC checks C programs in the memory model that Rust has too, and lists how many executions each program of its own
//! tests has. Here they have exactly as many, under both memory models: none is missed, and none is explored twice.

use super::families::{FAMILIES, LARGE, family};
use super::family::Family;
use super::litmus::{self, Facts, Litmus};
use super::{Found, explore};
use conccheck::{Checker, Incomplete, Memory, Report, Verdict};

fn programs() -> Vec<Litmus> {
    litmus::programs(include_str!("genmc.toml"))
}

fn run(memory: Memory, family: Family, size: u32) -> Report<()> {
    Checker::new().memory(memory).executions_max(1_000_000).explore(move || family.run(size))
}

#[test]
fn genmcs_own_tests_have_the_counts_that_it_expects() {
    let programs = programs();
    assert_eq!(programs.len(), 51);
    for litmus in programs.iter().filter(|litmus| !litmus.rust.is_racy) {
        let expect = |checker: Checker, facts: &Facts| {
            let report = explore(checker, litmus);
            let counts = (report.executions(), report.redundant());
            assert_eq!(counts, (facts.executions, 0), "{}: {report}", litmus.name);
            assert!(report.is_complete(), "{}: {report}", litmus.name);
            if !facts.outcomes.is_empty() {
                assert_eq!(Found::of(&report), Found::expected(facts), "{}", litmus.name);
            }
        };
        expect(Checker::new(), &litmus.rust);
        expect(Checker::new().memory(Memory::SequentiallyConsistent), &litmus.sc);
    }
}

#[test]
fn the_races_in_genmcs_own_tests_are_found_under_both_models() {
    let programs = programs();
    let racy: Vec<&Litmus> = programs.iter().filter(|litmus| litmus.rust.is_racy).collect();
    assert_eq!(racy.len(), 2);
    for litmus in racy {
        for memory in [Memory::Rust, Memory::SequentiallyConsistent] {
            // An execution ends at its race, so that there is nothing to count.
            let report = explore(Checker::new().memory(memory), litmus);
            assert_eq!(report.verdict(), Verdict::Fail, "{}: {report}", litmus.name);
            assert!(Found::of(&report).is_racy, "{}: {report}", litmus.name);
        }
    }
}

fn expect(family: Family, size: u32, sc: u64, rust: u64) {
    for (memory, executions) in [(Memory::SequentiallyConsistent, sc), (Memory::Rust, rust)] {
        let report = run(memory, family, size);
        let counts = (report.executions(), report.redundant());
        assert_eq!(counts, (executions, 0), "{}, {size}, {memory:?}: {report}", family.name);
        assert!(report.is_complete(), "{}, {size}, {memory:?}: {report}", family.name);
    }
}

#[test]
fn families_have_the_counts_that_genmc_expects() {
    for &family in FAMILIES {
        family.counts.iter().for_each(|&(size, sc, rust)| expect(family, size, sc, rust));
    }
}

#[test]
#[ignore = "takes minutes, but for a release build"]
fn so_have_large_ones() {
    LARGE.iter().for_each(|&(name, size, sc, rust)| expect(family(name), size, sc, rust));
}

#[test]
fn a_loop_that_may_go_round_often_while_it_reads_an_old_value_is_not_called_seen() {
    // So often as in GenMC's test, which counts 42 in both models.
    let report = run(Memory::SequentiallyConsistent, family("publish"), 41);
    assert_eq!((report.verdict(), report.executions()), (Verdict::Pass, 42), "{report}");
    let report = run(Memory::Rust, family("publish"), 41);
    assert_eq!(report.verdict(), Verdict::Bounded, "{report}");
    assert!(matches!(report.incomplete(), Some(Incomplete::RoundsMax { .. })), "{report}");
}
