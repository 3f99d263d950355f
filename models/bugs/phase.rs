//! Two threads that go through the same locks, one after another. The broken one ends with a lock held,
//! for which the other waits for ever.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::{Arc, Mutex, MutexGuard};
use std::mem::forget;

/// What is locked is unlocked.
pub fn phase() -> String {
    two_through_the_locks(|held| drop(held))
}

/// Broken: what is locked last is not.
pub fn phase_bad() -> String {
    two_through_the_locks(|held| forget(held))
}

fn two_through_the_locks(end: fn(MutexGuard<'_, ()>)) -> String {
    let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
    join_all(spawn_each(&locks, 2, move |[x, y], _| {
        drop(x.lock().unwrap());
        let held = x.lock().unwrap();
        drop(y.lock().unwrap());
        drop(y.lock().unwrap());
        end(held);
    }));
    "both are through".to_string()
}
