//! A handle reaches its runtime from any thread.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::tokio_sync::hangs;
use conccheck::sync::mpsc;
use conccheck::thread::{self, ThreadId};
use conccheck::tokio::runtime::{Handle, Runtime};
use conccheck::tokio::sync::oneshot;
use conccheck::tokio::task;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn a_thread_spawns_on_a_runtime_that_others_wait_for() {
    let executions = comes_to_all([3], || spawn_from_outside(one_thread()));
    assert!(executions <= 4, "{executions}");
    comes_to([3], || spawn_from_outside(many_threads()));
}

fn spawn_from_outside(runtime: Runtime) -> u32 {
    let handle = runtime.handle().clone();
    let (sender, receiver) = oneshot::channel();
    let outside = thread::spawn(move || {
        handle.spawn(async move { sender.send(3).unwrap() });
    });
    let received = runtime.block_on(receiver).unwrap();
    outside.join().unwrap();
    received
}

#[test]
fn a_thread_waits_as_part_of_a_runtime() {
    comes_to([5], || {
        let runtime = many_threads();
        let handle = runtime.handle().clone();
        let outside = thread::spawn(move || {
            handle.block_on(async {
                task::spawn(async { 2 }).await.unwrap() + task::spawn(async { 3 }).await.unwrap()
            })
        });
        outside.join().unwrap()
    });
    // It runs no tasks of a runtime of one thread; somebody else does.
    comes_to([2], || {
        let runtime = one_thread();
        let handle = runtime.handle().clone();
        let (sender, receiver) = oneshot::channel();
        let outside = thread::spawn(move || {
            let two = handle.block_on(async { task::spawn(async { 2 }).await.unwrap() });
            sender.send(two).unwrap();
        });
        let received = runtime.block_on(receiver).unwrap();
        outside.join().unwrap();
        received
    });
    let returned = hangs(|| {
        let runtime = one_thread();
        let two = runtime.spawn(async { 2 });
        runtime.handle().block_on(two).unwrap()
    });
    assert!(returned.is_empty(), "nobody runs the task");
}

#[test]
fn a_runtime_that_was_entered_is_where_spawn_goes() {
    comes_to([(true, 1, true)], || {
        let runtime = many_threads();
        let before = Handle::try_current().is_err();
        let one = {
            let _entered = runtime.enter();
            task::spawn(async { 1 })
        };
        (before, runtime.block_on(one).unwrap(), Handle::try_current().is_err())
    });
    comes_to([true], || {
        let (one, other) = (one_thread(), many_threads());
        let _one = one.enter();
        let inner = {
            let _other = other.enter();
            Handle::current().id()
        };
        inner == other.handle().id() && Handle::current().id() == one.handle().id()
    });
}

#[test]
fn a_join_handle_can_be_awaited_on_another_runtime() {
    comes_to([(1, 2)], || {
        let (one, other) = (many_threads(), one_thread());
        let (first, second) = (one.spawn(async { 1 }), other.spawn(async { 2 }));
        let first = other.block_on(first).unwrap();
        let second = thread::spawn(move || one.block_on(second).unwrap());
        other.block_on(async { task::yield_now().await });
        (first, second.join().unwrap())
    });
}

#[test]
fn whether_a_task_has_ended_is_seen_from_other_threads() {
    let executions = comes_to_all([false, true], || {
        let runtime = one_thread();
        let task = runtime.spawn(async {});
        let looks = task.abort_handle();
        let looks = thread::spawn(move || looks.is_finished());
        runtime.block_on(task).unwrap();
        looks.join().unwrap()
    });
    assert_eq!(executions, 2);
}

/// Tells, when it is dropped, whether that is on the thread that made it.
struct Tells(ThreadId, mpsc::Sender<bool>);

impl Drop for Tells {
    fn drop(&mut self) {
        self.1.send(thread::current().id() == self.0).unwrap();
    }
}

#[test]
fn what_nobody_takes_is_dropped_by_the_task_or_with_its_handle() {
    fn is_dropped_with_the_handle() -> bool {
        let runtime = many_threads();
        let (sender, receiver) = mpsc::channel();
        let (here, (begins, has_begun)) = (thread::current().id(), mpsc::channel());
        let task = runtime.spawn(async move {
            begins.send(()).unwrap();
            Tells(here, sender)
        });
        has_begun.recv().unwrap();
        drop(task);
        drop(runtime);
        receiver.recv().unwrap()
    }
    comes_to_all([false, true], is_dropped_with_the_handle);
}

#[test]
fn a_panic_of_what_nobody_takes_goes_nowhere() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("broken");
        }
    }
    for runtime in [one_thread, many_threads] {
        comes_to([3], move || {
            runtime().block_on(async {
                drop(task::spawn(async { Panics }));
                task::yield_now().await;
                task::spawn(async { 3 }).await.unwrap()
            })
        });
    }
    // Who takes it has it.
    comes_to([true], || {
        let taken = one_thread().block_on(async { task::spawn(async { Panics }).await.unwrap() });
        catch_unwind(AssertUnwindSafe(|| drop(taken))).is_err()
    });
}

#[test]
fn which_task_has_the_greater_id_is_explored() {
    let spawns_two = || {
        many_threads().block_on(async {
            let [one, other] = [(); 2].map(|()| task::spawn(async { task::spawn(async {}).id() }));
            let (one, other) = (one.await.unwrap(), other.await.unwrap());
            (one != other, one < other)
        })
    };
    comes_to([(true, false), (true, true)], spawns_two);
    // Of those that one thread spawns the later has the greater.
    comes_to([true], || {
        one_thread().block_on(async { task::spawn(async {}).id() < task::spawn(async {}).id() })
    });
}
