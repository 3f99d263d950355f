//! What is kept of a runtime past its end finds that it has ended; and what is kept past a check is refused.

use super::{comes_to_all, many_threads, one_thread};
use conccheck::sync::{Arc, Mutex, mpsc};
use conccheck::task::Runtime as Room;
use conccheck::tokio::runtime::{Handle, Runtime};
use conccheck::tokio::task;
use conccheck::{Checker, Incomplete, Verdict, thread};
use std::future::pending;

fn rooms() -> [Room; 2] {
    [Room::current_thread(), Room::multi_thread(2)]
}

#[test]
fn what_is_spawned_where_a_room_of_tasks_was_is_cancelled() {
    for room in rooms() {
        comes_to_all([(true, true)], move || {
            let kept = room.block_on(async { Handle::current() });
            let (task, blocking) = (kept.spawn(async { 1 }), kept.spawn_blocking(|| 2));
            let other = one_thread();
            (other.block_on(task).is_err(), other.block_on(blocking).is_err())
        });
    }
    // By another thread, which may come before.
    let spawns = |room: Room| {
        let (sender, receiver) = mpsc::channel();
        let spawner = thread::spawn(move || {
            let handle: Handle = receiver.recv().unwrap();
            handle.spawn(async {})
        });
        room.block_on(async { sender.send(Handle::current()).unwrap() });
        one_thread().block_on(spawner.join().unwrap()).is_ok()
    };
    comes_to_all([false], move || spawns(Room::current_thread()));
    comes_to_all([false, true], move || spawns(Room::multi_thread(2)));
}

#[test]
#[allow(clippy::async_yields_async, reason = "the handle is what is to be kept")]
fn what_was_left_in_a_room_of_tasks_was_cancelled() {
    for room in rooms() {
        comes_to_all([true], move || {
            let task = room.block_on(async {
                let task = task::spawn(pending::<()>());
                task::yield_now().await;
                task
            });
            let aborts = task.abort_handle();
            aborts.abort();
            aborts.is_finished() && one_thread().block_on(task).unwrap_err().is_cancelled()
        });
    }
}

#[test]
fn a_room_of_tasks_ends_by_a_panic_too() {
    for room in rooms() {
        let program = move || {
            let kept = Arc::new(Mutex::new(None));
            let keeps = kept.clone();
            let main = thread::spawn(move || {
                room.block_on(async {
                    *keeps.lock().unwrap() = Some((Handle::current(), task::spawn(pending::<()>())));
                    panic!("broken");
                })
            });
            assert!(main.join().is_err());
            let (handle, task) = kept.lock().unwrap().take().unwrap();
            let other = one_thread();
            if room == Room::current_thread() {
                return other.block_on(handle.spawn(async {})).is_err();
            }
            other.block_on(task).is_err() && other.block_on(handle.spawn(async {})).is_err()
        };
        assert!(program(), "for real");
        let report = Checker::new().explore(program);
        assert_eq!(crate::policy::values(&report), [true].into(), "{report}");
    }
}

/// The reason why a check that uses this runtime could not be done.
fn refused(runtime: &'static std::sync::LazyLock<Runtime>) -> String {
    // The first execution makes it, the second finds it.
    let report = Checker::new().explore(|| {
        let other = thread::spawn(|| {});
        runtime.block_on(async { task::spawn(async {}).await.unwrap() });
        other.join().unwrap();
    });
    let again = Checker::new().explore(|| runtime.block_on(async {}));
    assert_eq!(again.verdict(), Verdict::Skip, "{report}, {again}");
    match again.incomplete() {
        Some(Incomplete::Unsupported(reason)) => reason.clone(),
        _ => panic!("{again}"),
    }
}

#[test]
fn a_runtime_in_a_static_of_std_is_refused_by_its_name() {
    static ONE: std::sync::LazyLock<Runtime> = std::sync::LazyLock::new(one_thread);
    static MANY: std::sync::LazyLock<Runtime> = std::sync::LazyLock::new(many_threads);
    static OUTSIDE: std::sync::LazyLock<Runtime> = std::sync::LazyLock::new(many_threads);
    for runtime in [&ONE, &MANY] {
        let reason = refused(runtime);
        assert!(
            reason.contains("a runtime that an earlier execution of the checked program made"),
            "{reason}"
        );
        assert!(reason.contains("`LazyLock` or `OnceLock` of `conccheck::sync`"), "{reason}");
    }
    std::sync::LazyLock::force(&OUTSIDE);
    let reason = refused(&OUTSIDE);
    assert!(reason.starts_with("a runtime that was made under the real backend"), "{reason}");
}
