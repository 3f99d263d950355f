//! A reader-writer lock by hand. If readers may enter whenever a reader is inside, readers that keep
//! coming can keep a writer waiting for ever; if they hold back when a writer waits, they cannot. That a
//! writer starves takes an execution without end; that readers overtake it can be seen in a short one.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::{Arc, Condvar, Mutex};

#[derive(Default)]
struct ReaderWriterLock {
    state: Mutex<State>,
    changed: Condvar,
    readers_hold_back: bool,
}

#[derive(Default)]
struct State {
    readers: usize,
    writer_waits: bool,
    overtakings: usize,
}

impl ReaderWriterLock {
    fn read(&self) {
        let mut state = self.state.lock().unwrap();
        while self.readers_hold_back && state.writer_waits {
            state = self.changed.wait(state).unwrap();
        }
        state.overtakings += usize::from(state.writer_waits);
        state.readers += 1;
        drop(state);
        self.state.lock().unwrap().readers -= 1;
        self.changed.notify_all();
    }

    /// Nobody else writes, and what is written is nothing: the writer is inside for one step.
    fn write(&self) {
        let mut state = self.state.lock().unwrap();
        state.writer_waits = true;
        while state.readers > 0 {
            state = self.changed.wait(state).unwrap();
        }
        state.writer_waits = false;
        drop(state);
        self.changed.notify_all();
    }
}

/// Readers hold back: always `the writer was next`.
pub fn writer_is_next() -> String {
    two_readers_and_a_writer(true)
}

/// Broken: while one reader is inside, the next may enter although the writer waits.
pub fn writer_starves() -> String {
    two_readers_and_a_writer(false)
}

fn two_readers_and_a_writer(readers_hold_back: bool) -> String {
    let lock = Arc::new(ReaderWriterLock { readers_hold_back, ..ReaderWriterLock::default() });
    let readers = spawn_each(&lock, 2, |lock, _| lock.read());
    let writer = spawn(&lock, ReaderWriterLock::write);
    join_all(readers);
    join(writer);
    match lock.state.lock().unwrap().overtakings {
        0 => "the writer was next".to_string(),
        overtakings => format!("overtaken by {overtakings} readers"),
    }
}
