//! The loop of a runtime that has one: whoever waits for the runtime runs it, one thread after another.

use super::clock::LoopClock;
use super::core::Core;
use super::event_loop::{EventLoop, Order};
use super::handle::Handle;
use super::lock::lock;
use super::mailbox::Mailbox;
use crate::sync::Mutex;
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

pub(super) struct OneLoop {
    pub(super) mailbox: Arc<Mailbox>,
    order: Order,
    idle: Mutex<Idle>,
}

struct Idle {
    /// `None` while somebody runs the loop.
    core: Option<Core>,
    /// Who would like to, and waits for a future of its own meanwhile.
    waiting: VecDeque<(Number, Waker)>,
    /// How many have waited so far.
    waited: Number,
}

/// Tells those who wait from each other: not by their wakers, for who waits a second time has the same.
type Number = u64;

impl OneLoop {
    pub(super) fn new(order: Order, clock: LoopClock) -> Self {
        let mailbox = Mailbox::new();
        let core = Core { clock, ..Core::new(mailbox.number) };
        let idle = Idle { core: Some(core), waiting: VecDeque::new(), waited: 0 };
        OneLoop { mailbox, order, idle: Mutex::new(idle) }
    }

    /// Runs `future` to its end, and meanwhile the loop, unless another thread does.
    pub(super) fn block_on<F: Future>(&self, runtime: &Handle, future: F) -> F::Output {
        if self.order == Order::Rounds {
            // Nobody else ever runs it.
            let core = Core::new(self.mailbox.number);
            return EventLoop::new(self.mailbox.clone(), Some(runtime.clone()), self.order, core).run(future);
        }
        let mut future = pin!(future);
        let mut core = self.take_core();
        loop {
            if let Some(core) = core {
                let event_loop =
                    EventLoop::new(self.mailbox.clone(), Some(runtime.clone()), self.order, core);
                let running = Running { one_loop: self, event_loop };
                return running.event_loop.run(future);
            }
            let mut place = Place { one_loop: self, number: None };
            let waited = runtime.wait_for(poll_fn(|context| {
                if let Some(core) = place.take_core_or_wait(context.waker()) {
                    return Poll::Ready(Err(core));
                }
                future.as_mut().poll(context).map(Ok)
            }));
            match waited {
                Ok(output) => return output,
                Err(taken) => core = Some(taken),
            }
        }
    }

    pub(super) fn take_core(&self) -> Option<Core> {
        lock(&self.idle).core.take()
    }

    fn put_back(&self, core: Core) {
        let next = {
            let mut idle = lock(&self.idle);
            idle.core = Some(core);
            idle.waiting.pop_front()
        };
        next.into_iter().for_each(|(_, next)| next.wake());
    }
}

/// A thread's place among those who would like to run the loop.
struct Place<'a> {
    one_loop: &'a OneLoop,
    /// Once it has waited.
    number: Option<Number>,
}

impl Place<'_> {
    fn take_core_or_wait(&mut self, waker: &Waker) -> Option<Core> {
        let mut idle = lock(&self.one_loop.idle);
        let core = idle.core.take();
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
