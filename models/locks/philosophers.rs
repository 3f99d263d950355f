//! Dijkstra's philosophers: each needs the fork on either side to eat.

use crate::models::spawned::{join_all, spawn_each};
use crate::sync::{Arc, Mutex};

/// Each takes the lower fork first, so no circle of waiting can close.
pub fn philosophers(count: usize) -> String {
    eat(count, |left, right| (left.min(right), left.max(right)))
}

/// Broken: each takes the left fork first. When all have it, nobody gets the other.
pub fn philosophers_unordered(count: usize) -> String {
    eat(count, |left, right| (left, right))
}

fn eat(count: usize, order: fn(usize, usize) -> (usize, usize)) -> String {
    let forks: Arc<Vec<_>> = Arc::new((0..count).map(|_| Mutex::new(())).collect());
    join_all(spawn_each(&forks, count, move |forks, seat| {
        let (first, second) = order(seat, (seat + 1) % count);
        let _first = forks[first].lock().unwrap();
        let _second = forks[second].lock().unwrap();
    }));
    "all ate".to_string()
}
