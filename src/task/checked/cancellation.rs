//! When a future that waits is dropped, as the checker draws it. Knows nothing of the future.
//!
//! Whoever drops a future that waits does it either before anybody else has a turn (a `select!` with another branch that
//! is ready), or some time later, when it is woken for another reason (a timeout, an abort): perhaps just after the future
//! was woken, and before it could use that. For the latter a thread does nothing but call the loop, as for a sleep, so that
//! the moment is explored as an order of threads.

use super::event_loop::{self, Mailbox};
use super::lock::Lock;
use super::story;
use crate::backend::{self, Cancelled};
use crate::thread;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Waker;

type Place = &'static Location<'static>;

/// Of one future, from its first poll to its end.
pub(in crate::task) struct Cancellation {
    /// Tells the future from all others.
    number: u64,
    /// Where it was said that it may be dropped.
    place: Place,
    /// Whether it has waited.
    has_waited: bool,
    /// Whether it is to be dropped some time.
    is_due: bool,
    alarm: Option<Alarm>,
    /// How many ends the task awaited when the future was polled last.
    awaited: usize,
}

impl Cancellation {
    pub(in crate::task) fn new(place: Place) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Cancellation { number, place, has_waited: false, is_due: false, alarm: None, awaited: 0 }
    }

    /// Whether the future, which is called `what`, is dropped before it is polled again.
    pub(in crate::task) fn is_dropped_before(
        &mut self,
        waker: &Waker,
        what: impl FnOnce() -> String,
    ) -> bool {
        self.awaited = event_loop::current().map_or(0, |here| here.awaited_count());
        let is_dropped = self.has_come(waker);
        if is_dropped {
            story::drops(self.number, what, self.place);
        }
        is_dropped
    }

    /// Whether the future is dropped where it has begun to wait in this poll.
    pub(in crate::task) fn is_dropped_there(&mut self, waker: &Waker, what: impl FnOnce() -> String) -> bool {
        let here = event_loop::current();
        story::suspends(self.number, here.as_ref().and_then(|here| here.awaited_at(self.awaited)));
        let is_dropped = !self.is_due && self.draw(here.is_some(), waker);
        if is_dropped {
            story::drops(self.number, what, self.place);
        }
        is_dropped
    }

    /// The future is ready.
    pub(in crate::task) fn is_over(&mut self) {
        self.alarm = None;
    }

    /// Whether it is dropped at once where it waits now. If it is to be dropped some time, that is drawn where it waits
    /// for the first time: any later moment is later than that.
    fn draw(&mut self, is_in_loop: bool, waker: &Waker) -> bool {
        let is_first = !std::mem::replace(&mut self.has_waited, true);
        match backend::cancels(is_in_loop && is_first, self.place) {
            None => false,
            Some(Cancelled::AtOnce) => true,
            Some(Cancelled::Later) => {
                self.is_due = true;
                self.alarm.insert(Alarm::set()).is_up(waker)
            }
        }
    }

    /// Whether the time to drop it has come.
    fn has_come(&mut self, waker: &Waker) -> bool {
        if !self.is_due {
            return false;
        }
        // It may go from task to task, but who calls a loop calls that one.
        self.alarm.take_if(|alarm| !alarm.is_home());
        self.alarm.get_or_insert_with(Alarm::set).is_up(waker)
    }
}

/// Rings for the current loop whenever the checker likes.
struct Alarm {
    home: Arc<Mailbox>,
    state: Arc<Lock<State>>,
}

#[derive(Default)]
struct State {
    is_up: bool,
    is_over: bool,
    sleeper: Option<Waker>,
}

impl Alarm {
    fn set() -> Self {
        let here = event_loop::current().expect("only who is in a loop is dropped later");
        let state = Arc::new(Lock::home(State::default()));
        let (home, mailbox, rings) = (here.mailbox.clone(), here.mailbox.clone(), state.clone());
        thread::spawn(move || {
            mailbox.call(move |_| rings.with(State::ring).into_iter().for_each(Waker::wake))
        });
        Alarm { home, state }
    }

    fn is_home(&self) -> bool {
        event_loop::current().is_some_and(|here| Arc::ptr_eq(&here.mailbox, &self.home))
    }

    /// Whether it has rung; who waits is woken when it does.
    fn is_up(&self, waker: &Waker) -> bool {
        self.state.with(|state| {
            if !state.is_up {
                state.sleeper = Some(waker.clone());
            }
            state.is_up
        })
    }
}

impl State {
    /// Whom to wake.
    fn ring(&mut self) -> Option<Waker> {
        self.is_up = true;
        self.sleeper.take().filter(|_| !self.is_over)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // Elsewhere it would be a use that the checker cannot see: then somebody is woken for nothing.
        if self.is_home() {
            self.state.with(|state| state.is_over = true);
        }
    }
}
