//! The running loop: starting it, ending it, and which tasks it has.

use super::task::{End, create_task, ended};
use crate::panic;
use crate::task::per_thread::{self, PerThread};
use crate::task::{self, AbortHandle};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// Runs `main` as the first task of a new loop on this thread. When it has ended, the tasks that are
/// left are cancelled, and have ended too when this returns. So are those that a cancelled task creates as
/// it is dropped: where each of these creates another, this never returns. (Python cancels once, and
/// gives up what comes after.)
///
/// # Panics
/// With what `main` panics with, and when a loop runs on this thread already.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{gather, run};
///
/// let squares = [1, 2, 3].map(|number| async move { number * number });
/// let results = run(async { gather(squares).await });
/// assert_eq!(results, Ok(vec![1, 4, 9]));
/// ```
pub fn run<F>(main: F) -> F::Output
where
    F: Future + 'static,
    F::Output: 'static,
{
    let tasks = Rc::<Tasks>::default();
    let _entered = per_thread::enter(&RUNNING, tasks.clone());
    // A task too, so that it takes its turn as soon as main has ended: tokio comes back to the future
    // of `block_on` only when many tasks have had theirs.
    let ending = async move {
        let end = ended(&create_task(main)).await;
        tasks.cancel_all().await;
        end
    };
    let end = task::block_on(async { task::spawn_local(ending).await });
    match end {
        Ok(End::Returned(value)) => value,
        Ok(End::Raised(payload)) => panic::resume_unwind(payload),
        Ok(End::Cancelled) | Err(_) => unreachable!("nobody else has the task of main"),
    }
}

/// Waits for `duration`; if that is zero, until each task that is ready now had its turn.
pub async fn sleep(duration: Duration) {
    if duration.is_zero() { next_turn().await } else { task::sleep(duration).await }
}

/// Goes to the end of the queue of ready tasks. `task::yield_now` may go elsewhere: tokio's waits
/// until the whole queue is empty.
async fn next_turn() {
    let mut waited = false;
    poll_fn(|context| {
        if waited {
            return Poll::Ready(());
        }
        waited = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

std::thread_local! {
    static RUNNING: PerThread<Rc<Tasks>> = PerThread::default();
}

/// The tasks of the loop that runs on this thread.
pub(super) fn current() -> Rc<Tasks> {
    per_thread::current(&RUNNING).expect("no running event loop: start one with `asyncio::run`")
}

pub(super) type TaskNumber = u64;

/// The tasks of a loop that have not ended.
#[derive(Default)]
pub(super) struct Tasks {
    last: Cell<TaskNumber>,
    running: RefCell<BTreeMap<TaskNumber, AbortHandle>>,
}

impl Tasks {
    pub(super) fn next_number(&self) -> TaskNumber {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    pub(super) fn add(&self, number: TaskNumber, canceller: AbortHandle) {
        self.running.borrow_mut().insert(number, canceller);
    }

    pub(super) fn remove(&self, number: TaskNumber) {
        self.running.borrow_mut().remove(&number);
    }

    /// Cancels all tasks and lets them end, also those that are created by that.
    async fn cancel_all(&self) {
        loop {
            let running: Vec<_> = self.running.borrow().values().cloned().collect();
            if running.is_empty() {
                return;
            }
            running.iter().for_each(AbortHandle::abort);
            next_turn().await;
        }
    }
}
