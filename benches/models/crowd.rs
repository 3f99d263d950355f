//! Connections that all wait at once, on our models and on tokio alone, and in CPython: what a model adds to each connection.
//! Each run is a process of its own, so that its memory is its own too; ours and tokio's take turns, so that what else the
//! machine does hits both.

use conccheck::models::workload::{Done, Job, Step, Workload};
use conccheck::models::{Setting, asyncio, gil, processes};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

/// How many connections there are.
const CROWDS: [usize; 2] = [10_000, 100_000];
/// Runs of each, of which the median counts.
const RUNS: usize = 5;
/// Threads of a runtime that has several.
const WORKERS: usize = 2;
/// What is first among the arguments of a run.
const RUN: &str = "crowd-run";

/// Ours, and what it is compared with.
const PAIRS: [(&str, &str); 2] = [("asyncio", "tokio, one thread"), ("tasks", "tokio, two threads")];

/// What a run took.
#[derive(Clone, Copy)]
struct Taken {
    seconds: f64,
    cpu_seconds: f64,
    /// At its peak, more than before.
    bytes: f64,
}

/// Prints the table.
pub fn print() {
    println!(
        "{:<24}{:>10}{:>9}{:>8}{:>9}{:>8}{:>13}{:>8}",
        "", "waiting", "seconds", "ratio", "CPU", "ratio", "bytes each", "ratio"
    );
    for count in CROWDS {
        for (ours, theirs) in PAIRS {
            let (mut one, mut other) = (Vec::new(), Vec::new());
            for _ in 0..RUNS {
                one.push(run(ours, count));
                other.push(run(theirs, count));
            }
            let (one, other) = (median(&one), median(&other));
            print_row(theirs, count, other, None);
            print_row(ours, count, one, Some(other));
        }
        if let Some(taken) = (0..RUNS).map(|_| python(count)).collect::<Option<Vec<_>>>() {
            print_row("CPython", count, median(&taken), None);
        }
    }
}

fn print_row(who: &str, count: usize, taken: Taken, beside: Option<Taken>) {
    let each = |taken: Taken| taken.bytes / count as f64;
    let ratio = |of: fn(&Taken) -> f64| {
        beside.map_or(String::new(), |beside| format!("{:.2}", of(&taken) / of(&beside)))
    };
    println!(
        "{who:<24}{count:>10}{:>9.3}{:>8}{:>9.3}{:>8}{:>13.0}{:>8}",
        taken.seconds,
        ratio(|taken| taken.seconds),
        taken.cpu_seconds,
        ratio(|taken| taken.cpu_seconds),
        each(taken),
        ratio(|taken| taken.bytes),
    );
}

fn median(runs: &[Taken]) -> Taken {
    let of = |what: fn(&Taken) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(what).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Taken {
        seconds: of(|taken| taken.seconds),
        cpu_seconds: of(|taken| taken.cpu_seconds),
        bytes: of(|taken| taken.bytes),
    }
}

fn run(who: &str, count: usize) -> Taken {
    let itself = env::current_exe().expect("a program that runs is somewhere");
    let output = Command::new(itself).args([RUN, who, &count.to_string()]).output().expect("it starts");
    parse(&String::from_utf8_lossy(&output.stdout)).expect("it says what it took")
}

/// The same in Python, if there is one.
fn python(count: usize) -> Option<Taken> {
    const SCRIPT: &str = "
import asyncio, resource, sys, time
async def connection(name):
    await asyncio.sleep(1)
    return name
async def main(count):
    return await asyncio.gather(*[connection(f'connection {n + 1}') for n in range(count)])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before, begun, used = peak(), time.perf_counter(), cpu()
asyncio.run(main(int(sys.argv[1])))
print(time.perf_counter() - begun, cpu() - used, peak() - before)
";
    let output = Command::new("python3").args(["-c", SCRIPT, &count.to_string()]).output().ok()?;
    parse(&String::from_utf8_lossy(&output.stdout))
}

fn parse(text: &str) -> Option<Taken> {
    let numbers: Vec<f64> = text.split_whitespace().map_while(|word| word.parse().ok()).collect();
    let &[seconds, cpu_seconds, bytes] = &numbers[..] else { return None };
    Some(Taken { seconds, cpu_seconds, bytes })
}

/// One run, if this process was started for that; whether it was.
pub fn is_run() -> bool {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [first, who, count] = &arguments[..] else { return false };
    if first != RUN {
        return false;
    }
    let workload = crowd(count.parse().expect("a number of connections"));
    let before = status("VmRSS:");
    let (begun, used) = (Instant::now(), cpu_seconds());
    let done = perform(who, &workload);
    let (seconds, cpu_seconds) = (begun.elapsed().as_secs_f64(), cpu_seconds() - used);
    assert_eq!(done, workload.jobs.len());
    println!("{seconds} {cpu_seconds} {}", status("VmHWM:") - before);
    true
}

/// The built-in crowd, of another size.
fn crowd(count: usize) -> Workload {
    let built_in = Workload::builtin().into_iter().find(|workload| workload.name == "crowd");
    let mut workload = built_in.expect("it is built in");
    let like = workload.jobs[0].clone();
    workload.jobs =
        (0..count).map(|number| Job { name: format!("connection {}", number + 1), ..like.clone() }).collect();
    workload
}

/// How many connections came to their end.
fn perform(who: &str, workload: &Workload) -> usize {
    let worker_process = processes::Launch::Task;
    let setting = Setting { workers: WORKERS, time_scale: 1.0, gil: gil::Setting::Off, worker_process };
    match who {
        "asyncio" => asyncio::run_workload(workload, &setting).answers.len(),
        "tasks" => asyncio::run_workload_multi_thread(workload, &setting).answers.len(),
        "tokio, one thread" => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            tokio::task::LocalSet::new().block_on(&runtime.expect("it is built"), async {
                let jobs = workload.jobs.clone();
                let tasks: Vec<_> = jobs.into_iter().map(|job| tokio::task::spawn_local(wait(job))).collect();
                ended(tasks).await
            })
        }
        _ => {
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build();
            runtime.expect("it is built").block_on(async {
                let jobs = workload.jobs.clone();
                let tasks: Vec<_> = jobs.into_iter().map(|job| tokio::spawn(wait(job))).collect();
                ended(tasks).await
            })
        }
    }
}

async fn ended(tasks: Vec<tokio::task::JoinHandle<Done>>) -> usize {
    let mut answers = Vec::with_capacity(tasks.len());
    for task in tasks {
        answers.push(task.await.expect("it does not panic"));
    }
    answers.len()
}

/// What a job of the crowd is.
async fn wait(job: Job) -> Done {
    for step in &job.steps {
        if let Step::Io(wait) = step {
            tokio::time::sleep(*wait).await;
        }
    }
    Done { job: job.name, sum: 0 }
}

fn status(key: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(key)).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<f64>().map_or(0.0, |kibibytes| kibibytes * 1024.0)
}

/// What all threads of this process used of the processors.
fn cpu_seconds() -> f64 {
    let used = nix::time::clock_gettime(nix::time::ClockId::CLOCK_PROCESS_CPUTIME_ID);
    used.map_or(0.0, |used| Duration::from(used).as_secs_f64())
}
