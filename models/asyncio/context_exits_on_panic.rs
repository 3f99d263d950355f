//! `with` leaves the resource that it entered, also when the body panics.

use super::{AsyncContext, create_task, run, sleep, with};
use crate::panic;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// A body that panics after an `await`.
pub fn exits() -> String {
    run(async {
        let log = Log::default();
        let body = failing_body(log.clone());
        let task = create_task(with(Door(log.clone()), async |()| body.await));
        show(log, task.await)
    })
}

/// The same with a `with` that is wrong: it leaves the resource after the body only, not after its panic.
pub fn stays_open() -> String {
    run(async {
        let log = Log::default();
        let body = failing_body(log.clone());
        let mut door = Door(log.clone());
        let task = create_task(async move {
            door.enter().await;
            body.await;
            door.exit().await;
        });
        show(log, task.await)
    })
}

type Log = Rc<RefCell<Vec<&'static str>>>;

/// A resource that notes what is done with it; it waits before it does.
struct Door(Log);

impl AsyncContext for Door {
    type Entered = ();

    async fn enter(&mut self) {
        sleep(Duration::ZERO).await;
        self.0.borrow_mut().push("entered");
    }

    async fn exit(&mut self) {
        sleep(Duration::ZERO).await;
        self.0.borrow_mut().push("exited");
    }
}

async fn failing_body(log: Log) {
    log.borrow_mut().push("at work");
    sleep(Duration::ZERO).await;
    panic::resume_unwind(Box::new("broken"));
}

fn show(log: Log, result: Result<(), super::TaskError>) -> String {
    let end = result.map_or_else(|error| error.to_string(), |()| "returned".to_string());
    format!("{}; {end}", log.borrow().join(", "))
}
