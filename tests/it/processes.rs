//! Worker processes, for real: what they compute, and what becomes of their callers when they die.

use conccheck::models::processes::{
    self, APPEND, CallError, FAIL, FUNCTIONS, Function, Launch, PERFORM, Pool, ProcessPoolExecutor, Queued,
    SQUARE, Wait, as_completed, every_worker_ends, failing_job_fails_alone,
    killed_worker_breaks_pending_futures, map_keeps_order, memory_is_separate,
};
use conccheck::models::workload::{Done, Job, Sharing, Step, Workload};
use conccheck::models::{Setting, gil};
use conccheck::{Backend, Checker, Outcome};
use std::process::Command;
use std::time::Duration;

/// Workers that are child processes of this test.
fn children() -> Launch {
    Launch::command(env!("CARGO_BIN_EXE_conccheck"), [processes::WORKER_ARGUMENT])
}

fn executor(max_workers: usize) -> ProcessPoolExecutor {
    ProcessPoolExecutor::new(max_workers, children(), FUNCTIONS)
}

fn job(name: &str, steps: Vec<Step>) -> Job {
    Job { name: name.to_string(), steps }
}

/// A job that nobody waits for to end by itself.
fn endless() -> (Job, f64) {
    (job("endless", vec![Step::Io(Duration::from_secs(3600))]), 1.0)
}

fn workload(jobs: Vec<Job>) -> Workload {
    Workload { name: "test".to_string(), about: String::new(), workers: None, jobs }
}

fn setting(workers: usize, worker_process: Launch) -> Setting {
    Setting { workers, time_scale: 1.0, gil: gil::Setting::Off, worker_process }
}

/// Waits until the pool has started so many workers, and gives their process numbers.
fn started(pool: &ProcessPoolExecutor, count: usize) -> Vec<u32> {
    loop {
        let ids = pool.process_ids();
        if ids.len() == count {
            return ids;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn kill(id: u32) {
    let killed = Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
    assert!(killed.success());
}

/// A process that ended and was not waited for still has an entry here.
#[cfg(target_os = "linux")]
fn assert_gone(ids: &[u32]) {
    for id in ids {
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "process {id} is still there");
    }
}

#[cfg(not(target_os = "linux"))]
fn assert_gone(_ids: &[u32]) {}

fn broken(error: CallError) -> String {
    match error {
        CallError::Broken(broken) => broken.to_string(),
        other => panic!("not a broken pool: {other:?}"),
    }
}

#[test]
fn map_gives_results_in_the_order_of_the_arguments() {
    let numbers: Vec<u64> = (0..200).collect();
    let squares: Vec<u64> = numbers.iter().map(|number| number * number).collect();

    let results: Result<Vec<_>, _> = executor(2).map(&SQUARE, numbers.clone()).collect();
    assert_eq!(results.unwrap(), squares);

    let pool = Pool::new(2, children(), FUNCTIONS);
    assert_eq!(pool.map(&SQUARE, &numbers).unwrap(), squares);
    assert_eq!(pool.map_chunks(&SQUARE, &numbers, 1).unwrap(), squares);
    assert_eq!(pool.map(&SQUARE, &[]), Ok(Vec::new()));
}

#[test]
fn map_ends_with_the_first_failure() {
    let messages = ["first", "second", "third"].map(String::from);
    let results: Vec<_> = executor(2).map(&FAIL, messages).collect();
    assert_eq!(results, [Err(CallError::Raised("first".to_string()))]);
}

#[test]
fn as_completed_gives_each_future_once() {
    let pool = executor(2);
    let futures: Vec<_> = (0..20).map(|number| pool.submit(&SQUARE, &number)).collect();
    let mut seen: Vec<_> = as_completed(futures).map(|future| future.result().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..20).map(|number| number * number).collect::<Vec<_>>());
}

#[test]
fn a_function_that_panics_fails_its_own_call_only() {
    let pool = executor(1);
    let failing = pool.submit(&FAIL, &"no such page".to_string());
    assert_eq!(failing.exception(), Some(CallError::Raised("no such page".to_string())));
    assert_eq!(pool.submit(&SQUARE, &3).result(), Ok(9));

    static PICKY: Function<String, ()> = Function::new("fail", |_| ());
    let messages: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    let failed = Pool::new(2, children(), FUNCTIONS).map_chunks(&PICKY, &messages, 2);
    assert_eq!(failed, Err(CallError::Raised("a".to_string())), "the first in order");
}

#[test]
fn a_call_that_cannot_be_made_says_why_and_the_worker_goes_on() {
    static UNKNOWN: Function<u64, u64> = Function::new("cube", |number| number * number * number);
    static MISTAKEN: Function<String, u64> = Function::new("append", |_| 0);
    static LONG: Function<Vec<u64>, u64> = Function::new("square", |_| 0);
    let pool = executor(1);

    let refused = |error: Option<CallError>| match error {
        Some(CallError::Refused(message)) => message,
        other => panic!("not refused: {other:?}"),
    };
    let message = refused(pool.submit(&UNKNOWN, &2).exception());
    assert!(message.starts_with("this worker serves no function `cube`, only [\"square\","), "{message}");
    let message = refused(pool.submit(&MISTAKEN, &"text".to_string()).exception());
    assert!(message.starts_with("`append` cannot take its argument: "), "{message}");
    let message = refused(pool.submit(&LONG, &vec![u64::MAX; 10_000_000]).exception());
    assert!(message.starts_with("the argument cannot be sent: a frame of "), "{message}");

    assert_eq!(pool.submit(&APPEND, &(vec![1], 2)).result(), Ok(vec![1, 2]));
}

#[test]
fn a_killed_worker_breaks_every_future_and_later_ones() {
    let pool = executor(2);
    let futures: Vec<_> = (0..4).map(|_| pool.submit(&PERFORM, &endless())).collect();
    let ids = started(&pool, 2);
    while !(futures[0].running() && futures[1].running()) {
        std::thread::sleep(Duration::from_millis(1));
    }
    kill(ids[0]);

    let messages: Vec<String> =
        futures.iter().map(|future| broken(future.result().expect_err("killed"))).collect();
    let (worker_0, worker_1) = ("worker 0", "worker 1");
    let expected = |worker| {
        format!("the process pool is broken: {worker} was killed by signal 9 while calling `perform`")
    };
    assert!([expected(worker_0), expected(worker_1)].contains(&messages[0]), "{}", messages[0]);
    assert!(messages.iter().all(|message| *message == messages[0]), "one reason for all: {messages:?}");
    assert_eq!(broken(pool.submit(&SQUARE, &2).result().unwrap_err()), messages[0], "a later call");
    pool.shutdown(Wait::ForWorkers, Queued::Run);
    assert_gone(&ids);
}

#[test]
fn what_a_killed_worker_started_is_killed_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let survived = directory.path().join("survived");
    // What is started has the worker's output, so that the call is not over before both have ended.
    let script = "(sleep 20; : > \"$1\") & exec \"$0\" \"$2\"";
    let worker = env!("CARGO_BIN_EXE_conccheck");
    let arguments = ["-c", script, worker, survived.to_str().unwrap(), processes::WORKER_ARGUMENT];
    let pool = ProcessPoolExecutor::new(1, Launch::command("/bin/sh", arguments), FUNCTIONS);
    let future = pool.submit(&PERFORM, &endless());
    while !future.running() {
        std::thread::sleep(Duration::from_millis(1));
    }
    pool.kill_workers();
    let message = broken(future.result().unwrap_err());
    assert!(message.ends_with("worker 0 was killed by signal 9 while calling `perform`"), "{message}");
    assert!(!survived.exists(), "killed before it could");
}

#[test]
fn a_killed_worker_does_not_hang_a_map() {
    let pool = Pool::new(2, children(), FUNCTIONS);
    std::thread::scope(|scope| {
        let mapping = scope.spawn(|| pool.map(&PERFORM, &[endless(), endless(), endless()]));
        while !mapping.is_finished() {
            pool.kill_workers();
            std::thread::sleep(Duration::from_millis(1));
        }
        let message = broken(mapping.join().unwrap().unwrap_err());
        assert!(message.ends_with("was killed by signal 9 while mapping `perform`"), "{message}");
    });
}

#[test]
fn no_worker_is_left_when_the_pool_is_gone() {
    let pool = executor(3);
    let results: Result<Vec<_>, _> = pool.map(&SQUARE, 0..3).collect();
    assert_eq!(results.unwrap(), [0, 1, 4]);
    let ids = started(&pool, 3);
    drop(pool);
    assert_gone(&ids);

    let (sender, receiver) = std::sync::mpsc::channel();
    let panicked = std::thread::spawn(move || {
        let pool = executor(1);
        assert_eq!(pool.submit(&SQUARE, &3).result(), Ok(9));
        sender.send(pool.process_ids()).unwrap();
        std::panic::resume_unwind(Box::new("with a pool in its hands"));
    });
    panicked.join().unwrap_err();
    assert_gone(&receiver.recv().unwrap());
}

#[test]
fn cancelled_calls_are_never_made() {
    let pool = executor(1);
    let running = pool.submit(&PERFORM, &endless());
    while !running.running() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let (by_itself, with_all) = (pool.submit(&SQUARE, &2), pool.submit(&SQUARE, &3));
    assert!(by_itself.cancel() && by_itself.cancelled() && by_itself.cancel());
    assert!(!running.cancel(), "a worker has it");
    pool.shutdown(Wait::No, Queued::Cancel);
    assert_eq!(with_all.result(), Err(CallError::Cancelled));
    assert_eq!(as_completed([by_itself, with_all]).count(), 2, "cancelled is done");
    let refused = CallError::Refused("cannot submit a call after shutdown".to_string());
    assert_eq!(pool.submit(&SQUARE, &4).result(), Err(refused));
    pool.kill_workers();
    assert!(running.exception().is_some());
}

#[test]
fn a_program_that_is_no_worker_is_a_clear_error() {
    let why = |program: &str, arguments: &[&str]| {
        let launch = Launch::command(program, arguments.iter().copied());
        let pool = ProcessPoolExecutor::new(1, launch, FUNCTIONS);
        let futures = [pool.submit(&SQUARE, &2), pool.submit(&SQUARE, &3)];
        let [first, second] = futures.map(|future| broken(future.result().unwrap_err()));
        assert_eq!(first, second);
        first.strip_prefix("the process pool is broken: worker 0 did not start: ").unwrap().to_string()
    };
    let greeting = |role| format!("\"conccheck {} {role}\"", env!("CARGO_PKG_VERSION"));

    assert_eq!(
        why("/no/such/program", &[]),
        "failed to start `/no/such/program`: No such file or directory (os error 2)"
    );
    assert_eq!(
        why("/bin/sh", &["-c", "exit 3"]),
        "`/bin/sh` exited with code 3 before it served: it is not a program that serves as a worker"
    );
    assert_eq!(
        why("/bin/cat", &[]),
        format!(
            "`/bin/cat` does not serve as a worker: where a worker says {}, it said {}",
            greeting("worker"),
            greeting("parent")
        )
    );
    let message = why("/bin/echo", &["hello, world"]);
    assert!(message.contains("what came is not a frame"), "{message}");
    // This test's own program, whose `main` does not serve.
    let message = why(std::env::current_exe().unwrap().to_str().unwrap(), &[processes::WORKER_ARGUMENT]);
    assert!(message.contains("does not serve as a worker"), "{message}");
}

#[test]
fn a_workload_has_the_results_of_its_jobs_and_cells() {
    let hit = |sharing| Step::Shared { cell: "hits".to_string(), add: 1, sharing };
    let jobs = vec![
        job("slow", vec![Step::Io(Duration::from_millis(30)), Step::Cpu(1000), hit(Sharing::Safe)]),
        job("failing", vec![hit(Sharing::Safe), Step::Fail("no such page".to_string()), hit(Sharing::Safe)]),
        job("fast", vec![Step::Cpu(4)]),
    ];
    let many = (0..20).map(|index| job(&format!("hit {index}"), vec![hit(Sharing::Safe)]));
    let workload = workload(jobs.into_iter().chain(many).collect());

    for launch in [children(), Launch::Task] {
        let results = processes::run(&workload, &setting(2, launch)).unwrap();
        assert_eq!(results.answers[0], Ok(Done { job: "slow".to_string(), sum: 332_833_500 }));
        assert_eq!(results.answers[1], Err("no such page".to_string()));
        assert_eq!(results.answers[2], Ok(Done { job: "fast".to_string(), sum: 14 }));
        assert_eq!(results.answers.len(), 23);
        assert_eq!(results.cells["hits"], 22);
    }
}

#[test]
fn a_workload_without_workers_is_an_error() {
    let workload = workload(vec![job("a", vec![Step::Cpu(4)])]);
    let error =
        processes::run(&workload, &setting(2, Launch::command("/no/such/program", [""]))).unwrap_err();
    assert!(error.to_string().contains("failed to start `/no/such/program`"), "{error}");
}

/// A small program.
type Program = fn() -> String;

/// The outcomes of a program under shuttle, at random, as texts.
fn outcomes(program: Program) -> Vec<String> {
    let report = Checker::new().backend(Backend::Shuttle).explore(program);
    tell!("{} executions under {}", report.executions(), report.backend());
    report.outcomes().map(|outcome| format!("{outcome:?}")).collect()
}

/// The same under loom, which sees memory orders, in a part of its space.
fn outcomes_under_loom(program: Program) -> Vec<String> {
    let checker = Checker::new().backend(Backend::Loom).preemptions_max(1).executions_max(2_000);
    let report = checker.explore(program);
    tell!("{} executions under {}", report.executions(), report.backend());
    report.outcomes().map(|outcome| format!("{outcome:?}")).collect()
}

fn returned(value: &str) -> String {
    format!("Returned({value:?})")
}

#[test]
fn the_small_programs_do_what_they_say() {
    let programs: [(Program, &str); 4] = [
        (map_keeps_order::map_keeps_order, "results [4, 9]"),
        (memory_is_separate::memory_is_separate, "the parent's list is [1], the worker's is [1, 2]"),
        (
            failing_job_fails_alone::failing_job_fails_alone,
            "the first failed (no such page), the second gave 9",
        ),
        (every_worker_ends::every_worker_ends, "0 left"),
    ];
    for (program, expected) in programs {
        assert_eq!(program(), expected, "for real");
        assert_eq!(outcomes(program), [returned(expected)]);
        assert_eq!(outcomes_under_loom(program), [returned(expected)]);
    }
}

#[test]
fn a_worker_killed_at_any_moment_leaves_no_one_waiting() {
    let program = killed_worker_breaks_pending_futures::killed_worker_breaks_pending_futures;
    let allowed = ["broken, broken", "done, broken", "done, done"].map(returned);
    assert_eq!(outcomes(program), allowed);
    let under_loom = outcomes_under_loom(program);
    assert!(under_loom.iter().all(|outcome| allowed.contains(outcome)), "{under_loom:?}");
}

#[test]
fn the_broken_twins_are_caught() {
    let twins: [(Program, &str); 5] = [
        (map_keeps_order::map_takes_results_as_they_come, "results [9, 4]"),
        (memory_is_separate::memory_is_shared, "the parent's list is [1, 2], the worker's is [1, 2]"),
        (
            failing_job_fails_alone::failing_job_takes_the_worker_along,
            "the first failed (the pipe is closed), the second failed (the pipe is closed)",
        ),
        (every_worker_ends::worker_outlives_its_pool, "1 left"),
        (killed_worker_breaks_pending_futures::killed_worker_is_forgotten, "Deadlocked"),
    ];
    for (twin, wrong) in twins {
        let outcomes = outcomes(twin);
        assert!(outcomes.iter().any(|outcome| outcome.contains(wrong)), "{wrong:?} is not in {outcomes:?}");
    }
}

#[test]
fn a_workload_has_the_same_results_under_a_checker() {
    let hit = |sharing| vec![Step::Shared { cell: "hits".to_string(), add: 1, sharing }];
    let results = move |sharing| {
        let workload = workload(vec![job("a", hit(sharing)), job("b", hit(sharing))]);
        // No process is started: a checker puts a task in its place.
        processes::run(&workload, &setting(2, children())).unwrap().to_string()
    };
    let safe = Checker::new().backend(Backend::Shuttle).explore(move || results(Sharing::Safe));
    assert_eq!(safe.outcomes().collect::<Vec<_>>(), [&Outcome::Returned("a=0 b=0 hits:2".to_string())]);
    let racy = Checker::new().backend(Backend::Shuttle).explore(move || results(Sharing::Racy));
    assert!(racy.seen(&Outcome::Returned("a=0 b=0 hits:1".to_string())).is_some(), "an update is lost");
}
