//! A task that holds a mutex while it awaits. Another task of the same thread that wants the mutex blocks
//! the thread, and the first never comes to unlock.

use crate::sync::{Arc, Mutex};
use crate::task::{self, yield_now};

/// Each unlocks before it awaits.
pub fn unlocked_before_await() -> String {
    two_tasks(async |total| {
        *total.lock().unwrap() += 1;
        yield_now().await;
    })
}

/// Broken: each awaits with the mutex locked.
pub fn guard_across_await() -> String {
    two_tasks(async |total| {
        let mut total = total.lock().unwrap();
        yield_now().await;
        *total += 1;
    })
}

fn two_tasks(work: impl AsyncFn(Arc<Mutex<usize>>) + Copy + 'static) -> String {
    task::block_on(async move {
        let total = Arc::new(Mutex::new(0));
        let tasks =
            [total.clone(), total.clone()].map(|total| task::spawn_local(async move { work(total).await }));
        for task in tasks {
            task.await.unwrap();
        }
        let total = *total.lock().unwrap();
        format!("total {total}")
    })
}
