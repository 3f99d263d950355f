//! A set of tasks, whose ends are taken in the order in which they came.

use super::lock::lock;
use super::task::{AbortHandle, JoinHandle, TaskEnd};
use crate::sync::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Tasks that are waited for together; dropping it aborts them.
pub(in crate::task) struct JoinSet<T> {
    members: BTreeMap<usize, JoinHandle<T>>,
    last_member: usize,
    finished: Arc<Finished>,
}

/// The members that have finished and were not yet taken, and who waits for one.
struct Finished(Mutex<(VecDeque<usize>, Option<Waker>)>);

impl<T> JoinSet<T> {
    pub(in crate::task) fn new() -> Self {
        let finished = Finished(Mutex::new((VecDeque::new(), None)));
        JoinSet { members: BTreeMap::new(), last_member: 0, finished: Arc::new(finished) }
    }

    pub(in crate::task) fn add(&mut self, handle: JoinHandle<T>) -> AbortHandle {
        let abort_handle = handle.abort_handle();
        self.last_member += 1;
        let member = Arc::new(Member { number: self.last_member, finished: self.finished.clone() });
        if handle.finished_or_wake(&member.clone().into()) {
            member.wake();
        }
        self.members.insert(self.last_member, handle);
        abort_handle
    }

    pub(in crate::task) fn len(&self) -> usize {
        self.members.len()
    }

    pub(in crate::task) async fn join_next(&mut self) -> Option<TaskEnd<T>> {
        if self.members.is_empty() {
            return None;
        }
        let number = poll_fn(|context| self.finished.poll_next(context)).await;
        let member = self.members.remove(&number).expect("a member finishes once");
        Some(member.take())
    }

    pub(in crate::task) fn abort_all(&self) {
        for member in self.members.values() {
            member.abort_handle().abort();
        }
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        self.abort_all();
    }
}

impl Finished {
    fn poll_next(&self, context: &Context<'_>) -> Poll<usize> {
        let mut guard = lock(&self.0);
        let (numbers, waiter) = &mut *guard;
        match numbers.pop_front() {
            Some(number) => Poll::Ready(number),
            None => {
                *waiter = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// Woken when the member finishes.
struct Member {
    number: usize,
    finished: Arc<Finished>,
}

impl Wake for Member {
    fn wake(self: Arc<Self>) {
        let waiter = {
            let mut guard = lock(&self.finished.0);
            guard.0.push_back(self.number);
            guard.1.take()
        };
        waiter.into_iter().for_each(Waker::wake);
    }
}
