//! How fast programs are explored, side by side: the same program under each checker. All stop after as
//! many executions, except where a checker has seen everything before. What is measured is executions per
//! second; under dpor, which needs so many fewer of them, that is only half of the story: the other half is
//! `to the end`, the time until a checker has seen everything. It takes about five minutes.
//!
//! With `-- scaling`, `-- workers`, `-- memory` or `-- first-bug` it prints another table instead: see the files of these names.

mod first_bug;
mod memory;
mod scaling;
mod workers;

use conccheck::models::{PROGRAMS, Program};
use conccheck::{Backend, Checker, Strategy};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use std::time::{Duration, Instant};

/// A program of the table in some size.
fn program(name: &str, size: usize) -> Program {
    let program = PROGRAMS.iter().find(|program| program.name == name).expect("a program of the table");
    program.sized(size).expect("a size that the program has")
}

fn checkers() -> [(&'static str, Checker); 5] {
    let native = Checker::new().backend(Backend::Native).executions_max(1_000_000);
    let shuttle = Checker::new().backend(Backend::Shuttle);
    [
        ("native dpor", native.clone()),
        ("native dpor, 2 workers", native.workers(2)),
        ("shuttle random", shuttle.clone().strategy(Strategy::Random { seed: 0 })),
        ("shuttle dfs", shuttle.strategy(Strategy::Dfs)),
        ("loom", Checker::new().backend(Backend::Loom)),
    ]
}

/// Executions per second.
fn rate(criterion: &mut Criterion) {
    const EXECUTIONS: u64 = 2_000;
    for (name, size) in [("atomics::readers", 8), ("atomics::lastzero", 10), ("locks::lock", 3)] {
        let program = program(name, size);
        let mut group = criterion.benchmark_group(format!("rate of {program}"));
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2)).sample_size(20);
        for (checker_name, checker) in checkers() {
            let checker = checker.executions_max(EXECUTIONS);
            let executions = program.check(&checker).report.executions();
            if executions == 0 {
                continue; // more tasks than loom has
            }
            group.throughput(Throughput::Elements(executions));
            group.bench_function(BenchmarkId::from_parameter(checker_name), |bench| {
                bench.iter(|| program.check(&checker))
            });
        }
        group.finish();
    }
}

/// Nanoseconds per step: criterion's element is a step here.
fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("steps of native dpor");
    group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2)).sample_size(20);
    for (name, size) in [
        ("atomics::readers", 8),
        ("atomics::lastzero", 10),
        ("atomics::inc", 4),
        ("atomics::ainc", 6),
        ("locks::lock", 4),
        ("locks::philosophers", 6),
        ("conditions::bounded_buffer", 2),
        ("channels::mpsc", 2),
        ("reduction::fib", 2),
        ("structures::msqueue", 2),
    ] {
        let (program, checker) = (program(name, size), Checker::new().backend(Backend::Native));
        group.throughput(Throughput::Elements(program.check(&checker).report.events()));
        group.bench_function(BenchmarkId::from_parameter(program), |bench| {
            bench.iter(|| program.check(&checker))
        });
    }
    group.finish();
}

/// The time until a checker has seen everything, where it does within seconds. What takes longer than
/// `SHORT` is done once.
fn to_the_end(criterion: &mut Criterion) {
    const SHORT: Duration = Duration::from_millis(300);
    for (name, size) in [("atomics::readers", 3), ("atomics::lastzero", 3), ("locks::lock", 3)] {
        let program = program(name, size);
        let mut group = criterion.benchmark_group(format!("to the end of {program}"));
        group.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(2)).sample_size(10);
        for (checker_name, checker) in checkers() {
            let checker = checker.executions_max(200_000).time_max(Duration::from_secs(30));
            let begun = Instant::now();
            if checker_name == "shuttle random" || !program.check(&checker).report.is_complete() {
                continue;
            }
            let elapsed = begun.elapsed();
            if elapsed > SHORT {
                println!("to the end of {program}/{checker_name}: once, in {:.1} s", elapsed.as_secs_f64());
                continue;
            }
            group.bench_function(BenchmarkId::from_parameter(checker_name), |bench| {
                bench.iter(|| program.check(&checker))
            });
        }
        group.finish();
    }
}

criterion_group!(benches, rate, steps, to_the_end);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("scaling") => return scaling::print(),
        Some("workers") => return workers::print(),
        Some("memory") => return memory::print(),
        Some("first-bug") => return first_bug::print(),
        Some(workers::CHILD) => return workers::search(&arguments[1..]),
        _ => {}
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
