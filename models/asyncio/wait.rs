//! Waiting for some tasks: for all, the first, or the first failure.

use super::errors::EmptySet;
use super::future::{CallbackKey, LoopFuture};
use super::running::{TimerHandle, call_later};
use super::task::Task;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// When [`wait`] ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnWhen {
    /// When one has ended.
    FirstCompleted,
    /// When one has failed, or all have ended. A cancellation is no failure.
    FirstException,
    /// When all have ended.
    AllCompleted,
}

/// Which tasks had ended, and which not, each in the order of the arguments. (Python's are sets, without an order.)
pub struct Waited<T> {
    /// Those that had ended.
    pub done: Vec<Task<T>>,
    /// The others; they keep running.
    pub pending: Vec<Task<T>>,
}

/// Waits for `tasks`, or until `timeout` has passed, which is no error. Who waits and is cancelled leaves them running.
///
/// # Errors
/// If there are no tasks.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{ReturnWhen, create_task, run, wait};
///
/// let (done, pending) = run(async {
///     let tasks = [create_task(async { 1 }), create_task(std::future::pending())];
///     let waited = wait(tasks, ReturnWhen::FirstCompleted, None).await.unwrap();
///     (waited.done.len(), waited.pending.len())
/// });
/// assert_eq!((done, pending), (1, 1));
/// ```
pub async fn wait<T: 'static>(
    tasks: impl IntoIterator<Item = Task<T>>,
    return_when: ReturnWhen,
    timeout: Option<Duration>,
) -> Result<Waited<T>, EmptySet> {
    let waiting = Waiting::new(different(tasks), return_when, timeout);
    if waiting.tasks.is_empty() {
        return Err(EmptySet);
    }
    waiting.state.over.wait().await;
    let (done, pending) = waiting.leave().into_iter().partition(Task::done);
    Ok(Waited { done, pending })
}

fn different<T: 'static>(tasks: impl IntoIterator<Item = Task<T>>) -> Vec<Task<T>> {
    let mut different: Vec<Task<T>> = Vec::new();
    for task in tasks {
        if !different.iter().any(|other| other.is(&task)) {
            different.push(task);
        }
    }
    different
}

/// Who waits; leaves its tasks alone when dropped.
struct Waiting<T: 'static> {
    tasks: Vec<Task<T>>,
    callbacks: Vec<CallbackKey>,
    state: Rc<State>,
}

struct State {
    left: Cell<usize>,
    return_when: ReturnWhen,
    over: LoopFuture<()>,
    timer: RefCell<Option<TimerHandle>>,
}

impl<T> Waiting<T> {
    fn new(tasks: Vec<Task<T>>, return_when: ReturnWhen, timeout: Option<Duration>) -> Self {
        let state = Rc::new(State {
            left: Cell::new(tasks.len()),
            return_when,
            over: LoopFuture::new(),
            timer: RefCell::default(),
        });
        let mut waiting = Waiting { tasks, callbacks: Vec::new(), state };
        if let (Some(timeout), false) = (timeout, waiting.tasks.is_empty()) {
            let over = waiting.state.over.clone();
            waiting.state.timer.replace(Some(call_later(timeout, move || over.set_result(()))));
        }
        for task in &waiting.tasks {
            let (state, end) = (waiting.state.clone(), task.end.clone());
            waiting.callbacks.push(task.end.add_done_callback(move || state.one_has_ended(end.has_raised())));
        }
        waiting
    }

    fn leave(mut self) -> Vec<Task<T>> {
        self.detach();
        std::mem::take(&mut self.tasks)
    }

    fn detach(&mut self) {
        self.state.timer.borrow().iter().for_each(TimerHandle::cancel);
        for (task, key) in self.tasks.iter().zip(self.callbacks.drain(..)) {
            task.end.remove_done_callback(key);
        }
    }
}

impl State {
    fn one_has_ended(&self, has_raised: bool) {
        self.left.set(self.left.get() - 1);
        let is_over = match self.return_when {
            ReturnWhen::FirstCompleted => true,
            ReturnWhen::FirstException => has_raised,
            ReturnWhen::AllCompleted => false,
        };
        if is_over || self.left.get() == 0 {
            self.timer.borrow().iter().for_each(TimerHandle::cancel);
            self.over.set_result(());
        }
    }
}

impl<T> Drop for Waiting<T> {
    fn drop(&mut self) {
        self.detach();
    }
}
