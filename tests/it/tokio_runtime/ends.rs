//! The end of a runtime drops its tasks and waits for what runs, unless it is told not to.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::policy::values;
use crate::tokio_sync::hangs;
use conccheck::Checker;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex, mpsc};
use conccheck::thread;
use conccheck::tokio::runtime::{Handle, Runtime, RuntimeFlavor};
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

/// Writes down that it is dropped.
struct Tells(u32, Arc<Mutex<Vec<u32>>>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0);
    }
}

/// In which order a runtime of one thread drops so many tasks that never end.
fn dropped(count: u32) -> Vec<u32> {
    let (runtime, order) = (one_thread(), Arc::new(Mutex::new(Vec::new())));
    for number in 0..count {
        let tells = Tells(number, order.clone());
        runtime.spawn(async move {
            let _tells = tells;
            pending::<()>().await
        });
    }
    drop(runtime);

    order.lock().unwrap().clone()
}

#[test]
fn any_of_its_tasks_may_be_dropped_first() {
    let executions = comes_to_all([vec![0, 1], vec![1, 0]], || dropped(2));
    assert_eq!(executions, 2);
    assert_eq!(comes_to([vec![0]], || dropped(1)), 1, "and where there is only one, nothing is drawn");
    // For real others of the process may spawn tasks meanwhile, and then there are more orders.
    let sees = |count| values(&Checker::new().explore(move || dropped(count)));
    assert_eq!(sees(3), [vec![0, 1, 2], vec![1, 2, 0], vec![2, 0, 1]].into());
    let five = [[0, 4, 1, 2, 3], [1, 2, 3, 0, 4], [2, 3, 0, 4, 1], [3, 0, 4, 1, 2]];
    assert_eq!(sees(5), five.map(Vec::from).into());
}

#[test]
fn what_was_counted_before_the_program_is_the_same_for_all_its_runtimes() {
    let orders = || (dropped(2), dropped(2));
    let seen = values(&Checker::new().explore(orders));
    let (up, down) = (vec![0, 1], vec![1, 0]);
    // The second runtime's tasks are in the two lists after the first's.
    let expected = [(up.clone(), up.clone()), (up.clone(), down.clone()), (down.clone(), up.clone())];
    assert_eq!(seen, expected.into());
    // Those of a runtime of several threads count too, and so do its threads.
    let orders = || {
        let first = dropped(2);
        let many = many_threads();
        (first, dropped(2), many.block_on(async {}))
    };
    let seen = values(&Checker::new().explore(orders));
    assert_eq!(seen, [(up.clone(), up.clone(), ()), (down.clone(), down, ())].into());
}

#[test]
fn tasks_that_other_threads_spawned_are_dropped_among_the_others() {
    comes_to_all([vec![0, 1], vec![1, 0]], || {
        let (runtime, order) = (one_thread(), Arc::new(Mutex::new(Vec::new())));
        let spawns = |number, handle: Handle| {
            let tells = Tells(number, order.clone());
            move || {
                handle.spawn(async move {
                    let _tells = tells;
                    pending::<()>().await
                });
            }
        };
        let other = thread::spawn(spawns(1, runtime.handle().clone()));
        spawns(0, runtime.handle().clone())();
        other.join().unwrap();
        drop(runtime);

        order.lock().unwrap().clone()
    });
}

/// Ends a runtime of one thread by `end`, with a task that never ends, and with something that blocks until that task is
/// dropped: whether that was so when the end returned.
fn blocks_until_dropped(end: fn(Runtime)) -> bool {
    let (runtime, has_gone_on) = (one_thread(), Arc::new(AtomicU32::new(0)));
    let (kept, until_dropped) = mpsc::channel::<()>();
    let (sender, has_begun) = mpsc::channel();
    let goes_on = has_gone_on.clone();
    runtime.spawn_blocking(move || {
        sender.send(()).unwrap();
        until_dropped.recv().unwrap_err();
        goes_on.store(1, SeqCst);
    });
    runtime.spawn(async move {
        let _kept = kept;
        pending::<()>().await
    });
    has_begun.recv().unwrap();
    end(runtime);
    has_gone_on.load(SeqCst) == 1
}

#[test]
fn a_drop_drops_tasks_before_it_waits_and_a_timeout_after() {
    comes_to([true], || blocks_until_dropped(drop));
    // What blocks goes on when the end has waited, and may do so before that has returned.
    comes_to([false, true], || {
        blocks_until_dropped(|runtime| runtime.shutdown_timeout(Duration::from_millis(1)))
    });
    comes_to([false, true], || blocks_until_dropped(Runtime::shutdown_background));
    let seen = |end: fn(Runtime)| {
        let (runtime, dropped) = (one_thread(), Arc::new(AtomicU32::new(0)));
        let counts = Counts(dropped.clone());
        runtime.spawn(async move {
            let _counts = counts;
            pending::<()>().await
        });
        let (sees, has_seen) = (dropped.clone(), Arc::new(AtomicU32::new(0)));
        let (sender, has_begun) = mpsc::channel();
        let stores = has_seen.clone();
        runtime.spawn_blocking(move || {
            sender.send(()).unwrap();
            stores.store(10 + sees.load(SeqCst), SeqCst);
        });
        has_begun.recv().unwrap();
        end(runtime);
        has_seen.load(SeqCst)
    };
    comes_to([10, 11], move || seen(drop));
    // Not yet, dropped, not dropped.
    comes_to([0, 10, 11], move || seen(|runtime| runtime.shutdown_timeout(Duration::from_secs(5))));
}

#[test]
fn a_drop_waits_for_what_blocks_though_its_thread_unwinds() {
    let waits = |runtime: fn() -> Runtime| {
        let stored = Arc::new(AtomicU32::new(0));
        let stores = stored.clone();
        let owner = thread::spawn(move || {
            let runtime = runtime();
            let (sender, has_begun) = mpsc::channel();
            runtime.spawn_blocking(move || {
                sender.send(()).unwrap();
                stores.store(1, SeqCst);
            });
            has_begun.recv().unwrap();
            panic!("broken");
        });
        (owner.join().is_err(), stored.load(SeqCst))
    };
    for runtime in [one_thread, many_threads] {
        let program = move || waits(runtime);
        assert_eq!(program(), (true, 1), "for real");
        let report = Checker::new().explore(program);
        assert_eq!(values(&report), [(true, 1)].into(), "{report}");
    }
}

/// Has a task of several threads that goes on for as long as it sees 0, and then once more; ends its runtime by `end`, and
/// only then stores 1: whether the task comes to its end.
fn goes_on_after(end: fn(Runtime)) -> bool {
    let (runtime, stored) = (many_threads(), Arc::new(AtomicU32::new(0)));
    let (sees, (sender, has_begun)) = (stored.clone(), mpsc::channel());
    let task = runtime.spawn(async move {
        sender.send(()).unwrap();
        while sees.load(SeqCst) == 0 {
            task::yield_now().await;
        }
        task::yield_now().await;
    });
    has_begun.recv().unwrap();
    end(runtime);
    stored.store(1, SeqCst);
    one_thread().block_on(task).is_ok()
}

#[test]
fn threads_of_a_runtime_hear_some_time_that_it_ends() {
    comes_to([false, true], || goes_on_after(Runtime::shutdown_background));
    // Its twin, that has waited.
    comes_to([false], || goes_on_after(drop));
}
