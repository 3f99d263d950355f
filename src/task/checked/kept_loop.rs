//! A loop in rounds, on the thread that made it, from one wait to the next. Between them it does nothing, and what others
//! want of it stays in its mailbox.

use super::clock::LoopClock;
use super::event_loop::{EventLoop, Order};
use super::handle::{Handle, Limits};
use super::runtime::{may_wait, refuse_inside};
use super::spawn;
use super::task::{self, JoinHandle};
use crate::task::erased::LocalBoxFuture;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

pub(in crate::task) struct KeptLoop {
    runtime: Handle,
    event_loop: Rc<EventLoop>,
}

impl KeptLoop {
    /// One that may be waited for several times.
    pub(in crate::task) fn new() -> Self {
        let kept = Self::once();
        kept.runtime.one_loop().may_rest();
        kept
    }

    /// One that is waited for once, as soon as it is made.
    pub(super) fn once() -> Self {
        let runtime = Handle::one(Order::Rounds, Limits::NONE, LoopClock::going());
        let event_loop = runtime.one_loop().kept_by(&runtime);
        KeptLoop { runtime, event_loop }
    }

    #[track_caller]
    pub(in crate::task) fn block_on(&self, future: Pin<&mut dyn Future<Output = ()>>) {
        refuse_inside();
        self.runtime.expect_here();
        self.event_loop.run(future);
        self.event_loop.rest();
    }

    #[track_caller]
    pub(in crate::task) fn spawn_local<T: 'static>(&self, future: LocalBoxFuture<T>) -> JoinHandle<T> {
        self.runtime.expect_here();
        self.event_loop.at_home(|| spawn::add_local(&self.event_loop, future))
    }
}

/// Its tasks are dropped, and what blocks on its runtime has ended then; also by a panic.
impl Drop for KeptLoop {
    fn drop(&mut self) {
        if task::is_stopped() {
            return;
        }
        self.event_loop.close_at_home();
        if may_wait() {
            self.runtime.0.members.end_blocking();
        }
    }
}
