//! A program that grows with a number: so many tasks that share some places, and how many execution graphs that has.

use conccheck::sync::atomic::AtomicU32;
use conccheck::sync::{Arc, Mutex};
use conccheck::thread;

/// What the tasks of a family share: all is 0 at first.
#[derive(Default)]
pub struct World {
    pub x: AtomicU32,
    pub y: AtomicU32,
    pub z: AtomicU32,
    pub ring: [AtomicU32; 16],
    pub lock: Mutex<()>,
}

/// A family, and what is known of it.
#[derive(Clone, Copy)]
pub struct Family {
    pub name: &'static str,
    /// How many tasks there are, by the size.
    pub tasks: fn(u32) -> u32,
    /// What a task does, by the size and its number, from 0 on.
    pub task: fn(u32, u32, &World),
    /// Execution graphs: at a size, under sequential consistency, under Rust's model.
    pub counts: &'static [(u32, u64, u64)],
}

impl Family {
    /// One execution of the program of a size.
    pub fn run(self, size: u32) {
        let world: Arc<World> = Arc::default();
        let spawn = |number| {
            let world = Arc::clone(&world);
            thread::spawn(move || (self.task)(size, number, &world))
        };
        let tasks: Vec<_> = (0..(self.tasks)(size)).map(spawn).collect();
        tasks.into_iter().for_each(|task| task.join().unwrap());
    }
}
