//! Two writers of a cell each, and two readers of both, in opposite orders. Readers who both see one
//! write and not yet the other do not disagree about which was first.

use crate::models::spawned::{join, spawn};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// A reader that sees its first cell written and its second not yet knows which write was first. Never
/// `they disagree`.
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
    match readers.map(join).into_iter().filter(|&read| read == (1, 0)).count() {
        0 => "neither knows which was first",
        1 => "one knows which was first",
        _ => "they disagree",
    }
    .to_string()
}
