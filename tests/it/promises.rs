//! What each executor promises, for any number of jobs and workers and whichever jobs fail, in the
//! executions that shuttle samples, and in the first or all that native explores. Each promise is one check. It is made of the real executors, and of
//! a small one with one fault that the check must catch.

use crate::drawn::{counterexample, for_all};
use conccheck::models::asyncio::{self, AsyncIterator};
use conccheck::models::pool::{JobError, ThreadPoolExecutor, as_completed};
use conccheck::models::processes::{self, Function, Functions, Launch, ProcessPoolExecutor};
use conccheck::panic::{AssertUnwindSafe, catch_unwind, message, resume_unwind};
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Condvar, Mutex, mpsc};
use conccheck::{Backend, Checker, Verdict, task, thread};
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::VecDeque;
use std::num::NonZeroUsize;

/// What there is to do.
#[derive(Clone, Debug)]
struct Case {
    /// Whether each job fails. Its number is its result, or the message that it fails with.
    fails: Vec<bool>,
    workers: usize,
}

/// What an executor did.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Ran {
    /// Which jobs it said to have ended, as they did.
    completed: Vec<usize>,
    /// Each job's result as its caller gets it: from its own future, or in the order of a map.
    results: Vec<Ended>,
    /// How many jobs were being done at once, at most.
    most_at_once: usize,
}

type Ended = Result<usize, String>;

/// A way to do the jobs.
type Executor = fn(&Case) -> Ran;

/// What has to be true of each execution. (That each execution ends is true of all of them.)
#[derive(Clone, Copy, Debug, PartialEq)]
enum Promise {
    YieldsEachOnce,
    KeepsOrder,
    FailsAlone,
    AtMostMaxWorkers,
    EveryWorkerEnds,
}

const EXECUTORS: [(&str, Executor, &[Promise]); 7] = [
    (
        "pool",
        pool,
        &[Promise::YieldsEachOnce, Promise::FailsAlone, Promise::AtMostMaxWorkers, Promise::EveryWorkerEnds],
    ),
    ("pool's map", pool_map, &[Promise::KeepsOrder, Promise::AtMostMaxWorkers, Promise::EveryWorkerEnds]),
    ("processes", processes, &[Promise::YieldsEachOnce, Promise::FailsAlone, Promise::EveryWorkerEnds]),
    ("processes' map", processes_map, &[Promise::KeepsOrder, Promise::EveryWorkerEnds]),
    ("asyncio", asyncio, &[Promise::YieldsEachOnce, Promise::KeepsOrder, Promise::FailsAlone]),
    ("tokio", tokio, &[Promise::KeepsOrder, Promise::FailsAlone, Promise::EveryWorkerEnds]),
    ("without a fault", |case| small_pool(case, Fault::None), &ALL),
];

const ALL: [Promise; 5] = [
    Promise::YieldsEachOnce,
    Promise::KeepsOrder,
    Promise::FailsAlone,
    Promise::AtMostMaxWorkers,
    Promise::EveryWorkerEnds,
];

/// What is wrong with the small executor.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// The queue has room for one job.
    DropsAJob,
    /// A future that has ended when it is asked to tell is counted, and tells as well.
    TellsTwice,
    FinishingOrder,
    /// A job's panic ends its worker.
    PanicEndsWorker,
    OneWorkerTooMany,
    /// Shutting down wakes one worker only.
    WakesOneAtTheEnd,
}

const TWINS: [(Promise, Executor); 6] = [
    (Promise::YieldsEachOnce, |case| small_pool(case, Fault::DropsAJob)),
    (Promise::YieldsEachOnce, |case| small_pool(case, Fault::TellsTwice)),
    (Promise::KeepsOrder, |case| small_pool(case, Fault::FinishingOrder)),
    (Promise::FailsAlone, |case| small_pool(case, Fault::PanicEndsWorker)),
    (Promise::AtMostMaxWorkers, |case| small_pool(case, Fault::OneWorkerTooMany)),
    (Promise::EveryWorkerEnds, |case| small_pool(case, Fault::WakesOneAtTheEnd)),
];

#[test]
fn each_executor_keeps_its_promises() {
    let (executions, cases) = (Cell::new(0), Cell::new(0));
    for_all("promises", 24, any_case(), |case| {
        cases.set(cases.get() + 1);
        for (name, executor, promises) in EXECUTORS {
            for promise in promises {
                for checker in [sampled(40), native(200)] {
                    let explored = keeps(*promise, executor, case, &checker);
                    let explored = explored.map_err(|why| format!("{name}: {why}"))?;
                    executions.set(executions.get() + explored);
                }
            }
        }
        Ok(())
    });
    tell!("explored {} executions of {} cases", executions.get(), cases.get());
}

#[test]
fn each_broken_executor_is_caught() {
    for (index, (promise, twin)) in TWINS.into_iter().enumerate() {
        for checker in [sampled(500), native(5_000)] {
            let caught =
                counterexample(48, any_case(), |case| keeps(promise, twin, case, &checker).map(drop));
            let caught = caught.unwrap_or_else(|| panic!("twin {index} breaks {promise:?}: {checker:?}"));
            tell!("{promise:?} is broken with {caught:?}");
        }
    }
}

fn sampled(executions_max: u64) -> Checker {
    Checker::new().backend(Backend::Shuttle).executions_max(executions_max)
}

fn native(executions_max: u64) -> Checker {
    Checker::new().backend(Backend::Native).executions_max(executions_max)
}

/// Whether every execution keeps the promise; how many there were.
fn keeps(promise: Promise, executor: Executor, case: &Case, checker: &Checker) -> Result<u64, String> {
    let (run, expected) = (case.clone(), case.clone());
    let report = checker.explore(move || executor(&run));
    match report.verdict_if(|ran| promise.is_kept(&expected, ran)) {
        Verdict::Pass | Verdict::Bounded => Ok(report.executions()),
        verdict => Err(format!("{promise:?}: {verdict}\n{report}")),
    }
}

impl Promise {
    fn is_kept(self, case: &Case, ran: &Ran) -> bool {
        match self {
            Promise::YieldsEachOnce => {
                let mut completed = ran.completed.clone();
                completed.sort_unstable();
                completed.into_iter().eq(0..case.fails.len())
            }
            Promise::KeepsOrder | Promise::FailsAlone => {
                ran.results.iter().eq(&(0..case.fails.len()).map(|job| case.ended(job)).collect::<Vec<_>>())
            }
            Promise::AtMostMaxWorkers => ran.most_at_once <= case.workers,
            // A worker that does not end hangs the execution.
            Promise::EveryWorkerEnds => true,
        }
    }
}

impl Case {
    /// What job number `job` has to result in.
    fn ended(&self, job: usize) -> Ended {
        if self.fails[job] { Err(job.to_string()) } else { Ok(job) }
    }

    /// Does it.
    fn perform(&self, job: usize) -> usize {
        self.ended(job).unwrap_or_else(|message| resume_unwind(Box::new(message)))
    }
}

fn any_case() -> impl proptest::strategy::Strategy<Value = Case> {
    (prop::collection::vec(any::<bool>(), 1..=3), 1..=2_usize)
        .prop_map(|(fails, workers)| Case { fails, workers })
}

/// Counts who is inside, and the most who ever were.
#[derive(Default)]
struct Meter {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Meter {
    fn pass(&self) {
        self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
        self.now.fetch_sub(1, SeqCst);
    }
}

fn pool(case: &Case) -> Ran {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::new(case.workers).unwrap());
    let meter = Arc::new(Meter::default());
    let submit = |job| {
        let (case, meter) = (case.clone(), meter.clone());
        let perform = move || {
            meter.pass();
            case.perform(job)
        };
        pool.submit(perform).unwrap()
    };
    let futures: Vec<_> = (0..case.fails.len()).map(submit).collect();
    let twice = futures.iter().chain(futures.first()).cloned();
    let completed = as_completed(twice).map(|future| job(future.result().map_err(failure))).collect();
    let results = futures.iter().map(|future| future.result().map_err(failure)).collect();
    drop(pool);
    Ran { completed, results, most_at_once: meter.most.load(SeqCst) }
}

/// A map ends at the first failure, so here the failures are values.
fn pool_map(case: &Case) -> Ran {
    let pool = ThreadPoolExecutor::new(NonZeroUsize::new(case.workers).unwrap());
    let meter = Arc::new(Meter::default());
    let perform = {
        let (case, meter) = (case.clone(), meter.clone());
        move |job| {
            meter.pass();
            case.ended(job)
        }
    };
    let results = pool.map(0..case.fails.len(), perform).unwrap().map(Result::unwrap).collect();
    drop(pool);
    Ran { completed: Vec::new(), results, most_at_once: meter.most.load(SeqCst) }
}

static JOB: Function<(u64, bool), u64> =
    Function::new("job", |(job, fails)| if fails { resume_unwind(Box::new(job.to_string())) } else { job });
static TRIED: Function<(u64, bool), Result<u64, String>> =
    Function::new("tried", |(job, fails)| if fails { Err(job.to_string()) } else { Ok(job) });
static JOBS: Functions = &[&JOB, &TRIED];

fn processes(case: &Case) -> Ran {
    let pool = ProcessPoolExecutor::new(case.workers, Launch::Task, JOBS);
    let ended = |result: Result<u64, processes::CallError>| match result {
        Ok(job) => Ok(usize::try_from(job).unwrap()),
        Err(processes::CallError::Raised(message)) => Err(message),
        Err(other) => Err(format!("not by itself: {other}")),
    };
    let futures: Vec<_> = arguments(case).map(|argument| pool.submit(&JOB, &argument)).collect();
    let completed =
        processes::as_completed(futures.clone()).map(|future| job(ended(future.result()))).collect();
    let results = futures.iter().map(|future| ended(future.result())).collect();
    drop(pool);
    Ran { completed, results, most_at_once: 0 }
}

/// A map ends at the first failure, so here the failures are values.
fn processes_map(case: &Case) -> Ran {
    let pool = ProcessPoolExecutor::new(case.workers, Launch::Task, JOBS);
    let ended = |result: Result<Result<u64, String>, _>| result.unwrap().map(|job| job as usize);
    let results = pool.map(&TRIED, arguments(case)).map(ended).collect();
    drop(pool);
    Ran { completed: Vec::new(), results, most_at_once: 0 }
}

fn arguments(case: &Case) -> impl Iterator<Item = (u64, bool)> {
    case.fails.iter().enumerate().map(|(job, fails)| (job as u64, *fails))
}

fn asyncio(case: &Case) -> Ran {
    let case = case.clone();
    asyncio::run(async move {
        let tasks = |case: &Case| -> Vec<_> {
            let case = Arc::new(case.clone());
            let task = |job| {
                let case = case.clone();
                async move {
                    asyncio::sleep(std::time::Duration::from_millis(1)).await;
                    case.perform(job)
                }
            };
            (0..case.fails.len()).map(task).collect()
        };
        let ended = |result: Result<usize, asyncio::TaskError>| match result {
            Ok(job) => Ok(job),
            Err(asyncio::TaskError::Raised(message)) => Err(message),
            Err(other) => Err(other.to_string()),
        };
        let mut completed = Vec::new();
        let mut as_completed = asyncio::as_completed(tasks(&case));
        while let Some(task) = as_completed.next().await {
            completed.push(job(ended(task.await)));
        }
        let results = asyncio::gather_return_exceptions(tasks(&case)).await;
        Ran { completed, results: results.into_iter().map(ended).collect(), most_at_once: 0 }
    })
}

fn tokio(case: &Case) -> Ran {
    let case = Arc::new(case.clone());
    let results = task::Runtime::multi_thread(case.workers).block_on(async move {
        let spawn = |job| {
            let case = case.clone();
            task::spawn(async move {
                task::yield_now().await;
                case.perform(job)
            })
        };
        let tasks: Vec<_> = (0..case.fails.len()).map(spawn).collect();
        let mut results = Vec::new();
        for task in tasks {
            results.push(task.await.map_err(|error| message(&*error.into_panic())));
        }
        results
    });
    Ran { completed: Vec::new(), results, most_at_once: 0 }
}

/// Threads, a queue, a channel for what ends: right, but for one fault.
fn small_pool(case: &Case, fault: Fault) -> Ran {
    let queue = Arc::new((Mutex::new((VecDeque::new(), false)), Condvar::new()));
    let next = |queue: &(Mutex<(VecDeque<usize>, bool)>, Condvar)| {
        let mut state = queue.0.lock().unwrap();
        while state.0.is_empty() && !state.1 {
            state = queue.1.wait(state).unwrap();
        }
        state.0.pop_front()
    };
    let meter = Arc::new(Meter::default());
    let (to_caller, ended) = mpsc::channel();
    let workers: Vec<_> = (0..case.workers + usize::from(fault == Fault::OneWorkerTooMany))
        .map(|_| {
            let (case, queue, meter, to_caller) =
                (case.clone(), queue.clone(), meter.clone(), to_caller.clone());
            thread::spawn(move || {
                while let Some(number) = next(&queue) {
                    meter.pass();
                    let result = catch_unwind(AssertUnwindSafe(|| case.perform(number)))
                        .map_err(|payload| message(&*payload));
                    let ends = fault == Fault::PanicEndsWorker && result.is_err();
                    // The caller waits until all senders are gone.
                    to_caller.send((number, result)).unwrap();
                    if ends {
                        return;
                    }
                }
            })
        })
        .collect();
    drop(to_caller);
    for number in 0..case.fails.len() {
        let mut state = queue.0.lock().unwrap();
        if fault == Fault::DropsAJob {
            state.0.clear();
        }
        state.0.push_back(number);
        drop(state);
        queue.1.notify_one();
    }
    queue.0.lock().unwrap().1 = true;
    match fault {
        Fault::WakesOneAtTheEnd => queue.1.notify_one(),
        _ => queue.1.notify_all(),
    }
    let mut finished: Vec<(usize, Ended)> = Vec::new();
    if fault == Fault::TellsTwice {
        // What has ended by now is taken for another that ended.
        finished.extend(ended.try_iter());
        finished.extend(finished.last().cloned());
    }
    finished.extend(ended);
    for worker in workers {
        worker.join().unwrap();
    }
    let completed = finished.iter().map(|(number, _)| *number).collect();
    if fault != Fault::FinishingOrder {
        finished.sort();
    }
    let results = finished.into_iter().map(|(_, result)| result).collect();
    Ran { completed, results, most_at_once: meter.most.load(SeqCst) }
}

fn failure(error: JobError) -> String {
    match error {
        JobError::Failed(message) => message,
        other => other.to_string(),
    }
}

/// Which job it was.
fn job(ended: Ended) -> usize {
    ended.unwrap_or_else(|message| message.parse().unwrap())
}
