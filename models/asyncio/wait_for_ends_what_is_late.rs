//! `wait_for` cancels what is late, and has not given up before that has ended.

use super::{Task, catch_cancelled, create_task, run, shield, sleep, timeout, wait_for};
use std::cell::RefCell;
use std::future::{Future, pending};
use std::rc::Rc;
use std::time::Duration;

const LIMIT: Option<Duration> = Some(Duration::from_millis(5));

/// A task that takes a turn to end when it is cancelled.
pub fn then_gives_up() -> String {
    limit(|work| async move { wait_for(work, LIMIT).await.is_err() })
}

/// The same with a wait that is wrong: when the time is up it leaves the task to itself, cancelled.
pub fn gives_up_at_once() -> String {
    limit(|work| async move {
        let ended = shield(work.clone());
        let is_late = timeout(LIMIT, ended).await.is_err();
        work.cancel();
        is_late
    })
}

fn limit<F: Future<Output = bool> + 'static>(wait: impl FnOnce(Task<()>) -> F + 'static) -> String {
    run(async {
        let log = Rc::new(RefCell::new(Vec::new()));
        let ends = log.clone();
        let work = create_task(async move {
            if let Err(error) = catch_cancelled(pending::<()>()).await {
                sleep(Duration::ZERO).await;
                ends.borrow_mut().push("work has ended");
                error.raise().await
            }
        });
        if wait(work).await {
            log.borrow_mut().push("late");
        }
        log.borrow().join(", ")
    })
}
