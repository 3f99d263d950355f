//! Threads that add to one counter: in one step, or with a reading and a writing that others can get
//! between.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// `count` threads, each of which adds one in one step: always `all counted`.
pub fn ainc(count: usize) -> String {
    counted(count, |counter| {
        counter.fetch_add(1, SeqCst);
    })
}

/// Broken: whoever reads before another has written overwrites what that one adds.
pub fn inc(count: usize) -> String {
    counted(count, |counter| {
        let seen = counter.load(SeqCst);
        counter.store(seen + 1, SeqCst);
    })
}

fn counted(count: usize, add: fn(&AtomicUsize)) -> String {
    let counter = Arc::new(AtomicUsize::new(0));
    join_all(spawn_each(&counter, count, move |counter, _| add(counter)));
    match counter.load(SeqCst) {
        counted if counted == count => "all counted".to_string(),
        counted => format!("counted {counted} of {count}"),
    }
}

/// `count` threads add one, and one thread writes 42: what was added before is overwritten. Where a cell's
/// writes have no order of their own, as under loom, the last of all reads may miss the 42.
pub fn wainc(count: usize) -> String {
    let counter = Arc::new(AtomicUsize::new(0));
    let writer = spawn(&counter, |counter| counter.store(42, SeqCst));
    let adders = spawn_each(&counter, count, |counter, _| counter.fetch_add(1, SeqCst));
    join(writer);
    join_all(adders);
    match counter.load(SeqCst).checked_sub(42) {
        None => "the store is not seen",
        Some(0) => "none added after the store",
        Some(after) if after < count => "some added after the store",
        Some(_) => "all added after the store",
    }
    .to_string()
}
