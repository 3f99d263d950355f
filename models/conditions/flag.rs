//! Threads wait for a flag that another sets. A notification that comes before the waiting is lost, so
//! whoever waits looks at the flag first, under the same lock.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct Flag {
    is_set: Mutex<bool>,
    set: Condvar,
}

impl Flag {
    fn set(&self) {
        *self.is_set.lock().unwrap() = true;
    }

    fn wait(&self) {
        let is_set = self.is_set.lock().unwrap();
        if !*is_set {
            drop(self.set.wait(is_set).unwrap());
        }
    }
}

/// `waiters` threads wait, and all are woken.
pub fn condvar(waiters: usize) -> String {
    let flag = Arc::new(Flag::default());
    let waiters = spawn_each(&flag, waiters, |flag, _| flag.wait());
    let setter = spawn(&flag, |flag| {
        let mut is_set = flag.is_set.lock().unwrap();
        *is_set = true;
        flag.set.notify_all();
    });
    join_all(waiters);
    join(setter);
    "all woke".to_string()
}

/// Broken: only one of those who wait is woken.
pub fn wakes_one_of_two() -> String {
    let flag = Arc::new(Flag::default());
    let waiters = spawn_each(&flag, 2, |flag, _| flag.wait());
    flag.set();
    flag.set.notify_one();
    join_all(waiters);
    "all woke".to_string()
}

/// Broken: waits without looking, so that it misses a notification that came before.
pub fn lost_wakeup() -> String {
    let flag = Arc::new(Flag::default());
    let waiter = spawn(&flag, |flag| {
        let is_set = flag.is_set.lock().unwrap();
        drop(flag.set.wait(is_set).unwrap());
    });
    flag.set();
    flag.set.notify_one();
    join(waiter);
    "all woke".to_string()
}

/// Broken: looks, lets go of the lock, and waits then.
pub fn looks_then_waits() -> String {
    let flag = Arc::new(Flag::default());
    let waiter = spawn(&flag, |flag| {
        let is_set = *flag.is_set.lock().unwrap();
        if !is_set {
            drop(flag.set.wait(flag.is_set.lock().unwrap()).unwrap());
        }
    });
    flag.set();
    flag.set.notify_one();
    join(waiter);
    "all woke".to_string()
}
