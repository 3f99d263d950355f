//! Two threads write the same two cells in opposite orders. Not both first writes can be the last.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Which of its writes each cell keeps; never `first and first`.
pub fn two_writes() -> String {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    join_all(spawn_each(&cells, 2, |cells, number| {
        cells[number].store(1, SeqCst);
        cells[1 - number].store(2, SeqCst);
    }));
    let kept = [0, 1].map(|cell| if cells[cell].load(SeqCst) == 1 { "first" } else { "second" });
    format!("{} and {}", kept[0], kept[1])
}
