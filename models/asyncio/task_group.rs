//! Tasks that end together. Port of CPython's `asyncio.TaskGroup`.

use super::cancellation::{CancelledError, catch_cancelled};
use super::control::{self, Cancel, Control};
use super::future::LoopFuture;
use super::task::{Task, TaskError, create_task};
use crate::panic;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::rc::Rc;

/// Runs `body`, which creates tasks in the group, and waits until all of them have ended: `async with TaskGroup() as group`.
/// The first that fails, or `body` if it does, has the others cancelled, and `body` with them. All errors come out
/// together; a cancellation is none. Who awaits this and is cancelled cancels all, and raises that when they have ended,
/// unless there are errors.
///
/// # Errors
/// What failed.
///
/// # Panics
/// Outside a task.
///
/// # Examples
/// ```
/// use conccheck::models::asyncio::{run, task_group};
///
/// let sum = run(async {
///     task_group(async |group| {
///         let two = group.create_task(async { 2 })?;
///         let three = group.create_task(async { 3 })?;
///         Ok::<_, conccheck::models::asyncio::GroupClosed>(two.or_raise().await + three.or_raise().await)
///     })
///     .await
/// });
/// assert_eq!(sum.unwrap(), Ok(5));
/// ```
pub async fn task_group<T>(body: impl AsyncFnOnce(TaskGroup) -> T) -> Result<T, ExceptionGroup> {
    let parent =
        control::current().expect("a task group belongs to a task: start one with `asyncio::create_task`");
    let group = TaskGroup(Rc::new(Group {
        parent: parent.clone(),
        parent_cancel_requested: Cell::default(),
        tasks: RefCell::default(),
        errors: RefCell::default(),
        aborts: Cell::default(),
        exits: Cell::default(),
        all_ended: RefCell::default(),
    }));
    let ended = catch_cancelled(panic::catch_unwind_async(body(group.clone()))).await;
    let TaskGroup(group) = group;
    group.exit(ended).await
}

/// What can be created in no more: the group has ended, or one of its tasks has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum GroupClosed {
    /// All its tasks have ended.
    #[error("the task group is finished")]
    Finished,
    /// They are being cancelled.
    #[error("the task group is shutting down")]
    ShuttingDown,
}

/// The errors of all tasks of a group that failed, and of its body, as they came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExceptionGroup {
    /// At least one.
    pub errors: Vec<TaskError>,
}

impl fmt::Display for ExceptionGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors: Vec<_> = self.errors.iter().map(TaskError::to_string).collect();
        write!(f, "unhandled errors in a task group ({}): {}", errors.len(), errors.join(", "))
    }
}

impl std::error::Error for ExceptionGroup {}

/// Where tasks are created that end together; what [`task_group`] gives its body. Its clones are one.
#[derive(Clone)]
pub struct TaskGroup(Rc<Group>);

impl TaskGroup {
    /// As [`create_task`](super::create_task), in the group.
    ///
    /// # Errors
    /// If the group is finished, or is being cancelled; `future` is dropped then.
    pub fn create_task<F>(&self, future: F) -> Result<Task<F::Output>, GroupClosed>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let TaskGroup(group) = self;
        if group.exits.get() && group.tasks.borrow().is_empty() {
            return Err(GroupClosed::Finished);
        }
        if group.aborts.get() {
            return Err(GroupClosed::ShuttingDown);
        }
        let task = create_task(future);
        group.tasks.borrow_mut().insert(task.control.number, task.control.clone());
        let (group, number, end) = (group.clone(), task.control.number, task.end.clone());
        task.add_done_callback(move || group.one_has_ended(number, end.error()));
        Ok(task)
    }
}

struct Group {
    parent: Rc<Control>,
    parent_cancel_requested: Cell<bool>,
    /// Those that have not ended.
    tasks: RefCell<BTreeMap<u64, Rc<Control>>>,
    errors: RefCell<Vec<TaskError>>,
    aborts: Cell<bool>,
    exits: Cell<bool>,
    all_ended: RefCell<Option<LoopFuture<()>>>,
}

impl Group {
    /// CPython's `__aexit__`.
    async fn exit<T>(
        &self,
        body: Result<std::thread::Result<T>, CancelledError>,
    ) -> Result<T, ExceptionGroup> {
        self.exits.set(true);
        if !matches!(body, Ok(Ok(_))) {
            self.abort();
        }
        let (body, mut cancelled) = match body {
            Ok(body) => (Some(body), None),
            Err(error) => (None, Some(error)),
        };
        while !self.tasks.borrow().is_empty() {
            let all_ended = LoopFuture::new();
            self.all_ended.replace(Some(all_ended.clone()));
            if let Err(error) = catch_cancelled(all_ended.wait()).await
                && !self.aborts.get()
            {
                cancelled = Some(error);
                self.abort();
            }
            self.all_ended.take();
        }
        if self.parent_cancel_requested.get() && self.parent.uncancel() == 0 {
            cancelled = None;
        }
        if let Some(error) = cancelled
            && self.errors.borrow().is_empty()
        {
            return error.raise().await;
        }
        self.result(body)
    }

    fn result<T>(&self, body: Option<std::thread::Result<T>>) -> Result<T, ExceptionGroup> {
        let mut errors = self.errors.take();
        let value = match body {
            Some(Ok(value)) => Some(value),
            Some(Err(payload)) => {
                errors.push(TaskError::Raised(panic::message(&*payload)));
                None
            }
            None => None,
        };
        match value {
            Some(value) if errors.is_empty() => Ok(value),
            _ => {
                // The parent's own cancellation has not been told. CPython has it come at the next `await`, where an
                // exception flies past; an error that is returned must not be lost to it.
                if self.parent.requests() > 0 {
                    self.parent.cancel_later();
                }
                Err(ExceptionGroup { errors })
            }
        }
    }

    /// CPython's `_on_task_done`.
    fn one_has_ended(&self, number: u64, error: Option<String>) {
        self.tasks.borrow_mut().remove(&number);
        if self.tasks.borrow().is_empty() {
            self.all_ended.borrow().iter().for_each(|all_ended| all_ended.set_result(()));
        }
        let Some(message) = error else { return };
        self.errors.borrow_mut().push(TaskError::Raised(message));
        if self.parent.has_ended() || self.aborts.get() || self.parent_cancel_requested.get() {
            return;
        }
        self.abort();
        self.parent_cancel_requested.set(true);
        self.parent.cancel(&CancelledError::default());
    }

    /// Cancels all, once.
    fn abort(&self) {
        if self.aborts.replace(true) {
            return;
        }
        let tasks: Vec<_> = self.tasks.borrow().values().cloned().collect();
        for task in tasks {
            task.cancel(&CancelledError::default());
        }
    }
}
