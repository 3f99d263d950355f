//! Tasks: starting them, how they end, the handles by which others wait for or abort them.

use super::event_loop::{self, EventLoop, MAIN, Mailbox, TaskId};
use super::lock::{Lock, lock};
use super::story;
use crate::panic::{self, AssertUnwindSafe};
use crate::sync::{Mutex, PoisonError};
use crate::task::Workers;
use crate::thread;
use std::any::Any;
use std::future::{Future, poll_fn};
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

/// How a task ended.
pub(in crate::task) enum TaskEnd<T> {
    Returned(T),
    Panicked(Box<dyn Any + Send>),
    Aborted,
}

/// Runs `future` to its end. How many workers there are makes no difference: each task has a thread.
pub(in crate::task) fn block_on<F: Future>(workers: Workers, future: F) -> F::Output {
    match workers {
        Workers::CurrentThread => EventLoop::new(Mailbox::new(), None).run(future),
        Workers::Threads(_) => {
            let spawned = Arc::new(Spawned(Mutex::new(Vec::new())));
            EventLoop::new(Mailbox::new(), Some(spawned.clone())).run(async move {
                let output = panic::catch_unwind_async(future).await;
                spawned.abort_all().await;
                output.unwrap_or_else(|payload| panic::resume_unwind(payload))
            })
        }
    }
}

/// Starts a task: a thread on a multi-thread runtime, else a task of the current loop.
#[track_caller]
pub(in crate::task) fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let here = event_loop::current().expect("`spawn` was called outside a runtime");
    let Some(spawned) = here.spawned.clone() else { return spawn_local(future) };
    let mailbox = Mailbox::new();
    let control = Control::new(MAIN, mailbox.clone(), Lock::shared(Progress::default()));
    let (task, handle) = Task::new(future, control.clone());
    lock(&spawned.0).push(control);
    thread::spawn(move || EventLoop::new(mailbox, Some(spawned)).run(task));
    handle
}

/// Starts a task of the current loop.
#[track_caller]
pub(in crate::task) fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let here = event_loop::current()
        .filter(|here| here.spawned.is_none())
        .expect("`spawn_local` was called outside a current-thread runtime");
    let id = here.next_task();
    story::spawns(here.name(id), Location::caller());
    let control = Control::new(id, here.mailbox.clone(), Lock::home(Progress::default()));
    let (task, handle) = Task::new(future, control);
    here.add(id, task);
    handle
}

/// Waits for a task.
pub(in crate::task) struct JoinHandle<T> {
    control: Arc<Control>,
    end: Arc<EndSlot<T>>,
}

/// Where a task leaves how it ended. Not an operation of its own: it is filled before the task counts
/// as finished and emptied after that was seen, and `Control::progress` orders the two.
type EndSlot<T> = std::sync::Mutex<Option<TaskEnd<T>>>;

impl<T> JoinHandle<T> {
    pub(in crate::task) fn abort_handle(&self) -> AbortHandle {
        AbortHandle(self.control.clone())
    }

    /// Has `joiner` woken when the task finishes; or says that it has.
    pub(super) fn finished_or_wake(&self, joiner: &Waker) -> bool {
        self.control.finished_or_wake(joiner)
    }

    /// How the finished task ended.
    pub(super) fn take(&self) -> TaskEnd<T> {
        let end = self.end.lock().unwrap_or_else(PoisonError::into_inner).take();
        end.expect("a handle is not polled again after it gave the result")
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = TaskEnd<T>;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<TaskEnd<T>> {
        if self.finished_or_wake(context.waker()) {
            return Poll::Ready(self.take());
        }
        let Control { mailbox, task, .. } = &*self.control;
        if let Some(here) = event_loop::current() {
            here.awaits(mailbox.name(*task), Location::caller());
        }
        Poll::Pending
    }
}

/// Aborts a task.
#[derive(Clone)]
pub(in crate::task) struct AbortHandle(Arc<Control>);

impl AbortHandle {
    /// Has the task dropped when its turn comes, instead of polled.
    #[track_caller]
    pub(in crate::task) fn abort(&self) {
        let control = self.0.clone();
        story::aborts(control.mailbox.name(control.task), Location::caller());
        self.0.mailbox.call(move |event_loop| {
            control.aborted.store(true, Ordering::Relaxed);
            event_loop.make_ready(control.task);
        });
    }

    pub(in crate::task) fn is_finished(&self) -> bool {
        self.0.progress.with(|progress| progress.finished)
    }
}

/// What a task shares with its handles, whatever its result is.
struct Control {
    task: TaskId,
    mailbox: Arc<Mailbox>,
    /// Used by the task's own thread only: an abort from elsewhere comes through the mailbox.
    aborted: AtomicBool,
    progress: Lock<Progress>,
}

#[derive(Default)]
struct Progress {
    finished: bool,
    joiners: Vec<Waker>,
}

impl Control {
    fn new(task: TaskId, mailbox: Arc<Mailbox>, progress: Lock<Progress>) -> Arc<Self> {
        Arc::new(Control { task, mailbox, aborted: AtomicBool::new(false), progress })
    }

    fn finished_or_wake(&self, joiner: &Waker) -> bool {
        self.progress.with(|progress| {
            if !progress.finished && !progress.joiners.iter().any(|known| known.will_wake(joiner)) {
                progress.joiners.push(joiner.clone());
            }
            progress.finished
        })
    }

    fn finish(&self, is_aborted: bool) {
        story::ends(is_aborted);
        let joiners = self.progress.with(|progress| {
            progress.finished = true;
            mem::take(&mut progress.joiners)
        });
        joiners.into_iter().for_each(Waker::wake);
    }
}

/// The tasks of a multi-thread runtime.
pub(super) struct Spawned(Mutex<Vec<Arc<Control>>>);

impl Spawned {
    /// Aborts all tasks and waits until each has ended, also those that are spawned meanwhile.
    async fn abort_all(&self) {
        loop {
            let tasks = mem::take(&mut *lock(&self.0));
            if tasks.is_empty() {
                return;
            }
            let running = tasks.into_iter().map(AbortHandle).filter(|task| !task.is_finished());
            let running: Vec<_> = running.inspect(AbortHandle::abort).collect();
            for task in running {
                poll_fn(|context| match task.0.finished_or_wake(context.waker()) {
                    true => Poll::Ready(()),
                    false => Poll::Pending,
                })
                .await;
            }
        }
    }
}

/// A future on its way to its end, with the slot that the end goes to.
struct Task<F: Future> {
    /// Empty when the task has ended.
    future: Option<Pin<Box<F>>>,
    control: Arc<Control>,
    end: Arc<EndSlot<F::Output>>,
}

impl<F: Future> Task<F> {
    fn new(future: F, control: Arc<Control>) -> (Self, JoinHandle<F::Output>) {
        let end = Arc::<EndSlot<F::Output>>::default();
        let handle = JoinHandle { control: control.clone(), end: end.clone() };
        (Task { future: Some(Box::pin(future)), control, end }, handle)
    }

    fn finish(&mut self, end: TaskEnd<F::Output>) {
        let is_aborted = matches!(end, TaskEnd::Aborted);
        // What the future owns is gone before anybody hears of the end.
        self.future = None;
        *self.end.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
        self.control.finish(is_aborted);
    }
}

impl<F: Future> Future for Task<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let task = self.get_mut();
        let Some(future) = task.future.as_mut() else { return Poll::Ready(()) };
        let end = if task.control.aborted.load(Ordering::Relaxed) {
            TaskEnd::Aborted
        } else {
            match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(output)) => TaskEnd::Returned(output),
                Err(payload) => {
                    story::panics(&*payload);
                    TaskEnd::Panicked(payload)
                }
            }
        };
        task.finish(end);
        Poll::Ready(())
    }
}

impl<F: Future> Drop for Task<F> {
    /// A task that is dropped before its end, with its loop, counts as aborted.
    fn drop(&mut self) {
        // A panic here is the loop's own, or a checker that stops the execution: nobody waits.
        if self.future.is_some() && !thread::panicking() {
            self.finish(TaskEnd::Aborted);
        }
    }
}
