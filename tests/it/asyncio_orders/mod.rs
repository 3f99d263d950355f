//! asyncio's order of events is CPython's: the programs of `tests/python`, in Rust, in a real run and under native. What
//! CPython did is in `tests/python/orders.txt`, and where there is a CPython it is asked again.

use conccheck::models::asyncio::{Runner, Task, TaskError, catch_cancelled, run, sleep};
use conccheck::{Backend, Checker, Outcome, Report, Strategy, panic};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::Command;
use std::rc::Rc;
use std::time::Duration;

#[derive(Clone, Copy)]
enum Body {
    /// Python's `async def name(log)`.
    Main(fn(Log) -> Pin<Box<dyn Future<Output = ()>>>),
    /// Python's `def name(runner, log)`.
    Runs(fn(&Runner, Log)),
}

impl Body {
    fn run(self, log: Log) {
        match self {
            Body::Main(main) => run(main(log)),
            Body::Runs(runs) => runs(&Runner::new(), log),
        }
    }
}

type Program = (&'static str, Body);

/// The table of a file's programs.
macro_rules! programs {
    ($($name:ident),* $(,)?) => {
        pub(super) const PROGRAMS: &[super::Program] =
            &[$((stringify!($name), super::Body::Main(|log| Box::pin($name(log))))),*];
    };
}

/// That of a file whose programs are given a runner.
macro_rules! runs {
    ($($name:ident),* $(,)?) => {
        pub(super) const PROGRAMS: &[super::Program] =
            &[$((stringify!($name), super::Body::Runs($name))),*];
    };
}

mod cancelling;
mod groups;
mod limits;
mod locks;
mod queues;
mod runners;
mod streams;
mod table;
mod tasks;
mod waiting;

fn programs() -> impl Iterator<Item = Program> {
    let files = [
        cancelling::PROGRAMS,
        groups::PROGRAMS,
        limits::PROGRAMS,
        locks::PROGRAMS,
        queues::PROGRAMS,
        runners::PROGRAMS,
        streams::PROGRAMS,
        tasks::PROGRAMS,
        waiting::PROGRAMS,
    ];
    files.into_iter().flatten().copied()
}

/// The events of one execution.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    fn note(&self, event: impl Display) {
        self.0.borrow_mut().push(event.to_string().replace(' ', "-"));
    }

    fn text(&self) -> String {
        self.0.borrow().join(" ")
    }
}

async fn turn() {
    sleep(Duration::ZERO).await;
}

async fn secs(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

async fn steps(log: Log, name: &'static str, count: usize) {
    for step in 0..count {
        log.note(format!("{name}-{step}"));
        turn().await;
    }
}

fn raise(message: impl Into<String>) -> ! {
    panic::resume_unwind(Box::new(message.into()))
}

async fn broken() {
    raise("broken")
}

/// `try: await future except CancelledError: note; raise`.
async fn caught<T>(log: &Log, event: &str, future: impl Future<Output = T>) -> T {
    match catch_cancelled(future).await {
        Ok(value) => value,
        Err(error) => {
            log.note(event);
            error.raise().await
        }
    }
}

/// What Python's `str` makes of it.
trait Shown {
    fn shown(&self) -> String;
}

impl Shown for () {
    fn shown(&self) -> String {
        "nothing".to_string()
    }
}

macro_rules! shown {
    ($($shown:ty),*) => {
        $(impl Shown for $shown {
            fn shown(&self) -> String {
                self.to_string()
            }
        })*
    };
}

shown!(&str, usize, i32);

async fn ended<T: Shown + 'static>(log: &Log, name: &str, task: Task<T>) {
    note_end(log, name, task.await);
}

fn note_end<T: Shown>(log: &Log, name: &str, result: Result<T, TaskError>) {
    let name = if name.is_empty() { String::new() } else { format!("{name}-") };
    log.note(match result {
        Ok(value) => format!("{name}returned-{}", value.shown()),
        Err(TaskError::Raised(message)) => format!("{name}raised-{message}"),
        Err(TaskError::Cancelled) => format!("{name}cancelled"),
    });
}

async fn work(log: Log, name: &'static str, delay: u64) -> &'static str {
    caught(&log, &format!("{name}-caught"), secs(delay)).await;
    log.note(name);
    name
}

async fn failing(log: Log, name: &'static str, delay: u64) -> &'static str {
    secs(delay).await;
    log.note(format!("{name}-fails"));
    raise(name)
}

async fn all_ended<T: 'static>(tasks: impl IntoIterator<Item = Task<T>>) {
    for task in tasks {
        // How is in the log.
        let _ended = task.await;
    }
}

/// What CPython did, by program.
fn orders(text: &str) -> BTreeMap<&str, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_once(':').expect("a name and events"))
        .map(|(name, events)| (name, events.trim()))
        .collect()
}

fn recorded() -> BTreeMap<&'static str, &'static str> {
    orders(include_str!("../../python/orders.txt"))
}

fn really(body: Body) -> String {
    let log = Log::default();
    let noted = log.clone();
    // Time passes when nothing else can.
    let pause = async { tokio::time::pause() };
    match body {
        Body::Main(main) => run(async move {
            pause.await;
            main(noted).await;
        }),
        Body::Runs(runs) => {
            let runner = Runner::new();
            runner.run(pause);
            runs(&runner, noted);
        }
    }
    log.text()
}

#[test]
fn the_programs_are_those_of_python() {
    let here: Vec<_> = programs().map(|(name, _)| name).collect();
    let different: BTreeSet<_> = here.iter().copied().collect();
    assert_eq!(different.len(), here.len(), "each has a name of its own");
    assert_eq!(different, recorded().into_keys().collect());
}

#[test]
fn a_real_run_is_in_the_order_of_cpython() {
    let wrong = different_from_cpython(programs());
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn an_order_that_is_not_cpythons_is_noticed() {
    let main: fn(Log) -> Pin<Box<dyn Future<Output = ()>>> = |log| {
        Box::pin(async move {
            steps(log.clone(), "a", 3).await;
            steps(log, "b", 3).await;
        })
    };
    let one_after_another: Program = ("tasks_take_turns", Body::Main(main));
    assert_eq!(different_from_cpython([one_after_another].into_iter()).len(), 1);
}

fn different_from_cpython(programs: impl Iterator<Item = Program>) -> Vec<String> {
    let recorded = recorded();
    programs
        .map(|(name, body)| (name, recorded.get(name).copied().unwrap_or_default(), really(body)))
        .filter(|(_, expected, seen)| expected != seen)
        .map(|(name, expected, seen)| format!("{name}\n  CPython {expected}\n  here    {seen}"))
        .collect()
}

fn explore(checker: &Checker, body: Body) -> Report<String> {
    checker.explore(move || {
        let log = Log::default();
        body.run(log.clone());
        log.text()
    })
}

/// Where no time passes and no thread runs there is one order, under every backend, and it is CPython's. Where sleeps end
/// whenever the checker likes, it is one of those that native finds, and shuttle sees no other.
#[test]
fn cpythons_order_is_among_those_that_are_found() {
    let recorded = recorded();
    let native = Checker::new().backend(Backend::Native).executions_max(3_000);
    let shuttle =
        Checker::new().backend(Backend::Shuttle).strategy(Strategy::Random { seed: 1 }).executions_max(20);
    let loom = Checker::new().backend(Backend::Loom);
    let (mut wrong, mut with_one_order) = (Vec::new(), 0);
    for (name, body) in programs() {
        let expected = Outcome::Returned(recorded.get(name).copied().unwrap_or_default().to_string());
        let report = explore(&native, body);
        if report.seen(&expected).is_none() {
            wrong.push(format!("{name}: native does not see {expected:?}: {report}"));
        }
        let sampled = explore(&shuttle, body);
        let impossible = sampled.outcomes().find(|outcome| report.seen(outcome).is_none());
        if let Some(outcome) = impossible.filter(|_| report.is_complete()) {
            wrong.push(format!("{name}: only shuttle sees {outcome:?}"));
        }
        if report.executions() == 1 {
            with_one_order += 1;
            let others: BTreeSet<_> = explore(&loom, body).outcomes().cloned().collect();
            if others != [expected].into() {
                wrong.push(format!("{name}: loom sees {others:?}"));
            }
        }
    }
    tell!("{with_one_order} of {} programs have one order", recorded.len());
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn cpython_still_does_what_is_recorded() {
    let Some(python) = python() else {
        return tell!("there is no CPython of 3.11 or later here");
    };
    let output =
        Command::new(python).arg("-B").arg(scripts().join("orders.py")).output().expect("CPython starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter(|line| line.starts_with('#')).for_each(|line| tell!("{line}"));
    let (now, recorded) = (orders(&text), recorded());
    assert!(now.len() > recorded.len() / 2, "most programs run under every CPython");
    for (name, events) in now {
        assert_eq!(recorded.get(name), Some(&events), "{name}");
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python")
}

/// A CPython that has what most programs need.
fn python() -> Option<&'static str> {
    let is_new = "import sys; sys.exit(sys.version_info < (3, 11) or sys.implementation.name != 'cpython')";
    let works = |python: &&str| {
        Command::new(python).args(["-c", is_new]).output().is_ok_and(|output| output.status.success())
    };
    ["python3", "python"].into_iter().find(works)
}
