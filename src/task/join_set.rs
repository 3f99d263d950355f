//! A set of tasks: tokio's in a real run, the checked runtime's under a checker.

use super::checked;
use super::erased::real;
use super::handle::Handle;
use super::id::Id;
use super::join::{AbortHandle, JoinError, result};
use super::local_set::LocalSet;
use super::runtime::refuse_foreign;
use crate::backend::{self, Backend};
use crate::panic;
use std::fmt;
use std::future::{Future, poll_fn};
use std::task::{Context, Poll};

/// Tasks that are waited for together. Dropping it aborts them.
///
/// # Examples
/// ```
/// use conccheck::task::{self, JoinSet};
///
/// let mut doubles = task::block_on(async {
///     let mut set = JoinSet::new();
///     for number in 1..=3 {
///         set.spawn(async move { 2 * number });
///     }
///     set.join_all().await
/// });
/// doubles.sort();
/// assert_eq!(doubles, [2, 4, 6]);
/// ```
pub struct JoinSet<T>(Set<T>);

enum Set<T> {
    Real(tokio::task::JoinSet<T>),
    Checked(checked::JoinSet<T>),
}

impl<T> JoinSet<T> {
    /// An empty set.
    #[track_caller]
    pub fn new() -> Self {
        JoinSet(match backend::current() {
            Backend::Real => Set::Real(tokio::task::JoinSet::new()),
            _ => Set::Checked(checked::JoinSet::new()),
        })
    }

    /// How many tasks there are whose result was not taken.
    pub fn len(&self) -> usize {
        match &self.0 {
            Set::Real(set) => set.len(),
            Set::Checked(set) => set.len(),
        }
    }

    /// Whether every result was taken.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: 'static> JoinSet<T> {
    /// Starts a task, as [`spawn`](super::spawn) does, and adds it.
    ///
    /// # Panics
    /// When called outside a runtime.
    #[track_caller]
    pub fn spawn(&mut self, future: impl Future<Output = T> + Send + 'static) -> AbortHandle
    where
        T: Send,
    {
        match &mut self.0 {
            Set::Real(set) => set.spawn(real::sent(future)).into(),
            Set::Checked(set) => set.add(checked::spawn(Box::pin(future))).into(),
        }
    }

    /// Starts a task on that runtime and adds it.
    #[track_caller]
    pub fn spawn_on(
        &mut self,
        future: impl Future<Output = T> + Send + 'static,
        handle: &Handle,
    ) -> AbortHandle
    where
        T: Send,
    {
        match (&mut self.0, handle.real()) {
            (Set::Real(set), Ok(handle)) => set.spawn_on(real::sent(future), handle).into(),
            (Set::Checked(set), Err(handle)) => set.add(handle.spawn(Box::pin(future))).into(),
            _ => refuse_foreign(),
        }
    }

    /// Starts a task, as [`spawn_local`](super::spawn_local) does, and adds it.
    ///
    /// # Panics
    /// Where [`spawn_local`](super::spawn_local) panics.
    #[track_caller]
    pub fn spawn_local(&mut self, future: impl Future<Output = T> + 'static) -> AbortHandle {
        match &mut self.0 {
            Set::Real(set) => set.spawn_local(real::local(future)).into(),
            Set::Checked(set) => set.add(checked::spawn_local(Box::pin(future))).into(),
        }
    }

    /// Starts a task of that set and adds it.
    #[track_caller]
    pub fn spawn_local_on(
        &mut self,
        future: impl Future<Output = T> + 'static,
        local_set: &LocalSet,
    ) -> AbortHandle {
        match (&mut self.0, local_set.real()) {
            (Set::Real(set), Ok(local_set)) => set.spawn_local_on(real::local(future), local_set).into(),
            (Set::Checked(set), Err(local_set)) => set.add(local_set.spawn(Box::pin(future))).into(),
            _ => refuse_foreign(),
        }
    }

    /// Starts what may block, as [`spawn_blocking`](crate::tokio::task::spawn_blocking) does, and adds it.
    ///
    /// # Panics
    /// When called outside a runtime.
    #[track_caller]
    pub fn spawn_blocking(&mut self, act: impl FnOnce() -> T + Send + 'static) -> AbortHandle
    where
        T: Send,
    {
        match &mut self.0 {
            Set::Real(set) => set.spawn_blocking(real::act(act)).into(),
            Set::Checked(set) => set.add(checked::spawn_blocking(Box::new(act))).into(),
        }
    }

    /// Starts what may block, on that runtime, and adds it.
    #[track_caller]
    pub fn spawn_blocking_on(
        &mut self,
        act: impl FnOnce() -> T + Send + 'static,
        handle: &Handle,
    ) -> AbortHandle
    where
        T: Send,
    {
        match (&mut self.0, handle.real()) {
            (Set::Real(set), Ok(handle)) => set.spawn_blocking_on(real::act(act), handle).into(),
            (Set::Checked(set), Err(handle)) => set.add(handle.spawn_blocking(Box::new(act))).into(),
            _ => refuse_foreign(),
        }
    }

    /// Waits until a task has ended, takes it out and gives its result; `None` if the set is empty.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        poll_fn(|context| self.poll_join_next(context)).await
    }

    /// As [`JoinSet::join_next`], with the id of the task.
    pub async fn join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        poll_fn(|context| self.poll_join_next_with_id(context)).await
    }

    /// Takes out a task that has ended, if one has, and gives its result.
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        match &mut self.0 {
            Set::Real(set) => set.try_join_next().map(|end| end.map_err(JoinError::from)),
            Set::Checked(set) => set.try_next().map(|(id, end)| result(id, end)),
        }
    }

    /// As [`JoinSet::try_join_next`], with the id of the task.
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        match &mut self.0 {
            Set::Real(set) => set.try_join_next_with_id().map(with_real_id),
            Set::Checked(set) => set.try_next().map(with_id),
        }
    }

    /// Polls for what [`JoinSet::join_next`] waits for.
    pub fn poll_join_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        match &mut self.0 {
            Set::Real(set) => {
                set.poll_join_next(context).map(|end| end.map(|end| end.map_err(JoinError::from)))
            }
            Set::Checked(set) => set.poll_next(context).map(|next| next.map(|(id, end)| result(id, end))),
        }
    }

    /// Polls for what [`JoinSet::join_next_with_id`] waits for.
    pub fn poll_join_next_with_id(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<(Id, T), JoinError>>> {
        match &mut self.0 {
            Set::Real(set) => set.poll_join_next_with_id(context).map(|end| end.map(with_real_id)),
            Set::Checked(set) => set.poll_next(context).map(|next| next.map(with_id)),
        }
    }

    /// Waits for all tasks and gives their results, in the order in which they ended.
    ///
    /// # Panics
    /// If a task panicked, with what it panicked with, or if one was aborted; the others are aborted.
    pub async fn join_all(mut self) -> Vec<T> {
        let mut results = Vec::with_capacity(self.len());
        while let Some(end) = self.join_next().await {
            match end {
                Ok(value) => results.push(value),
                Err(error) if error.is_panic() => panic::resume_unwind(error.into_panic()),
                Err(error) => panic!("{error}"),
            }
        }
        results
    }

    /// Aborts all tasks and waits until they have ended.
    pub async fn shutdown(&mut self) {
        self.abort_all();
        while self.join_next().await.is_some() {}
    }

    /// Aborts all tasks of the set; they stay in it until their results are taken.
    #[track_caller]
    pub fn abort_all(&mut self) {
        match &mut self.0 {
            Set::Real(set) => set.abort_all(),
            Set::Checked(set) => set.abort_all(),
        }
    }

    /// Takes all tasks out of the set and leaves them running.
    pub fn detach_all(&mut self) {
        match &mut self.0 {
            Set::Real(set) => set.detach_all(),
            Set::Checked(set) => set.detach_all(),
        }
    }
}

fn with_id<T>((number, end): (checked::Number, checked::TaskEnd<T>)) -> Result<(Id, T), JoinError> {
    result(number, end).map(|value| (Id::checked(number), value))
}

fn with_real_id<T>(end: Result<(tokio::task::Id, T), tokio::task::JoinError>) -> Result<(Id, T), JoinError> {
    end.map(|(id, value)| (id.into(), value)).map_err(JoinError::from)
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}

/// Starts each, as [`JoinSet::spawn`] does.
impl<T, F> FromIterator<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = F>>(futures: I) -> Self {
        let mut set = Self::new();
        set.extend(futures);
        set
    }
}

/// Starts each, as [`JoinSet::spawn`] does.
impl<T, F> Extend<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn extend<I: IntoIterator<Item = F>>(&mut self, futures: I) {
        for future in futures {
            self.spawn(future);
        }
    }
}
