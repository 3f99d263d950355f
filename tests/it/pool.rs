//! Threads, the pool and rayon's pool do what the sequential run does, and the pool keeps the promises
//! of `concurrent.futures`. Orders and counts only: nothing here depends on how fast the machine is.

use conccheck::models::pool::{
    Future, JobError, Queued, ReturnWhen, SubmitError, ThreadPoolExecutor, Wait, as_completed, wait,
};
use conccheck::models::workload::{Job, Sharing, Step, Workload};
use conccheck::models::{Setting, gil, pool, processes, sequential, threads};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::thread;
use std::time::Duration;

#[test]
fn every_model_gives_the_sequential_results_under_every_interpreter_lock() {
    let switch_interval = Duration::from_micros(200);
    for gil in [
        gil::Setting::Off,
        gil::Setting::Shared { switch_interval },
        gil::Setting::Shared { switch_interval: Duration::ZERO },
        gil::Setting::PerInterpreter { switch_interval },
    ] {
        let setting = setting(3, gil);
        let workload = workload(12);
        let expected = sequential::run(&workload, &setting);
        assert_eq!(expected.answers[3], Err("job 3 fails".to_string()));
        assert_eq!(expected.cells["hits"], 9);
        assert_eq!(threads::run(&workload, &setting).unwrap(), expected, "threads, {gil:?}");
        assert_eq!(pool::run(&workload, &setting).unwrap(), expected, "pool, {gil:?}");
        assert_eq!(pool::run_rayon(&workload, &setting).unwrap(), expected, "rayon, {gil:?}");
    }
}

#[test]
fn a_thousand_threads_are_started_and_joined() {
    let setting = setting(1, gil::Setting::Shared { switch_interval: gil::DEFAULT_SWITCH_INTERVAL });
    let workload = workload(1000);
    assert_eq!(threads::run(&workload, &setting).unwrap(), sequential::run(&workload, &setting));
}

#[test]
fn as_many_jobs_run_at_once_as_there_are_workers() {
    let pool = pool_of(3);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    // The jobs end only if three of them meet.
    let meeting = Arc::new(Barrier::new(3));
    for _ in 0..30 {
        let (running, most, meeting) = (running.clone(), most.clone(), meeting.clone());
        pool.submit(move || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            meeting.wait();
            running.fetch_sub(1, Ordering::SeqCst);
        })
        .unwrap();
    }
    drop(pool);
    assert_eq!(running.load(Ordering::SeqCst), 0, "drop waits");
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[test]
fn a_future_tells_where_its_job_stands() {
    let pool = pool_of(1);
    let (blocked, release) = blocked(&pool);
    let waiting = pool.submit(|| 2).unwrap();
    assert!(blocked.running() && !blocked.done() && !blocked.cancel());
    assert_eq!(format!("{blocked:?} {waiting:?}"), "Future(running) Future(pending)");
    assert_eq!(waiting.result_timeout(Duration::from_millis(1)), None);

    assert!(waiting.cancel() && waiting.cancel() && waiting.cancelled() && waiting.done());
    assert_eq!(waiting.result(), Err(JobError::Cancelled));
    assert_eq!(waiting.exception(), Some(JobError::Cancelled));

    release.send(1).unwrap();
    assert_eq!(blocked.result_timeout(Duration::MAX), Some(Ok(1)));
    assert_eq!(blocked.exception(), None);
    assert!(!blocked.cancel() && !blocked.cancelled());
}

#[test]
fn a_failing_job_fails_its_own_future_only() {
    let pool = pool_of(1);
    let failing = pool.submit(|| fail("no")).unwrap();
    let next = pool.submit(|| 1).unwrap();
    assert_eq!(failing.result(), Err(JobError::Failed("no".to_string())));
    assert_eq!(failing.result().unwrap_err().to_string(), "the job failed: no");
    assert_eq!(next.result(), Ok(1));
}

#[test]
fn a_cancelled_job_that_panics_when_dropped_harms_nobody() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            fail("dropped");
        }
    }
    let pool = pool_of(1);
    let (_, release) = blocked(&pool);
    let bomb = Bomb;
    let armed = pool.submit(move || drop(bomb)).unwrap();
    let after = pool.submit(|| 2).unwrap();
    assert!(armed.cancel());
    release.send(0).unwrap();
    let give_up = Duration::from_secs(20);
    assert_eq!(after.result_timeout(give_up), Some(Ok(2)), "the worker is still there");

    let (_, release) = blocked(&pool);
    let bombs = [Bomb, Bomb].map(|bomb| pool.submit(move || drop(bomb)).unwrap());
    pool.shutdown(Wait::No, Queued::Cancel);
    assert!(bombs.iter().all(Future::cancelled));
    release.send(0).unwrap();
}

#[test]
fn callbacks_are_called_in_order_and_their_panics_ignored() {
    let pool = pool_of(1);
    let (future, release) = blocked(&pool);
    let called = Arc::new(Mutex::new(Vec::new()));
    let note = |name| {
        let called = called.clone();
        move |future: &Future<i32>| {
            assert!(future.done());
            called.lock().unwrap().push((name, thread::current().name().map(str::to_string)));
        }
    };
    future.add_done_callback(note("first"));
    future.add_done_callback(|_| std::panic::resume_unwind(Box::new("ignored")));
    future.add_done_callback(note("second"));
    release.send(1).unwrap();
    pool.shutdown(Wait::ForWorkers, Queued::Run);
    future.add_done_callback(note("at once"));

    let (worker, here) = (Some("pool-0".to_string()), thread::current().name().map(str::to_string));
    let expected = [("first", worker.clone()), ("second", worker), ("at once", here)];
    assert_eq!(*called.lock().unwrap(), expected);
}

#[test]
fn as_completed_gives_the_finished_first_and_each_once() {
    let pool = pool_of(2);
    let (slow, release_slow) = blocked(&pool);
    let (fast, release_fast) = blocked(&pool);
    let done = Future::clone(&fast);
    release_fast.send(1).unwrap();
    done.result().unwrap();
    let (middle, release_middle) = blocked(&pool);

    let mut completed = as_completed([slow.clone(), middle.clone(), fast.clone(), slow.clone()]);
    assert_eq!(completed.size_hint(), (3, Some(3)));
    assert_eq!(completed.next(), Some(fast));
    release_middle.send(2).unwrap();
    assert_eq!(completed.next(), Some(middle));
    release_slow.send(3).unwrap();
    assert_eq!(completed.next(), Some(slow));
    assert_eq!(completed.next(), None);
    assert_eq!(completed.next(), None);
}

#[test]
fn wait_returns_when_it_is_told_to() {
    let pool = pool_of(1);
    let first = pool.submit(|| 1).unwrap();
    let failing = pool.submit(|| fail("no")).unwrap();
    failing.exception();
    let (slow, release) = blocked(&pool);
    let cancelled = pool.submit(|| 2).unwrap();
    cancelled.cancel();
    let soon = Some(Duration::from_millis(1));

    let all = [first.clone(), slow.clone(), failing.clone(), first.clone()];
    let waited = wait(all.clone(), soon, ReturnWhen::AllCompleted);
    assert_eq!((waited.done, waited.not_done), (vec![first.clone(), failing.clone()], vec![slow.clone()]));

    let waited = wait(all.clone(), None, ReturnWhen::FirstException);
    assert_eq!((waited.done, waited.not_done), (vec![first.clone(), failing.clone()], vec![slow.clone()]));

    let waited = wait([slow.clone(), first.clone()], None, ReturnWhen::FirstCompleted);
    assert_eq!((waited.done, waited.not_done), (vec![first.clone()], vec![slow.clone()]));

    // A cancelled future has not failed.
    let waited = wait([slow.clone(), cancelled.clone()], soon, ReturnWhen::FirstException);
    assert_eq!((waited.done, waited.not_done), (vec![cancelled], vec![slow.clone()]));

    release.send(3).unwrap();
    let waited = wait(all, None, ReturnWhen::AllCompleted);
    assert_eq!((waited.done, waited.not_done), (vec![first, slow, failing], vec![]));
    let waited = wait(Vec::<Future<i32>>::new(), None, ReturnWhen::FirstCompleted);
    assert!(waited.done.is_empty() && waited.not_done.is_empty());
}

#[test]
fn map_gives_an_error_at_its_turn_and_cancels_the_rest() {
    let pool = pool_of(1);
    let done = Arc::new(AtomicUsize::new(0));
    let (gate, gated) = mpsc::channel::<()>();
    let gated = Mutex::new(gated);
    let counted = done.clone();
    let results = pool.map(0..6, move |number| match number {
        0 => 0,
        1 => fail("no"),
        number => {
            // Nobody sends: this ends when `gate` is dropped.
            let _ = gated.lock().unwrap().recv();
            counted.fetch_add(1, Ordering::SeqCst);
            number
        }
    });
    let results: Vec<_> = results.unwrap().collect();
    assert_eq!(results, [Ok(0), Err(JobError::Failed("no".to_string()))]);
    drop(gate);
    drop(pool);
    assert!(done.load(Ordering::SeqCst) <= 1, "only the job that had begun goes on");
}

#[test]
fn shutdown_refuses_jobs_and_finishes_those_it_cancels() {
    let pool = pool_of(1);
    let (running, release) = blocked(&pool);
    let queued: Vec<_> = (0..3).map(|number| pool.submit(move || number).unwrap()).collect();
    pool.shutdown(Wait::No, Queued::Cancel);
    assert_eq!(as_completed(queued.clone()).filter(Future::cancelled).count(), 3);
    let refused = pool.submit(|| 1).unwrap_err();
    assert!(matches!(refused, SubmitError::ShutDown));
    assert_eq!(refused.to_string(), "cannot submit a job after shutdown");
    assert!(running.running(), "a job that has begun is never interrupted");
    release.send(1).unwrap();
    pool.shutdown(Wait::ForWorkers, Queued::Run);
    assert_eq!(running.result(), Ok(1));
}

#[test]
fn a_job_that_has_the_last_handle_of_its_pool_ends() {
    let pool = Arc::new(pool_of(1));
    let (future, release) = blocked(&pool);
    let last = pool.submit({
        let pool = pool.clone();
        move || drop(pool)
    });
    drop(pool);
    release.send(1).unwrap();
    assert_eq!((future.result(), last.unwrap().result()), (Ok(1), Ok(())));
}

#[test]
fn the_programs_do_what_they_say() {
    for _ in 0..50 {
        assert_eq!(threads::lost_update::safe_counter(), "counter 2");
        assert_eq!(threads::join_gives_results::join_gives_results(), "results [0, failed(1)]");
        assert_eq!(pool::map_keeps_order::map_keeps_order(), "[0, 10]");
        assert_eq!(pool::as_completed_yields_each_once::as_completed_yields_each_once(), "yielded [0, 1]");
        assert_eq!(pool::failing_job_fails_alone::failing_job_fails_alone(), "failed(no), 1");
        assert_eq!(pool::failing_job_fails_alone::panic_kills_worker(), "missing, missing");
        assert_eq!(pool::cancel_before_start::cancel_before_start(), "either cancelled or done");
        assert_eq!(pool::shutdown_cancels_queued::shutdown_cancels_queued(), "2 of 2 finished");
        assert_eq!(pool::shutdown_ends_workers::shutdown_ends_workers(), "2 jobs done, workers ended");
        assert_eq!(pool::every_job_runs::every_job_runs(), "did [0, 1]");
        assert_eq!(pool::never_more_than_max_workers::never_more_than_max_workers(), "at most 1 at once");
        assert_eq!(pool::waits_for_own_pool::waits_for_own_pool_of_two(), "inner");
    }
}

fn pool_of(workers: usize) -> ThreadPoolExecutor {
    ThreadPoolExecutor::new(NonZeroUsize::new(workers).unwrap())
}

/// A job that runs now, and ends with the number that it is sent.
fn blocked(pool: &ThreadPoolExecutor) -> (Future<i32>, mpsc::Sender<i32>) {
    let (begun, begins) = mpsc::channel();
    let (release, released) = mpsc::channel();
    let job = move || {
        begun.send(()).unwrap();
        released.recv().unwrap()
    };
    let future = pool.submit(job).unwrap();
    begins.recv().unwrap();
    (future, release)
}

/// Panics without a word from the panic hook.
fn fail(message: &'static str) -> i32 {
    std::panic::resume_unwind(Box::new(message))
}

/// Jobs that compute, wait and share; one in four fails.
fn workload(jobs: usize) -> Workload {
    let job = |number: usize| {
        let shared = Step::Shared { cell: "hits".to_string(), add: 1, sharing: Sharing::Safe };
        let mut steps = vec![Step::Cpu(200 + number as u64), Step::Io(Duration::from_millis(2))];
        steps.push(if number % 4 == 3 { Step::Fail(format!("job {number} fails")) } else { shared });
        steps.push(Step::Cpu(300));
        Job { name: format!("job {number}"), steps }
    };
    let (name, about) = ("mixture".to_string(), String::new());
    Workload { name, about, workers: None, jobs: (0..jobs).map(job).collect() }
}

fn setting(workers: usize, gil: gil::Setting) -> Setting {
    let worker_process = processes::Launch::Task;
    Setting { workers, time_scale: 0.5, gil, worker_process }
}
