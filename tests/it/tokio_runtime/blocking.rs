//! What may block has a thread of its own, and cannot be aborted once it has begun.

use super::{comes_to, comes_to_all, many_threads, one_thread};
use crate::tokio_sync::hangs;
use conccheck::sync::atomic::{AtomicU32, Ordering::SeqCst};
use conccheck::sync::{Arc, mpsc};
use conccheck::tokio::runtime::{Builder, Handle, Runtime};
use conccheck::tokio::sync::oneshot;
use conccheck::tokio::task::{self, block_in_place, spawn_blocking, yield_now};

#[test]
fn it_is_aborted_before_it_begins_or_not_at_all() {
    let executions = comes_to_all([(false, 0), (true, 1)], || {
        let (runtime, stored) = (one_thread(), Arc::new(AtomicU32::new(0)));
        let stores = stored.clone();
        let blocks = runtime.spawn_blocking(move || stores.store(1, SeqCst));
        blocks.abort();
        (runtime.block_on(blocks).is_ok(), stored.load(SeqCst))
    });
    assert!(executions <= 4, "{executions}");
    comes_to([true], || {
        let runtime = one_thread();
        let (begins, has_begun) = mpsc::channel();
        let (sender, receiver) = mpsc::channel();
        let blocks = runtime.spawn_blocking(move || {
            begins.send(()).unwrap();
            receiver.recv().unwrap()
        });
        has_begun.recv().unwrap();
        blocks.abort();
        sender.send(true).unwrap();
        runtime.block_on(blocks).unwrap()
    });
}

#[test]
fn tasks_run_while_it_blocks() {
    for runtime in [one_thread, many_threads] {
        comes_to([3], move || {
            runtime().block_on(async {
                let (sender, receiver) = mpsc::channel();
                let blocks = spawn_blocking(move || receiver.recv().unwrap());
                task::spawn(async move { sender.send(3).unwrap() });
                blocks.await.unwrap()
            })
        });
    }
    // Its twin blocks the loop.
    let returned = hangs(|| {
        one_thread().block_on(async {
            let (sender, receiver) = mpsc::channel();
            task::spawn(async move { sender.send(3).unwrap() });
            receiver.recv().unwrap()
        })
    });
    assert!(returned.is_empty(), "{returned:?}");
}

#[test]
fn it_is_part_of_its_runtime_and_may_wait_for_it() {
    comes_to([4], || {
        many_threads().block_on(async {
            let sum = spawn_blocking(|| {
                let one = task::spawn(async { 1 });
                Handle::current().block_on(async move { one.await.unwrap() + 3 })
            });
            sum.await.unwrap()
        })
    });
    comes_to([true], || {
        one_thread().block_on(async {
            let blocks = spawn_blocking(|| task::id());
            let id = blocks.id();
            blocks.await.unwrap() == id
        })
    });
}

#[test]
fn its_panic_is_its_result() {
    comes_to([Some("broken")], || {
        let runtime = one_thread();
        let breaks = runtime.spawn_blocking(|| conccheck::panic::resume_unwind(Box::new("broken")));
        let payload = runtime.block_on(breaks).map(|()| "").unwrap_err().into_panic();
        payload.downcast_ref::<&str>().copied()
    });
}

/// A runtime where one at a time blocks.
fn one_blocks() -> Runtime {
    Builder::new_current_thread().max_blocking_threads(1).build().unwrap()
}

#[test]
fn no_more_of_them_run_at_a_time_than_the_runtime_lets() {
    fn runs_together(runtime: Runtime) -> bool {
        let inside = Arc::new(AtomicU32::new(0));
        let enters = |inside: Arc<AtomicU32>| {
            move || {
                let others = inside.fetch_add(1, SeqCst);
                inside.fetch_sub(1, SeqCst);
                others
            }
        };
        let both = [1, 2].map(|_| runtime.spawn_blocking(enters(inside.clone())));
        let mut others = 0;
        for one in both {
            others += runtime.block_on(one).unwrap();
        }
        others > 0
    }
    comes_to([false], || runs_together(one_blocks()));
    comes_to([false, true], || runs_together(one_thread()));
    // So one that waits for the next waits for ever.
    let returned = hangs(|| {
        let runtime = one_blocks();
        let (sender, receiver) = mpsc::channel();
        let waits = runtime.spawn_blocking(move || receiver.recv().unwrap());
        runtime.spawn_blocking(move || sender.send(1).unwrap());
        runtime.block_on(waits).unwrap()
    });
    assert!(returned.is_empty(), "{returned:?}");
}

#[test]
fn a_task_of_several_threads_blocks_in_place() {
    comes_to([3], || {
        many_threads().block_on(async {
            let (sender, receiver) = oneshot::channel();
            let waits = task::spawn(async move { block_in_place(|| receiver.blocking_recv().unwrap()) });
            task::spawn(async move { sender.send(3).unwrap() });
            waits.await.unwrap()
        })
    });
    comes_to([(1, 2)], || {
        let runtime = many_threads();
        let one = block_in_place(|| 1);
        let two = runtime.block_on(async {
            block_in_place(|| Handle::current().block_on(async { task::spawn(async { 2 }).await.unwrap() }))
        });
        (one, two)
    });
}

#[test]
fn who_spends_of_its_budget_gives_way_in_the_end() {
    comes_to([1], || {
        one_thread().block_on(async {
            let stored = Arc::new(AtomicU32::new(0));
            let stores = stored.clone();
            task::spawn(async move { stores.store(1, SeqCst) });
            while stored.load(SeqCst) == 0 {
                task::coop::consume_budget().await;
            }
            yield_now().await;
            stored.load(SeqCst)
        })
    });
}

#[test]
fn a_runtime_that_ends_with_what_it_waits_for_waits_for_what_blocks() {
    // Or it has not begun.
    comes_to([0, 2], || {
        let stored = Arc::new(AtomicU32::new(0));
        let stores = stored.clone();
        conccheck::task::block_on(async move {
            drop(spawn_blocking(move || {
                stores.store(1, SeqCst);
                stores.store(2, SeqCst);
            }));
        });
        stored.load(SeqCst)
    });
}
