//! Waiting for several tasks, with their results in the order of the arguments.

use super::completion::Completions;
use super::task::{IntoTask, Task, TaskError};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Runs `awaitables` as tasks, beside each other, and gives their results in the order of the
/// arguments. The first failure ends it at once; the siblings of the failing task keep running.
///
/// The tasks are created by this call. Dropping what it gives before it is ready cancels them.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{TaskError, gather, run};
///
/// let squares = run(async { gather([1, 2, 3].map(|n| async move { n * n })).await });
/// assert_eq!(squares, Ok(vec![1, 4, 9]));
///
/// let failed = run(async { gather([1, 0].map(|n| async move { 1u32.checked_div(n).unwrap() })).await });
/// assert!(matches!(failed, Err(TaskError::Raised(_))));
/// ```
pub fn gather<A>(awaitables: impl IntoIterator<Item = A>) -> Gather<A::Output>
where
    A: IntoTask<Output: 'static>,
{
    Gather(Children::of(awaitables))
}

/// As [`gather`], but each failure is a result like the others: Python's `return_exceptions=True`.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{create_task, gather_return_exceptions, run};
///
/// let results = run(async {
///     let endless = create_task(std::future::pending());
///     endless.cancel();
///     gather_return_exceptions([create_task(async { 1 }), endless]).await
/// });
/// assert_eq!(results[0], Ok(1));
/// assert_eq!(results[1].as_ref().unwrap_err().to_string(), "task was cancelled");
/// ```
pub fn gather_return_exceptions<A>(
    awaitables: impl IntoIterator<Item = A>,
) -> GatherReturnExceptions<A::Output>
where
    A: IntoTask<Output: 'static>,
{
    GatherReturnExceptions(Children::of(awaitables))
}

/// What [`gather`] gives: `await` it.
#[must_use = "the tasks are cancelled when this is dropped"]
pub struct Gather<T: 'static>(Children<T>);

/// What [`gather_return_exceptions`] gives: `await` it.
#[must_use = "the tasks are cancelled when this is dropped"]
pub struct GatherReturnExceptions<T: 'static>(Children<T>);

impl<T: 'static> Future for Gather<T> {
    type Output = Result<Vec<T>, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let children = &mut self.0;
        while let Some(index) = ready!(children.poll_next(context)) {
            if let Some(Err(error)) = &children.results[index] {
                let error = error.clone();
                children.release();
                return Poll::Ready(Err(error));
            }
        }
        Poll::Ready(children.take_results().collect())
    }
}

impl<T: 'static> Future for GatherReturnExceptions<T> {
    type Output = Vec<Result<T, TaskError>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let children = &mut self.0;
        while ready!(children.poll_next(context)).is_some() {}
        Poll::Ready(children.take_results().collect())
    }
}

/// The tasks, their ends as they come, and the results so far.
struct Children<T: 'static> {
    tasks: Vec<Task<T>>,
    completions: Completions,
    results: Vec<Option<Result<T, TaskError>>>,
}

/// Nothing in it is pinned.
impl<T> Unpin for Children<T> {}

impl<T: 'static> Children<T> {
    fn of<A: IntoTask<Output = T>>(awaitables: impl IntoIterator<Item = A>) -> Self {
        let tasks: Vec<_> = awaitables.into_iter().map(IntoTask::into_task).collect();
        let completions = Completions::of(&tasks);
        let results = tasks.iter().map(|_| None).collect();
        Children { tasks, completions, results }
    }

    /// The index of the next task that has ended, its result filed; `None` when all have.
    fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<usize>> {
        let next = ready!(self.completions.poll_next(context));
        if let Some(index) = next {
            self.results[index] = self.tasks[index].take_result();
        }
        Poll::Ready(next)
    }

    /// Leaves the tasks to themselves.
    fn release(&mut self) {
        self.tasks.clear();
    }

    fn take_results(&mut self) -> impl Iterator<Item = Result<T, TaskError>> + use<'_, T> {
        self.tasks.clear();
        self.results.drain(..).map(|result| result.expect("every task has ended"))
    }
}

impl<T: 'static> Drop for Children<T> {
    fn drop(&mut self) {
        self.tasks.iter().for_each(Task::cancel);
    }
}
