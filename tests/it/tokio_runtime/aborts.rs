//! An abort has a task dropped at its next poll, whoever aborts and whoever polls.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use conccheck::thread;
use conccheck::tokio::runtime::Runtime;
use conccheck::tokio::task::{self, yield_now};
use std::future::pending;

/// A task stores 1, 2 and yields after each, and is aborted by another thread: whether it came to its end,
/// what it stored.
fn abort_from_outside(runtime: Runtime) -> (bool, u32) {
    let stored = Arc::new(AtomicU32::new(0));
    let stores = stored.clone();
    let task = runtime.spawn(async move {
        for number in 1..=2 {
            stores.store(number, SeqCst);
            yield_now().await;
        }
    });
    let aborts = task.abort_handle();
    let aborts = thread::spawn(move || aborts.abort());
    let ended = runtime.block_on(task).is_ok();
    aborts.join().unwrap();
    (ended, stored.load(SeqCst))
}

#[test]
fn another_thread_aborts_a_task_at_each_of_its_awaits() {
    let expected = [(false, 0), (false, 1), (false, 2), (true, 2)];
    comes_to(expected, || abort_from_outside(many_threads()));
    let executions = comes_to_all(expected, || abort_from_outside(one_thread()));
    // What wakes the task comes in before or after each of its polls.
    assert!(executions <= 11, "{executions}");
}

#[test]
fn once_abort_has_returned_the_task_is_not_polled_again() {
    let polls = |runtime: fn() -> Runtime, aborts_first: bool| {
        move || {
            let (runtime, aborted) = (runtime(), Arc::new(AtomicBool::new(false)));
            let seen = Arc::new(AtomicU32::new(0));
            let task = runtime.spawn({
                let (aborted, seen) = (aborted.clone(), seen.clone());
                async move {
                    for _ in 0..3 {
                        seen.fetch_add(u32::from(aborted.load(SeqCst)), SeqCst);
                        yield_now().await;
                    }
                }
            });
            let aborts = task.abort_handle();
            let aborts = thread::spawn(move || {
                if aborts_first {
                    aborts.abort();
                }
                aborted.store(true, SeqCst);
            });
            let _ = runtime.block_on(task);
            aborts.join().unwrap();
            // In the middle of a poll it may have seen it.
            seen.load(SeqCst) <= 1
        }
    };
    comes_to([true], polls(one_thread, true));
    comes_to([true], polls(many_threads, true));
    comes_to([false, true], polls(one_thread, false));
}

#[test]
fn an_abort_in_the_same_loop_costs_nothing() {
    let executions = comes_to([(true, false, true)], || {
        one_thread().block_on(async {
            let waits = task::spawn(pending::<()>());
            yield_now().await;
            waits.abort();
            // Its turn is yet to come.
            let before = waits.is_finished();
            let error = waits.await.unwrap_err();
            (error.is_cancelled(), before, error.try_into_panic().is_err())
        })
    });
    assert_eq!(executions, 1);
}

#[test]
fn a_task_that_panics_while_it_is_dropped_has_panicked() {
    struct Breaks;
    impl Drop for Breaks {
        fn drop(&mut self) {
            conccheck::panic::resume_unwind(Box::new("broken"));
        }
    }
    for runtime in [one_thread, many_threads] {
        comes_to([Some("broken")], move || {
            runtime().block_on(async {
                let breaks = Breaks;
                let task = task::spawn(async move {
                    let _breaks = breaks;
                    pending::<()>().await
                });
                yield_now().await;
                task.abort();
                let payload = task.await.unwrap_err().into_panic();
                payload.downcast_ref::<&str>().copied()
            })
        });
    }
}

#[test]
fn errors_and_handles_have_the_id_of_their_task() {
    for runtime in [one_thread, many_threads] {
        comes_to([true], move || {
            let runtime = runtime();
            runtime.block_on(async {
                assert!(task::try_id().is_none(), "what `block_on` waits for is no task");
                let task = task::spawn(async { task::id() });
                let (handle, abort) = (task.id(), task.abort_handle().id());
                let own = task.await.unwrap();
                let other = task::spawn(pending::<()>());
                other.abort();
                let other_id = other.id();
                handle == own && abort == own && other.await.unwrap_err().id() == other_id && other_id != own
            })
        });
    }
}
