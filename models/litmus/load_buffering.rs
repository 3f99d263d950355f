//! Three threads in a circle: each reads its own cell and then writes the next one's. Not all can read
//! what another has not written yet.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Never `read 1, 1, 1`.
pub fn load_buffering() -> String {
    let cells = Arc::new([0; 3].map(AtomicUsize::new));
    let threads = spawn_each(&cells, 3, |cells, number| {
        let read = cells[number].load(SeqCst);
        cells[(number + 1) % 3].store(1, SeqCst);
        read
    });
    let read = join_all(threads);
    format!("read {}, {}, {}", read[0], read[1], read[2])
}
