//! Turns: asyncio's loop takes those that are ready at the beginning of a turn, each for one step, and what becomes ready
//! meanwhile is for the next turn. The runtime beneath has one queue and no turns, and need not know them, but for where a
//! run ends: with the turn in which the loop is told to stop. Who is in the queue for a later one stays in it.
//!
//! Who is woken from elsewhere, by a timer, a thread, or a future that is none of this room's, is not counted: it is taken
//! for one of the turn in which it comes.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Which one, counted from 1.
type Turn = u64;

/// Those of one loop.
pub(super) struct Turns {
    now: Cell<Turn>,
    /// The last one of this run.
    last: Cell<Option<Turn>>,
    /// Who came for a later one, in the order of coming.
    held: RefCell<Vec<Waker>>,
}

/// For which turn somebody was last put into the queue; 0 if that is not known.
#[derive(Default)]
pub(super) struct Due(Cell<Turn>);

impl Default for Turns {
    fn default() -> Self {
        Turns { now: Cell::new(1), last: Cell::default(), held: RefCell::default() }
    }
}

impl Turns {
    /// Whoever has this is put into the queue now, unless it is there.
    pub(super) fn queue(&self, due: &Due) {
        if due.0.get() < self.now.get() {
            due.0.set(self.now.get() + 1);
        }
    }

    /// Whoever has this is polled now: whether it may take its step. If not, it will be woken.
    pub(super) fn begin(&self, due: &Due, waker: &Waker) -> bool {
        if self.last.get().is_some_and(|last| due.0.get() != last) {
            self.held.borrow_mut().push(waker.clone());
            return false;
        }
        self.now.set(self.now.get().max(due.0.take()));
        true
    }

    /// The run ends with this turn.
    pub(super) fn stop(&self) {
        self.last.set(Some(self.now.get()));
    }

    /// The run has ended: who was held is in the queue again.
    pub(super) fn go_on(&self) {
        self.last.set(None);
        self.held.take().into_iter().for_each(Waker::wake);
    }

    /// `future`, which is put into the queue now.
    pub(super) fn in_turn<F>(self: &Rc<Self>, future: F) -> impl Future<Output = ()> + use<F>
    where
        F: Future<Output = ()> + 'static,
    {
        let (turns, due) = (self.clone(), Due::default());
        turns.queue(&due);
        let mut future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
        poll_fn(move |context| match turns.begin(&due, context.waker()) {
            true => future.as_mut().poll(context),
            false => Poll::Pending,
        })
    }
}
