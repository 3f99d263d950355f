//! Every model gives the sequential results, whatever the workload: for real, in the executions that
//! shuttle samples, and in all executions that native and loom know of small workloads. Where jobs share a cell
//! without care, updates are lost, and nothing else is wrong.

use crate::drawn::{counterexample, for_all};
use conccheck::models::workload::{Limits, Results, Step, Workload, any_workload};
use conccheck::models::{Model, Setting, gil, processes, sequential};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, Verdict};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

/// The models that are written on the facade: rayon's threads are its own.
const CHECKED: [Model; 5] = [Model::Threads, Model::Pool, Model::Processes, Model::Asyncio, Model::Tokio];

/// Few workloads of the size that native is given have more.
const NATIVE_EXECUTIONS_MAX: u64 = 2_000;

/// What a model makes of a workload.
type Made = Result<Results, String>;

#[test]
fn for_real() {
    let limits = Limits { jobs_max: 6, workers_max: 3, cpu_terms_max: 500, ..Limits::default() };
    let interval = Duration::from_micros(200);
    let runs = Cell::new(0);
    for_all("agree::for_real", 40, any_workload(&limits), |workload| {
        for gil in [
            gil::Setting::Off,
            gil::Setting::Shared { switch_interval: interval },
            gil::Setting::PerInterpreter { switch_interval: interval },
        ] {
            let worker = env!("CARGO_BIN_EXE_conccheck");
            let launch = processes::Launch::command(worker, [processes::WORKER_ARGUMENT]);
            let setting = setting(workload, gil, launch);
            let expected = sequential::run(workload, &setting);
            for model in Model::ALL {
                let made = model.run(workload, &setting).map_err(|error| error.to_string());
                if made.as_ref() != Ok(&expected) {
                    return Err(format!(
                        "{} with {gil:?} gives {}, sequentially it is {expected}",
                        model.name(),
                        made.map_or_else(|error| error, |results| results.to_string()),
                    ));
                }
                runs.set(runs.get() + 1);
            }
        }
        Ok(())
    });
    tell!("ran {} workloads for real", runs.get());
}

#[test]
fn under_shuttle() {
    let limits = Limits { cpu_terms_max: 60, ..Limits::default() };
    let (executions, workloads) = (Cell::new(0), Cell::new(0));
    for_all("agree::under_shuttle", 200, (any_workload(&limits), any_gil()), |(workload, gil)| {
        workloads.set(workloads.get() + 1);
        for model in CHECKED {
            for strategy in [Strategy::Random { seed: 1 }, Strategy::Pct { seed: 1, depth: 3 }] {
                let checker = Checker::new().backend(Backend::Shuttle).strategy(strategy).executions_max(60);
                executions.set(executions.get() + agrees(model, workload, *gil, &checker)?);
            }
        }
        Ok(())
    });
    tell!("explored {} executions of {} workloads under shuttle", executions.get(), workloads.get());
}

#[test]
fn under_native() {
    let limits = Limits { jobs_max: 3, workers_max: 2, steps_max: 2, cpu_terms_max: 1, ..Limits::default() };
    let executions = Cell::new(0);
    let (complete, checked) = (Cell::new(0), Cell::new(0));
    for_all("agree::under_native", 40, (any_workload(&limits), any_gil()), |(workload, gil)| {
        for model in CHECKED {
            let checker = Checker::new().backend(Backend::Native).executions_max(NATIVE_EXECUTIONS_MAX);
            let explored = agrees(model, workload, *gil, &checker)?;
            executions.set(executions.get() + explored);
            checked.set(checked.get() + 1);
            complete.set(complete.get() + u32::from(explored < NATIVE_EXECUTIONS_MAX));
        }
        Ok(())
    });
    let (complete, checked) = (complete.get(), checked.get());
    tell!("explored {} executions under native, of {complete} in {checked} checks all", executions.get());
    assert!(2 * complete > checked, "only {complete} of {checked} checks saw every execution");
}

/// loom has five tasks: `main` and two for each job of `tokio` or worker of `processes`, at the most.
#[test]
fn under_loom() {
    let limits = Limits { jobs_max: 2, steps_max: 2, cpu_terms_max: 1, ..Limits::default() };
    let (executions, workloads) = (Cell::new(0), Cell::new(0));
    for_all("agree::under_loom", 40, (any_workload(&limits), any_gil()), |(workload, gil)| {
        workloads.set(workloads.get() + 1);
        for model in CHECKED {
            let preemptions_max = if model == Model::Processes { 1 } else { 2 };
            let checker = Checker::new()
                .backend(Backend::Loom)
                .preemptions_max(preemptions_max)
                .time_max(Duration::from_secs(1));
            executions.set(executions.get() + agrees(model, workload, *gil, &checker)?);
        }
        Ok(())
    });
    tell!("explored {} executions of {} workloads under loom", executions.get(), workloads.get());
}

/// The same check, where it must not hold: jobs that share a cell without care.
#[test]
fn a_lost_update_does_not_agree() {
    let limits = Limits { shared_safe: false, shared_racy: true, ..Limits::default() };
    for model in [Model::Threads, Model::Pool, Model::Processes, Model::Tokio] {
        let smallest = counterexample(60, any_workload(&limits), |workload| {
            let sampled = Checker::new().backend(Backend::Shuttle).executions_max(100);
            agrees(model, workload, gil::Setting::Off, &sampled).map(drop)
        });
        assert_least_lost_update(model, smallest);
    }
}

#[test]
fn native_shows_a_lost_update_too() {
    let limits = Limits {
        jobs_max: 3,
        workers_max: 2,
        steps_max: 2,
        cpu_terms_max: 1,
        shared_safe: false,
        shared_racy: true,
        ..Limits::default()
    };
    for model in [Model::Threads, Model::Pool, Model::Processes, Model::Tokio] {
        let smallest = counterexample(60, any_workload(&limits), |workload| {
            let native = Checker::new().backend(Backend::Native).executions_max(NATIVE_EXECUTIONS_MAX);
            agrees(model, workload, gil::Setting::Off, &native).map(drop)
        });
        assert_least_lost_update(model, smallest);
    }
}

/// Two jobs, each of which only shares.
#[track_caller]
fn assert_least_lost_update(model: Model, smallest: Option<Workload>) {
    let smallest = smallest.unwrap_or_else(|| panic!("{} loses no update", model.name()));
    let updates = |steps: &[Step]| steps.iter().all(|step| matches!(step, Step::Shared { .. }));
    assert_eq!(smallest.jobs.len(), 2, "{smallest:?}");
    assert!(smallest.jobs.iter().all(|job| job.steps.len() == 1 && updates(&job.steps)), "{smallest:?}");
}

#[test]
fn lost_updates_are_all_that_racy_sharing_does() {
    const CASES: u32 = 60;
    let limits = Limits { shared_racy: true, ..Limits::default() };
    let lost = CHECKED.map(|model| {
        let lost = Cell::new(0);
        for_all("agree::lost_updates", CASES, (any_workload(&limits), any_gil()), |(workload, gil)| {
            let checker = Checker::new()
                .backend(Backend::Shuttle)
                .strategy(Strategy::Random { seed: 1 })
                .executions_max(60);
            lost.set(lost.get() + only_loses_updates(model, workload, *gil, &checker)?);
            Ok(())
        });
        lost.get()
    });
    for (model, lost) in CHECKED.into_iter().zip(lost) {
        tell!("{}: {lost} of {CASES} workloads or more lost an update", model.name());
        // One thread that switches only at `await` is never interrupted between reading and writing.
        assert_eq!(lost == 0, model == Model::Asyncio, "{}", model.name());
    }
}

#[test]
fn lost_updates_are_all_that_native_and_loom_see() {
    let limits =
        Limits { jobs_max: 2, steps_max: 1, shared_safe: false, shared_racy: true, ..Limits::default() };
    let lost = Cell::new(0);
    for_all("agree::lost_updates_are_all_that_native_and_loom_see", 80, any_workload(&limits), |workload| {
        let native = Checker::new().backend(Backend::Native);
        let loom = Checker::new().backend(Backend::Loom).preemptions_max(2);
        for model in [Model::Threads, Model::Tokio] {
            let [native, loom] = [&native, &loom]
                .map(|checker| only_loses_updates(model, workload, gil::Setting::Off, checker));
            let (native, loom) = (native?, loom?);
            if native != loom {
                return Err(format!("{}: {native} lost under native, {loom} under loom", model.name()));
            }
            lost.set(lost.get() + native);
        }
        Ok(())
    });
    assert!(lost.get() > 0, "no case lost an update");
}

/// Whether every execution of `workload` gives the sequential results; how many there were.
fn agrees(model: Model, workload: &Workload, gil: gil::Setting, checker: &Checker) -> Result<u64, String> {
    let (expected, report) = explore(model, workload, gil, checker);
    match report.verdict_against(&Ok(expected.clone())) {
        Verdict::Pass | Verdict::Bounded => Ok(report.executions()),
        verdict => Err(contradiction(model, gil, verdict, &expected, &report)),
    }
}

/// Whether losing updates explains all that differs from the sequential results; 1 if any was lost.
fn only_loses_updates(
    model: Model,
    workload: &Workload,
    gil: gil::Setting,
    checker: &Checker,
) -> Result<u32, String> {
    let (expected, report) = explore(model, workload, gil, checker);
    let explained = |made: &Made| {
        made.as_ref().is_ok_and(|results| {
            results.answers == expected.answers
                && results.cells.keys().eq(expected.cells.keys())
                && results.cells.iter().all(|(cell, value)| sums(workload, cell).contains(value))
        })
    };
    match report.verdict_if(explained) {
        Verdict::Pass | Verdict::Bounded => {
            let lost = report.outcomes().any(|outcome| *outcome != Outcome::Returned(Ok(expected.clone())));
            Ok(u32::from(lost))
        }
        verdict => Err(contradiction(model, gil, verdict, &expected, &report)),
    }
}

/// What `cell` can hold in the end when any update but one, the last, may be lost.
fn sums(workload: &Workload, cell: &str) -> BTreeSet<i64> {
    let done = workload.jobs.iter().flat_map(|job| {
        job.steps.iter().take_while(|step| !matches!(step, Step::Fail(_))).filter_map(|step| match step {
            Step::Shared { cell: name, add, .. } if name == cell => Some(*add),
            _ => None,
        })
    });
    let mut sums = BTreeSet::new();
    for add in done {
        let more: Vec<i64> = sums.iter().map(|sum| sum + add).collect();
        sums.extend(more);
        sums.insert(add);
    }
    if sums.is_empty() { BTreeSet::from([0]) } else { sums }
}

fn explore(
    model: Model,
    workload: &Workload,
    gil: gil::Setting,
    checker: &Checker,
) -> (Results, Report<Made>) {
    let setting = setting(workload, gil, processes::Launch::Task);
    let expected = sequential::run(workload, &setting);
    let workload = workload.clone();
    let report = checker.explore(move || model.run(&workload, &setting).map_err(|error| error.to_string()));
    (expected, report)
}

fn contradiction(
    model: Model,
    gil: gil::Setting,
    verdict: Verdict,
    expected: &Results,
    report: &Report<Made>,
) -> String {
    let strategy = report.strategy();
    format!(
        "{verdict}: {} under {} ({strategy:?}), {gil:?}; sequentially it is {expected:?}\n{report}",
        model.name(),
        report.backend(),
    )
}

fn setting(workload: &Workload, gil: gil::Setting, worker_process: processes::Launch) -> Setting {
    Setting { workers: workload.workers.unwrap_or(2), time_scale: 1.0, gil, worker_process }
}

/// Timeouts never fire under a checker: only a waiter whose interval is zero asks for the lock.
fn any_gil() -> impl proptest::strategy::Strategy<Value = gil::Setting> {
    let switch_interval = Duration::ZERO;
    prop::sample::select(vec![
        gil::Setting::Off,
        gil::Setting::PerInterpreter { switch_interval },
        gil::Setting::Shared { switch_interval },
        gil::Setting::Shared { switch_interval: gil::DEFAULT_SWITCH_INTERVAL },
    ])
}
