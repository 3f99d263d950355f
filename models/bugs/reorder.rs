//! Two values that belong together are written one after the other, and read one after the other. The more
//! threads write, the less likely is an execution in which one reader gets between.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::atomic::{AtomicI32, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

/// `setters` threads that write both, and one that reads both, each in one critical section.
pub fn reorder(setters: usize) -> String {
    let values = Arc::new(Mutex::new((0, 0)));
    let setters = spawn_each(&values, setters, |values, _| *values.lock().unwrap() = (1, -1));
    let checker = spawn(&values, |values| {
        let values = *values.lock().unwrap();
        assert!([(0, 0), (1, -1)].contains(&values), "they do not belong together");
    });
    join_all(setters);
    join(checker);
    "they belong together".to_string()
}

/// Broken: each is written and read by itself.
pub fn reorder_bad(setters: usize) -> String {
    let values = Arc::new([AtomicI32::new(0), AtomicI32::new(0)]);
    let setters = spawn_each(&values, setters, |[a, b], _| {
        a.store(1, SeqCst);
        b.store(-1, SeqCst);
    });
    let checker = spawn(&values, |[a, b]| {
        let both_are = |first, second| a.load(SeqCst) == first && b.load(SeqCst) == second;
        assert!(both_are(0, 0) || both_are(1, -1), "they do not belong together");
    });
    join_all(setters);
    join(checker);
    "they belong together".to_string()
}
