//! How fast programs are explored: the same program under each backend, executions per second. All
//! stop after as many executions, except where a backend has seen everything before.

use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Backend, Checker, Strategy, thread};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::time::Duration;

/// One writer and `count` readers of one atomic.
fn readers(count: usize) -> usize {
    let x = Arc::new(AtomicUsize::new(0));
    let readers: Vec<_> = (0..count)
        .map(|_| {
            let x = Arc::clone(&x);
            thread::spawn(move || x.load(SeqCst))
        })
        .collect();
    x.store(1, SeqCst);
    readers.into_iter().map(|reader| reader.join().unwrap()).sum()
}

/// `count` threads, each with one critical section on one mutex.
fn critical_sections(count: usize) -> usize {
    let total = Arc::new(Mutex::new(0));
    let threads: Vec<_> = (0..count)
        .map(|_| {
            let total = Arc::clone(&total);
            thread::spawn(move || *total.lock().unwrap() += 1)
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    Arc::into_inner(total).unwrap().into_inner().unwrap()
}

struct Program(&'static str, fn() -> usize);

fn explore(criterion: &mut Criterion) {
    const EXECUTIONS: u64 = 1_000;
    let checkers = [
        ("native dpor", Checker::new().backend(Backend::Native)),
        ("shuttle random", Checker::new().strategy(Strategy::Random { seed: 0 })),
        ("shuttle dfs", Checker::new().strategy(Strategy::Dfs)),
        ("loom", Checker::new().backend(Backend::Loom)),
    ];
    let programs = [
        Program("readers(3)", || readers(3)),
        Program("readers(8)", || readers(8)),
        Program("critical sections(3)", || critical_sections(3)),
    ];
    for Program(program, body) in programs {
        let mut group = criterion.benchmark_group(program);
        group.measurement_time(Duration::from_secs(3)).sample_size(20);
        for (name, checker) in &checkers {
            let checker = checker.clone().executions_max(EXECUTIONS);
            let executions = checker.explore(body).executions();
            if executions == 0 {
                continue; // more tasks than loom has
            }
            group.throughput(Throughput::Elements(executions));
            group.bench_function(BenchmarkId::from_parameter(name), |bench| {
                bench.iter(|| checker.explore(body))
            });
        }
        group.finish();
    }
}

criterion_group!(benches, explore);
criterion_main!(benches);
