//! Something is made when it is first needed. A flag spares those who come later the lock; whoever got
//! the lock has to look at the flag again, because another may have made it meanwhile.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Lazy {
    ready: AtomicBool,
    lock: Mutex<()>,
    made: AtomicUsize,
}

/// Always `made once`.
pub fn double_checked() -> String {
    needed_twice(true)
}

/// Broken: does not look again.
pub fn checked_once() -> String {
    needed_twice(false)
}

fn needed_twice(looks_again: bool) -> String {
    let lazy = Arc::new(Lazy::default());
    join_all(spawn_each(&lazy, 2, move |lazy, _| {
        if lazy.ready.load(SeqCst) {
            return;
        }
        let _guard = lazy.lock.lock().unwrap();
        if !(looks_again && lazy.ready.load(SeqCst)) {
            lazy.made.fetch_add(1, SeqCst);
            lazy.ready.store(true, SeqCst);
        }
    }));
    match lazy.made.load(SeqCst) {
        1 => "made once".to_string(),
        made => format!("made {made} times"),
    }
}
