//! A set of tasks, whose ends are taken in the order in which they came.

use super::core::OwnWaker;
use super::foreign::{self, Waiter};
use super::lock::lock;
use super::numbers::Number;
use super::task::{AbortHandle, JoinHandle, TaskEnd};
use crate::sync::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Tasks that are waited for together; dropping it aborts them.
pub(in crate::task) struct JoinSet<T> {
    members: BTreeMap<usize, JoinHandle<T>>,
    last_member: usize,
    finished: Arc<Finished>,
    made_at: &'static Location<'static>,
}

/// The members that have finished and were not yet taken, and who waits for one.
struct Finished(Mutex<(VecDeque<usize>, Option<Waiter>)>);

impl Finished {
    /// Made here, as readers are shown nothing of that.
    fn nothing() -> Self {
        Finished(Mutex::new((VecDeque::new(), None)))
    }
}

impl<T> JoinSet<T> {
    #[track_caller]
    pub(in crate::task) fn new() -> Self {
        let finished = Arc::new(Finished::nothing());
        JoinSet { members: BTreeMap::new(), last_member: 0, finished, made_at: Location::caller() }
    }

    pub(in crate::task) fn add(&mut self, handle: JoinHandle<T>) -> AbortHandle {
        let abort_handle = handle.abort_handle();
        self.last_member += 1;
        let member = Arc::new(Member { number: self.last_member, finished: self.finished.clone() });
        if handle.finished_or_wake(&OwnWaker::new(member.clone()).waker) {
            member.wake();
        }
        self.members.insert(self.last_member, handle);
        abort_handle
    }

    pub(in crate::task) fn len(&self) -> usize {
        self.members.len()
    }

    /// Takes a member that has finished; `None`, if there are no members.
    pub(in crate::task) fn poll_next(&mut self, context: &Context<'_>) -> Poll<Option<(Number, TaskEnd<T>)>> {
        if self.members.is_empty() {
            return Poll::Ready(None);
        }
        let end = self.take_finished(Some(context.waker()));
        foreign::look();
        end.map_or(Poll::Pending, |end| Poll::Ready(Some(end)))
    }

    /// Takes a member that has finished, if one has.
    pub(in crate::task) fn try_next(&mut self) -> Option<(Number, TaskEnd<T>)> {
        if self.members.is_empty() { None } else { self.take_finished(None) }
    }

    fn take_finished(&mut self, waiter: Option<&Waker>) -> Option<(Number, TaskEnd<T>)> {
        let mut member = {
            let mut guard = lock(&self.finished.0);
            let (numbers, waiting) = &mut *guard;
            // Who was let go of is none.
            let next = std::iter::from_fn(|| numbers.pop_front());
            let member = { next }.find_map(|number| self.members.remove(&number));
            if let Some(waker) = waiter.filter(|_| member.is_none()) {
                *waiting = Some(Waiter::new(waker));
            }
            member?
        };
        Some((member.number(), member.take()))
    }

    #[track_caller]
    pub(in crate::task) fn abort_all(&self) {
        for member in self.members.values() {
            member.abort_handle().abort();
        }
    }

    /// Lets go of all members.
    pub(in crate::task) fn detach_all(&mut self) {
        self.drain(drop);
    }

    /// Takes all members out, in tokio's order: those first that have not finished, as they came, then those that have, as
    /// they did.
    fn drain(&mut self, act: impl Fn(JoinHandle<T>)) {
        let finished = mem::take(&mut lock(&self.finished.0).0);
        let mut members = mem::take(&mut self.members);
        let finished: Vec<_> = finished.into_iter().filter_map(|number| members.remove(&number)).collect();
        members.into_values().chain(finished).for_each(act);
    }
}

impl<T> Drop for JoinSet<T> {
    fn drop(&mut self) {
        if !self.members.is_empty() {
            let made_at = self.made_at;
            self.drain(|member| member.abort_handle().abort_with_set(made_at));
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
        waiter.into_iter().for_each(Waiter::wake);
    }
}
