//! Several threads that explore one tree together find what one finds alone: as many executions, the same
//! outcomes, each with the same least execution. What they begin in vain because another has not got far enough yet is counted.

use conccheck::models::PROGRAMS;
use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::{Backend, Checker, Strategy, thread};
use std::sync::atomic::AtomicIsize;

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

/// How many of them there are, in all executions.
static OWNED: AtomicIsize = AtomicIsize::new(0);

struct Owned;

impl Owned {
    fn new() -> Self {
        OWNED.fetch_add(1, SeqCst);
        Owned
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        OWNED.fetch_sub(1, SeqCst);
    }
}

/// Writers each make one cell greater than the one before it, while a reader looks for the last zero: of all programs the
/// one in which workers begin the most in vain. Each task owns something until its end.
fn owners() -> usize {
    const WRITERS: usize = 7;
    let cells: Arc<Vec<AtomicUsize>> = Arc::new((0..=WRITERS).map(|_| AtomicUsize::new(0)).collect());
    let writer = |number: usize| {
        let (cells, owned) = (Arc::clone(&cells), Owned::new());
        thread::spawn(move || {
            let before = cells[number].load(SeqCst);
            cells[number + 1].store(before + 1, SeqCst);
            drop(owned);
        })
    };
    let writers: Vec<_> = (0..WRITERS).map(writer).collect();
    let last_zero = (0..=WRITERS).rev().find(|&place| cells[place].load(SeqCst) == 0);
    writers.into_iter().for_each(|task| task.join().unwrap());
    last_zero.expect("nobody writes the first")
}

#[test]
fn what_is_begun_in_vain_leaks_nothing_of_the_program() {
    let together = Checker::new().backend(Backend::Native).strategy(Strategy::Dpor).workers(5);
    // Whether that happens depends on who is how fast; in some of so many searches it does.
    let begun_in_vain = (0..100).map(|_| {
        let report = together.explore(owners);
        assert!(report.is_complete(), "{report}");
        assert_eq!(OWNED.load(SeqCst), 0, "{} begun in vain", report.redundant());
        report.redundant()
    });
    assert!(begun_in_vain.take_while(|&count| count == 0).count() < 100);
}
