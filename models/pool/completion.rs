//! Waiting for several futures at once: [`as_completed`] and [`wait`]. Both have the unfinished ones
//! tell a channel as they finish; what a future tells it is in [`future`](super::future).

use super::future::Watcher;
use super::{Future, JobError};
use crate::sync::mpsc::{Receiver, channel};
use crate::time::Instant;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// The futures as they finish, each once, however often it is given: first those that this call finds
/// finished, in the order given, then the others in the order of finishing. `next` waits.
pub fn as_completed<T>(futures: impl IntoIterator<Item = Future<T>>) -> AsCompleted<T> {
    let futures = distinct(futures);
    let (sender, finishing) = channel();
    let watch = |index: usize, future: &Future<T>| {
        future.watch(Watcher { index, finished: sender.clone() }).map(|watcher| watcher.index)
    };
    let finished: VecDeque<usize> =
        futures.iter().enumerate().filter_map(|(index, future)| watch(index, future)).collect();
    AsCompleted { left: futures.len(), futures, finished, finishing }
}

/// The iterator of [`as_completed`].
pub struct AsCompleted<T> {
    futures: Vec<Future<T>>,
    /// Which of them had finished at the call, and were not given yet.
    finished: VecDeque<usize>,
    /// Which of them finish, as they do.
    finishing: Receiver<usize>,
    /// How many were not given yet.
    left: usize,
}

/// When [`wait`] ends, if its timeout has not ended it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnWhen {
    /// When one future has finished.
    FirstCompleted,
    /// When a future has failed, or all have finished. A cancelled one has not failed.
    FirstException,
    /// When all have finished.
    AllCompleted,
}

/// What [`wait`] found, each future once, in the order given.
#[derive(Debug)]
pub struct Waited<T> {
    /// Those that have finished.
    pub done: Vec<Future<T>>,
    /// Those that have not. They go on.
    pub not_done: Vec<Future<T>>,
}

/// Waits until `return_when`, or for `timeout` if there is one.
pub fn wait<T>(
    futures: impl IntoIterator<Item = Future<T>>,
    timeout: Option<Duration>,
    return_when: ReturnWhen,
) -> Waited<T> {
    let mut completed = as_completed(futures);
    let futures = std::mem::take(&mut completed.futures);
    // A timeout too long for the clock is none.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let is_enough = |index: &usize| match return_when {
        ReturnWhen::FirstCompleted => true,
        ReturnWhen::FirstException => matches!(futures[*index].exception(), Some(JobError::Failed(_))),
        ReturnWhen::AllCompleted => false,
    };
    // Whatever has finished by now counts, also where the first of it is enough.
    let mut finished: BTreeSet<usize> = completed.finished.drain(..).collect();
    let mut over = finished.iter().any(is_enough);
    while !over && finished.len() < futures.len() {
        let Some(index) = completed.next_finishing(deadline) else { break };
        over = is_enough(&index);
        finished.insert(index);
    }
    let mut waited = Waited { done: Vec::new(), not_done: Vec::new() };
    for (index, future) in futures.into_iter().enumerate() {
        if finished.contains(&index) { waited.done.push(future) } else { waited.not_done.push(future) }
    }
    waited
}

impl<T> AsCompleted<T> {
    /// Which one finishes next; `None` if none does before `deadline`.
    fn next_finishing(&self, deadline: Option<Instant>) -> Option<usize> {
        match deadline {
            None => self.finishing.recv().ok(),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                self.finishing.recv_timeout(left).ok()
            }
        }
    }
}

impl<T> Iterator for AsCompleted<T> {
    type Item = Future<T>;

    fn next(&mut self) -> Option<Future<T>> {
        self.left = self.left.checked_sub(1)?;
        let index = match self.finished.pop_front() {
            Some(index) => index,
            None => self.next_finishing(None)?,
        };
        Some(self.futures[index].clone())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

/// Each future once, in the order given.
fn distinct<T>(futures: impl IntoIterator<Item = Future<T>>) -> Vec<Future<T>> {
    let mut seen = BTreeSet::new();
    futures.into_iter().filter(|future| seen.insert(future.identity())).collect()
}
