//! Two threads, each of which writes one cell and then reads the other's. Under sequential consistency
//! the later of the two writes is read; with store buffers both may read 0.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// `read 0 and 1`, `read 1 and 0` or `read 1 and 1`.
pub fn store_buffering() -> String {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let threads = spawn_each(&cells, 2, |cells, number| {
        cells[number].store(1, SeqCst);
        cells[1 - number].load(SeqCst)
    });
    let read = join_all(threads);
    format!("read {} and {}", read[0], read[1])
}
