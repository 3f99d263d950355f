//! Who waits for a condition holds its lock again when it goes on, also when it was cancelled.

use super::{Condition, Event, Lock, catch_cancelled, create_task, run, sleep};
use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

/// A task that waits is cancelled while another holds the lock.
pub fn one_inside() -> String {
    let condition = Rc::new(Condition::new());
    cancel(condition.clone(), move |inside: Rc<Inside>| async move {
        let mut held = condition.acquire().await;
        let ended = catch_cancelled(held.wait()).await;
        // It cleans up what the lock protects.
        inside.enter().await;
        ended.is_err()
    })
}

/// The same with a wait that is wrong: when it is cancelled, it does not wait for the lock.
pub fn two_inside() -> String {
    let condition = Rc::new(Condition::new());
    cancel(condition, |inside: Rc<Inside>| async move {
        let (lock, notified) = (Lock::new(), Event::new());
        let held = lock.acquire().await;
        drop(held);
        let ended = catch_cancelled(notified.wait()).await;
        inside.enter().await;
        ended.is_err()
    })
}

fn cancel<F: Future<Output = bool> + 'static>(
    condition: Rc<Condition>,
    work: impl FnOnce(Rc<Inside>) -> F + 'static,
) -> String {
    run(async move {
        let inside = Rc::new(Inside::default());
        let task = create_task(work(inside.clone()));
        sleep(Duration::ZERO).await;
        let held = condition.acquire().await;
        task.cancel();
        inside.enter().await;
        drop(held);
        let was_cancelled = task.await == Ok(true);
        format!("cancelled {was_cancelled}, inside at once {}", inside.most.get())
    })
}

/// What the lock protects: how many are in it.
#[derive(Default)]
struct Inside {
    now: Cell<usize>,
    most: Cell<usize>,
}

impl Inside {
    async fn enter(&self) {
        self.now.set(self.now.get() + 1);
        self.most.set(self.most.get().max(self.now.get()));
        for _ in 0..3 {
            sleep(Duration::ZERO).await;
        }
        self.now.set(self.now.get() - 1);
    }
}
