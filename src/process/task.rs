//! A worker that is a task: what a checker explores in the place of a child process. It is written on
//! the facade, so every moment at which it can start, answer, end or be killed is explored.

use super::Ended;
use super::pipe::{Message, Pipe};
use crate::panic::{AssertUnwindSafe, catch_unwind};
use crate::sync::mpsc;
use crate::thread;

pub(super) struct Task {
    thread: Option<thread::JoinHandle<Ended>>,
    killer: Killer,
    ended: Option<Ended>,
}

/// Writes the end into the worker's own pipe: what the worker sent before still comes, as it does from
/// a process, and what it sends after is never seen.
#[derive(Clone)]
pub(super) struct Killer(mpsc::Sender<Message>);

/// Starts a task that serves the other end of the pipe.
pub(super) fn start(serve: impl FnOnce(Pipe) + Copy + Send + 'static) -> (Task, Pipe) {
    let (to_worker, from_parent) = mpsc::channel();
    let (to_parent, from_worker) = mpsc::channel();
    let killer = Killer(to_parent.clone());
    let thread = thread::spawn(move || {
        let to_say_last = to_parent.clone();
        let pipe = Pipe::channels(from_parent, to_parent);
        let ended = match catch_unwind(AssertUnwindSafe(|| serve(pipe))) {
            Ok(()) => Ended::Exited(0),
            Err(_) => Ended::Exited(101),
        };
        // A parent that is gone does not want to know.
        let _ = to_say_last.send(Message::End(ended));
        ended
    });
    (Task { thread: Some(thread), killer, ended: None }, Pipe::channels(from_worker, to_worker))
}

impl Task {
    pub(super) fn killer(&self) -> Killer {
        self.killer.clone()
    }

    /// Waits for the end, once the pipe is closed.
    pub(super) fn wait(&mut self, closed_by: Option<Ended>) -> Ended {
        if let Some(thread) = self.thread.take() {
            let ended = thread.join().unwrap_or(Ended::Exited(101));
            self.ended = closed_by.or(Some(ended));
        }
        self.ended.expect("the thread was joined")
    }
}

impl Killer {
    pub(super) fn kill(&self) {
        // One that has been waited for has ended already.
        let _ = self.0.send(Message::End(Ended::Signalled(9)));
    }
}
