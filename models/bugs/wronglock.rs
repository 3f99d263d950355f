//! One thread counts under a lock and looks whether it counted by one; others count, too.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Counter {
    data: Mutex<()>,
    thread: Mutex<()>,
    value: AtomicUsize,
}

impl Counter {
    fn add_one(&self) {
        let value = self.value.load(SeqCst);
        self.value.store(value + 1, SeqCst);
    }
}

/// `others` threads hold the same lock.
pub fn wronglock(others: usize) -> String {
    counted_with(others, |counter| &counter.data)
}

/// Broken: they hold another.
pub fn wronglock_bad(others: usize) -> String {
    counted_with(others, |counter| &counter.thread)
}

fn counted_with(others: usize, lock: fn(&Counter) -> &Mutex<()>) -> String {
    let counter = Arc::new(Counter::default());
    let one = spawn(&counter, |counter| {
        let guard = counter.data.lock().unwrap();
        let before = counter.value.load(SeqCst);
        counter.add_one();
        let after = counter.value.load(SeqCst);
        drop(guard);
        assert!(after == before + 1, "counted from {before} to {after}");
    });
    let others = spawn_each(&counter, others, move |counter, _| {
        let _guard = lock(counter).lock().unwrap();
        counter.add_one();
    });
    join(one);
    join_all(others);
    "counted by one".to_string()
}
