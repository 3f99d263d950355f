//! Programs with weak orderings, to the end, beside GenMC 0.11: the same programs in C, as it ran them on a machine of this
//! kind. What it took is from 2026-11-27, and it is not asked again here.

use conccheck::sync::Arc;
use conccheck::sync::atomic::AtomicU64;
use conccheck::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use conccheck::{Checker, thread};
use std::time::Instant;

const ROUNDS: usize = 3;

/// A program, how many executions it has, and the seconds that GenMC takes.
type Row = (&'static str, u64, f64, fn());

const ROWS: [Row; 9] = [
    ("store buffering, 10, relaxed", 1_024, 0.13, || ring(10, Relaxed, Relaxed)),
    ("store buffering, 10, seqcst", 1_023, 0.12, || ring(10, SeqCst, SeqCst)),
    ("message passing, 7, relaxed", 16_384, 1.19, || passing(7, Relaxed, Relaxed)),
    ("message passing, 7, acq/rel", 2_187, 0.20, || passing(7, Release, Acquire)),
    ("fib_bench 4", 1_764, 0.17, || fib(4)),
    ("fib_bench 5", 19_404, 1.5, || fib(5)),
    ("lastzero 10", 3_328, 0.73, || lastzero(10)),
    ("lastzero 15", 147_456, 57.0, || lastzero(15)),
    ("Treiber stack, 2 pop, 3 push", 34_968, 2.7, treiber),
];

/// Prints the table.
pub fn print() {
    println!(
        "{:30}{:>10}{:>10}{:>14}{:>10}{:>8}",
        "", "executions", "seconds", "µs/execution", "GenMC", "ratio"
    );
    for (name, executions, genmc, program) in ROWS {
        let mut rounds: Vec<f64> = (0..ROUNDS).map(|_| explore(program, executions)).collect();
        rounds.sort_unstable_by(f64::total_cmp);
        let seconds = rounds[ROUNDS / 2];
        let each = seconds * 1e6 / executions as f64;
        println!("{name:30}{executions:>10}{seconds:>10.3}{each:>14.1}{genmc:>10.2}{:>8.1}", genmc / seconds);
    }
}

/// Explores it to the end, for so many seconds.
fn explore(program: fn(), executions: u64) -> f64 {
    let begun = Instant::now();
    let report = Checker::new().executions_max(10_000_000).explore(program);
    let seconds = begun.elapsed().as_secs_f64();
    assert!(report.is_complete() && report.executions() == executions, "{executions} executions: {report}");
    seconds
}

fn zeros(count: usize) -> Arc<Vec<AtomicU64>> {
    Arc::new((0..count).map(|_| AtomicU64::new(0)).collect())
}

/// Runs the tasks, by their numbers, to their ends.
fn run(
    places: &Arc<Vec<AtomicU64>>,
    count: usize,
    task: impl Fn(&[AtomicU64], usize) + Copy + Send + 'static,
) {
    let spawn = |number| {
        let places = Arc::clone(places);
        thread::spawn(move || task(&places, number))
    };
    let tasks: Vec<_> = (0..count).map(spawn).collect();
    tasks.into_iter().for_each(|task| task.join().expect("it does not panic"));
}

/// Each task stores to its own place and loads the next one's.
fn ring(count: usize, store: Ordering, load: Ordering) {
    let places = zeros(count + 1);
    // So that not all is SeqCst.
    places[count].store(1, Relaxed);
    run(&places, count, move |places, number| {
        places[number].store(1, store);
        places[(number + 1) % count].load(load);
    });
}

/// One task writes a value and a flag, the others read the flag and the value.
fn passing(readers: usize, store: Ordering, load: Ordering) {
    run(&zeros(2), readers + 1, move |places, number| {
        if number == 0 {
            places[0].store(1, Relaxed);
            places[1].store(1, store);
        } else {
            places[1].load(load);
            places[0].load(Relaxed);
        }
    });
}

/// Two tasks add to their own number the other's, again and again.
fn fib(rounds: usize) {
    let places = zeros(2);
    run(&places, 2, move |places, number| {
        for _ in 0..rounds {
            let sum = places[0].load(Acquire) + places[1].load(Acquire);
            places[number].store(sum, Release);
        }
    });
}

/// One task looks from the end for a zero; each other puts into its place one more than is in the place before.
fn lastzero(count: usize) {
    run(&zeros(count + 1), count + 1, move |places, number| {
        if number > 0 {
            let before = places[number - 1].load(Acquire);
            places[number].store(before + 1, Release);
            return;
        }
        let mut at = count;
        while places[at].load(Acquire) != 0 {
            at -= 1;
        }
    });
}

/// A stack of nodes that are known by their numbers: the first place is its top.
fn treiber() {
    const PUSHES: usize = 3;
    run(&zeros(1 + PUSHES), PUSHES + 2, |places, number| {
        let top = &places[0];
        loop {
            let seen = top.load(Acquire);
            let is_push = number < PUSHES;
            if !is_push && seen == 0 {
                break;
            }
            let new = if is_push { number as u64 + 1 } else { places[seen as usize].load(Relaxed) };
            if is_push {
                places[number + 1].store(seen, Relaxed);
            }
            if top.compare_exchange(seen, new, Release, Relaxed).is_ok() {
                break;
            }
        }
    });
}
