//! The pool's queue: jobs in the order of submission, and the workers that wait for one. What a job is, and
//! when a worker is started, is the [executor](super::executor)'s.

use super::Queued;
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use crate::thread::ThreadId;
use std::collections::VecDeque;

pub(in crate::models) struct Queue<W> {
    state: Mutex<State<W>>,
    /// Notified for a job in the queue and, for all, at shutdown.
    work: Condvar,
}

pub(in crate::models) struct State<W> {
    pub jobs: VecDeque<W>,
    pub shut_down: bool,
    /// Every worker that was started.
    pub workers: Vec<ThreadId>,
    /// How many of them wait for work.
    pub idle: usize,
}

impl<W> Queue<W> {
    #[track_caller]
    pub fn new() -> Self {
        let state = State { jobs: VecDeque::new(), shut_down: false, workers: Vec::new(), idle: 0 };
        Queue { state: Mutex::new(state), work: Condvar::new() }
    }

    /// Adds a job. Whether there is an idle worker for it, which is woken.
    pub fn push(&self, state: &mut State<W>, job: W) -> bool {
        state.jobs.push_back(job);
        let is_for_idle = state.jobs.len() <= state.idle;
        if is_for_idle {
            self.work.notify_one();
        }
        is_for_idle
    }

    /// Waits for a job; `None` after shutdown, when the queue is empty.
    pub fn next(&self) -> Option<W> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                return Some(job);
            }
            if state.shut_down {
                return None;
            }
            state.idle += 1;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Lets the workers end when no job is left; gives the jobs that nobody is to do.
    pub fn shut_down(&self, state: &mut State<W>, queued: Queued) -> VecDeque<W> {
        state.shut_down = true;
        self.work.notify_all();
        match queued {
            Queued::Run => VecDeque::new(),
            Queued::Cancel => std::mem::take(&mut state.jobs),
        }
    }

    /// No code panics while it holds this mutex, so a poisoned one is as good as any.
    pub fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
