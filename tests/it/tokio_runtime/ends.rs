//! The end of a runtime drops its tasks and waits for what runs, unless it is told not to.

use super::{comes_to, many_threads, one_thread};
use crate::policy::values;
use crate::tokio_sync::hangs;
use conccheck::Checker;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, mpsc};
use conccheck::thread;
use conccheck::tokio::runtime::{Runtime, RuntimeFlavor};
use conccheck::tokio::task;
use conccheck::tokio::time::Duration;
use std::future::pending;

/// Counts when it is dropped.
struct Counts(Arc<AtomicU32>);

impl Drop for Counts {
    fn drop(&mut self) {
        self.0.fetch_add(1, SeqCst);
    }
}

/// Ends a runtime by `end`, one task of which waits for ever: whether that was dropped by then.
fn drops(runtime: Runtime, end: fn(Runtime)) -> u32 {
    let dropped = Arc::new(AtomicU32::new(0));
    let counts = Counts(dropped.clone());
    let (sender, has_begun) = mpsc::channel();
    let task = runtime.spawn(async move {
        let _counts = counts;
        sender.send(()).unwrap();
        pending::<()>().await
    });
    if runtime.handle().runtime_flavor() == RuntimeFlavor::CurrentThread {
        runtime.block_on(task::yield_now());
    }
    has_begun.recv().unwrap();
    end(runtime);
    let seen = dropped.load(SeqCst);
    assert!(one_thread().block_on(task).unwrap_err().is_cancelled());
    seen
}

#[test]
fn what_is_left_is_dropped_before_the_runtime_is() {
    comes_to([1], || drops(one_thread(), drop));
    comes_to([1], || drops(many_threads(), drop));
}

#[test]
fn it_is_dropped_later_where_the_end_waits_for_nothing() {
    comes_to([1], || drops(one_thread(), Runtime::shutdown_background));
    comes_to([0, 1], || drops(many_threads(), Runtime::shutdown_background));
    comes_to([0, 1], || drops(many_threads(), |runtime| runtime.shutdown_timeout(Duration::from_secs(5))));
}

/// A thread has a runtime with a task that waits for ever, and ends by `end`: whether who waits for the task
/// hears of that.
fn hears_of_the_end(runtime: fn() -> Runtime, end: fn(Runtime)) -> bool {
    let (sender, receiver) = mpsc::channel();
    let owner = thread::spawn(move || {
        let runtime = runtime();
        sender.send(runtime.spawn(pending::<()>())).unwrap();
        end(runtime);
    });
    let is_panic = owner.join().is_err();
    let task = receiver.recv().unwrap();
    one_thread().block_on(task).unwrap_err().is_cancelled() && is_panic
}

#[test]
fn a_panic_of_its_owner_ends_it_too() {
    let panics = |_runtime| panic!("broken");
    for runtime in [one_thread, many_threads] {
        let hears = move || hears_of_the_end(runtime, panics);
        assert!(hears(), "for real");
        // shuttle has nothing else done while a thread unwinds.
        let report = Checker::new().explore(hears);
        assert_eq!(values(&report), [true].into(), "{report}");
        assert!(report.is_complete(), "{report}");
    }
    // One that is never dropped does not end.
    assert!(hangs(|| hears_of_the_end(one_thread, std::mem::forget)).is_empty());
}

#[test]
fn a_task_that_never_began_is_dropped_too() {
    comes_to([(1, true)], || {
        let (runtime, dropped) = (one_thread(), Arc::new(AtomicU32::new(0)));
        let counts = Counts(dropped.clone());
        let task = runtime.spawn(async move { drop(counts) });
        drop(runtime);
        (dropped.load(SeqCst), one_thread().block_on(task).unwrap_err().is_cancelled())
    });
}

#[test]
fn what_is_spawned_on_a_runtime_that_has_ended_is_cancelled() {
    for runtime in [one_thread, many_threads] {
        comes_to([(true, true)], move || {
            let runtime = runtime();
            let handle = runtime.handle().clone();
            drop(runtime);
            let (task, blocking) = (handle.spawn(async { 1 }), handle.spawn_blocking(|| 2));
            let other = one_thread();
            (other.block_on(task).is_err(), other.block_on(blocking).is_err())
        });
    }
    // Or it comes just before.
    comes_to([false, true], || {
        let runtime = one_thread();
        let handle = runtime.handle().clone();
        let outside = thread::spawn(move || handle.spawn_blocking(|| {}));
        drop(runtime);
        let blocking = outside.join().unwrap();
        one_thread().block_on(blocking).is_ok()
    });
}

/// Ends a runtime by `end`, on which something blocks that has begun: whether that came to its end before.
fn waits_for_blocking(end: fn(Runtime)) -> u32 {
    let (runtime, stored) = (one_thread(), Arc::new(AtomicU32::new(0)));
    let stores = stored.clone();
    let (sender, has_begun) = mpsc::channel();
    runtime.spawn_blocking(move || {
        sender.send(()).unwrap();
        stores.store(1, SeqCst);
    });
    has_begun.recv().unwrap();
    end(runtime);
    stored.load(SeqCst)
}

#[test]
fn a_drop_waits_for_what_blocks_and_has_begun() {
    comes_to([1], || waits_for_blocking(drop));
    comes_to([0, 1], || waits_for_blocking(Runtime::shutdown_background));
    comes_to([0, 1], || waits_for_blocking(|runtime| runtime.shutdown_timeout(Duration::from_secs(5))));
}

#[test]
fn a_drop_waits_for_ever_for_what_blocks_for_ever() {
    let returned = hangs(|| {
        let runtime = one_thread();
        let (sender, receiver) = mpsc::channel::<()>();
        let (begins, has_begun) = mpsc::channel();
        runtime.spawn_blocking(move || {
            begins.send(()).unwrap();
            receiver.recv()
        });
        has_begun.recv().unwrap();
        drop(runtime);
        drop(sender);
    });
    assert!(returned.is_empty(), "{returned:?}");
}

#[test]
fn a_task_that_is_dropped_with_its_runtime_finds_it_closed() {
    comes_to([(true, true)], || {
        struct Spawns(mpsc::Sender<task::JoinHandle<()>>);
        impl Drop for Spawns {
            fn drop(&mut self) {
                self.0.send(task::spawn(async {})).unwrap();
            }
        }
        let cancelled = |runtime: Runtime| {
            let (sender, spawned) = mpsc::channel();
            let spawns = Spawns(sender);
            runtime.spawn(async move {
                let _spawns = spawns;
                pending::<()>().await
            });
            drop(runtime);
            one_thread().block_on(spawned.recv().unwrap()).is_err()
        };
        (cancelled(one_thread()), cancelled(many_threads()))
    });
}

#[test]
fn a_task_that_comes_while_its_runtime_ends_runs_or_is_cancelled() {
    for runtime in [one_thread, many_threads] {
        let comes = move || {
            let runtime = runtime();
            let handle = runtime.handle().clone();
            let outside = thread::spawn(move || handle.spawn(async {}));
            drop(runtime);
            one_thread().block_on(outside.join().unwrap()).is_ok()
        };
        if runtime().handle().runtime_flavor() == RuntimeFlavor::MultiThread {
            comes_to([false, true], comes);
        } else {
            comes_to([false], comes);
        }
    }
}
