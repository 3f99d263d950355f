//! A runner's loop is kept from one run to the next: what main has left goes on in the next one, and not between them.

use super::{Event, Runner, create_task, run, sleep};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

/// The first main leaves a task that waits, and the second one wakes it.
pub fn leftover_goes_on() -> String {
    let runner = Runner::new();
    two_runs(|main| runner.run(main))
}

/// The same with a runner that is wrong: it ends each run as [`run`] does, and cancels what is left.
pub fn leftover_is_cancelled() -> String {
    two_runs(run::<Main>)
}

type Main = Pin<Box<dyn Future<Output = ()>>>;
type Log = Rc<RefCell<Vec<&'static str>>>;

fn two_runs(run: impl Fn(Main)) -> String {
    let (log, event) = (Log::default(), Rc::new(Event::new()));
    run(Box::pin(first(log.clone(), event.clone())));
    log.borrow_mut().push("between");
    run(Box::pin(second(log.clone(), event)));
    log.borrow().join(", ")
}

async fn first(log: Log, event: Rc<Event>) {
    create_task(work(log.clone(), event));
    sleep(Duration::ZERO).await;
    log.borrow_mut().push("first main ended");
}

async fn work(log: Log, event: Rc<Event>) {
    let mut ending = NoteEnd { log, how: "work cancelled" };
    event.wait().await;
    ending.how = "work done";
}

async fn second(log: Log, event: Rc<Event>) {
    event.set();
    for _ in 0..2 {
        sleep(Duration::ZERO).await;
    }
    log.borrow_mut().push("second main ended");
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
