//! How a loop is reached from other threads: by calls that it makes itself, and by the wakers of its tasks.

use super::core::{OwnWaker, TaskId};
use super::event_loop::{self, EventLoop};
use super::letters::Letters;
use super::story::{self, Name};
use crate::backend::{self, Whom};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Wake;

/// What another thread wants done on a loop's thread.
pub(super) type Call = Box<dyn FnOnce(&EventLoop) + Send>;

/// Through which other threads reach a loop: asyncio's `call_soon_threadsafe`.
pub(super) struct Mailbox {
    /// Which loop's, of all that there ever were.
    pub(super) number: u64,
    calls: Letters<Call>,
}

/// A number that no loop has.
pub(super) fn next_number() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

impl Mailbox {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Mailbox { number: next_number(), calls: Letters::new() })
    }

    /// What a task of the loop is called in all loops.
    pub(super) fn name(&self, task: TaskId) -> Name {
        Name { event_loop: self.number, task }
    }

    /// Runs `act` on the loop's thread: at once if the caller is there, else at the loop's next turn; not at
    /// all, if it has come to its end for good.
    pub(super) fn call(self: &Arc<Self>, act: impl FnOnce(&EventLoop) + Send + 'static) {
        match event_loop::current() {
            Some(here) if Arc::ptr_eq(&here.mailbox, self) => act(&here),
            _ => drop(self.calls.put(Box::new(act))),
        }
    }

    /// What makes `task` ready, from any thread.
    pub(super) fn waker(self: &Arc<Self>, task: TaskId) -> OwnWaker {
        OwnWaker::new(Arc::new(TaskWaker { task, mailbox: self.clone() }))
    }

    /// Takes all calls; if it `waits`, at least one.
    pub(super) fn take(&self, waits: bool) -> VecDeque<Call> {
        self.calls.take(waits)
    }

    /// Takes all calls, at least one; or says which of so many times is up, of all that are set, from 0; if it `is_late`, only
    /// if nobody can do anything.
    pub(super) fn take_or_be_up(&self, times: u32, set: u32, is_late: bool) -> Result<VecDeque<Call>, u32> {
        self.calls.take_or_be_up(times, set, is_late)
    }

    /// Whether no calls are there, to who is the only thread.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// As [`Mailbox::close`], where it makes no difference whether a call comes before or after that.
    pub(super) fn close_unseen(&self) -> VecDeque<Call> {
        self.calls.close_unseen()
    }

    /// Takes all calls, and refuses those that come later.
    pub(super) fn close(&self) -> VecDeque<Call> {
        self.calls.close()
    }
}

struct TaskWaker {
    task: TaskId,
    mailbox: Arc<Mailbox>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let whom = Whom::Task { event_loop: self.mailbox.number, task: self.task };
        let waker = self.clone();
        if !backend::puts_off(whom, move || waker.wake_now()) {
            self.wake_now();
        }
    }
}

impl TaskWaker {
    fn wake_now(&self) {
        let task = self.task;
        story::wakes(self.mailbox.name(task));
        backend::wakes_task(self.mailbox.name(task));
        self.mailbox.call(move |event_loop| event_loop.make_ready(task));
    }
}
