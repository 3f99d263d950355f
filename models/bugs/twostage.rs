//! Two values under a lock each, the second made from the first, and a reader of both.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Stages {
    first_lock: Mutex<()>,
    first: AtomicUsize,
    second: Mutex<usize>,
}

/// `writers` threads. Who writes or reads the first holds its lock until the second is done, too.
pub fn twostage(writers: usize) -> String {
    written_and_read(
        writers,
        |stages| {
            let _first = stages.first_lock.lock().unwrap();
            stages.first.store(1, SeqCst);
            *stages.second.lock().unwrap() = stages.first.load(SeqCst) + 1;
        },
        |stages| {
            let _first = stages.first_lock.lock().unwrap();
            (stages.first.load(SeqCst), *stages.second.lock().unwrap())
        },
    )
}

/// Broken: the first lock is given up before the second is taken.
pub fn twostage_bad(writers: usize) -> String {
    written_and_read(
        writers,
        |stages| {
            let first = stages.first_lock.lock().unwrap();
            stages.first.store(1, SeqCst);
            drop(first);
            let mut second = stages.second.lock().unwrap();
            *second = stages.first.load(SeqCst) + 1;
        },
        |stages| {
            let lock = stages.first_lock.lock().unwrap();
            let first = stages.first.load(SeqCst);
            drop(lock);
            if first == 0 {
                return (0, 0);
            }
            (first, *stages.second.lock().unwrap())
        },
    )
}

fn written_and_read(writers: usize, write: fn(&Stages), read: fn(&Stages) -> (usize, usize)) -> String {
    let stages = Arc::new(Stages::default());
    let writers = spawn_each(&stages, writers, move |stages, _| write(stages));
    let reader = spawn(&stages, move |stages| {
        let (first, second) = read(stages);
        assert!(first == 0 || second == first + 1, "the second is {second} when the first is {first}");
    });
    join_all(writers);
    join(reader);
    "the second follows the first".to_string()
}
