//! A task as the runtime beneath polls it: one step after another, and where its end goes.

use super::control::Control;
use super::future::{End, LoopFuture, Raised};
use super::running::Loop;
use crate::panic::{self, AssertUnwindSafe};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// The future of a task, and where its end goes.
pub(super) struct Coroutine<F: Future> {
    /// Empty when the task has ended.
    future: Option<Pin<Box<F>>>,
    control: Rc<Control>,
    end: LoopFuture<F::Output>,
    home: Rc<Loop>,
}

impl<F: Future<Output: 'static>> Coroutine<F> {
    pub(super) fn new(future: F, control: Rc<Control>, end: LoopFuture<F::Output>, home: Rc<Loop>) -> Self {
        Coroutine { future: Some(Box::pin(future)), control, end, home }
    }

    fn end(&mut self, end: End<F::Output>) {
        // A task has not ended before what it owns is cleaned up.
        self.future = None;
        self.control.end();
        self.home.remove(self.control.number);
        self.end.set(end);
    }

    /// One step: up to the next `await` that waits. How it ended, if it did.
    fn step(&mut self, context: &mut Context<'_>) -> Option<End<F::Output>> {
        let future = self.future.as_mut()?;
        if let Some(error) = self.control.resume(context.waker()) {
            return Some(End::Cancelled(error));
        }
        let before = self.home.switch_to(Some(self.control.clone()));
        let polled = panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        self.home.switch_to(before);
        match polled {
            Ok(Poll::Pending) => self.control.suspend().map(End::Cancelled),
            Ok(Poll::Ready(value)) => Some(match self.control.returned() {
                Some(error) => End::Cancelled(error),
                None => End::Returned(value),
            }),
            Err(payload) => Some(End::Raised(Raised::new(payload))),
        }
    }
}

impl<F: Future<Output: 'static>> Future for Coroutine<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let coroutine = self.get_mut();
        if !coroutine.control.begin(context.waker()) {
            return Poll::Pending;
        }
        match coroutine.step(context) {
            Some(end) => coroutine.end(end),
            None if coroutine.future.is_some() => return Poll::Pending,
            None => {}
        }
        Poll::Ready(())
    }
}

impl<F: Future> Drop for Coroutine<F> {
    /// The loop is gone, and with it whoever could wait; what the task owns is dropped.
    fn drop(&mut self) {
        self.control.end();
    }
}
