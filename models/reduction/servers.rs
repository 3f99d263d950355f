//! Locks that are named by what was read under another lock.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::{Arc, Mutex};

struct Servers {
    locks: Vec<Mutex<()>>,
    chosen: Mutex<usize>,
}

impl Servers {
    fn new(count: usize) -> Arc<Self> {
        Arc::new(Servers { locks: (0..count).map(|_| Mutex::new(())).collect(), chosen: Mutex::new(0) })
    }

    fn use_chosen(&self) {
        let chosen = *self.chosen.lock().unwrap();
        drop(self.locks[chosen].lock());
    }

    fn choose(&self, server: usize) {
        *self.chosen.lock().unwrap() = server;
    }
}

/// `count` servers that lock themselves, one thread that counts through them, and one that locks the server
/// at which it finds the count.
pub fn ssbexp(count: usize) -> String {
    let servers = Servers::new(count);
    let serving = spawn_each(&servers, count, |servers, number| drop(servers.locks[number].lock()));
    let counter = spawn(&servers, move |servers| (0..count - 1).for_each(|server| servers.choose(server)));
    let user = spawn(&servers, Servers::use_chosen);
    join_all(serving);
    join(counter);
    join(user);
    "all served".to_string()
}

/// `count` servers that lock themselves, and two requests, for each of which a thread counts through the
/// servers while main locks the one that it finds.
pub fn dispatch(count: usize) -> String {
    let servers = Servers::new(count);
    let serving = spawn_each(&servers, count, |servers, number| drop(servers.locks[number].lock()));
    for _ in 0..2 {
        let pick = spawn(&servers, move |servers| (0..count).for_each(|server| servers.choose(server)));
        servers.use_chosen();
        join(pick);
    }
    join_all(serving);
    "all served".to_string()
}
