//! Who gathers tasks and is cancelled has them cancelled, and goes on when they have ended.

use super::{Task, catch_cancelled, create_task, gather, run, sleep};
use std::cell::Cell;
use std::future::{Future, pending};
use std::rc::Rc;
use std::time::Duration;

/// Two tasks that are gathered.
pub fn both_end() -> String {
    cancel(|tasks| async move {
        // Nobody is left to whom it could be told.
        let _ended = gather(tasks).await;
    })
}

/// The same with a gather that is wrong: it awaits one after another, so that the second knows nothing.
pub fn one_ends() -> String {
    cancel(|tasks| async move {
        for task in tasks {
            let _ended = task.await;
        }
    })
}

fn cancel<F: Future<Output = ()> + 'static>(gathering: impl FnOnce([Task<()>; 2]) -> F + 'static) -> String {
    run(async {
        let ended = Rc::new(Cell::new(0));
        let tasks = [(); 2].map(|()| {
            let ended = ended.clone();
            create_task(async move {
                if let Err(error) = catch_cancelled(pending::<()>()).await {
                    ended.set(ended.get() + 1);
                    error.raise().await
                }
            })
        });
        let gathering = create_task(gathering(tasks));
        sleep(Duration::ZERO).await;
        gathering.cancel();
        let gathered = gathering.await.map_or_else(|error| error.to_string(), |()| "returned".to_string());
        format!("{gathered}, {} ended", ended.get())
    })
}
