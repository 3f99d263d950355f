//! The loop of a runtime that has one: whoever waits for the runtime runs it, one thread after another.

use super::clock::LoopClock;
use super::core::Core;
use super::driver::{Driven, Sleepers, Telling};
use super::event_loop::{EventLoop, Order};
use super::handle::Handle;
use super::lock::lock;
use super::mailbox::Mailbox;
use crate::backend;
use crate::sync::Mutex;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Poll, Waker};

pub(super) struct OneLoop {
    pub(super) mailbox: Arc<Mailbox>,
    order: Order,
    pub(super) idle: Mutex<Idle>,
    /// Whether it has come to its end, since before there was a second thread.
    is_over: AtomicBool,
    /// Whether it is kept while nobody runs it, although it is in rounds.
    rests: AtomicBool,
}

pub(super) struct Idle {
    /// `None` while somebody runs the loop.
    core: Option<Core>,
    /// Who would like to, and waits for a future of its own meanwhile.
    waiting: VecDeque<(Number, Waker)>,
    /// How many have waited so far.
    waited: Number,
    /// Of a loop in rounds: it has come to its end.
    refuses_tasks: bool,
    /// Who sleeps elsewhere, and can do so only while somebody runs the loop.
    pub(super) sleepers: Sleepers,
}

/// Tells those who wait from each other: not by their wakers, for who waits a second time has the same.
type Number = u64;

impl OneLoop {
    pub(super) fn new(order: Order, clock: LoopClock) -> Self {
        let mailbox = Mailbox::new();
        let core = Core { clock, ..Core::new(mailbox.number) };
        let idle = Idle {
            core: Some(core),
            waiting: VecDeque::new(),
            waited: 0,
            refuses_tasks: false,
            sleepers: Sleepers::default(),
        };
        let [is_over, rests] = [false; 2].map(AtomicBool::new);
        OneLoop { mailbox, order, idle: Mutex::new(idle), is_over, rests }
    }

    /// The loop for who keeps it, which is in rounds: nobody else ever runs it.
    pub(super) fn kept_by(&self, runtime: &Handle) -> Rc<EventLoop> {
        let core = Core::new(self.mailbox.number);
        EventLoop::new(self.mailbox.clone(), Some(runtime.clone()), self.order, core)
    }

    /// It is kept for longer than it is run.
    pub(super) fn may_rest(&self) {
        self.rests.store(true, Ordering::Relaxed);
    }

    /// Whether it may be kept while nobody runs it, although it is in rounds.
    pub(super) fn rests(&self) -> bool {
        self.rests.load(Ordering::Relaxed)
    }

    /// Runs `future` to its end, and meanwhile the loop, unless another thread does.
    pub(super) fn block_on(&self, runtime: &Handle, mut future: Pin<&mut dyn Future<Output = ()>>) {
        let mut core = self.take_core();
        loop {
            if let Some((core, telling)) = core {
                telling.tell();
                let event_loop =
                    EventLoop::new(self.mailbox.clone(), Some(runtime.clone()), self.order, core);
                let running = Running { one_loop: self, event_loop };
                return running.event_loop.run(future);
            }
            let mut place = Place { one_loop: self, number: None };
            runtime.wait_asking(pin!(poll_fn(|context| {
                core = place.take_core_or_wait(context.waker());
                if core.is_some() { Poll::Ready(()) } else { future.as_mut().poll(context) }
            })));
            if core.is_none() {
                return;
            }
        }
    }

    /// Has another thread add a task, unless the loop has come to its end: one of `conccheck::task` does so unnoticed.
    pub(super) fn add_from_elsewhere(&self, add: impl FnOnce()) {
        if !self.is_in_rounds() {
            return add();
        }
        let refused = {
            let idle = lock(&self.idle);
            let is_refused = idle.refuses_tasks || self.is_over.load(Ordering::Relaxed);
            if is_refused {
                Some(add)
            } else {
                add();
                None
            }
        };
        // What it drops may do anything.
        drop(refused);
    }

    /// The loop, which is in rounds, has come to its end.
    pub(super) fn refuse_tasks(&self) {
        if backend::is_main_alone() {
            self.is_over.store(true, Ordering::Relaxed);
        } else {
            lock(&self.idle).refuses_tasks = true;
        }
    }

    /// Whether each of its tasks has one turn in a round.
    pub(super) fn is_in_rounds(&self) -> bool {
        self.order == Order::Rounds
    }

    fn take_core(&self) -> Option<(Core, Telling)> {
        lock(&self.idle).take_core()
    }

    /// As it is taken for the last time; whom to tell of that when it is done.
    pub(super) fn take_core_for_good(&self) -> (Option<Core>, Telling) {
        let mut idle = lock(&self.idle);
        (idle.core.take(), idle.sleepers.news(Driven::NoMore))
    }

    fn put_back(&self, core: Core) {
        let (next, telling) = {
            let mut idle = lock(&self.idle);
            idle.core = Some(core);
            (idle.waiting.pop_front(), idle.sleepers.news(Driven::NotNow))
        };
        telling.tell();
        next.into_iter().for_each(|(_, next)| next.wake());
    }
}

impl Idle {
    /// Whether somebody runs the loop.
    pub(super) fn is_run(&self) -> bool {
        self.core.is_none()
    }

    fn take_core(&mut self) -> Option<(Core, Telling)> {
        let core = self.core.take()?;
        Some((core, self.sleepers.news(Driven::Yes)))
    }
}

/// A thread's place among those who would like to run the loop.
struct Place<'a> {
    one_loop: &'a OneLoop,
    /// Once it has waited.
    number: Option<Number>,
}

impl Place<'_> {
    fn take_core_or_wait(&mut self, waker: &Waker) -> Option<(Core, Telling)> {
        let mut idle = lock(&self.one_loop.idle);
        let core = idle.take_core();
        let is_waiting = idle.waiting.iter().any(|(number, _)| Some(*number) == self.number);
        if core.is_some() {
            idle.waiting.retain(|(number, _)| Some(*number) != self.number);
            self.number = None;
        } else if !is_waiting {
            idle.waited += 1;
            let number = idle.waited;
            idle.waiting.push_back((number, waker.clone()));
            self.number = Some(number);
        }
        core
    }
}

/// Who does not wait any more has not to be woken; and if it was, for nothing, the next is.
impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(left) = self.number else { return };
        let next = {
            let mut idle = lock(&self.one_loop.idle);
            let count = idle.waiting.len();
            idle.waiting.retain(|(number, _)| *number != left);
            let was_woken = idle.waiting.len() == count;
            if was_woken && idle.core.is_some() { idle.waiting.pop_front() } else { None }
        };
        next.into_iter().for_each(|(_, next)| next.wake());
    }
}

/// Somebody runs the loop, until this is dropped.
struct Running<'a> {
    one_loop: &'a OneLoop,
    event_loop: Rc<EventLoop>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.one_loop.put_back(self.event_loop.take_core());
    }
}
