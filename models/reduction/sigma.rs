//! Main counts up an index and spawns a thread each time, which is to mark the cell that the index names.

use crate::models::spawned::{join_all, spawn};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

struct Marks {
    /// How many threads were spawned.
    index: AtomicUsize,
    cells: Vec<AtomicUsize>,
}

/// `count` threads, each of which is told its index.
pub fn sigma(count: usize) -> String {
    marked(count, |_, told| told)
}

/// Broken: each reads the index, which may have moved on.
pub fn sigma_bad(count: usize) -> String {
    marked(count, |index, _| index.load(SeqCst))
}

fn marked(count: usize, place: fn(&AtomicUsize, usize) -> usize) -> String {
    let cells = (0..count).map(|_| AtomicUsize::new(0)).collect();
    let marks = Arc::new(Marks { index: AtomicUsize::new(0), cells });
    let threads = (0..count).map(|_| {
        let index = marks.index.load(SeqCst) + 1;
        marks.index.store(index, SeqCst);
        spawn(&marks, move |marks| marks.cells[place(&marks.index, index) - 1].store(1, SeqCst))
    });
    join_all(threads.collect());
    let marked: usize = marks.cells.iter().map(|cell| cell.load(SeqCst)).sum();
    if marked == count { "all marked".to_string() } else { format!("{marked} marked of {count}") }
}
