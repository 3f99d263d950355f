//! `gather` gives the first failure at once, and the failing task's siblings keep running.

use super::{Task, TaskError, create_task, gather, run, sleep};
use crate::panic;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// Two tasks, one of which fails while the other is at work.
pub fn sibling_goes_on() -> String {
    run(async {
        let finished = Rc::new(Cell::new(false));
        let error = gather(failing_and_sibling(&finished)).await.unwrap_err();
        observe(error, finished).await
    })
}

/// The same with a gather that is wrong: it cancels the siblings of a failing task.
pub fn sibling_is_cancelled() -> String {
    run(async {
        let finished = Rc::new(Cell::new(false));
        let [failing, sibling] = failing_and_sibling(&finished);
        let error = failing.await.unwrap_err();
        sibling.cancel();
        observe(error, finished).await
    })
}

fn failing_and_sibling(finished: &Rc<Cell<bool>>) -> [Task<()>; 2] {
    let finished = finished.clone();
    let failing = create_task(async { panic::resume_unwind(Box::new("first")) });
    let sibling = create_task(async move {
        turns(2).await;
        finished.set(true);
    });
    [failing, sibling]
}

/// What is known when the failure comes, and some turns later.
async fn observe(error: TaskError, finished: Rc<Cell<bool>>) -> String {
    let at_failure = state(&finished);
    turns(3).await;
    format!("{error}; sibling {at_failure}, then {}", state(&finished))
}

fn state(finished: &Cell<bool>) -> &'static str {
    if finished.get() { "finished" } else { "unfinished" }
}

async fn turns(count: usize) {
    for _ in 0..count {
        sleep(Duration::ZERO).await;
    }
}
