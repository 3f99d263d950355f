//! Who has the timers of a runtime go on. With tokio that is, of a runtime of one thread, whoever runs its loop: a thread
//! that waits for a future of its own, by `Handle::block_on`, sleeps for ever where nobody does. When the runtime has
//! ended, who sleeps there panics.

use super::event_loop::{EventLoop, MAIN};
use super::handle::{Handle, Tasks};
use super::lock::lock;
use super::mailbox::Mailbox;
use super::one_loop::OneLoop;
use crate::backend;
use std::sync::Arc;

/// Whether the timers of a loop go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driven {
    /// That is its runtime's to know, which was not asked yet.
    Unknown,
    Yes,
    /// Not before somebody runs the runtime's loop.
    NotNow,
    /// The runtime has ended.
    NoMore,
}

/// What a loop is told of its driver. The latest of all counts, whichever comes last.
pub(super) type News = (u64, Driven);

/// Those who are to be told.
#[derive(Default)]
pub(super) struct Sleepers {
    loops: Vec<Arc<Mailbox>>,
    /// How often.
    told: u64,
    has_ended: bool,
}

/// Whom to tell what. It is not to be done under a lock.
pub(super) struct Telling(Vec<Arc<Mailbox>>, News);

impl Telling {
    pub(super) fn tell(self) {
        let Telling(loops, news) = self;
        for other in loops {
            other.call(move |event_loop| event_loop.hear(news));
        }
    }
}

impl Sleepers {
    pub(super) fn news(&mut self, driven: Driven) -> Telling {
        self.told += 1;
        self.has_ended |= driven == Driven::NoMore;
        Telling(self.loops.clone(), (self.told, driven))
    }
}

impl Handle {
    /// Whether timers go on for a loop of a thread that waits for a future of its own; it is told when that changes.
    fn drives(&self, sleeper: &Arc<Mailbox>) -> News {
        match &self.0.tasks {
            Tasks::One(one) => one.drives(sleeper),
            Tasks::Many if self.0.members.is_closed() => (0, Driven::NoMore),
            Tasks::Many => (0, Driven::Yes),
        }
    }
}

impl OneLoop {
    fn drives(&self, sleeper: &Arc<Mailbox>) -> News {
        if self.rests() {
            backend::unsupported(
                "a thread that runs no tasks waits for a time, by the handle of the runtime of a `task::EventLoop`",
                "wait for it in a task of the loop, whose time passes only while somebody runs it",
            );
        }
        if self.is_in_rounds() {
            // It runs from its beginning to its end.
            return (0, Driven::Yes);
        }
        let mut idle = lock(&self.idle);
        let driven = match (idle.sleepers.has_ended, idle.is_run()) {
            (true, _) => Driven::NoMore,
            (_, true) => Driven::Yes,
            _ => Driven::NotNow,
        };
        idle.sleepers.loops.push(sleeper.clone());
        (idle.sleepers.told, driven)
    }

    fn forget_sleeper(&self, sleeper: &Arc<Mailbox>) {
        lock(&self.idle).sleepers.loops.retain(|other| !Arc::ptr_eq(other, sleeper));
    }
}

impl EventLoop {
    /// Somebody is about to sleep here: whether time passes for that.
    ///
    /// # Panics
    /// As tokio, if the runtime has ended.
    pub(super) fn is_driven(&self) -> bool {
        if self.news.get().1 == Driven::Unknown {
            let news = self.runtime().map_or((0, Driven::Yes), |runtime| runtime.drives(&self.mailbox));
            self.news.set(news);
        }
        self.expect_driver();
        self.news.get().1 == Driven::Yes
    }

    /// # Panics
    /// As tokio, if the runtime has ended.
    pub(super) fn expect_driver(&self) {
        let is_over = self.news.get().1 == Driven::NoMore;
        assert!(!is_over, "A Tokio 1.x context was found, but it is being shutdown.");
    }

    /// Who sleeps has to look when its runtime ends.
    fn hear(&self, news: News) {
        if news.0 <= self.news.get().0 {
            return;
        }
        self.news.set(news);
        if news.1 == Driven::Yes {
            self.late.take().into_iter().for_each(|timer| self.let_one_be_up(timer));
        }
        if news.1 == Driven::NoMore && self.wheel.borrow().counts().1 > 0 {
            self.make_ready(MAIN);
        }
    }

    /// Nobody sleeps here any more.
    pub(super) fn leave_driver(&self) {
        let has_asked = !matches!(self.news.get(), (0, Driven::Unknown | Driven::Yes));
        if has_asked && let Some(Tasks::One(one)) = self.runtime().map(|runtime| &runtime.0.tasks) {
            one.forget_sleeper(&self.mailbox);
        }
    }
}
