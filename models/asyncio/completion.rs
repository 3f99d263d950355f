//! Tasks in the order in which they end.

use super::errors::TimeoutError;
use super::iteration::AsyncIterator;
use super::queue::Queue;
use super::running::{TimerHandle, call_later};
use super::task::{IntoTask, Task};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

/// Iterates over `tasks` as they end, each once; futures are made tasks. Dropping the iterator leaves
/// the others running.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{AsyncIterator, as_completed, run, sleep};
/// use std::time::Duration;
///
/// let order = run(async {
///     let mut tasks = as_completed([2, 0, 1].map(|turns| async move {
///         for _ in 0..turns {
///             sleep(Duration::ZERO).await;
///         }
///         turns
///     }));
///     let mut order = Vec::new();
///     while let Some(task) = tasks.next().await {
///         order.push(task.await.unwrap());
///     }
///     order
/// });
/// assert_eq!(order, [0, 1, 2]);
/// ```
pub fn as_completed<A>(tasks: impl IntoIterator<Item = A>) -> AsCompleted<A::Output>
where
    A: IntoTask<Output: 'static>,
{
    let tasks: Vec<_> = tasks.into_iter().map(|task| Some(task.into_task())).collect();
    let completions = Rc::new(Completions::default());
    completions.todo.set(tasks.len());
    for (index, task) in tasks.iter().flatten().enumerate() {
        let completions = completions.clone();
        task.add_done_callback(move || completions.has_ended(index));
    }
    AsCompleted { left: tasks.len(), tasks, completions }
}

/// As [`as_completed`], but what has not ended when `timeout` has passed, counted from this call, is not waited for: for
/// each of these it gives the error. They keep running.
pub fn as_completed_within<A>(
    tasks: impl IntoIterator<Item = A>,
    timeout: Duration,
) -> AsCompletedWithin<A::Output>
where
    A: IntoTask<Output: 'static>,
{
    let all = as_completed(tasks);
    if all.left > 0 {
        let completions = all.completions.clone();
        let timer = call_later(timeout, move || completions.time_is_up());
        all.completions.timer.replace(Some(timer));
    }
    AsCompletedWithin(all)
}

/// What [`as_completed`] gives.
pub struct AsCompleted<T> {
    tasks: Vec<Option<Task<T>>>,
    completions: Rc<Completions>,
    left: usize,
}

/// What [`as_completed_within`] gives.
pub struct AsCompletedWithin<T>(AsCompleted<T>);

/// Which of some tasks have ended, told once for each, in the order of their ends; no index for one that is too late.
#[derive(Default)]
struct Completions {
    done: Queue<Option<usize>>,
    todo: Cell<usize>,
    timer: RefCell<Option<TimerHandle>>,
}

impl Completions {
    fn has_ended(&self, index: usize) {
        if self.todo.get() == 0 {
            return;
        }
        self.todo.set(self.todo.get() - 1);
        self.tell(Some(index));
        if self.todo.get() == 0 {
            self.timer.borrow().iter().for_each(TimerHandle::cancel);
        }
    }

    fn time_is_up(&self) {
        for _ in 0..self.todo.replace(0) {
            self.tell(None);
        }
    }

    fn tell(&self, index: Option<usize>) {
        self.done.put_nowait(index).expect("the queue has room for all");
    }
}

impl<T> AsyncIterator for AsCompleted<T> {
    type Item = Task<T>;

    /// Waits until another task has ended; awaiting what it gives does not wait.
    async fn next(&mut self) -> Option<Task<T>> {
        let index = self.next_index().await?;
        self.tasks[index.expect("there is no time limit")].take()
    }
}

impl<T> AsyncIterator for AsCompletedWithin<T> {
    type Item = Result<Task<T>, TimeoutError>;

    /// Waits until another task has ended, or the time is up.
    async fn next(&mut self) -> Option<Self::Item> {
        match self.0.next_index().await? {
            Some(index) => self.0.tasks[index].take().map(Ok),
            None => Some(Err(TimeoutError)),
        }
    }
}

impl<T> AsCompleted<T> {
    async fn next_index(&mut self) -> Option<Option<usize>> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        Some(self.completions.done.get().await.expect("nobody shuts the queue down"))
    }
}
