//! Compare-exchanges of one cell. One that fails only reads.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// `count` threads try to take a cell that is free: always `1 has it`.
pub fn cas(count: usize) -> String {
    takers(count, |cell, number| cell.compare_exchange(0, number, SeqCst, SeqCst).is_ok())
}

/// Broken: each looks whether the cell is free, and then takes it. Two may have looked by then.
pub fn check_then_act(count: usize) -> String {
    takers(count, |cell, number| {
        let free = cell.load(SeqCst) == 0;
        if free {
            cell.store(number, SeqCst);
        }
        free
    })
}

fn takers(count: usize, take: fn(&AtomicUsize, usize) -> bool) -> String {
    let cell = Arc::new(AtomicUsize::new(0));
    let took = join_all(spawn_each(&cell, count, move |cell, number| take(cell, number + 1)));
    let takers = took.into_iter().filter(|&took| took).count();
    format!("{takers} {} it", if takers == 1 { "has" } else { "have" })
}

/// One thread writes 2, and `count` threads try to exchange the 2 for a 3: one or none succeeds.
pub fn wcas(count: usize) -> String {
    let cell = Arc::new(AtomicUsize::new(0));
    let writer = spawn(&cell, |cell| cell.store(2, SeqCst));
    let exchangers = spawn_each(&cell, count, |cell, _| cell.compare_exchange(2, 3, SeqCst, SeqCst).is_ok());
    join(writer);
    let exchanged = join_all(exchangers).contains(&true);
    if exchanged { "exchanged" } else { "all came too early" }.to_string()
}
