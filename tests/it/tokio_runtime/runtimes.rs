//! Tasks of a multi-thread runtime run by themselves, those of a current-thread runtime while somebody waits
//! for it.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::tokio_sync::hangs;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, mpsc};
use conccheck::thread;
use conccheck::tokio::runtime::{Handle, Runtime, RuntimeFlavor};
use conccheck::tokio::sync::oneshot;
use conccheck::tokio::task::{self, JoinHandle, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn tasks_of_several_threads_run_while_nobody_waits_for_the_runtime() {
    let executions = comes_to_all([1], || {
        let runtime = Runtime::new().unwrap();
        let (sender, receiver) = mpsc::channel();
        runtime.spawn(async move { sender.send(1).unwrap() });
        receiver.recv().unwrap()
    });
    assert!(executions <= 4, "{executions}");
}

#[test]
fn tasks_of_one_thread_do_not() {
    let sums = hangs(|| {
        let runtime = one_thread();
        let (sender, receiver) = mpsc::channel();
        runtime.spawn(async move { sender.send(1).unwrap() });
        receiver.recv().unwrap()
    });
    assert!(sums.is_empty(), "{sums:?}");
    let executions = comes_to([(0, 1)], || {
        let (runtime, stored) = (one_thread(), Arc::new(AtomicU32::new(0)));
        let stores = stored.clone();
        let task = runtime.spawn(async move { stores.store(1, SeqCst) });
        let before = stored.load(SeqCst);
        runtime.block_on(task).unwrap();
        (before, stored.load(SeqCst))
    });
    assert_eq!(executions, 1);
    // Its twin, where that does not hold.
    comes_to([(0, 1), (1, 1)], || {
        let (runtime, stored) = (many_threads(), Arc::new(AtomicU32::new(0)));
        let stores = stored.clone();
        let task = runtime.spawn(async move { stores.store(1, SeqCst) });
        let before = stored.load(SeqCst);
        runtime.block_on(task).unwrap();
        (before, stored.load(SeqCst))
    });
}

#[test]
fn a_task_goes_on_when_what_was_waited_for_has_ended() {
    comes_to_all([1], || {
        let runtime = many_threads();
        let (sender, receiver) = mpsc::channel();
        runtime.block_on(async move {
            task::spawn(async move { sender.send(1).unwrap() });
        });
        receiver.recv().unwrap()
    });
    let executions = comes_to([(false, 3)], || {
        let (runtime, stored) = (one_thread(), Arc::new(AtomicU32::new(0)));
        let stores = stored.clone();
        let task = runtime.block_on(async move {
            let task = task::spawn(async move {
                for number in 1..=3 {
                    stores.store(number, SeqCst);
                    yield_now().await;
                }
            });
            yield_now().await;
            [task]
        });
        let [task] = task;
        let is_finished = task.is_finished();
        runtime.block_on(task).unwrap();
        (is_finished, stored.load(SeqCst))
    });
    assert_eq!(executions, 1, "what happens within one loop costs nothing");
}

#[test]
fn what_is_waited_for_runs_on_the_calling_thread() {
    comes_to([(true, true)], || {
        let (runtime, here) = (many_threads(), thread::current().id());
        let waits = runtime.block_on(async { thread::current().id() });
        let spawned =
            runtime.block_on(async { task::spawn(async { thread::current().id() }).await.unwrap() });
        (waits == here, spawned != here)
    });
    comes_to([(true, true)], || {
        let (runtime, here) = (one_thread(), thread::current().id());
        let waits = runtime.block_on(async { thread::current().id() });
        let spawned =
            runtime.block_on(async { task::spawn(async { thread::current().id() }).await.unwrap() });
        (waits == here, spawned == here)
    });
}

#[test]
fn two_threads_wait_for_a_runtime_of_one_thread() {
    comes_to_all([(1, 2)], || {
        let runtime = Arc::new(one_thread());
        let one = runtime.spawn(async { 1 });
        let other = thread::spawn({
            let runtime = runtime.clone();
            move || runtime.block_on(async { task::spawn(async { 2 }).await.unwrap() })
        });
        (runtime.block_on(one).unwrap(), other.join().unwrap())
    });
    // One of them waits for what only the other can run, and has it run when that is done.
    comes_to([3], || {
        let runtime = Arc::new(one_thread());
        let (sender, receiver) = oneshot::channel();
        runtime.spawn(async move { sender.send(3).unwrap() });
        let other = thread::spawn({
            let runtime = runtime.clone();
            move || runtime.block_on(async { 1 })
        });
        let received = runtime.block_on(receiver).unwrap();
        other.join().unwrap();
        received
    });
}

/// Two threads wait while main runs the loop: the first for nothing that has to be run, and so it goes without
/// having run it, by `goes`; the other for a task, which it waits for by `waits`.
fn one_of_two_that_wait_goes(goes: fn(&Runtime), waits: fn(&Runtime, JoinHandle<u32>) -> u32) -> u32 {
    let runtime = Arc::new(one_thread());
    let (sender, until_gone) = oneshot::channel();
    let first = thread::spawn({
        let runtime = runtime.clone();
        move || {
            goes(&runtime);
            sender.send(()).unwrap();
        }
    });
    let other = thread::spawn({
        let runtime = runtime.clone();
        move || {
            let task = runtime.spawn(async { 3 });
            waits(&runtime, task)
        }
    });
    runtime.block_on(until_gone).unwrap();
    first.join().unwrap();
    other.join().unwrap()
}

#[test]
fn who_goes_without_having_run_the_loop_leaves_it_to_the_next() {
    fn runs_it(runtime: &Runtime, task: JoinHandle<u32>) -> u32 {
        runtime.block_on(task).unwrap()
    }
    fn panics(runtime: &Runtime) {
        let waits = || runtime.block_on(async { panic!("broken") });
        catch_unwind(AssertUnwindSafe(waits)).unwrap_err();
    }
    comes_to([3], || one_of_two_that_wait_goes(|runtime| runtime.block_on(async {}), runs_it));
    comes_to([3], || one_of_two_that_wait_goes(panics, runs_it));
    // Who does not run it waits for ever, if it comes when main has gone.
    let returned = hangs(|| {
        let does_not = |runtime: &Runtime, task: JoinHandle<u32>| runtime.handle().block_on(task).unwrap();
        one_of_two_that_wait_goes(|runtime| runtime.block_on(async {}), does_not)
    });
    assert_eq!(returned, [3]);
}

#[test]
fn a_runtime_goes_from_thread_to_thread_with_its_tasks() {
    comes_to([(1, 2)], || {
        let runtime = one_thread();
        let (sender, receiver) = oneshot::channel();
        let (waits, first) = runtime.block_on(async move {
            let waits = task::spawn(async move { receiver.await.unwrap() });
            yield_now().await;
            (waits, 1)
        });
        let second = thread::spawn(move || {
            sender.send(2).unwrap();
            runtime.block_on(waits).unwrap()
        });
        (first, second.join().unwrap())
    });
}

#[test]
fn each_runtime_has_its_flavor_and_its_id() {
    comes_to([true], || {
        let (one, many) = (one_thread(), many_threads());
        let flavor = |runtime: &Runtime| runtime.block_on(async { Handle::current().runtime_flavor() });
        assert_eq!(flavor(&one), RuntimeFlavor::CurrentThread);
        assert_eq!(flavor(&many), RuntimeFlavor::MultiThread);
        one.handle().id() == one.block_on(async { Handle::current().id() })
            && one.handle().id() != many.handle().id()
    });
}
