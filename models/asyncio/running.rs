//! The loop: which tasks it has, running it until a future has ended, ending it, and calling something in a turn of its own.
//!
//! The queue of ready tasks is the one of the runtime beneath, of tokio or of the checker's event loop: both are first
//! in, first out, as asyncio's. So what is to take its turn is a task of theirs, also a callback.

use super::cancellation::CancelledError;
use super::control::{Cancel, Control};
use super::coroutine::Coroutine;
use super::future::{End, LoopFuture};
use super::task::Task;
use super::turns::Turns;
use crate::task::per_thread::{self, PerThread};
use crate::task::{self, AbortHandle, JoinHandle};
use crate::thread;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Has `callback` called by that loop, or by the one that runs on this thread, when the tasks that are ready now have had their
/// turn.
pub(super) fn call_soon(home: Option<&Rc<Loop>>, callback: impl FnOnce() + 'static) {
    // A checker that stops an execution unwinds what holds locks and the like: there is no turn any more.
    if !thread::panicking() {
        home.map_or_else(current, Rc::clone).call_soon(callback);
    }
}

/// In so many more the loop of CPython shuts down its asynchronous generators and its threads, and calls what is to be called.
const SHUTDOWN_TURNS: usize = 4;

/// Has `callback` called when `delay` has passed, unless it is cancelled before.
pub(super) fn call_later(delay: Duration, callback: impl FnOnce() + 'static) -> TimerHandle {
    let is_cancelled = Rc::new(Cell::new(false));
    let gives_up = is_cancelled.clone();
    let timer = async move {
        if !delay.is_zero() {
            task::sleep(delay).await;
        }
        if !gives_up.get() {
            callback();
        }
    };
    let timer = current().start(timer).map(|timer| timer.abort_handle());
    TimerHandle { is_cancelled, timer }
}

/// What [`call_later`] gives.
pub(super) struct TimerHandle {
    is_cancelled: Rc<Cell<bool>>,
    /// None of a loop that is being closed.
    timer: Option<AbortHandle>,
}

impl TimerHandle {
    pub(super) fn cancel(&self) {
        if !self.is_cancelled.replace(true) {
            self.timer.iter().for_each(AbortHandle::abort);
        }
    }
}

std::thread_local! {
    static RUNNING: PerThread<Rc<Loop>> = PerThread::default();
}

/// The loop that runs on this thread, if one does.
pub(super) fn running() -> Option<Rc<Loop>> {
    per_thread::current(&RUNNING)
}

/// The loop that runs on this thread.
pub(super) fn current() -> Rc<Loop> {
    running().expect("no running event loop: start one with `asyncio::run`")
}

pub(super) type TaskNumber = u64;

/// What runs on the loop.
pub(super) struct Loop {
    /// None when it is closed. What is in it may have this.
    beneath: RefCell<Option<Rc<task::EventLoop>>>,
    pub(super) turns: Rc<Turns>,
    last: Cell<TaskNumber>,
    /// Those that have not ended.
    tasks: RefCell<BTreeMap<TaskNumber, Rc<Control>>>,
    /// The one that is being polled.
    running: RefCell<Option<Rc<Control>>>,
    /// How many callbacks are in the queue.
    callbacks: Cell<usize>,
    /// How many calls of `to_thread` have not come back.
    threads: Cell<usize>,
    /// Who waits until all this is over.
    ending: RefCell<Option<Waker>>,
}

impl Loop {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Loop {
            beneath: RefCell::new(Some(Rc::default())),
            turns: Rc::default(),
            last: Cell::default(),
            tasks: RefCell::default(),
            running: RefCell::default(),
            callbacks: Cell::default(),
            threads: Cell::default(),
            ending: RefCell::default(),
        })
    }

    /// Starts `future` as a task: its first step is taken when the tasks that are ready now had their turn.
    pub(super) fn create_task<F>(self: &Rc<Self>, future: F) -> Task<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.last.set(self.last.get() + 1);
        let control = Control::new(self.last.get(), self.turns.clone());
        let end = LoopFuture::of(Some(self.clone()));
        self.tasks.borrow_mut().insert(control.number, control.clone());
        self.tell_ending();
        let task = Task { control: control.clone(), end: end.clone() };
        self.start_at_any_turn(Coroutine::new(future, control, end, self.clone()));
        task
    }

    /// Has `callback` called when the tasks that are ready now have had their turn.
    pub(super) fn call_soon(self: &Rc<Self>, callback: impl FnOnce() + 'static) {
        self.callbacks.set(self.callbacks.get() + 1);
        let home = self.clone();
        self.start(async move {
            home.callbacks.set(home.callbacks.get() - 1);
            callback();
        });
    }

    /// Puts `future` into the queue, besides the tasks. When the loop is closed, nobody is left who would poll it.
    pub(super) fn start(&self, future: impl Future<Output = ()> + 'static) -> Option<JoinHandle<()>> {
        self.start_at_any_turn(self.turns.in_turn(future))
    }

    fn start_at_any_turn(&self, future: impl Future<Output = ()> + 'static) -> Option<JoinHandle<()>> {
        Some(self.beneath()?.spawn_local(future))
    }

    fn beneath(&self) -> Option<Rc<task::EventLoop>> {
        self.beneath.borrow().clone()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.beneath.borrow().is_none()
    }

    /// Runs `main` as a task, with the others; how it ended. They are left as they are after the turn in which the loop gets to
    /// know of that.
    pub(super) fn run_until_complete<F>(self: &Rc<Self>, main: F) -> End<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        // It may be large, and is passed on several times.
        let main = Box::pin(main);
        self.block_on(async {
            let (main, over) = (self.create_task(main), LoopFuture::new());
            let (home, is_over) = (self.clone(), over.clone());
            main.add_done_callback(move || {
                home.turns.stop();
                // Behind all who are in the queue for this turn.
                home.start_at_any_turn(async move { is_over.set_result(()) });
            });
            over.wait().await;
            self.turns.go_on();
            main.end.take().expect("it has ended")
        })
    }

    /// Cancels what is left, and waits until it has ended; what has not after that, is dropped.
    pub(super) fn close(self: &Rc<Self>) {
        self.block_on(async {
            self.cancel_all().await;
            for _ in 0..SHUTDOWN_TURNS {
                if self.callbacks.get() > 0 {
                    self.turn().await;
                }
            }
        });
        self.abandon();
    }

    /// Waits until all have had one.
    async fn turn(&self) {
        let turn = LoopFuture::new();
        let comes = turn.clone();
        self.start(async move { comes.set_result(()) });
        turn.wait().await;
    }

    /// Drops what is left.
    pub(super) fn abandon(self: &Rc<Self>) {
        let _entered = per_thread::enter(&RUNNING, self.clone());
        let beneath = self.beneath.take();
        drop(beneath);
    }

    /// Runs `future`, which is none of the tasks, to its end, and them meanwhile: it is polled before them.
    fn block_on<F: Future>(self: &Rc<Self>, future: F) -> F::Output {
        let _entered = per_thread::enter(&RUNNING, self.clone());
        let beneath = self.beneath().expect("it is not closed");
        beneath.block_on(future)
    }

    pub(super) fn remove(&self, number: TaskNumber) {
        self.tasks.borrow_mut().remove(&number);
        self.tell_ending();
    }

    pub(super) fn add_thread(&self) {
        self.threads.set(self.threads.get() + 1);
    }

    pub(super) fn remove_thread(&self) {
        self.threads.set(self.threads.get() - 1);
        self.tell_ending();
    }

    pub(super) fn running_task(&self) -> Option<Rc<Control>> {
        self.running.borrow().clone()
    }

    /// `task` is being polled from now on; who was before.
    pub(super) fn switch_to(&self, task: Option<Rc<Control>>) -> Option<Rc<Control>> {
        self.running.replace(task)
    }

    /// Cancels each task once, also those that are created by that, and waits until all have ended, and all threads.
    async fn cancel_all(&self) {
        let mut cancelled = 0;
        poll_fn(|context| {
            let new: Vec<_> =
                self.tasks.borrow().range(cancelled + 1..).map(|(_, task)| task.clone()).collect();
            for task in new {
                cancelled = task.number;
                task.cancel(&CancelledError::default());
            }
            if self.tasks.borrow().is_empty() && self.threads.get() == 0 {
                return Poll::Ready(());
            }
            self.ending.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await
    }

    fn tell_ending(&self) {
        let ending = self.ending.take();
        ending.into_iter().for_each(Waker::wake);
    }
}
