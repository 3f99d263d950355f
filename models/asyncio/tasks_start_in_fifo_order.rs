//! Tasks take their first step in the order in which they were created.

use super::{create_task, gather, run};
use std::cell::RefCell;
use std::rc::Rc;

/// Three tasks that note their start.
pub fn oldest_first() -> String {
    run(async {
        let log = Log::default();
        let tasks = [0, 1, 2].map(|number| create_task(start(number, log.clone())));
        show(gather(tasks).await.map(|_| log))
    })
}

/// The same with a loop that is wrong: it takes the task that was created last.
pub fn newest_first() -> String {
    run(async {
        let log = Log::default();
        let mut created: Vec<_> = [0, 1, 2].map(|number| start(number, log.clone())).into();
        while let Some(newest) = created.pop() {
            newest.await;
        }
        show(Ok(log))
    })
}

type Log = Rc<RefCell<Vec<u32>>>;

async fn start(number: u32, log: Log) {
    log.borrow_mut().push(number);
}

fn show(log: Result<Log, super::TaskError>) -> String {
    match log {
        Ok(log) => format!("started {:?}", log.borrow()),
        Err(error) => error.to_string(),
    }
}
