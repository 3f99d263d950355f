//! Two groups of threads take turns: the first of a group locks for all of it, the last unlocks. Here each
//! group has one thread.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::{Arc, Mutex};

#[derive(Default)]
struct Groups {
    inside: Mutex<[usize; 2]>,
    turn: Mutex<()>,
}

/// The lock of all is taken before that of the counters.
pub fn carter() -> String {
    take_turns(|groups, group| {
        let turn = groups.turn.lock().unwrap();
        groups.inside.lock().unwrap()[group] += 1;
        groups.inside.lock().unwrap()[group] -= 1;
        drop(turn);
    })
}

/// Broken: who waits for the turn holds the lock of the counters, which who has the turn needs to end it.
pub fn carter_bad() -> String {
    take_turns(|groups, group| {
        let mut inside = groups.inside.lock().unwrap();
        inside[group] += 1;
        let turn = (inside[group] == 1).then(|| groups.turn.lock().unwrap());
        drop(inside);
        let mut inside = groups.inside.lock().unwrap();
        inside[group] -= 1;
        if inside[group] == 0 {
            drop(turn);
        }
    })
}

fn take_turns(take: fn(&Groups, usize)) -> String {
    let groups = Arc::new(Groups::default());
    join_all(spawn_each(&groups, 2, take));
    "both had their turn".to_string()
}
