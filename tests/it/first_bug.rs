//! Searches that sample find the fault of every broken program within as many executions as the table
//! says.

use super::programs::pct_depth;
use conccheck::models::{PROGRAMS, Program};
use conccheck::{Backend, Checker, Strategy};

/// Searches, each with a fixed seed.
type Search = fn(&Program) -> (Backend, Strategy);

const SEARCHES: &[Search] = &[
    |_| (Backend::Shuttle, Strategy::Random { seed: 1 }),
    |program| (Backend::Shuttle, Strategy::Pct { seed: 1, depth: pct_depth(program) }),
];

#[test]
fn every_broken_program_is_caught_within_the_stated_number_of_executions() {
    let mut surprises = Vec::new();
    for program in PROGRAMS.iter().filter(|program| program.is_broken()) {
        for search in SEARCHES {
            let (backend, strategy) = search(program);
            let checker =
                Checker::new().backend(backend).strategy(strategy).executions_max(program.found_within);
            let checked = program.check(&checker);
            let wrong = checked.report.outcomes().filter(|outcome| !checked.is_right(outcome));
            let first = wrong.filter_map(|outcome| Some(checked.report.seen(outcome)?.first + 1)).min();
            let name = strategy.name();
            match first {
                Some(first) => tell!("{program}: {backend} {name} needs {first} of {}", program.found_within),
                None => surprises
                    .push(format!("{program}: {backend} {name} does not find it: {}", checked.report)),
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}
