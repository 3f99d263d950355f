//! A runtime as those see it who spawn on it, and which one that is for a thread.

use super::clock::LoopClock;
use super::control::{Control, Whose};
use super::core::Core;
use super::driver::Driven;
use super::event_loop::{self, EventLoop, Order};
use super::mailbox::Mailbox;
use super::members::Members;
use super::numbers;
use super::one_loop::OneLoop;
use super::story;
use super::task::{self, Act, Job, JoinHandle, Task};
use crate::backend;
use crate::task::erased::BoxFuture;
use crate::task::per_thread::{self, Entered, PerThread};
use crate::thread;
use std::future::Future;
use std::panic::Location;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

std::thread_local! {
    static CURRENT: PerThread<Handle> = PerThread::default();
}

/// A runtime.
#[derive(Clone)]
pub(crate) struct Handle(pub(super) Arc<Shared>);

pub(super) struct Shared {
    number: u64,
    /// In which it was made.
    execution: u64,
    has_timers: bool,
    has_io: bool,
    pub(super) tasks: Tasks,
    /// What runs on threads of their own.
    pub(super) members: Arc<Members>,
}

/// Where tasks run.
pub(super) enum Tasks {
    /// In a loop, which whoever waits for the runtime runs.
    One(Box<OneLoop>),
    /// Each on a thread of its own.
    Many,
}

/// What a runtime has not without limits.
#[derive(Clone, Copy)]
pub(in crate::task) struct Limits {
    /// How many of what may block run at the same time, if that is limited.
    pub(in crate::task) blocking_max: Option<usize>,
    pub(in crate::task) has_timers: bool,
    pub(in crate::task) has_io: bool,
}

impl Limits {
    /// Those of the runtimes of `conccheck::task`.
    pub(super) const NONE: Limits = Limits { blocking_max: None, has_timers: true, has_io: true };
}

/// The runtime of the calling thread: that whose task it runs, or that was entered.
pub(crate) fn current() -> Option<Handle> {
    per_thread::current(&CURRENT)
}

/// What is on a thread where none is.
pub(in crate::task) const NO_RUNTIME: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";

/// What is in a runtime that was built without.
const NO_TIMERS: &str = "A Tokio 1.x context was found, but timers are disabled. Call `enable_time` on the runtime builder to \
                         enable timers.";

const NO_IO: &str = "A Tokio 1.x context was found, but IO is disabled. Call `enable_io` on the runtime builder to enable IO.";

impl Handle {
    pub(super) fn new(tasks: Tasks, limits: Limits) -> Self {
        let (number, execution) = (numbers::next_runtime(), backend::number());
        let Limits { blocking_max, has_timers, has_io } = limits;
        let members = Arc::new(Members::new(blocking_max));
        Handle(Arc::new(Shared { number, execution, has_timers, has_io, tasks, members }))
    }

    /// A runtime of one loop, in this order.
    pub(super) fn one(order: Order, limits: Limits, clock: LoopClock) -> Self {
        Handle::new(Tasks::One(Box::new(OneLoop::new(order, clock))), limits)
    }

    /// Its loop, if it has one, as it must have.
    pub(super) fn one_loop(&self) -> &OneLoop {
        match &self.0.tasks {
            Tasks::One(one) => one,
            Tasks::Many => unreachable!("it was made with one loop"),
        }
    }

    /// A runtime whose tasks have threads of their own.
    pub(super) fn many(limits: Limits) -> Self {
        Handle::new(Tasks::Many, limits)
    }

    /// Panics, as tokio, if it has no timers.
    #[track_caller]
    pub(super) fn expect_timers(&self) {
        assert!(self.0.has_timers, "{NO_TIMERS}");
    }

    /// Panics, as tokio, if nobody can read or write there.
    #[track_caller]
    pub(super) fn expect_io(&self) {
        assert!(self.0.has_io, "{NO_IO}");
    }

    /// Tells runtimes of an execution from each other.
    pub(in crate::task) fn number(&self) -> u64 {
        self.0.number
    }

    pub(in crate::task) fn is_multi_thread(&self) -> bool {
        matches!(self.0.tasks, Tasks::Many)
    }

    /// Refuses one that an earlier execution has left behind.
    pub(super) fn expect_here(&self) {
        if self.0.execution != backend::number() && !backend::abandoned() {
            backend::unsupported(
                "a runtime that an earlier execution of the checked program made is used again",
                "make it inside the checked program; a static is there anew in each execution if it is a `LazyLock` or \
                 `OnceLock` of `conccheck::sync`",
            );
        }
    }

    /// Makes it the calling thread's until the guard is dropped.
    pub(in crate::task) fn enter(self) -> Entered<Handle> {
        per_thread::enter(&CURRENT, self)
    }

    /// Starts a task: a thread on a multi-thread runtime, else a task of its loop.
    #[track_caller]
    pub(in crate::task) fn spawn<T: Send + 'static>(&self, future: BoxFuture<T>) -> JoinHandle<T> {
        self.expect_here();
        match &self.0.tasks {
            Tasks::Many => self.spawn_thread(future),
            Tasks::One(one) => {
                let number = numbers::next();
                let here = event_loop::current().filter(|here| Arc::ptr_eq(&here.mailbox, &one.mailbox));
                let control = match &here {
                    Some(here) if here.is_local() => Control::at_home(number, one.mailbox.clone()),
                    _ => Control::of(number, Whose::Loop(one.mailbox.clone())),
                };
                story::spawns(control.name, Location::caller());
                let (task, handle) = Task::new(future, control);
                let add = move || one.mailbox.call(move |event_loop| event_loop.add(number, task));
                match here {
                    Some(_) => add(),
                    None => one.add_from_elsewhere(add),
                }
                handle
            }
        }
    }

    #[track_caller]
    fn spawn_thread<T: Send + 'static>(&self, future: BoxFuture<T>) -> JoinHandle<T> {
        let mailbox = Mailbox::new();
        let control = Control::of_thread(numbers::next(), mailbox.clone());
        let (task, handle) = Task::new(future, control.clone());
        if self.0.members.admit(control) {
            let runtime = self.clone();
            let thread = thread::spawn(move || EventLoop::alone(mailbox, Some(runtime)).run(pin!(task)));
            thread.put_in_background();
        }
        handle
    }

    /// Starts what may block, on a thread of its own, once there is one.
    #[track_caller]
    pub(in crate::task) fn spawn_blocking<R: Send + 'static>(&self, act: Act<R>) -> JoinHandle<R> {
        self.expect_here();
        let control = Control::blocking(numbers::next());
        let (job, handle) = Job::new(act, control.clone());
        let runtime = self.clone();
        let run = move || {
            let _runtime = runtime.clone().enter();
            job.run();
        };
        if let Some(run) = self.0.members.admit_blocking(control, Box::new(run)) {
            let runtime = self.clone();
            let thread = thread::spawn(move || {
                let mut next = Some(run);
                while let Some(run) = next {
                    run();
                    next = runtime.0.members.next_blocking();
                }
            });
            thread.put_in_background();
        }
        handle
    }

    /// Runs `future` to its end on this thread, and nothing else.
    pub(in crate::task) fn wait_for(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        self.expect_here();
        EventLoop::alone(Mailbox::new(), Some(self.clone())).run(future)
    }

    /// As [`Handle::wait_for`], where it is not known whether somebody has timers go on.
    pub(super) fn wait_asking(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        self.expect_here();
        let event_loop = EventLoop::alone(Mailbox::new(), Some(self.clone()));
        event_loop.news.set((0, Driven::Unknown));
        let asks = Asks(event_loop);
        asks.0.run(future)
    }

    /// Runs `future` to its end on this thread; and if that is where the tasks are, them.
    pub(super) fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        self.expect_here();
        match &self.0.tasks {
            Tasks::One(one) => one.block_on(self, future),
            Tasks::Many => self.wait_for(future),
        }
    }
}

impl OneLoop {
    /// Drops all tasks, and those that come later.
    pub(super) fn close(&self, runtime: &Handle) {
        let (core, telling) = self.take_core_for_good();
        let core = core.unwrap_or_else(|| Core::new(self.mailbox.number));
        EventLoop::new(self.mailbox.clone(), Some(runtime.clone()), Order::Tokio, core).close();
        telling.tell();
    }
}

/// A loop that may have asked who has its timers go on.
struct Asks(Rc<EventLoop>);

impl Drop for Asks {
    fn drop(&mut self) {
        if !task::is_stopped() {
            self.0.leave_driver();
        }
    }
}
