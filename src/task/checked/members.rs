//! What a runtime has running on threads of their own: tasks, and what may block.

use super::control::Control;
use super::event_loop::EventLoop;
use super::lock::lock;
use super::mailbox::Mailbox;
use super::task::AbortHandle;
use crate::sync::Mutex;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

pub(super) struct Members {
    /// How many of what may block run at the same time, if that is limited.
    blocking_max: Option<usize>,
    state: Mutex<State>,
    /// Whether anything that may block was spawned.
    has_blocked: AtomicBool,
}

#[derive(Default)]
struct State {
    controls: Vec<Arc<Control>>,
    is_closed: bool,
    blocking_count: usize,
    /// What may block and has to wait.
    queue: VecDeque<Run>,
}

/// What a thread is to run.
type Run = Box<dyn FnOnce() + Send>;

impl Members {
    pub(super) fn new(blocking_max: Option<usize>) -> Self {
        Members { blocking_max, state: Mutex::new(State::default()), has_blocked: AtomicBool::new(false) }
    }

    /// Whether a task may begin.
    pub(super) fn admit(&self, control: Arc<Control>) -> bool {
        let mut state = lock(&self.state);
        if !state.is_closed {
            state.controls.push(control);
        }
        !state.is_closed
    }

    /// Gives back what a new thread is to run. What has to wait is kept; once there is no runtime any more,
    /// it is dropped.
    pub(super) fn admit_blocking(&self, control: Arc<Control>, run: Run) -> Option<Run> {
        self.has_blocked.store(true, Ordering::Relaxed);
        let mut state = lock(&self.state);
        if state.is_closed {
            drop(state);
            drop(run);
            return None;
        }
        state.controls.push(control);
        if self.blocking_max.is_some_and(|max| state.blocking_count >= max) {
            state.queue.push_back(run);
            return None;
        }
        state.blocking_count += 1;
        Some(run)
    }

    /// What a thread is to run next, that has run something that may block.
    pub(super) fn next_blocking(&self) -> Option<Run> {
        self.blocking_max?;
        let mut state = lock(&self.state);
        let next = state.queue.pop_front();
        if next.is_none() {
            state.blocking_count -= 1;
        }
        next
    }

    /// Aborts all, also those that come later. What has to wait is dropped. Gives those that may not have
    /// ended.
    pub(super) fn close(&self) -> Vec<AbortHandle> {
        let (controls, queue) = {
            let mut state = lock(&self.state);
            state.is_closed = true;
            (mem::take(&mut state.controls), mem::take(&mut state.queue))
        };
        drop(queue);
        abort(controls)
    }

    /// As [`Members::close`], unless that was done.
    pub(super) fn close_if_open(&self) {
        if !lock(&self.state).is_closed {
            self.close();
        }
    }

    /// Aborts all and waits until each has ended, also those that are spawned meanwhile.
    pub(super) async fn end(&self) {
        loop {
            let controls = mem::take(&mut lock(&self.state).controls);
            if controls.is_empty() {
                return;
            }
            all_ended(abort(controls)).await;
        }
    }

    /// As [`Members::end`], on a thread that runs no loop, for who has no tasks among them.
    pub(super) fn end_blocking(&self) {
        // What blocks is spawned by this thread, or by what blocks.
        if self.has_blocked.load(Ordering::Relaxed) {
            wait(self.end());
        }
    }
}

/// Aborts all. Gives those that may not have ended.
fn abort(controls: Vec<Arc<Control>>) -> Vec<AbortHandle> {
    let running = controls.into_iter().map(AbortHandle::new).filter(|member| !member.is_finished());
    running.inspect(|member| member.abort()).collect()
}

/// Waits until each has ended.
pub(super) async fn all_ended(members: Vec<AbortHandle>) {
    for member in members {
        poll_fn(|context| match member.control().finished_or_wake(context.waker()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

/// Waits for `future` on a thread that runs no loop.
pub(super) fn wait<F: Future>(future: F) -> F::Output {
    EventLoop::alone(Mailbox::new(), None).run(future)
}
