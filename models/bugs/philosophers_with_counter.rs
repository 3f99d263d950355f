//! Philosophers who eat one at a time, under a lock of the table, and count themselves as fed outside of
//! it.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use crate::sync::{Arc, Mutex};

struct Table {
    lock: Mutex<()>,
    forks: Vec<Mutex<()>>,
    fed: AtomicUsize,
}

/// `count` philosophers, of whom no more are fed than there are.
pub fn philosophers_with_counter(count: usize) -> String {
    eat(count, count)
}

/// Broken: expects that fewer are fed. A lost update can hide it.
pub fn philosophers_with_counter_bad(count: usize) -> String {
    eat(count, count - 1)
}

fn eat(count: usize, most: usize) -> String {
    let forks = (0..count).map(|_| Mutex::new(())).collect();
    let table = Arc::new(Table { lock: Mutex::new(()), forks, fed: AtomicUsize::new(0) });
    join_all(spawn_each(&table, count, move |table, seat| {
        let turn = table.lock.lock().unwrap();
        let right = table.forks[(seat + 1) % count].lock().unwrap();
        let left = table.forks[seat].lock().unwrap();
        drop((left, right, turn));
        let fed = table.fed.load(SeqCst);
        table.fed.store(fed + 1, SeqCst);
        let fed = table.fed.load(SeqCst);
        assert!(fed <= most, "{fed} are fed");
    }));
    "no more than expected are fed".to_string()
}
