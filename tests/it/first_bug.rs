//! Every search finds the fault of every broken program within as many executions as the table says.

use super::cli::{assert_snapshot, output, transcript};
use conccheck::models::corpus::first_bug;
use conccheck::models::{PROGRAMS, Program};
use conccheck::{Backend, Checker, Strategy};
use serde_json::Value;

/// Searches, each with a fixed seed.
type Search = fn(&Program) -> (Backend, Strategy);

const SEARCHES: &[Search] = &[
    |_| (Backend::Native, Strategy::Dpor),
    |_| (Backend::Native, Strategy::Random { seed: 1 }),
    |program| (Backend::Native, Strategy::Pct { seed: 1, depth: program.pct_depth }),
    |_| (Backend::Native, Strategy::Pos { seed: 1 }),
    |_| (Backend::Shuttle, Strategy::Random { seed: 1 }),
    |program| (Backend::Shuttle, Strategy::Pct { seed: 1, depth: program.pct_depth }),
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
            let name = strategy.name();
            match first_bug(&checked) {
                Some((first, _)) => {
                    tell!("{program}: {backend} {name} needs {first} of {}", program.found_within)
                }
                None => surprises
                    .push(format!("{program}: {backend} {name} does not find it: {}", checked.report)),
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

#[test]
fn the_corpus_is_a_table_of_how_soon_each_strategy_finds_each_fault() {
    let corpus = output(&["check", "--corpus"]);
    assert_eq!(corpus.status.code(), Some(0), "{}", transcript(&corpus));
    assert_snapshot("corpus", &transcript(&corpus), &[]);
}

#[test]
fn the_corpus_as_json_has_every_broken_program() {
    let document: Value =
        serde_json::from_slice(&output(&["check", "--corpus", "--format", "json"]).stdout).unwrap();
    assert_eq!(document["schema"], "conccheck/1");
    let names = |row: &Value| row["program"].as_str().unwrap().to_string();
    let found: Vec<String> = document["corpus"].as_array().unwrap().iter().map(names).collect();
    let broken = PROGRAMS.iter().filter(|program| program.is_broken()).map(|program| program.name);
    assert_eq!(found, broken.collect::<Vec<_>>());
    for row in document["corpus"].as_array().unwrap() {
        for strategy in ["dpor", "pct", "pos", "random"] {
            let executions = row["executions"][strategy].as_u64().unwrap();
            assert!(executions <= row["found_within"].as_u64().unwrap(), "{row}");
        }
    }
}

#[test]
fn the_corpus_can_be_asked_for_some_programs_and_only_under_native() {
    let one = output(&["check", "--corpus", "threads::lost_update", "bugs"]);
    let text = String::from_utf8_lossy(&one.stdout).into_owned();
    assert!(text.contains("threads::lost_update") && text.contains("bugs::account_bad"), "{text}");
    assert!(!text.contains("pool::"), "{text}");
    let mut errors = String::new();
    for arguments in [
        &["--backend", "loom"][..],
        &["threads::safe_counter"],
        &["threads::lost_updates"],
        &["--strategy", "dfs"],
        &["threads", "--size", "3"],
    ] {
        let output = output(&[&["check", "--corpus"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        errors += &format!("{}\n{}\n", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    assert_snapshot("corpus_errors", &errors, &[]);
}
