//! What a second worker brings and costs: the time to the end and the most memory, beside those of one. Each search is a
//! process of its own, since memory is the process's; the table has medians of rounds that take them in turn.

use conccheck::{Backend, Checker, Strategy};
use std::process::Command;
use std::time::Instant;

const ROUNDS: usize = 5;

/// How a child is asked for one search.
pub const CHILD: &str = "--one-search";

const SEARCHES: [(&str, usize); 6] = [
    ("atomics::readers", 13),
    ("atomics::lastzero", 13),
    ("atomics::lastzero", 15),
    ("atomics::ainc", 7),
    ("locks::lock", 7),
    ("locks::philosophers", 8),
];

/// Prints the table.
pub fn print() {
    println!("{:24}{:>20}{:>20}", "", "seconds, 1 and 2", "MB, 1 and 2");
    for (name, size) in SEARCHES {
        let mut rounds: [Vec<[f64; 2]>; 2] = Default::default();
        for _ in 0..ROUNDS {
            for workers in [1, 2] {
                rounds[workers - 1].push(ask(name, size, workers));
            }
        }
        let [[one, little], [two, much]] = rounds.map(|round| [0, 1].map(|column| median(&round, column)));
        let (faster, more) = (one / two, much / little);
        println!(
            "{:24}{one:>8.3}{two:>7.3} {faster:>4.2}{little:>9.1}{much:>6.1} {more:>4.1}",
            format!("{name} {size}")
        );
    }
}

fn median(rounds: &[[f64; 2]], column: usize) -> f64 {
    let mut column: Vec<f64> = rounds.iter().map(|round| round[column]).collect();
    column.sort_unstable_by(f64::total_cmp);
    column[column.len() / 2]
}

/// Has a child do a search: seconds and megabytes.
fn ask(name: &str, size: usize, workers: usize) -> [f64; 2] {
    let this = std::env::current_exe().expect("a running program has a file");
    let arguments = [CHILD, name, &size.to_string(), &workers.to_string()];
    let output = Command::new(this).args(arguments).output().expect("it can be started again");
    let text = String::from_utf8(output.stdout).expect("a child prints numbers");
    let mut numbers = text.split_whitespace().map(|number| number.parse().expect("a child prints numbers"));
    std::array::from_fn(|_| numbers.next().expect("a child prints two numbers"))
}

/// What a child does.
pub fn search(arguments: &[String]) {
    let [name, size, workers] = arguments else { panic!("a program, a size, and how many workers") };
    let program = super::program(name, size.parse().expect("a size"));
    let checker = Checker::new().backend(Backend::Native).strategy(Strategy::Dpor).executions_max(10_000_000);
    let checker = checker.workers(workers.parse().expect("a number"));
    let begun = Instant::now();
    let report = checker.explore(move || program.run_once());
    let seconds = begun.elapsed().as_secs_f64();
    assert!(report.is_complete(), "{report}");
    println!("{seconds} {}", peak());
}

/// The most memory that this process has had, in megabytes; 0 where the system does not tell.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1024.0
}
