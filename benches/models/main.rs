//! What the models cost in real runs: the facade beside std, our pool beside rayon's, the GIL, tasks.
//!
//! With `-- crowd` it prints another table instead: see the file of that name.

mod crowd;

use conccheck::models::asyncio;
use conccheck::models::gil::{DEFAULT_SWITCH_INTERVAL, Interpreters, Setting};
use conccheck::models::pool::{ThreadPoolExecutor, as_completed};
use conccheck::sync::Mutex;
use criterion::{Criterion, criterion_group};
use std::hint::black_box;
use std::num::NonZeroUsize;

fn facade(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lock and unlock");
    let (ours, theirs) = (Mutex::new(0), std::sync::Mutex::new(0));
    group.bench_function("conccheck::sync::Mutex", |bench| bench.iter(|| *ours.lock().unwrap() += 1));
    group.bench_function("std::sync::Mutex", |bench| bench.iter(|| *theirs.lock().unwrap() += 1));
    group.finish();
}

fn pool(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a thousand jobs on two workers");
    let pool = ThreadPoolExecutor::new(NonZeroUsize::MIN.saturating_add(1));
    group.bench_function("submit and as_completed", |bench| {
        bench.iter(|| {
            let futures: Vec<_> =
                (0..1_000).map(|job| pool.submit(move || black_box(job)).unwrap()).collect();
            as_completed(futures).count()
        });
    });
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    group.bench_function("rayon scope", |bench| {
        bench.iter(|| {
            rayon.scope(|scope| {
                for job in 0..1_000 {
                    scope.spawn(move |_| {
                        black_box(job);
                    });
                }
            });
        });
    });
    group.finish();
}

fn gil(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("check point that nobody waits for");
    for (name, setting) in
        [("GIL on", Setting::Shared { switch_interval: DEFAULT_SWITCH_INTERVAL }), ("GIL off", Setting::Off)]
    {
        let interpreter = Interpreters::new(setting).interpreter();
        let attached = interpreter.attach();
        group.bench_function(name, |bench| bench.iter(|| black_box(&attached).check_point()));
    }
    group.finish();
}

fn tasks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gather of a thousand tasks");
    group.bench_function("asyncio", |bench| {
        bench
            .iter(|| asyncio::run(async { asyncio::gather((0..1_000).map(|job| async move { job })).await }));
    });
    group.finish();
}

criterion_group!(benches, facade, pool, gil, tasks);
fn main() {
    if crowd::is_run() {
        return;
    }
    if std::env::args().any(|argument| argument == "crowd") {
        return crowd::print();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
