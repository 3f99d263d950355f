//! What a task does between two `await`s no other task can see half done: an update needs no lock as
//! long as no `await` stands between its reading and its writing.

use super::{create_task, gather, run, sleep};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// Two tasks that each add one, without awaiting in between.
pub fn update_between_awaits() -> String {
    two_updates(async |counter| {
        let seen = counter.get();
        counter.set(seen + 1);
        sleep(Duration::ZERO).await;
    })
}

/// The same, but wrong: each awaits between reading and writing, and one update is lost.
pub fn update_around_await() -> String {
    two_updates(async |counter| {
        let seen = counter.get();
        sleep(Duration::ZERO).await;
        counter.set(seen + 1);
    })
}

fn two_updates(update: impl AsyncFn(Rc<Cell<u32>>) + Copy + 'static) -> String {
    run(async move {
        let counter = Rc::new(Cell::new(0));
        let tasks = [counter.clone(), counter.clone()]
            .map(|counter| create_task(async move { update(counter).await }));
        match gather(tasks).await {
            Ok(_) => format!("counter {}", counter.get()),
            Err(error) => error.to_string(),
        }
    })
}
