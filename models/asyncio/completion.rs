//! Tasks in the order in which they end.

use super::iteration::AsyncIterator;
use super::task::{IntoTask, Task};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

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
    let completions = Completions::of(tasks.iter().flatten());
    AsCompleted { tasks, completions }
}

/// What [`as_completed`] gives.
pub struct AsCompleted<T> {
    tasks: Vec<Option<Task<T>>>,
    completions: Completions,
}

impl<T> AsyncIterator for AsCompleted<T> {
    type Item = Task<T>;

    /// Waits until another task has ended; awaiting what it gives does not wait.
    async fn next(&mut self) -> Option<Task<T>> {
        let index = poll_fn(|context| self.completions.poll_next(context)).await?;
        self.tasks[index].take()
    }
}

/// Which of some tasks have ended, told once for each, in the order of their ends.
pub(super) struct Completions {
    ended: Rc<RefCell<Ended>>,
    left: usize,
}

#[derive(Default)]
struct Ended {
    indices: VecDeque<usize>,
    waiter: Option<Waker>,
}

impl Completions {
    pub(super) fn of<'t, T: 'static>(tasks: impl IntoIterator<Item = &'t Task<T>>) -> Self {
        let mut completions = Completions { ended: Rc::default(), left: 0 };
        for (index, task) in tasks.into_iter().enumerate() {
            let ended = completions.ended.clone();
            completions.left += 1;
            task.add_done_callback(move || {
                ended.borrow_mut().indices.push_back(index);
                let waiter = ended.borrow_mut().waiter.take();
                waiter.into_iter().for_each(Waker::wake);
            });
        }
        completions
    }

    /// The index of the next task that has ended; `None` after the last.
    pub(super) fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<usize>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let mut ended = self.ended.borrow_mut();
        let Some(index) = ended.indices.pop_front() else {
            ended.waiter = Some(context.waker().clone());
            return Poll::Pending;
        };
        self.left -= 1;
        Poll::Ready(Some(index))
    }
}
