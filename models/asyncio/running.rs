//! The running loop: starting it, ending it, which tasks it has, and calling something in a turn of its own.
//!
//! The queue of ready tasks is the one of the runtime beneath, of tokio or of the checker's event loop: both are first
//! in, first out, as asyncio's. So what is to take its turn is a task of theirs, also a callback.

use super::cancellation::CancelledError;
use super::control::{Cancel, Control};
use super::future::End;
use super::task::create_task;
use crate::task::per_thread::{self, PerThread};
use crate::task::{self, AbortHandle};
use crate::thread;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Runs `main` as the first task of a new loop on this thread. When it has ended, the tasks that are
/// left are cancelled, and have ended too when this returns, as have the threads of [`to_thread`](super::to_thread).
/// So have those that a cancelled task creates as it ends: where each of these creates another, this never returns.
/// (Python cancels once, and gives up what comes after.)
///
/// # Panics
/// With what `main` panics with; if it was cancelled; and when a loop runs on this thread already.
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
    let running = Rc::<Loop>::default();
    let _entered = per_thread::enter(&RUNNING, running.clone());
    // A task too, so that it takes its turn as soon as main has ended: tokio comes back to the future
    // of `block_on` only when many tasks have had theirs.
    let ending = async move {
        let end = create_task(main).ended().await;
        running.cancel_all().await;
        end
    };
    let end = task::block_on(async { task::spawn_local(ending).await });
    match end {
        Ok(End::Returned(value)) => value,
        Ok(End::Raised(raised)) => raised.raise(),
        Ok(End::Cancelled(error)) => panic!("main was {error}: nobody is left to whom that could be told"),
        Err(_) => unreachable!("nobody else has the task that ends the loop"),
    }
}

/// Has `callback` called when the tasks that are ready now have had their turn.
pub(super) fn call_soon(callback: impl FnOnce() + 'static) {
    // A checker that stops an execution unwinds what holds locks and the like: there is no turn any more.
    if !thread::panicking() {
        task::spawn_local(async { callback() });
    }
}

/// Has `callback` called when `delay` has passed, unless it is cancelled before.
pub(super) fn call_later(delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
    let is_cancelled = Rc::new(Cell::new(false));
    let gives_up = is_cancelled.clone();
    let timer = async move {
        if !delay.is_zero() {
            task::sleep(delay).await;
        }
        if !gives_up.get() {
            callback();
        }
    };
    TimerHandle { is_cancelled, timer: task::spawn_local(timer).abort_handle() }
}

/// What [`call_later`] gives.
pub(super) struct TimerHandle {
    is_cancelled: Rc<Cell<bool>>,
    timer: AbortHandle,
}

impl TimerHandle {
    pub(super) fn cancel(&self) {
        if !self.is_cancelled.replace(true) {
            self.timer.abort();
        }
    }
}

std::thread_local! {
    static RUNNING: PerThread<Rc<Loop>> = PerThread::default();
}

/// The loop that runs on this thread.
pub(super) fn current() -> Rc<Loop> {
    per_thread::current(&RUNNING).expect("no running event loop: start one with `asyncio::run`")
}

pub(super) type TaskNumber = u64;

/// What runs on the loop.
#[derive(Default)]
pub(super) struct Loop {
    last: Cell<TaskNumber>,
    /// Those that have not ended.
    tasks: RefCell<BTreeMap<TaskNumber, Rc<Control>>>,
    /// The one that is being polled.
    running: RefCell<Option<Rc<Control>>>,
    /// How many calls of `to_thread` have not come back.
    threads: Cell<usize>,
    /// Who waits until all this is over.
    ending: RefCell<Option<Waker>>,
}

impl Loop {
    pub(super) fn next_number(&self) -> TaskNumber {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    pub(super) fn add(&self, task: Rc<Control>) {
        self.tasks.borrow_mut().insert(task.number, task);
        self.tell_ending();
    }

    pub(super) fn remove(&self, number: TaskNumber) {
        self.tasks.borrow_mut().remove(&number);
        self.tell_ending();
    }

    pub(super) fn add_thread(&self) {
        self.threads.set(self.threads.get() + 1);
    }

    pub(super) fn remove_thread(&self) {
        self.threads.set(self.threads.get() - 1);
        self.tell_ending();
    }

    pub(super) fn running_task(&self) -> Option<Rc<Control>> {
        self.running.borrow().clone()
    }

    /// `task` is being polled from now on; who was before.
    pub(super) fn switch_to(&self, task: Option<Rc<Control>>) -> Option<Rc<Control>> {
        self.running.replace(task)
    }

    /// Cancels each task once, also those that are created by that, and waits until all have ended, and all threads.
    async fn cancel_all(&self) {
        let mut cancelled = 0;
        poll_fn(|context| {
            let new: Vec<_> =
                self.tasks.borrow().range(cancelled + 1..).map(|(_, task)| task.clone()).collect();
            for task in new {
                cancelled = task.number;
                task.cancel(&CancelledError::default());
            }
            if self.tasks.borrow().is_empty() && self.threads.get() == 0 {
                return Poll::Ready(());
            }
            self.ending.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }

    fn tell_ending(&self) {
        let ending = self.ending.take();
        ending.into_iter().for_each(Waker::wake);
    }
}
