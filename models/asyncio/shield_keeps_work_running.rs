//! What is shielded goes on when who awaits it is cancelled.

use super::{Task, create_task, run, shield, sleep};
use std::future::Future;
use std::time::Duration;

/// Work that is awaited behind a shield.
pub fn goes_on() -> String {
    cancel(|work| async move {
        // How it ended is seen by who started it.
        let _end = shield(work).await;
    })
}

/// The same without the shield: the cancellation is passed on.
pub fn is_cancelled() -> String {
    cancel(|work| async move {
        let _end = work.await;
    })
}

fn cancel<F: Future<Output = ()> + 'static>(
    awaiting: impl FnOnce(Task<&'static str>) -> F + 'static,
) -> String {
    run(async {
        let work = create_task(async {
            for _ in 0..3 {
                sleep(Duration::ZERO).await;
            }
            "done"
        });
        let waiting = create_task(awaiting(work.clone()));
        sleep(Duration::ZERO).await;
        waiting.cancel();
        let waiting = waiting.await.map_or_else(|error| error.to_string(), |()| "returned".to_string());
        let work = work.await.map_or_else(|error| error.to_string(), |done| done.to_string());
        format!("who waits: {waiting}; work: {work}")
    })
}
