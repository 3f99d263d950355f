//! Two threads that need the same two locks.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::{Arc, Mutex};

/// In the same order.
pub fn deadlock() -> String {
    take_both(|_| [0, 1])
}

/// Broken: in opposite orders. When each has its first, neither gets its second.
pub fn deadlock_bad() -> String {
    take_both(|number| [number, 1 - number])
}

fn take_both(order: fn(usize) -> [usize; 2]) -> String {
    let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
    join_all(spawn_each(&locks, 2, move |locks, number| {
        let [first, second] = order(number);
        let _first = locks[first].lock().unwrap();
        let _second = locks[second].lock().unwrap();
    }));
    "both had both".to_string()
}
