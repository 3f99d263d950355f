//! Two writers of a cell each, and two readers of both, in opposite orders. Readers who both see one
//! write and not yet the other do not disagree about which was first.

use crate::models::spawned::{join, spawn};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Never `one reads 1 then 0, the other 1 then 0`.
pub fn independent_reads() -> String {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let writers = [0, 1].map(|cell| spawn(&cells, move |cells| cells[cell].store(1, SeqCst)));
    let readers = [0, 1].map(|first| {
        spawn(&cells, move |cells| {
            let seen = cells[first].load(SeqCst);
            (seen, cells[1 - first].load(SeqCst))
        })
    });
    writers.into_iter().for_each(join);
    let [(a, b), (c, d)] = readers.map(join);
    format!("one reads {a} then {b}, the other {c} then {d}")
}
