//! Strategies that sample: they see nothing that an exhaustive search does not, and find what is broken
//! within the executions that are stated here.

use super::trace_counts::native;
use conccheck::models::{PROGRAMS, Program};
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Checker, Incomplete, Outcome, Strategy, Verdict, thread};
use std::collections::BTreeSet;

fn samplers(seed: u64) -> [Strategy; 3] {
    [Strategy::Random { seed }, Strategy::Pct { seed, depth: 3 }, Strategy::Pos { seed }]
}

fn lost_update() -> usize {
    let total = Arc::new(AtomicUsize::new(0));
    let add = |total: Arc<AtomicUsize>| move || total.store(total.load(SeqCst) + 1, SeqCst);
    let other = thread::spawn(add(Arc::clone(&total)));
    add(Arc::clone(&total))();
    other.join().unwrap();
    total.load(SeqCst)
}

#[test]
fn samples_of_every_program_are_among_what_dpor_sees() {
    let mut executions = 0;
    for program in PROGRAMS {
        let all = program.check(&native());
        for strategy in samplers(1) {
            let sampled = program.check(&native().strategy(strategy).executions_max(200));
            executions += sampled.report.executions();
            let seen: BTreeSet<_> = all.report.outcomes().collect();
            let unknown: Vec<_> =
                sampled.report.outcomes().filter(|outcome| !seen.contains(outcome)).collect();
            let (name, all) = (program.name, &all.report);
            assert!(unknown.is_empty(), "{name} {}: {unknown:?}\n{all}", strategy.name());
            tell!(
                "{name} {}: {} {}",
                strategy.name(),
                sampled.verdict(),
                sampled.report.incomplete().map_or(String::new(), |i| i.to_string())
            );
        }
    }
    tell!("compared {executions} samples of {} programs", PROGRAMS.len());
}
