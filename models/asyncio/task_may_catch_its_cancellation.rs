//! A task that is cancelled may catch that, clean up with time for it, and then end cancelled.

use super::{catch_cancelled, create_task, run, sleep};
use std::cell::RefCell;
use std::future::{Future, pending};
use std::rc::Rc;
use std::time::Duration;

/// The clean-up waits, and is done.
pub fn cleans_up() -> String {
    cancel(|log| async move {
        if let Err(error) = catch_cancelled(pending::<()>()).await {
            clean(&log).await;
            error.raise().await
        }
    })
}

/// The same with a task that is wrong: it cleans up after its work, and not after its cancellation.
pub fn forgets_to() -> String {
    cancel(|log| async move {
        pending::<()>().await;
        clean(&log).await;
    })
}

type Log = Rc<RefCell<Vec<String>>>;

async fn clean(log: &Log) {
    log.borrow_mut().push("cleans".to_string());
    sleep(Duration::ZERO).await;
    log.borrow_mut().push("cleaned".to_string());
}

fn cancel<F: Future<Output = ()> + 'static>(work: impl FnOnce(Log) -> F + 'static) -> String {
    run(async {
        let log = Log::default();
        let task = create_task(work(log.clone()));
        sleep(Duration::ZERO).await;
        task.cancel();
        let end = task.await.map_or_else(|error| error.to_string(), |()| "returned".to_string());
        log.borrow_mut().push(end);
        log.borrow().join(", ")
    })
}
