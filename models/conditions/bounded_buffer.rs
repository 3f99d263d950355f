//! A buffer with room for a few items between one who fills it and one who empties it. Each waits for the
//! other on a condvar.

use crate::models::spawned::{join, spawn};
use crate::sync::{Arc, Condvar, Mutex};
use std::collections::VecDeque;

#[derive(Default)]
struct Buffer {
    items: Mutex<VecDeque<usize>>,
    capacity: usize,
    not_empty: Condvar,
    not_full: Condvar,
}

impl Buffer {
    fn put(&self, item: usize) {
        let mut items = self.items.lock().unwrap();
        while items.len() == self.capacity {
            items = self.not_full.wait(items).unwrap();
        }
        items.push_back(item);
        drop(items);
        self.not_empty.notify_one();
    }

    fn take(&self, notifies: fn(&Condvar)) -> usize {
        let mut items = self.items.lock().unwrap();
        loop {
            if let Some(item) = items.pop_front() {
                drop(items);
                notifies(&self.not_full);
                return item;
            }
            items = self.not_empty.wait(items).unwrap();
        }
    }
}

/// A buffer of `capacity`, and one item more than that.
pub fn bounded_buffer(capacity: usize) -> String {
    pass(capacity, capacity + 1, Condvar::notify_one)
}

/// A buffer of one place, and `items`.
pub fn one_place_buffer(items: usize) -> String {
    pass(1, items, Condvar::notify_one)
}

/// Broken: who takes does not say that there is room again.
pub fn stays_full(capacity: usize) -> String {
    pass(capacity, capacity + 1, |_| ())
}

fn pass(capacity: usize, count: usize, after_taking: fn(&Condvar)) -> String {
    let buffer = Arc::new(Buffer { capacity, ..Buffer::default() });
    let producer = spawn(&buffer, move |buffer| (0..count).for_each(|item| buffer.put(item)));
    let consumer =
        spawn(&buffer, move |buffer| (0..count).map(|_| buffer.take(after_taking)).collect::<Vec<_>>());
    join(producer);
    let taken = join(consumer);
    if taken.into_iter().eq(0..count) { "all passed in order" } else { "passed otherwise" }.to_string()
}
