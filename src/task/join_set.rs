//! A set of tasks: tokio's in a real run, the checked runtime's under a checker.

use super::checked;
use super::join::{AbortHandle, JoinError, result};
use crate::backend::{self, Backend};
use crate::panic;
use std::future::Future;

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
            Set::Real(set) => set.spawn(future).into(),
            Set::Checked(set) => set.add(checked::spawn(future)).into(),
        }
    }

    /// Starts a task, as [`spawn_local`](super::spawn_local) does, and adds it.
    ///
    /// # Panics
    /// When called outside a current-thread runtime.
    #[track_caller]
    pub fn spawn_local(&mut self, future: impl Future<Output = T> + 'static) -> AbortHandle {
        match &mut self.0 {
            Set::Real(set) => set.spawn_local(future).into(),
            Set::Checked(set) => set.add(checked::spawn_local(future)).into(),
        }
    }

    /// Waits until a task has ended, takes it out and gives its result; `None` if the set is empty.
    pub async fn join_next(&mut self) -> Option<Result<T, JoinError>> {
        match &mut self.0 {
            Set::Real(set) => set.join_next().await.map(|end| end.map_err(JoinError::from)),
            Set::Checked(set) => set.join_next().await.map(result),
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

    /// Aborts all tasks of the set; they stay in it until their results are taken.
    pub fn abort_all(&mut self) {
        match &mut self.0 {
            Set::Real(set) => set.abort_all(),
            Set::Checked(set) => set.abort_all(),
        }
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}
