//! Bad use gives the errors that tokio gives.

use super::{comes_to, many_threads, one_thread};
use conccheck::panic::{self, AssertUnwindSafe, catch_unwind};
use conccheck::tokio::runtime::{Builder, Handle};
use conccheck::tokio::sync::{Mutex, oneshot};
use conccheck::tokio::task::{self, LocalSet, block_in_place, spawn_blocking, spawn_local};
use conccheck::tokio::time::{Duration, Instant, interval, sleep, sleep_until, timeout};
use conccheck::{Checker, Outcome};
use std::future::pending;

/// The beginning of what `act` panics with, as long as `expected`.
fn panics(expected: &'static str, act: impl FnOnce()) -> bool {
    let payload = catch_unwind(AssertUnwindSafe(act)).unwrap_err();
    let message = panic::message(&*payload);
    assert!(message.starts_with(expected), "{message}");
    true
}

const SECOND: Duration = Duration::from_secs(1);
const INSIDE: &str = "Cannot start a runtime from within a runtime.";
const NO_RUNTIME: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
const BLOCKING: &str = "can call blocking only when running on the multi-threaded runtime";
const NOT_LOCAL: &str = "`spawn_local` called from outside of a `task::LocalSet`";
const DROPPED_INSIDE: &str = "Cannot drop a runtime in a context where blocking is not allowed.";

#[test]
fn a_runtime_is_not_waited_for_inside_another() {
    for runtime in [one_thread, many_threads] {
        comes_to([true], move || {
            let (runtime, other) = (runtime(), many_threads());
            let handle = other.handle().clone();
            runtime.block_on(async {
                panics(INSIDE, || other.block_on(async {})) && panics(INSIDE, || handle.block_on(async {}))
            })
        });
    }
    comes_to([true], || {
        one_thread().block_on(async {
            task::spawn(async { panics(INSIDE, || Handle::current().block_on(async {})) }).await.unwrap()
        })
    });
}

#[test]
fn nothing_is_spawned_where_there_is_no_runtime() {
    comes_to([true], || {
        panics(NO_RUNTIME, || drop(task::spawn(async {})))
            && panics(NO_RUNTIME, || drop(spawn_blocking(|| {})))
            && panics(NO_RUNTIME, || drop(Handle::current()))
            && Handle::try_current().unwrap_err().is_missing_context()
    });
    comes_to([true], || {
        panics(NOT_LOCAL, || drop(spawn_local(async {})))
            && one_thread().block_on(async { panics(NOT_LOCAL, || drop(spawn_local(async {}))) })
            && many_threads().block_on(async { panics(NOT_LOCAL, || drop(spawn_local(async {}))) })
    });
}

#[test]
fn nothing_blocks_in_place_where_others_are_on_the_thread() {
    comes_to([true], || {
        one_thread().block_on(async { panics(BLOCKING, || block_in_place(|| {})) })
            && LocalSet::new().block_on(&many_threads(), async { panics(BLOCKING, || block_in_place(|| {})) })
    });
}

#[test]
fn a_runtime_is_not_dropped_inside_another() {
    for inner in [one_thread, many_threads] {
        comes_to([true], move || {
            let inner = inner();
            one_thread().block_on(async move { panics(DROPPED_INSIDE, || drop(inner)) })
        });
        comes_to([true], move || {
            let inner = inner();
            one_thread().block_on(async move { inner.shutdown_background() });
            true
        });
    }
}

#[test]
fn nothing_blocks_a_thread_of_a_runtime() {
    let blocks = |act: fn()| move || one_thread().block_on(async { catch_unwind(act).is_err() });
    comes_to([true], blocks(|| drop(Mutex::new(1).blocking_lock())));
    comes_to([true], blocks(|| drop(oneshot::channel::<()>().1.blocking_recv())));
    // Where nobody is kept waiting one may.
    comes_to([2], || {
        one_thread().block_on(async { spawn_blocking(|| *Mutex::new(2).blocking_lock()).await.unwrap() })
    });
}

#[test]
fn a_task_has_an_id_and_others_have_none() {
    comes_to([true], || panics("Can't get a task id when not inside a task", || _ = task::id()));
}

#[test]
fn a_panic_where_a_runtime_is_alive_is_what_comes_out() {
    for runtime in [one_thread, many_threads] {
        let report = Checker::new().explore(move || {
            let runtime = runtime();
            runtime.spawn(pending::<()>());
            panic!("broken")
        });
        let outcomes: Vec<_> = report.outcomes().map(|outcome: &Outcome<()>| outcome.mark()).collect();
        assert_eq!(outcomes, ['P'], "{report}");
        assert!(report.to_string().contains("broken"), "{report}");
    }
}

const NO_TIMERS: &str = "A Tokio 1.x context was found, but timers are disabled.";

/// Where a timer is made matters, not where it is awaited.
#[test]
fn no_timer_is_made_where_there_is_no_runtime() {
    comes_to([true], || {
        panics(NO_RUNTIME, || drop(sleep(SECOND)))
            && panics(NO_RUNTIME, || drop(sleep_until(Instant::now() + SECOND)))
            && panics(NO_RUNTIME, || drop(timeout(SECOND, async {})))
            && panics(NO_RUNTIME, || drop(interval(SECOND)))
    });
    comes_to([true], || {
        let runtime = one_thread();
        let (entered, timer) = (runtime.enter(), sleep(SECOND));
        drop(entered);
        runtime.block_on(timer);
        true
    });
}

#[test]
fn a_runtime_that_was_built_without_timers_has_none() {
    let builders = [Builder::new_current_thread as fn() -> Builder, Builder::new_multi_thread];
    for builder in builders {
        comes_to([true], move || {
            let without = builder().build().unwrap();
            without.block_on(async {
                panics(NO_TIMERS, || drop(sleep(SECOND)))
                    && panics(NO_TIMERS, || drop(timeout(SECOND, async {})))
            })
        });
        comes_to([true], move || {
            let with = builder().enable_time().build().unwrap();
            with.block_on(async { timeout(SECOND, async {}).await.is_ok() })
        });
    }
}

/// Not one of this crate's.
#[test]
fn a_panic_of_bad_use_is_at_the_users_line() {
    let bad: [(u32, fn()); 4] = [
        (line!(), || drop(sleep(SECOND))),
        (line!(), || one_thread().block_on(async { one_thread().block_on(async {}) })),
        (line!(), || conccheck::task::block_on(async { conccheck::task::block_on(async {}) })),
        (line!(), || one_thread().block_on(async { drop(Mutex::new(1).blocking_lock()) })),
    ];
    for (line, program) in bad {
        let report = Checker::new().explore(program);
        let (_, seen) =
            report.outcomes().map(|outcome| (outcome, report.seen(outcome).unwrap())).next().unwrap();
        let place = seen.place.as_deref().unwrap_or_default();
        assert!(place.starts_with(&format!("{}:{line}:", file!())), "{place}: {report}");
    }
}
