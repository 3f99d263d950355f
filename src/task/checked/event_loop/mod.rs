//! The event loop: which task of a thread is polled next. Knows nothing of results, handles, aborts.
//!
//! There are two orders. That of `conccheck::task` is asyncio's: rounds in which each task that was ready at
//! its beginning is polled once, the future that the loop was started with like any other. That of
//! `conccheck::tokio` is that of tokio's current-thread runtime: the future that `block_on` waits for is
//! polled, if it was woken, then tasks until none is ready, then those are woken that only gave way.

mod polls;

use super::clock::LoopClock;
use super::control::current_number;
use super::core::{Asleep, Core, Local, OwnWaker, TaskId, Tasks};
use super::driver::{Driven, News};
use super::handle::{self, Handle};
use super::mailbox::Call;
pub(super) use super::mailbox::Mailbox;
use super::numbers;
use super::story::{self, Name};
use super::time::Alarm;
use super::wheel::{Number, Wheel};
use crate::backend;
use crate::task::per_thread::{self, PerThread};
use crate::thread;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

/// The future that the loop was started with.
pub(super) const MAIN: TaskId = 0;

/// So many tasks are polled, at most, before others may come in: tokio's `event_interval`.
const POLLS_MAX: usize = 61;

std::thread_local! {
    static RUNNING: PerThread<Rc<EventLoop>> = PerThread::default();
}

/// The loop that runs on the calling thread.
pub(super) fn current() -> Option<Rc<EventLoop>> {
    per_thread::current(&RUNNING)
}

/// Whether a loop runs on the calling thread.
pub(in crate::task) fn is_running() -> bool {
    current().is_some()
}

/// Whether the calling thread runs an async task, and keeps others waiting while it stops: those of its loop, or those that
/// a worker is there for. The future that a runtime of several threads was started with has a thread to itself, and so has
/// one that somebody blocks on who may block.
pub(super) fn is_shared() -> bool {
    current().is_some_and(|here| match here.order {
        Order::Alone => current_number() != here.made_by,
        _ => here.polled.get().task != MAIN || here.has_tasks(),
    })
}

/// Whether others than the running task are ready, of the loop that runs on the calling thread.
pub(super) fn others_are_ready() -> bool {
    current().is_some_and(|here| here.are_ready_but(here.polled.get()))
}

/// What `act` comes to where the calling thread runs no loop, so that it may wait.
pub(super) fn leave<R>(act: impl FnOnce() -> R) -> R {
    let _left = per_thread::leave(&RUNNING);
    act()
}

/// One poll of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(super) event_loop: u64,
    pub(super) number: u64,
}

/// The calling task's turn; `None` outside of a loop.
pub(crate) fn turn() -> Option<Turn> {
    current().map(|here| here.turn())
}

/// A loop, used by its own thread only.
pub(super) struct EventLoop {
    /// How other threads reach it.
    pub(super) mailbox: Arc<Mailbox>,
    /// Whose it is; `None` if it is of no runtime, and there to wait.
    runtime: Option<Handle>,
    order: Order,
    core: RefCell<Core>,
    pub(super) wheel: RefCell<Wheel<Alarm>>,
    pub(super) clock: Cell<LoopClock>,
    /// Whether its timers go on, and since which piece of news.
    pub(super) news: Cell<News>,
    /// Timers that were to be up when they did not go on, where others than native draw that.
    pub(super) late: RefCell<Vec<Number>>,
    local_tasks: RefCell<Tasks<Local>>,
    /// The task in whose code it was made, if it was in one's.
    made_by: Option<numbers::Number>,
    /// Whether the future that it was started with was woken, where that is not one of the tasks.
    is_main_woken: Cell<bool>,
    /// Who gave way to the tasks that are ready.
    deferred: RefCell<Vec<Waker>>,
    /// How many times a task was polled.
    pub(super) turns: Cell<u64>,
    /// The turn in which a task last spent of its budget.
    spent_in: Cell<u64>,
    /// Who is polled.
    pub(super) polled: Cell<Name>,
    /// Whose ends the running task awaits, as far as it is known, and where.
    awaited: RefCell<Vec<(Name, Place)>>,
}

type Place = &'static Location<'static>;

/// In which order tasks are polled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// asyncio's.
    Rounds,
    /// That of tokio's current-thread runtime.
    Tokio,
    /// There is only the future that the loop was started with.
    Alone,
}

impl EventLoop {
    pub(super) fn new(
        mailbox: Arc<Mailbox>,
        runtime: Option<Handle>,
        order: Order,
        mut core: Core,
    ) -> Rc<Self> {
        let wheel = std::mem::replace(&mut core.wheel, Wheel::new(mailbox.number));
        Rc::new(EventLoop {
            polled: Cell::new(mailbox.name(MAIN)),
            wheel: RefCell::new(wheel),
            clock: Cell::new(core.clock),
            news: Cell::new((0, Driven::Yes)),
            late: RefCell::default(),
            turns: Cell::new(core.turns),
            mailbox,
            runtime,
            order,
            core: RefCell::new(core),
            local_tasks: RefCell::default(),
            made_by: current_number(),
            is_main_woken: Cell::new(false),
            deferred: RefCell::default(),
            spent_in: Cell::new(0),
            awaited: RefCell::default(),
        })
    }

    /// One that polls a single future.
    pub(super) fn alone(mailbox: Arc<Mailbox>, runtime: Option<Handle>) -> Rc<Self> {
        let core = Core::new(mailbox.number);
        Self::new(mailbox, runtime, Order::Alone, core)
    }

    /// Runs `main` to its end, with the tasks that are added meanwhile.
    pub(super) fn run(self: &Rc<Self>, main: Pin<&mut dyn Future<Output = ()>>) {
        assert!(current().is_none(), "nobody starts a loop where one runs");
        let _entered = per_thread::enter(&RUNNING, self.clone());
        let _runtime = self.runtime.clone().map(Handle::enter);
        let main_waker = self.mailbox.waker(MAIN);
        story::begins(self.name(MAIN));
        if self.order != Order::Rounds {
            self.make_ready(MAIN);
        }
        match self.order {
            Order::Rounds | Order::Alone => self.run_in_rounds(main, &main_waker),
            Order::Tokio => self.run_as_tokio(main, &main_waker),
        }
    }

    /// Leaves the tasks where they are at the end of `main`.
    fn run_in_rounds(&self, mut main: Pin<&mut dyn Future<Output = ()>>, main_waker: &OwnWaker) {
        if self.order == Order::Rounds && self.begin(main.as_mut(), main_waker).is_ready() {
            return;
        }
        loop {
            self.take_calls(self.is_idle());
            let turn = self.core.borrow().ready.len();
            for task in (0..turn).map_while(|_| self.next_ready()) {
                if task != MAIN {
                    self.poll(task);
                } else if self.tell_poll(MAIN, main.as_mut(), main_waker).is_ready() {
                    return;
                }
            }
        }
    }

    /// Polls `main` for the first time: behind what others have asked for while nobody ran the loop, but before the tasks that
    /// are left, as tokio's `LocalSet` does, and before the timers.
    fn begin(&self, main: Pin<&mut dyn Future<Output = ()>>, main_waker: &OwnWaker) -> Poll<()> {
        let has_rested = self.news.get().1 == Driven::NotNow;
        self.answer(self.take_present_calls());
        self.news.set((0, Driven::Yes));
        let polled = self.tell_poll(MAIN, main, main_waker);
        if has_rested && polled.is_pending() {
            self.late.take().into_iter().for_each(|timer| self.let_one_be_up(timer));
            self.let_timers_be_up();
        }
        polled
    }

    /// Nobody runs it for a while, and no time passes for it.
    pub(super) fn rest(&self) {
        self.news.set((0, Driven::NotNow));
    }

    /// Leaves the tasks where they are at the end of `main`.
    fn run_as_tokio(&self, mut main: Pin<&mut dyn Future<Output = ()>>, main_waker: &OwnWaker) {
        loop {
            if self.is_main_woken.take() && self.tell_poll(MAIN, main.as_mut(), main_waker).is_ready() {
                return;
            }
            self.poll_ready();
            // tokio, too, takes the last first.
            let deferred = self.deferred.take();
            deferred.into_iter().rev().for_each(Waker::wake);
        }
    }

    /// Polls tasks until none is ready, neither here nor in the mailbox, or until they were many; waits, if
    /// there is nothing else to do either.
    fn poll_ready(&self) {
        let mut polls = 0;
        while polls < POLLS_MAX {
            if let Some(task) = self.next_ready() {
                self.poll(task);
                polls += 1;
                continue;
            }
            let has_to_do = self.is_main_woken.get() || !self.deferred.borrow().is_empty();
            self.take_calls(!has_to_do);
            let is_idle = self.is_idle();
            // With tokio, too, either main is polled first, or a task, as it was asleep or not yet when both
            // were woken.
            let both = !has_to_do && !is_idle && self.is_main_woken.get();
            if is_idle || both && backend::is_main_first() {
                return;
            }
            if !has_to_do && !both {
                // It has waited, and nobody else waits for a turn: tokio counts anew, too.
                polls = 0;
            }
        }
        self.take_calls(false);
    }

    /// Whether no task is ready.
    fn is_idle(&self) -> bool {
        self.core.borrow().ready.is_empty()
    }

    /// Whether it has tasks besides the one that is polled and the future that it was started with.
    fn has_tasks(&self) -> bool {
        !self.core.borrow().tasks.is_empty() || !self.local_tasks.borrow().is_empty()
    }

    /// Whether somebody else than the task that is polled is ready.
    pub(super) fn are_ready_but(&self, polled: Name) -> bool {
        let is_other = |task: TaskId| self.name(task) != polled;
        self.is_main_woken.get() && is_other(MAIN) || self.core.borrow().ready.has(is_other)
    }

    fn next_ready(&self) -> Option<TaskId> {
        self.core.borrow_mut().ready.pop()
    }

    /// Does what other threads asked for, and what is to be done since a time is up; waits for either, if it `waits`.
    fn take_calls(&self, waits: bool) {
        // Whether somebody may have called since the calls were last taken.
        let mut may_be_called = true;
        if waits {
            may_be_called = self.wait();
            if self.is_idle() && !self.is_main_woken.get() {
                return;
            }
        }
        while (self.let_timers_be_up() | may_be_called) && !(waits && self.order == Order::Alone) {
            let calls = self.take_present_calls();
            may_be_called = false;
            if calls.is_empty() {
                return;
            }
            self.answer(calls);
        }
    }

    fn take_present_calls(&self) -> VecDeque<Call> {
        if self.order == Order::Tokio && backend::is_main_alone() && self.mailbox.is_empty() {
            return VecDeque::new();
        }
        self.mailbox.take(false)
    }

    pub(super) fn answer(&self, calls: VecDeque<Call>) {
        calls.into_iter().for_each(|call| call(self));
    }

    /// Adds a task, ready to be polled, behind those that are ready now. If the loop has come to its end for
    /// good, it is dropped.
    pub(super) fn add(&self, task: TaskId, future: impl Future<Output = ()> + Send + 'static) {
        if self.core.borrow().is_closed {
            return drop(future);
        }
        let sent = Asleep { future: Box::pin(future) as Pin<Box<_>>, waker: self.mailbox.waker(task) };
        self.core.borrow_mut().tasks.insert(task, sent);
        self.make_ready(task);
    }

    /// As [`EventLoop::add`], for this thread only.
    pub(super) fn add_local(&self, task: TaskId, future: impl Future<Output = ()> + 'static) {
        if self.core.borrow().is_closed {
            return drop(future);
        }
        let local = Asleep { future: Box::pin(future) as Pin<Box<_>>, waker: self.mailbox.waker(task) };
        self.local_tasks.borrow_mut().insert(task, local);
        self.make_ready(task);
    }

    /// Whose it is; `None` if it is of no runtime.
    pub(super) fn runtime(&self) -> Option<&Handle> {
        self.runtime.as_ref()
    }

    /// Whether it takes tasks that stay on its thread.
    pub(super) fn is_local(&self) -> bool {
        self.order == Order::Rounds
    }

    /// Whether it is not the only one of its runtime, or of none.
    pub(super) fn is_of_many(&self) -> bool {
        self.order == Order::Alone
    }

    /// Has `task` polled, behind those that are ready now.
    pub(super) fn make_ready(&self, task: TaskId) {
        if task == MAIN && self.order == Order::Tokio {
            self.is_main_woken.set(true);
        } else {
            self.core.borrow_mut().ready.push(task);
        }
    }

    /// Who returns `Pending` after this is polled again when the others have had a turn.
    pub(super) fn let_others(&self, waker: &Waker) {
        match self.order {
            Order::Rounds => waker.wake_by_ref(),
            Order::Alone => {
                waker.wake_by_ref();
                thread::yield_now();
            }
            Order::Tokio => {
                let mut deferred = self.deferred.borrow_mut();
                if !deferred.last().is_some_and(|last| last.will_wake(waker)) {
                    deferred.push(waker.clone());
                }
            }
        }
    }

    /// Whether the running task spends of its budget for the first time in this turn.
    pub(super) fn spends_first(&self) -> bool {
        self.spent_in.replace(self.turns.get()) != self.turns.get()
    }

    /// Whether the running task has spent of its budget in this turn, so that tokio would have it give way in time.
    pub(super) fn has_spent(&self) -> bool {
        self.spent_in.get() == self.turns.get()
    }

    /// What a task is called in all loops.
    pub(super) fn name(&self, task: TaskId) -> Name {
        self.mailbox.name(task)
    }

    /// Tells this poll of this task from all others.
    pub(super) fn turn(&self) -> Turn {
        Turn { event_loop: self.mailbox.number, number: self.turns.get() }
    }

    /// Drops all tasks, in the order in which tokio does: those that stay on this thread are in a `LocalSet` there.
    fn drop_tasks(&self) {
        // What a task drops may add tasks.
        loop {
            let sent = self.core.borrow().tasks.keys().copied().collect();
            for task in numbers::in_order_of_end(sent) {
                let task = self.core.borrow_mut().tasks.remove(&task);
                drop(task);
            }
            let local = self.local_tasks.borrow_mut().pop_first();
            if local.is_none() && self.core.borrow().tasks.is_empty() {
                return;
            }
            drop(local);
        }
    }

    /// Drops all tasks, also those that others have added. A task that is added later is dropped.
    pub(super) fn close(&self) {
        let _runtime = self.runtime.clone().map(Handle::enter);
        let calls = match self.runtime.as_ref().map(|runtime| &runtime.0.tasks) {
            // Who spawns elsewhere has asked.
            Some(handle::Tasks::One(one)) if self.is_local() => {
                one.refuse_tasks();
                self.mailbox.close_unseen()
            }
            _ => self.mailbox.close(),
        };
        self.answer(calls);
        self.core.borrow_mut().is_closed = true;
        self.drop_tasks();
    }

    /// As [`EventLoop::close`], for who keeps it on its thread.
    pub(super) fn close_at_home(self: &Rc<Self>) {
        let _entered = per_thread::enter(&RUNNING, self.clone());
        self.close();
    }

    /// Does `act` as if the loop ran, after what others have asked for so far.
    pub(super) fn at_home<R>(self: &Rc<Self>, act: impl FnOnce() -> R) -> R {
        if current().is_some_and(|here| Rc::ptr_eq(&here, self)) {
            return act();
        }
        let _entered = per_thread::enter(&RUNNING, self.clone());
        self.answer(self.take_present_calls());
        act()
    }

    /// What is kept of it when it does not run.
    pub(super) fn take_core(&self) -> Core {
        let number = self.mailbox.number;
        Core {
            wheel: self.wheel.replace(Wheel::new(number)),
            clock: self.clock.get(),
            turns: self.turns.get(),
            ..self.core.replace(Core::new(number))
        }
    }
}
