//! Writers each make one cell of an array greater than the one before it, while a reader looks for the
//! last zero, from the end: what it reads decides what it reads next. From the papers on optimal dynamic
//! partial-order reduction (POPL 2014), where a search that is not optimal begins executions in vain.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// `count` writers. The first cell stays 0, so the search ends there at the latest.
pub fn lastzero(count: usize) -> String {
    let cells: Arc<Vec<_>> = Arc::new((0..=count).map(|_| AtomicUsize::new(0)).collect());
    let reader = spawn(&cells, move |cells| {
        let mut place = count;
        while cells[place].load(SeqCst) != 0 {
            place -= 1;
        }
        place
    });
    let writers = spawn_each(&cells, count, |cells, number| {
        let before = cells[number].load(SeqCst);
        cells[number + 1].store(before + 1, SeqCst);
    });
    let place = join(reader);
    join_all(writers);
    let place = if place == count {
        "at the end"
    } else if place > 0 {
        "on the way"
    } else {
        "at the start"
    };
    format!("zero found {place}")
}
