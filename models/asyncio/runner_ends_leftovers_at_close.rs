//! A runner that is closed cancels what its runs have left, and waits until that has ended.

use super::{Runner, catch_cancelled, create_task, sleep};
use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

/// What is left cleans up, and waits for something in doing so.
pub fn leftover_cleans_up() -> String {
    closed_by(|runner| runner.close())
}

/// The same with a runner that is wrong: it forgets what is left.
pub fn leftover_is_forgotten() -> String {
    closed_by(|runner| runner.abandon())
}

type Log = Rc<RefCell<Vec<&'static str>>>;

fn closed_by(close: impl Fn(&Runner)) -> String {
    let (log, runner) = (Log::default(), Runner::new());
    runner.run(main(log.clone()));
    log.borrow_mut().push("main ended");
    close(&runner);
    log.borrow_mut().push("closed");
    log.borrow().join(", ")
}

async fn main(log: Log) {
    create_task(async move {
        let ended = catch_cancelled(pending::<()>()).await;
        log.borrow_mut().push("cleans up");
        sleep(Duration::ZERO).await;
        log.borrow_mut().push("cleaned up");
        if let Err(error) = ended {
            error.raise().await
        }
    });
    sleep(Duration::ZERO).await;
}
