//! How a loop polls a task, and what readers of an execution are told of that.

use super::super::core::{OwnWaker, TaskId};
use super::super::foreign;
use super::super::story::{self, Name};
use super::{EventLoop, MAIN, Place};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

impl EventLoop {
    /// Polls `task`, unless it has ended: wakers outlive their tasks.
    pub(super) fn poll(&self, task: TaskId) {
        // The task is out of the map meanwhile, since what it runs may add tasks.
        let sent = self.core.borrow_mut().tasks.remove(&task);
        if let Some(mut sent) = sent {
            if self.tell_poll(task, sent.future.as_mut(), &sent.waker).is_pending() {
                self.core.borrow_mut().tasks.insert(task, sent);
            }
            return;
        }
        let Some(mut local) = self.local_tasks.borrow_mut().remove(&task) else { return };
        if self.tell_poll(task, local.future.as_mut(), &local.waker).is_pending() {
            self.local_tasks.borrow_mut().insert(task, local);
        }
    }

    /// Polls a task's future, and tells readers.
    pub(super) fn tell_poll<F: Future + ?Sized>(
        &self,
        task: TaskId,
        future: Pin<&mut F>,
        waker: &OwnWaker,
    ) -> Poll<F::Output> {
        let is_ready = || self.core.borrow().ready.contains(task) || task == MAIN && self.is_main_woken.get();
        let polled = self.poll_as(self.name(task), future, waker, is_ready);
        if polled.is_ready() && task == MAIN {
            story::ends(false);
        }
        polled
    }

    /// Polls the future of a task that is not of this loop, but within one that is; and tells readers.
    pub(in super::super) fn poll_within<F: Future + ?Sized>(
        &self,
        task: Name,
        future: Pin<&mut F>,
        waker: &OwnWaker,
        is_ready: impl FnOnce() -> bool,
    ) -> Poll<F::Output> {
        let (outer, awaited) = (self.polled.get(), self.awaited.take());
        let polled = self.poll_as(task, future, waker, is_ready);
        self.polled.set(outer);
        *self.awaited.borrow_mut() = awaited;
        // The rest of its poll may come much later than its beginning.
        self.turns.set(self.turns.get() + 1);
        story::polls(outer);
        polled
    }

    /// `is_ready` tells whether it was woken while it was polled.
    fn poll_as<F: Future + ?Sized>(
        &self,
        task: Name,
        future: Pin<&mut F>,
        waker: &OwnWaker,
        is_ready: impl FnOnce() -> bool,
    ) -> Poll<F::Output> {
        self.turns.set(self.turns.get() + 1);
        self.polled.set(task);
        story::polls(task);
        self.awaited.borrow_mut().clear();
        foreign::look();
        // Who is ready has to wait for all that the task does now.
        let before = self.are_ready_but(task).then(story::deeds);
        let polled = future.poll(&mut Context::from_waker(&waker.waker));
        if let Some(before) = before
            && !self.has_spent()
        {
            story::did(story::deeds().wrapping_sub(before));
        }
        if polled.is_pending() {
            story::pends(&self.awaited.borrow(), || waker.is_the_only() && !is_ready());
        }
        polled
    }

    /// Tells readers whose tasks are polled within those of this loop.
    pub(in super::super) fn begins_within(&self, main: Name) {
        story::begins(main);
        story::polls(self.polled.get());
    }

    /// The running task awaits another's end.
    pub(in super::super) fn awaits(&self, other: Name, place: Place) {
        self.awaited.borrow_mut().push((other, place));
    }

    /// How many ends the running task awaits so far, as far as it is known.
    pub(in super::super) fn awaited_count(&self) -> usize {
        self.awaited.borrow().len()
    }

    /// Where it awaits the last of those that came after so many.
    pub(in super::super) fn awaited_at(&self, after: usize) -> Option<Place> {
        self.awaited.borrow().get(after..)?.last().map(|(_, place)| *place)
    }
}
