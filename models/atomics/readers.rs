//! Reads and writes of one cell. Reads do not depend on each other, writes do.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// One thread writes, `count` read: the write was read by none, some or all.
pub fn readers(count: usize) -> String {
    let cell = Arc::new(AtomicUsize::new(0));
    let writer = spawn(&cell, |cell| cell.store(1, SeqCst));
    let readers = spawn_each(&cell, count, |cell, _| cell.load(SeqCst));
    join(writer);
    let read: usize = join_all(readers).into_iter().sum();
    let by = if read == 0 {
        "none"
    } else if read < count {
        "some"
    } else {
        "all"
    };
    format!("read by {by}")
}

/// `count` threads write, one reads.
pub fn writers(count: usize) -> String {
    let cell = Arc::new(AtomicUsize::new(0));
    let writers = spawn_each(&cell, count, |cell, number| cell.store(number + 1, SeqCst));
    let reader = spawn(&cell, |cell| cell.load(SeqCst));
    join_all(writers);
    if join(reader) == 0 { "read before all writes" } else { "read a write" }.to_string()
}
