//! What a task is to whoever cancels it and to what it awaits, whatever it results in: CPython's rules for
//! `Task.cancel`, on futures that cannot be thrown into.
//!
//! A cancellation is *delivered* to the awaitable at which the task is suspended, by polling the task. The
//! awaitable *raises* it: it notes the error here and stays pending, and so does every future around it, up to the
//! nearest [`catch_cancelled`](super::catch_cancelled) or the end of the task, which drops what is below, as an
//! exception that unwinds the frames drops their values. Knows nothing of results, nor of who is polled when.

use super::cancellation::CancelledError;
use super::running::{self, TaskNumber};
use super::turns::{Due, Turns};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Poll, Waker};

/// What can be awaited and cancelled: a future of the loop, a task, a gathering.
pub(super) trait Cancel {
    /// Whether that has an effect: it will end, and wake who awaits it. `false` if it has ended.
    fn cancel(&self, error: &CancelledError) -> bool;
}

/// A task, as those see it that do not know its result.
pub(super) struct Control {
    pub(super) number: TaskNumber,
    turns: Rc<Turns>,
    due: Due,
    waker: RefCell<Option<Waker>>,
    suspended: RefCell<Suspended>,
    /// How many calls of `cancel` no `uncancel` has taken back.
    requests: Cell<usize>,
    /// To be delivered when the task is polled next.
    must_cancel: Slot,
    /// That is for its next `await` only: should the task end without one, it ends as it does.
    spares_its_end: Cell<bool>,
    /// Is being delivered in this poll.
    delivered: Slot,
    /// Was passed on to what the task awaits.
    passed_on: Slot,
    /// Is on its way up.
    raised: Slot,
    has_ended: Cell<bool>,
}

/// A place for an error, small while there is none, which is nearly always.
#[derive(Default)]
struct Slot(Cell<Option<Box<CancelledError>>>);

impl Slot {
    fn put(&self, error: CancelledError) {
        self.0.set(Some(Box::new(error)));
    }

    fn take(&self) -> Option<CancelledError> {
        self.0.take().map(|error| *error)
    }
}

/// Where a task that is not being polled stands.
enum Suspended {
    /// Before its first line: it has no `await` yet at which it could catch.
    Unstarted,
    /// In the queue of ready tasks, by its own wish.
    InTurn,
    /// Where it is woken to raise.
    Interruptible,
    /// Where a cancellation is passed on.
    On(Rc<dyn Cancel>),
    /// At a future that is none of this room's, with nobody around it who catches.
    Elsewhere,
}

impl Control {
    /// Of a task that is put into the queue.
    pub(super) fn new(number: TaskNumber, turns: Rc<Turns>) -> Rc<Self> {
        let due = Due::default();
        turns.queue(&due);
        Rc::new(Control {
            number,
            turns,
            due,
            waker: RefCell::default(),
            suspended: RefCell::new(Suspended::Unstarted),
            requests: Cell::default(),
            must_cancel: Slot::default(),
            spares_its_end: Cell::default(),
            delivered: Slot::default(),
            passed_on: Slot::default(),
            raised: Slot::default(),
            has_ended: Cell::default(),
        })
    }

    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.get()
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.get()
    }

    /// Takes back one request; how many are left. One that is not delivered yet is none any more after the last.
    pub(super) fn uncancel(&self) -> usize {
        self.requests.set(self.requests.get().saturating_sub(1));
        if self.requests.get() == 0 {
            self.must_cancel.take();
        }
        self.requests.get()
    }

    /// Whether the task may take its step now, and not in a later run.
    pub(super) fn begin(&self, waker: &Waker) -> bool {
        self.turns.begin(&self.due, waker)
    }

    /// Whoever wakes the task does so in a turn of the loop.
    pub(super) fn is_queued(&self) {
        self.turns.queue(&self.due);
    }

    /// The task is about to be polled. What it is cancelled with if that is now, without a poll.
    pub(super) fn resume(&self, waker: &Waker) -> Option<CancelledError> {
        if !self.waker.borrow().as_ref().is_some_and(|known| known.will_wake(waker)) {
            self.waker.replace(Some(waker.clone()));
        }
        let suspended = self.suspended.replace(Suspended::Elsewhere);
        let error = self.must_cancel.take()?;
        self.spares_its_end.set(false);
        if matches!(suspended, Suspended::Unstarted | Suspended::Elsewhere) {
            return Some(error);
        }
        self.delivered.put(error);
        None
    }

    /// The task was polled and is pending. What it is cancelled with if nobody caught it.
    pub(super) fn suspend(&self) -> Option<CancelledError> {
        let raised = self.raised.take();
        if raised.is_some() {
            return raised;
        }
        let error = self.undelivered()?;
        if matches!(*self.suspended.borrow(), Suspended::Elsewhere) {
            return Some(error);
        }
        self.deliver_or_pass_on(error);
        None
    }

    /// The task was polled and has returned. What it is cancelled with if it was, and did not get to know.
    pub(super) fn returned(&self) -> Option<CancelledError> {
        let undelivered = self.undelivered().filter(|_| !self.spares_its_end.get());
        self.raised.take().or(undelivered)
    }

    /// Has the running task cancelled at its next `await`, if there is one, without counting that as a request.
    pub(super) fn cancel_later(&self) {
        self.must_cancel.put(CancelledError::default());
        self.spares_its_end.set(true);
    }

    pub(super) fn end(&self) {
        self.has_ended.set(true);
    }

    fn undelivered(&self) -> Option<CancelledError> {
        self.delivered.take().or_else(|| self.must_cancel.take())
    }

    fn deliver_or_pass_on(&self, error: CancelledError) {
        let target = match &*self.suspended.borrow() {
            Suspended::On(target) => Some(target.clone()),
            _ => None,
        };
        if target.is_some_and(|target| target.cancel(&error)) {
            self.passed_on.put(error);
            return;
        }
        self.must_cancel.put(error);
        if matches!(*self.suspended.borrow(), Suspended::Interruptible | Suspended::Elsewhere) {
            self.is_queued();
            let waker = self.waker.borrow().clone();
            waker.into_iter().for_each(Waker::wake);
        }
    }

    /// It is passed on to `target` from now on, if somebody cancels.
    pub(super) fn awaits(&self, target: Rc<dyn Cancel>) {
        self.suspended.replace(Suspended::On(target));
    }

    /// Whoever cancels wakes the task.
    pub(super) fn is_interruptible(&self) {
        self.suspended.replace(Suspended::Interruptible);
    }

    /// The task has woken itself.
    pub(super) fn is_in_turn(&self) {
        self.is_queued();
        self.suspended.replace(Suspended::InTurn);
    }

    /// Whether none of this room's awaitables has said so far in this poll that the task awaits it.
    pub(super) fn is_elsewhere(&self) -> bool {
        matches!(*self.suspended.borrow(), Suspended::Elsewhere)
    }

    /// For an awaitable that was pending before: what it has to raise.
    pub(super) fn take_delivered(&self) -> Option<CancelledError> {
        self.delivered.take()
    }

    /// For an awaitable that has ended: what was passed on to it.
    pub(super) fn take_passed_on(&self) -> Option<CancelledError> {
        self.passed_on.take()
    }

    /// For who catches: what comes from below.
    pub(super) fn take_raised(&self) -> Option<CancelledError> {
        self.raised.take()
    }

    /// A future went on although what is in it had raised: the task gets it at its next `await`.
    pub(super) fn put_off_raised(&self) {
        if let Some(error) = self.raised.take() {
            self.must_cancel.put(error);
        }
    }

    /// Has whoever polls unwind, up to who catches.
    pub(super) fn raise<T>(&self, error: CancelledError) -> Poll<T> {
        self.raised.put(error);
        Poll::Pending
    }
}

impl Cancel for Control {
    fn cancel(&self, error: &CancelledError) -> bool {
        if self.has_ended() {
            return false;
        }
        self.requests.set(self.requests.get() + 1);
        self.deliver_or_pass_on(error.clone());
        true
    }
}

/// The task that is being polled; `None` in what the loop runs besides its tasks.
pub(super) fn current() -> Option<Rc<Control>> {
    running::current().running_task()
}
