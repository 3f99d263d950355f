//! `run` cancels the tasks that main left, and they have ended when it returns.

use super::{Task, create_task, run, sleep};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Main ends while a task of its is at work.
pub fn leftover_is_cancelled() -> String {
    let log = Log::default();
    let main = main(log.clone());
    run(async {
        main.await;
    });
    show(log)
}

/// The same with a `run` that is wrong: it waits until the tasks that are left have done their work.
pub fn leftover_is_awaited() -> String {
    let log = Log::default();
    let main = main(log.clone());
    run(async {
        let leftover = main.await;
        // How it ended is in the log.
        let _ended = leftover.await;
    });
    show(log)
}

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Starts a task, gives it a turn, and ends before it.
async fn main(log: Log) -> Task<()> {
    let leftover = create_task(work(log.clone()));
    sleep(Duration::ZERO).await;
    log.borrow_mut().push("main ended");
    leftover
}

async fn work(log: Log) {
    let mut ending = NoteEnd { log, how: "work cancelled" };
    for _ in 0..5 {
        sleep(Duration::ZERO).await;
    }
    ending.how = "work done";
}

/// Notes, when dropped, how the work ended.
struct NoteEnd {
    log: Log,
    how: &'static str,
}

impl Drop for NoteEnd {
    fn drop(&mut self) {
        self.log.borrow_mut().push(self.how);
    }
}

fn show(log: Log) -> String {
    format!("{}, run returned", log.borrow().join(", "))
}
