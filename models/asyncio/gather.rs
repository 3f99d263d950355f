//! Waiting for several tasks, with their results in the order of the arguments.

use super::cancellation::CancelledError;
use super::control::Cancel;
use super::future::{End, LoopFuture, Raised, Wait};
use super::task::{IntoTask, Task, TaskError};
use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

/// Runs `awaitables` as tasks, beside each other, and gives their results in the order of the
/// arguments. The first failure ends it at once; the siblings of the failing task keep running. A task that was
/// cancelled by others counts as a failure; a task that is given twice is waited for once.
///
/// The tasks are created by this call. Who awaits it and is cancelled passes that on to all tasks. Dropping what it
/// gives before it is ready cancels them.
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
    Gather(Gathering::new(awaitables, false))
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
    GatherReturnExceptions(Gathering::new(awaitables, true))
}

/// What [`gather`] gives: `await` it.
#[must_use = "the tasks are cancelled when this is dropped"]
pub struct Gather<T: 'static>(Gathering<T>);

/// What [`gather_return_exceptions`] gives: `await` it.
#[must_use = "the tasks are cancelled when this is dropped"]
pub struct GatherReturnExceptions<T: 'static>(Gathering<T>);

impl<T: 'static> Future for Gather<T> {
    type Output = Result<Vec<T>, TaskError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match ready!(Pin::new(&mut self.0.ended).poll(context)).into_result() {
            Ok(()) => Poll::Ready(self.0.results().collect()),
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl<T: 'static> Future for GatherReturnExceptions<T> {
    type Output = Vec<Result<T, TaskError>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(Pin::new(&mut self.0.ended).poll(context));
        Poll::Ready(self.0.results().collect())
    }
}

/// The tasks, and the wait for their end.
struct Gathering<T: 'static> {
    children: Rc<Children<T>>,
    ended: Wait<()>,
}

struct Children<T> {
    /// In the order of the arguments.
    tasks: Vec<Task<T>>,
    /// How many different ones have not ended.
    left: Cell<usize>,
    returns_exceptions: bool,
    cancel_requested: Cell<bool>,
    outer: LoopFuture<()>,
}

impl<T: 'static> Gathering<T> {
    fn new<A: IntoTask<Output = T>>(
        awaitables: impl IntoIterator<Item = A>,
        returns_exceptions: bool,
    ) -> Self {
        let tasks: Vec<_> = awaitables.into_iter().map(IntoTask::into_task).collect();
        let children = Rc::new(Children {
            left: Cell::new(0),
            tasks,
            returns_exceptions,
            cancel_requested: Cell::default(),
            outer: LoopFuture::new(),
        });
        let different = different(&children.tasks);
        children.left.set(different.len());
        if different.is_empty() {
            children.outer.set_result(());
        }
        for index in different {
            let (task, children) = (&children.tasks[index], children.clone());
            if task.done() {
                children.has_ended(index);
            } else {
                task.add_done_callback(move || children.has_ended(index));
            }
        }
        let ended = children.outer.wait_and_cancel(children.clone());
        Gathering { children, ended }
    }

    fn results(&self) -> impl Iterator<Item = Result<T, TaskError>> {
        self.children.tasks.iter().map(|task| task.result())
    }
}

/// The indices of the tasks, of one that is there several times the first.
fn different<T>(tasks: &[Task<T>]) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    (0..tasks.len()).filter(|&index| seen.insert(tasks[index].control.number)).collect()
}

impl<T: 'static> Children<T> {
    /// CPython's `_done_callback`.
    fn has_ended(&self, index: usize) {
        self.left.set(self.left.get() - 1);
        if self.outer.is_done() {
            return;
        }
        let task = &self.tasks[index];
        if !self.returns_exceptions {
            if task.cancelled() {
                return self.outer.cancel();
            }
            if let Some(message) = task.end.error() {
                return self.outer.set(End::Raised(Raised::new(Box::new(message))));
            }
        }
        if self.left.get() == 0 {
            match self.cancel_requested.get() {
                true => self.outer.cancel(),
                false => self.outer.set_result(()),
            }
        }
    }
}

impl<T: 'static> Cancel for Children<T> {
    fn cancel(&self, error: &CancelledError) -> bool {
        if self.outer.is_done() {
            return false;
        }
        let mut has_effect = false;
        for task in &self.tasks {
            has_effect |= task.control.cancel(error);
        }
        if has_effect {
            self.cancel_requested.set(true);
        }
        has_effect
    }
}

impl<T> Drop for Gathering<T> {
    fn drop(&mut self) {
        if !self.children.outer.is_done() {
            self.children.tasks.iter().for_each(|task| {
                task.cancel();
            });
        }
    }
}
