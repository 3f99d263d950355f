//! The asyncio model, run for real: it keeps asyncio's promises, and its programs show them.

use conccheck::models::asyncio::*;
use conccheck::models::workload::{Done, Job, Results, Sharing, Step, Workload};
use conccheck::models::{Setting, gil, processes};
use conccheck::{panic, task};
use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::num::NonZeroUsize;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::Poll;
use std::time::Duration;

type Program = fn() -> String;

#[test]
fn programs_end_as_promised_and_their_broken_twins_do_not() {
    let cases: [(Program, &str); 18] = [
        (gather_keeps_order::in_order_of_arguments, "results [0, 1]"),
        (gather_keeps_order::in_order_of_completion, "results [1, 0]"),
        (
            failing_task_leaves_siblings_running::sibling_goes_on,
            "task raised: first; sibling unfinished, then finished",
        ),
        (
            failing_task_leaves_siblings_running::sibling_is_cancelled,
            "task raised: first; sibling unfinished, then unfinished",
        ),
        (gather_returns_exceptions::one_result_each, "results [0, task raised: broken]"),
        (gather_returns_exceptions::stops_at_failure, "results [task raised: broken]"),
        (switches_only_at_await::update_between_awaits, "counter 2"),
        (switches_only_at_await::update_around_await, "counter 1"),
        (context_exits_on_panic::exits, "entered, at work, exited; task raised: broken"),
        (context_exits_on_panic::stays_open, "entered, at work; task raised: broken"),
        (run_cancels_leftovers::leftover_is_cancelled, "main ended, work cancelled, run returned"),
        (run_cancels_leftovers::leftover_is_awaited, "main ended, work done, run returned"),
        (runner_keeps_leftovers::leftover_goes_on, "first main ended, between, work done, second main ended"),
        (
            runner_keeps_leftovers::leftover_is_cancelled,
            "first main ended, work cancelled, between, second main ended",
        ),
        (runner_ends_leftovers_at_close::leftover_cleans_up, "main ended, cleans up, cleaned up, closed"),
        (runner_ends_leftovers_at_close::leftover_is_forgotten, "main ended, closed"),
        (tasks_start_in_fifo_order::oldest_first, "started [0, 1, 2]"),
        (tasks_start_in_fifo_order::newest_first, "started [2, 1, 0]"),
    ];
    for (program, outcome) in cases {
        assert_eq!(program(), outcome);
    }
    assert_eq!(as_completed_yields_each_once::each_once(), "yielded [0, 1]");
}

#[test]
fn sleeping_for_no_time_is_one_turn() {
    let log = Rc::new(RefCell::new(Vec::new()));
    let seen = log.clone();
    run(async move {
        let task = |name| {
            let log = log.clone();
            async move {
                for step in 1..=2 {
                    log.borrow_mut().push(format!("{name}{step}"));
                    sleep(Duration::ZERO).await;
                }
            }
        };
        gather([task("a"), task("b")]).await
    })
    .unwrap();
    assert_eq!(*seen.borrow(), ["a1", "b1", "a2", "b2"]);
}

#[test]
fn dropping_a_task_leaves_it_running_and_dropping_a_gather_cancels() {
    let counter = Rc::new(());
    let owned = counter.clone();
    let (kept, cancelled) = run(async move {
        let endless = || {
            let owned = owned.clone();
            async move {
                let _owned = owned;
                std::future::pending::<()>().await
            }
        };
        drop(create_task(endless()));
        drop(gather([endless(), endless()]));
        let kept = Rc::strong_count(&owned);
        sleep(Duration::ZERO).await;
        (kept, Rc::strong_count(&owned))
    });
    // The test's, main's, and one for each task that was not cancelled.
    assert_eq!((kept, cancelled), (5, 3));
    assert_eq!(Rc::strong_count(&counter), 1);
}

#[test]
fn what_main_panics_with_comes_out_of_run() {
    let caught = panic::catch_unwind(|| run(async { panic::resume_unwind(Box::new(7)) })).unwrap_err();
    assert_eq!(caught.downcast_ref(), Some(&7));
}

#[test]
fn join_errors_tell_a_panic_from_an_abort() {
    task::block_on(async {
        let failing = task::spawn_local(async { fail() });
        let error = failing.await.unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(panic::message(&*error.into_panic()), "broken");

        let endless = task::spawn_local(std::future::pending::<()>());
        endless.abort();
        let error = endless.await.unwrap_err();
        assert!(error.is_cancelled() && !error.is_panic());
    });
}

#[test]
fn a_workload_gives_the_same_on_one_thread_and_on_several_and_a_failing_job_fails_alone() {
    let workload = workload(vec![
        vec![Step::Cpu(4), Step::Io(Duration::from_millis(2)), hit()],
        vec![hit(), Step::Fail("broken".into()), hit()],
        vec![Step::Io(Duration::from_millis(1)), hit()],
    ]);
    let expected = Results {
        answers: vec![
            Ok(Done { job: "job 0".into(), sum: 14 }),
            Err("broken".into()),
            Ok(Done { job: "job 2".into(), sum: 0 }),
        ],
        cells: [("hits".to_string(), 3)].into(),
    };
    assert_eq!(run_workload(&workload, &setting()), expected);
    assert_eq!(run_workload_multi_thread(&workload, &setting()), expected);
}

#[test]
fn waiting_jobs_are_open_at_once_and_failing_ones_close_their_connections() {
    let jobs = |step: Step| workload(vec![vec![step]; 1_000]);
    let waiting = run_counted(&jobs(Step::Io(Duration::from_secs(2))), &setting());
    assert_eq!(waiting.connections_peak, 1_000);
    assert!(waiting.results.answers.iter().all(Result::is_ok));
    // Each is performed, and closed, before the next arrives.
    let failing = run_counted(&jobs(Step::Fail("broken".into())), &setting());
    assert!(failing.connections_peak <= 2, "{} connections were open at once", failing.connections_peak);
}

fn fail() {
    panic::resume_unwind(Box::new("broken"));
}

fn hit() -> Step {
    Step::Shared { cell: "hits".into(), add: 1, sharing: Sharing::Racy }
}

fn workload(jobs: Vec<Vec<Step>>) -> Workload {
    let job = |(number, steps)| Job { name: format!("job {number}"), steps };
    let jobs = jobs.into_iter().enumerate().map(job).collect();
    Workload { name: "a test's".into(), about: String::new(), workers: None, jobs }
}

fn setting() -> Setting {
    Setting { workers: 2, time_scale: 1.0, gil: gil::Setting::Off, worker_process: processes::Launch::Task }
}

async fn turn() {
    sleep(Duration::ZERO).await;
}

/// Polls `future` once, and drops it.
async fn give_up_on(future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await
}

#[test]
fn a_waiter_that_is_dropped_leaves_the_line() {
    run(async {
        let lock = Lock::new();
        let held = lock.acquire().await;
        give_up_on(lock.acquire()).await;
        drop(held);
        drop(lock.acquire().await);

        let semaphore = Semaphore::new(0);
        give_up_on(semaphore.acquire()).await;
        semaphore.release();
        assert!(!semaphore.locked());

        let queue = Queue::new();
        give_up_on(queue.get()).await;
        queue.put_nowait(1).unwrap();
        assert_eq!(queue.get_nowait(), Ok(1));

        let condition = Condition::new();
        let mut held = condition.acquire().await;
        give_up_on(held.wait()).await;
        drop(held);
        assert!(!condition.locked(), "who gave up waiting does not hold the lock");

        let barrier = Barrier::new(NonZeroUsize::new(2).unwrap());
        give_up_on(barrier.wait()).await;
        assert_eq!(barrier.n_waiting(), 0);
    });
}

#[test]
fn a_permit_that_comes_to_a_waiter_that_is_dropped_is_not_lost() {
    run(async {
        let semaphore = Rc::new(Semaphore::new(0));
        let mut waiting = Box::pin(semaphore.acquire());
        poll_fn(|context| Poll::Ready(waiting.as_mut().poll(context).is_pending())).await;
        semaphore.release();
        assert!(semaphore.locked(), "it is the waiter's");
        drop(waiting);
        assert!(!semaphore.locked());
    });
}

/// Neither is one of this room's, so neither can raise.
#[test]
fn futures_of_others_are_dropped_where_the_cancellation_is_caught() {
    let events = run(async {
        let owned = Rc::new(());
        let events = Rc::new(RefCell::new(Vec::new()));
        let (held, noted) = (owned.clone(), events.clone());
        let task = create_task(async move {
            let inner = async move {
                let _held = held;
                pending::<()>().await
            };
            let inner = catch_cancelled(catch_cancelled(inner)).await;
            noted.borrow_mut().push(format!("outer {}, inner {}", inner.is_ok(), inner.unwrap().is_ok()));
            turn().await;
            noted.borrow_mut().push("goes on".to_string());
        });
        turn().await;
        task.cancel();
        turn().await;
        events.borrow_mut().push(format!("dropped {}", Rc::strong_count(&owned) == 1));
        task.await.unwrap();
        events.take()
    });
    assert_eq!(events, ["outer true, inner false", "dropped true", "goes on"]);
}

#[test]
fn a_future_of_others_that_is_ready_gives_its_value_before_the_cancellation_comes() {
    run(async {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let task = create_task(async move {
            let received = catch_cancelled(receiver).await;
            assert_eq!(received, Ok(Ok(7)), "nothing is lost");
            catch_cancelled(turn()).await.is_err()
        });
        turn().await;
        sender.send(7).unwrap();
        task.cancel();
        assert_eq!(task.await, Ok(true));
    });
}

#[test]
fn a_task_without_this_rooms_awaitables_ends_where_it_waits() {
    run(async {
        let owned = Rc::new(());
        let held = owned.clone();
        let task = create_task(async move {
            let _held = held;
            pending::<()>().await;
        });
        turn().await;
        assert!(task.cancel());
        assert_eq!(Rc::strong_count(&owned), 2);
        assert_eq!(task.await, Err(TaskError::Cancelled));
        assert_eq!(Rc::strong_count(&owned), 1);
    });
}

#[test]
fn run_waits_for_threads_whose_caller_was_cancelled() {
    let ended = Arc::new(AtomicBool::new(false));
    let tells = ended.clone();
    run(async move {
        let (sender, receiver) = std::sync::mpsc::channel();
        let task = create_task(to_thread(move || {
            receiver.recv().unwrap();
            tells.store(true, Relaxed);
        }));
        turn().await;
        task.cancel();
        assert_eq!(task.await, Err(TaskError::Cancelled));
        sender.send(()).unwrap();
    });
    assert!(ended.load(Relaxed));
}

#[test]
fn a_main_that_cancels_itself_says_so() {
    let ended = panic::catch_unwind(|| {
        run(async {
            current_task().cancel();
            turn().await;
        })
    });
    assert!(panic::message(&*ended.unwrap_err()).contains("main was cancelled"));
}

#[test]
fn a_limit_serves_once_and_cannot_be_moved_after_that() {
    run(async {
        let limit = Timeout::after(None);
        assert!(!limit.reschedule(None), "it has not begun");
        assert_eq!(limit.limit(async { limit.reschedule(None) }).await, Ok(true));
        assert!(!limit.reschedule(None), "it has ended");
        assert!(limit.limit(turn()).await.is_ok());
    });
}

/// Both waits are of one task, which the wait that a `select!` polls does not know.
#[test]
fn a_branch_that_raises_beside_one_that_is_ready_is_cancelled_at_its_next_await() {
    run(async {
        let event = Rc::new(Event::new());
        let waited = event.clone();
        let task = create_task(async move {
            let mut first = Box::pin(waited.wait());
            let mut second = pin!(turn());
            let mut polls = 0;
            poll_fn(|context| {
                polls += 1;
                assert!(first.as_mut().poll(context).is_pending());
                if polls == 1 { second.as_mut().poll(context) } else { Poll::Ready(()) }
            })
            .await;
            catch_cancelled(turn()).await.is_err()
        });
        turn().await;
        task.cancel();
        assert_eq!(task.await, Ok(true));
    });
}

fn refusal(act: impl FnOnce()) -> String {
    let refused = panic::catch_unwind(panic::AssertUnwindSafe(act));
    panic::message(&*refused.expect_err("it is refused"))
}

#[test]
fn a_runner_says_what_it_is_not_for() {
    let runner = Runner::new();
    let event_loop = runner.get_loop();
    runner.close();
    assert_eq!(refusal(|| runner.run(turn())), "the runner is closed");
    assert_eq!(refusal(|| drop(runner.get_loop())), "the runner is closed");
    assert_eq!(refusal(|| drop(event_loop.create_task(turn()))), "the event loop is closed");
    assert_eq!(refusal(|| event_loop.call_soon(|| {})), "the event loop is closed");

    let runner = Rc::new(Runner::new());
    let inside = runner.clone();
    runner.run(async move {
        let within = "cannot be called where an event loop runs";
        assert_eq!(refusal(|| inside.run(turn())), format!("`Runner::run` {within}"));
        assert_eq!(refusal(|| inside.close()), format!("`Runner::close` {within}"));
        assert_eq!(refusal(|| run(turn())), format!("`asyncio::run` {within}"));
    });
}

#[test]
fn a_runner_that_is_dropped_leaves_nothing_behind() {
    let owned = Rc::new(());
    let leave = |unwinds: bool| {
        let (held, runner) = (owned.clone(), Runner::new());
        runner.run(async move {
            create_task(async move {
                let ended = catch_cancelled(pending::<()>()).await;
                assert!(ended.is_err());
                turn().await;
                drop(held);
            });
            turn().await;
        });
        if unwinds {
            fail();
        }
    };
    leave(false);
    assert_eq!(Rc::strong_count(&owned), 1);
    assert_eq!(refusal(|| leave(true)), "broken");
    assert_eq!(Rc::strong_count(&owned), 1);
}

/// What is written outside a run is the loop's of the connection.
#[test]
fn a_connection_may_be_used_between_runs() {
    let runner = Runner::new();
    let ((mut reader, _ours), (_theirs, writer)) = runner.run(async { stream_pair(StreamLimits::default()) });
    writer.write(b"hello\n");
    drop(writer);
    assert_eq!(runner.run(async move { reader.readline().await }).unwrap(), b"hello\n");
}
