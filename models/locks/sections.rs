//! Critical sections of one mutex: every order of them, and no more than that.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::{Arc, Mutex};

/// `count` threads, one section each.
pub fn lock(count: usize) -> String {
    sections(count, 1)
}

/// `count` threads, two sections each.
pub fn lock_twice(count: usize) -> String {
    sections(count, 2)
}

fn sections(count: usize, each: usize) -> String {
    let entered = Arc::new(Mutex::new(0));
    join_all(spawn_each(&entered, count, move |entered, _| {
        for _ in 0..each {
            *entered.lock().unwrap() += 1;
        }
    }));
    let entered = *entered.lock().unwrap();
    if entered == count * each { "all counted".to_string() } else { format!("counted {entered}") }
}
