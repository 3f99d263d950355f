//! `join` of a queue waits until what was taken is done with, not only taken.

use super::{Queue, create_task, run, sleep};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A worker, two items, and who waits for it.
pub fn all_is_done() -> String {
    work(async |queue| queue.join().await)
}

/// The same with a wait that is wrong: until the queue is empty.
pub fn all_is_taken() -> String {
    work(async |queue| {
        while !queue.empty() {
            sleep(Duration::ZERO).await;
        }
    })
}

fn work(join: impl AsyncFnOnce(&Queue<u32>) + 'static) -> String {
    run(async move {
        let (queue, done) = (Rc::new(Queue::new()), Rc::new(Cell::new(0)));
        for item in 0..2 {
            queue.put(item).await.expect("the queue is open");
        }
        let (items, counted) = (queue.clone(), done.clone());
        create_task(async move {
            while items.get().await.is_ok() {
                for _ in 0..2 {
                    sleep(Duration::ZERO).await;
                }
                counted.set(counted.get() + 1);
                items.task_done().expect("an item was taken");
            }
        });
        join(&queue).await;
        format!("done {}", done.get())
    })
}
