//! What a runtime has running on threads of their own: tasks, and what may block.

use super::control::Control;
use super::event_loop::EventLoop;
use super::lock::lock;
use super::mailbox::Mailbox;
use super::task::AbortHandle;
use crate::backend;
use crate::sync::Mutex;
use crate::task::erased::to_end;
use crate::thread;
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
    /// Nothing begins any more, since before there was a second thread.
    is_over: AtomicBool,
    /// Whether its runtime has come to its end, to main when all others have.
    has_ended: AtomicBool,
}

#[derive(Default)]
struct State {
    tasks: Vec<Arc<Control>>,
    /// What may block.
    blocking: Vec<Arc<Control>>,
    /// No task begins any more.
    is_closed: bool,
    /// Nothing that may block begins any more.
    is_blocking_closed: bool,
    blocking_count: usize,
    /// What may block and has to wait.
    queue: VecDeque<Run>,
}

/// What a thread is to run.
type Run = Box<dyn FnOnce() + Send>;

impl Members {
    pub(super) fn new(blocking_max: Option<usize>) -> Self {
        let [has_blocked, is_over, has_ended] = [false; 3].map(AtomicBool::new);
        Members { blocking_max, state: Mutex::new(State::default()), has_blocked, is_over, has_ended }
    }

    /// Whether a task may begin.
    pub(super) fn admit(&self, control: Arc<Control>) -> bool {
        let mut state = lock(&self.state);
        if !state.is_closed {
            state.tasks.push(control);
        }
        !state.is_closed
    }

    /// Gives back what a new thread is to run. What has to wait is kept; once there is no runtime any more,
    /// it is dropped.
    pub(super) fn admit_blocking(&self, control: Arc<Control>, run: Run) -> Option<Run> {
        if self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        self.has_blocked.store(true, Ordering::Relaxed);
        let mut state = lock(&self.state);
        if state.is_blocking_closed {
            drop(state);
            drop(run);
            return None;
        }
        state.blocking.push(control);
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
        let mut left = self.close_tasks();
        left.append(&mut self.close_blocking());
        left
    }

    fn close_tasks(&self) -> Vec<AbortHandle> {
        self.has_ended.store(true, Ordering::Relaxed);
        let tasks = {
            let mut state = lock(&self.state);
            state.is_closed = true;
            mem::take(&mut state.tasks)
        };
        abort(tasks)
    }

    /// As [`Members::close`], for what may block.
    pub(super) fn close_blocking(&self) -> Vec<AbortHandle> {
        let (blocking, queue) = {
            let mut state = lock(&self.state);
            state.is_blocking_closed = true;
            (mem::take(&mut state.blocking), mem::take(&mut state.queue))
        };
        drop(queue);
        abort(blocking)
    }

    /// As [`Members::close`], but tasks are aborted, and refused, some time: tokio's threads hear late that their runtime
    /// ends.
    pub(super) fn close_some_time(self: &Arc<Self>) -> Vec<AbortHandle> {
        let tasks = lock(&self.state).tasks.clone();
        let mut left: Vec<_> = running(tasks).collect();
        if left.is_empty() {
            self.close_tasks();
        } else {
            let members = self.clone();
            thread::spawn(move || members.close_tasks());
        }
        left.append(&mut self.close_blocking());
        left
    }

    /// Whether no task begins any more.
    pub(super) fn is_closed(&self) -> bool {
        lock(&self.state).is_closed
    }

    /// As [`Members::close`], unless that was done.
    pub(super) fn close_if_open(&self) {
        if !self.has_ended.load(Ordering::Relaxed) {
            self.close();
        }
    }

    /// Aborts all and waits until each has ended, also those that are spawned meanwhile; those that come later are refused.
    pub(super) async fn end(&self) {
        loop {
            let controls = {
                let mut state = lock(&self.state);
                let mut controls = mem::take(&mut state.tasks);
                controls.append(&mut state.blocking);
                state.is_closed = controls.is_empty();
                state.is_blocking_closed = controls.is_empty();
                controls
            };
            if controls.is_empty() {
                return;
            }
            all_ended(abort(controls)).await;
        }
    }

    /// As [`Members::end`], on a thread that runs no loop, for who has no tasks among them.
    pub(super) fn end_blocking(&self) {
        if self.has_blocked.load(Ordering::Relaxed) || !backend::is_main_alone() {
            wait(self.end());
        } else {
            self.is_over.store(true, Ordering::Relaxed);
        }
    }
}

/// Aborts all. Gives those that may not have ended.
fn abort(controls: Vec<Arc<Control>>) -> Vec<AbortHandle> {
    running(controls).inspect(|member| member.abort()).collect()
}

fn running(controls: Vec<Arc<Control>>) -> impl Iterator<Item = AbortHandle> {
    controls.into_iter().map(AbortHandle::new).filter(|member| !member.is_finished())
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
    to_end!(future => EventLoop::alone(Mailbox::new(), None).run(future))
}
