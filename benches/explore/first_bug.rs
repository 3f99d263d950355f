//! How long a search takes until it has found the fault of a broken program: the default check, which is dpor with
//! samples beside it, and shuttle's two samplers. The programs are SCTBench's CS set as `models/bugs` has it (Thomson,
//! Donaldson, Betts, TOPC 2016), and two of them with more threads.

use conccheck::models::{PROGRAMS, Program};
use conccheck::sync::atomic::{AtomicI32, Ordering::SeqCst};
use conccheck::sync::{self, Mutex};
use conccheck::{Backend, Checker, Outcome, Strategy, thread};
use std::sync::Arc;
use std::time::Duration;

const ROUNDS: usize = 3;
const TIME_MAX: Duration = Duration::from_secs(10);

type Body = Arc<dyn Fn() -> String + Send + Sync>;
type IsWrong = Arc<dyn Fn(&Outcome<String>) -> bool + Send + Sync>;

/// Prints the table.
pub fn print() {
    println!("{:40}{:>20}{:>20}{:>20}", "executions, ms", "default", "shuttle random", "shuttle pct 3");
    for program in PROGRAMS.iter().filter(|program| program.model() == "bugs" && program.is_broken()) {
        let program = *program;
        let is_right = move |outcome: &Outcome<String>| matches!(outcome, Outcome::Returned(text) if program.right.contains(&text.as_str()));
        row(
            &program.to_string(),
            Arc::new(move || Program::run_once(&program)),
            Arc::new(move |outcome| !is_right(outcome)),
        );
    }
    for threads in [10, 20, 50, 100] {
        row_of(&format!("reorder, {threads} threads"), move || reorder(threads));
    }
    for threads in [20, 50, 100] {
        row_of(&format!("twostage, {threads} threads"), move || two_stage(threads));
    }
}

fn row_of(name: &str, program: impl Fn() + Send + Sync + 'static) {
    let body = move || {
        program();
        String::new()
    };
    row(name, Arc::new(body), Arc::new(|outcome| !matches!(outcome, Outcome::Returned(_))));
}

fn row(name: &str, body: Body, is_wrong: IsWrong) {
    let limited = || Checker::new().executions_max(1_000_000).time_max(TIME_MAX);
    let shuttle = limited().backend(Backend::Shuttle);
    let checkers = [
        limited(),
        shuttle.clone().strategy(Strategy::Random { seed: 0 }),
        shuttle.strategy(Strategy::Pct { seed: 0, depth: 3 }),
    ];
    let mut rounds: [Vec<(f64, Option<u64>)>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (checker, round) in checkers.iter().zip(&mut rounds) {
            round.push(hunt(checker, &body, &is_wrong));
        }
    }
    let cells = rounds.map(|mut round| {
        round.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        match round[ROUNDS / 2] {
            (milliseconds, Some(executions)) => format!("{executions:>11}{milliseconds:>9.1}"),
            (_, None) => format!("{:>20}", "not found"),
        }
    });
    println!("{name:40}{}", cells.concat());
}

/// Milliseconds, and the executions that it took, if the fault was found.
fn hunt(checker: &Checker, body: &Body, is_wrong: &IsWrong) -> (f64, Option<u64>) {
    let (body, is_wrong) = (Arc::clone(body), Arc::clone(is_wrong));
    let found = Arc::clone(&is_wrong);
    let report = checker.find(move || body(), move |outcome| is_wrong(outcome));
    let has_found = report.outcomes().any(|outcome| found(outcome));
    let executions = report.executions() + report.sampled();
    (report.elapsed().as_secs_f64() * 1e3, has_found.then_some(executions))
}

/// Setters write one value, then another; one who looks must find both or none.
fn reorder(threads: usize) {
    let both = sync::Arc::new((AtomicI32::new(0), AtomicI32::new(0)));
    let setter = |_| {
        let both = sync::Arc::clone(&both);
        thread::spawn(move || {
            both.0.store(1, SeqCst);
            both.1.store(-1, SeqCst);
        })
    };
    let setters: Vec<_> = (1..threads).map(setter).collect();
    let looks = thread::spawn(move || {
        let seen = (both.0.load(SeqCst), both.1.load(SeqCst));
        assert!(seen == (0, 0) || seen == (1, -1), "{seen:?}");
    });
    setters.into_iter().chain([looks]).for_each(|task| task.join().unwrap());
}

/// The first stage's data and the second's, which is one more, each under a lock of its own.
fn two_stage(threads: usize) {
    let stages = sync::Arc::new((Mutex::new(0), Mutex::new(0)));
    let writer = |_| {
        let stages = sync::Arc::clone(&stages);
        thread::spawn(move || {
            *stages.0.lock().unwrap() = 1;
            let first = *stages.0.lock().unwrap();
            *stages.1.lock().unwrap() = first + 1;
        })
    };
    let writers: Vec<_> = (1..threads).map(writer).collect();
    let reader = thread::spawn(move || {
        let first = *stages.0.lock().unwrap();
        if first != 0 {
            assert_eq!(*stages.1.lock().unwrap(), first + 1);
        }
    });
    writers.into_iter().chain([reader]).for_each(|task| task.join().unwrap());
}
