//! Two threads count to two on one cell. If the reading and the writing are two steps, one thread's
//! update can be lost between the other's.

use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::thread;

/// Each update is one step: always `counter 2`.
pub fn safe_counter() -> String {
    count(|counter| {
        counter.fetch_add(1, Ordering::SeqCst);
    })
}

/// Broken: the other thread can write between this one's reading and writing. `counter 2`, or
/// `counter 1` where both read 0.
pub fn lost_update() -> String {
    count(|counter| {
        let seen = counter.load(Ordering::SeqCst);
        counter.store(seen + 1, Ordering::SeqCst);
    })
}

fn count(update: fn(&AtomicUsize)) -> String {
    let counter = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let counter = counter.clone();
            thread::spawn(move || update(&counter))
        })
        .collect();
    for thread in threads {
        // An update does not panic, so there is no failure to pass on.
        let _ = thread.join();
    }
    format!("counter {}", counter.load(Ordering::SeqCst))
}
