//! When a task of a group fails, the others are cancelled, and have ended when the group has.

use super::{Task, TaskGroup, catch_cancelled, create_task, gather, run, sleep, task_group};
use crate::panic;
use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

/// A group of two tasks, the second of which fails.
pub fn all_have_ended() -> String {
    run(async {
        let log = Log::default();
        let body = log.clone();
        let ended = task_group(async move |group| start_both(&group, body));
        show(log, ended.await.map_or_else(|group| group.errors.len(), |()| 0))
    })
}

/// The same with a group that is wrong: it ends at the first failure, as `gather`.
pub fn some_go_on() -> String {
    run(async {
        let log = Log::default();
        let tasks: [Task<()>; 2] = [create_task(waits(log.clone())), create_task(fails())];
        show(log, usize::from(gather(tasks).await.is_err()))
    })
}

fn start_both(group: &TaskGroup, log: Log) {
    let started = [group.create_task(waits(log)).map(drop), group.create_task(fails()).map(drop)];
    assert_eq!(started, [Ok(()), Ok(())], "the group has just begun");
}

type Log = Rc<RefCell<Vec<&'static str>>>;

async fn waits(log: Log) {
    if let Err(error) = catch_cancelled(pending::<()>()).await {
        sleep(Duration::ZERO).await;
        log.borrow_mut().push("sibling has ended");
        error.raise().await
    }
}

async fn fails() {
    sleep(Duration::ZERO).await;
    panic::resume_unwind(Box::new("broken"));
}

fn show(log: Log, errors: usize) -> String {
    let mut log = log.borrow().clone();
    log.push("group has ended");
    format!("{}; errors {errors}", log.join(", "))
}
