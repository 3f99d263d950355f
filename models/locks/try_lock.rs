//! `try_lock` does not wait. One that fails changes nothing. (loom lets nobody between locking and
//! unlocking where nothing else happens, so under loom none fails.)

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::{Arc, Mutex};

/// `count` threads, each of which locks if it can: all can when none overlaps another.
pub fn trylock(count: usize) -> String {
    let mutex = Arc::new(Mutex::new(()));
    let got = join_all(spawn_each(&mutex, count, |mutex, _| mutex.try_lock().is_ok()));
    if got.contains(&false) { "not all got it" } else { "all got it" }.to_string()
}

/// One thread locks, the other if it can.
pub fn locker_and_trylocker() -> String {
    let mutex = Arc::new(Mutex::new(()));
    let locker = spawn(&mutex, |mutex| drop(mutex.lock()));
    let trylocker = spawn(&mutex, |mutex| mutex.try_lock().is_ok());
    join(locker);
    if join(trylocker) { "got it" } else { "found it taken" }.to_string()
}
