//! Two threads that write the same cell and read who wrote it last.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Each writes and reads `rounds` times.
pub fn race(rounds: usize) -> String {
    let last = Arc::new(AtomicUsize::new(0));
    let threads = spawn_each(&last, 2, move |last, number| {
        let read = |_| {
            last.store(number + 1, SeqCst);
            last.load(SeqCst)
        };
        // All of them: a search that ends early would read less.
        (0..rounds).map(read).filter(|&read| read != number + 1).count()
    });
    let others: usize = join_all(threads).into_iter().sum();
    if others == 0 { "each reads its own" } else { "some read another's" }.to_string()
}

/// Each tries `rounds` times to be the last writer, which lets it in: a lock that is none.
pub fn opt_lock(rounds: usize) -> String {
    let cells = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let threads = spawn_each(&cells, 2, move |[last, x], number| {
        let me = number + 1;
        for _ in 0..rounds {
            last.store(me, SeqCst);
            x.store(me, SeqCst);
            if last.load(SeqCst) == me {
                x.load(SeqCst);
                return true;
            }
        }
        false
    });
    if join_all(threads).contains(&false) { "one was let in" } else { "both were let in" }.to_string()
}
