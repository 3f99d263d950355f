//! Waiting in virtual time: what a `sleep` is under a checker.

use super::clock::tick;
use super::event_loop::{self, EventLoop, Mailbox, Turn};
use super::foreign::{self, Waiter};
use super::lock::own;
use super::passing;
use super::spawn::here;
use super::wheel::{Due, Moment, Number};
use crate::backend::clock::{self, Deadline};
use crate::backend::{self, Backend};
use crate::thread;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Lets the others have a turn: the other tasks of the loop and what other threads want of it, as an abort;
/// and, if the task has a thread of its own, the other threads.
pub(in crate::task) async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        let_others(context.waker());
        Poll::Pending
    })
    .await
}

/// Lets the others have a turn, but not the first time in a turn: how much there is left of a budget is not known, and a loop
/// that spends of it does give way.
pub(crate) async fn consume_budget() {
    if event_loop::current().is_some_and(|here| !here.spends_first()) {
        yield_now().await;
    }
}

/// Panics, as tokio, where no timer can be made: outside a runtime, and in one that was built without.
#[track_caller]
pub(crate) fn expect_timers() {
    here().expect_timers();
}

/// Panics, as tokio, where nobody can read or write: outside a runtime, and in one that was built without.
#[track_caller]
pub(crate) fn expect_io() {
    here().expect_io();
}

/// Who returns `Pending` after this is polled again when the others have had a turn.
fn let_others(waker: &Waker) {
    match event_loop::current() {
        Some(here) => here.let_others(waker),
        None => waker.wake_by_ref(),
    }
}

/// Waits for so long from its first poll on.
pub(super) async fn sleep(duration: Duration) {
    let mut wait = Wait::after(duration);
    poll_fn(|context| wait.poll(context)).await;
}

impl Moment {
    /// In which the clock shows this.
    pub(crate) fn now(at: Duration) -> Self {
        Moment { turn: event_loop::turn(), at }
    }

    /// One of which it is not known how it came about.
    pub(crate) fn unknown(at: Duration) -> Self {
        Moment { turn: None, at }
    }
}

/// A wait for a time, which ends at no earlier one.
pub(crate) struct Wait {
    /// `None` if nobody lives that long.
    due: Option<Due>,
    /// When it was made.
    made: Option<Turn>,
    /// Once somebody waits.
    timer: Option<Timer>,
    /// Its time had come when it was first polled, but it lets others have a turn before it is over.
    has_yielded: bool,
    is_over: bool,
}

impl Wait {
    /// From now on for so long.
    pub(crate) fn after(duration: Duration) -> Self {
        let now = passing::of_loop(clock::shown());
        Wait::new(now.checked_add(duration).and_then(Deadline::at), Moment::now(now))
    }

    /// Until the clock shows this, which is so long after that moment.
    pub(crate) fn until(since_beginning: Duration, moment: Moment) -> Self {
        Wait::new(Deadline::at(since_beginning), moment)
    }

    fn new(deadline: Option<Deadline>, moment: Moment) -> Self {
        let due = deadline.map(|deadline| Due { deadline, moment });
        Wait { due, made: event_loop::turn(), timer: None, has_yielded: false, is_over: false }
    }

    /// What the clock shows when it ends.
    pub(crate) fn deadline(&self) -> Duration {
        self.due.map_or(Duration::MAX, |due| due.deadline.since_beginning())
    }

    /// From when on it waits.
    pub(crate) fn moment(&self) -> Moment {
        self.due.map_or(Moment::unknown(Duration::MAX), |due| due.moment)
    }

    /// Whether its time is up, as far as the calling task can know: it has to have been polled once.
    pub(crate) fn is_elapsed(&self) -> bool {
        let is_up = |(timer, due): (&Timer, Due)| {
            if timer.is_home() { timer.is_up() } else { has_come(due.deadline) }
        };
        self.is_over || self.timer.as_ref().zip(self.due).is_some_and(is_up)
    }

    /// Whether it is over; who waits is woken when it is.
    #[track_caller]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.due else { return Poll::Pending };
        // It goes with its future from task to task, but whom it calls is one of them.
        self.timer.take_if(|timer| !timer.is_home());
        if !self.is_over {
            if let Some(here) = event_loop::current() {
                here.expect_driver();
            }
            self.is_over = match &self.timer {
                Some(timer) => timer.poll(context.waker()).is_ready(),
                None => self.has_yielded || self.begin(due, context),
            };
        }
        foreign::look();
        if self.is_over { Poll::Ready(()) } else { Poll::Pending }
    }

    /// At its first poll in a task: whether it is over.
    #[track_caller]
    fn begin(&mut self, due: Due, context: &mut Context<'_>) -> bool {
        let Some(here) = event_loop::current() else {
            if self.made.is_some() {
                backend::unsupported("a timer is awaited outside a runtime", "await it in a task");
            }
            panic!("a timer was awaited outside a runtime");
        };
        if !here.is_driven() {
            return self.timer.insert(Timer::set(&here, due)).poll(context.waker()).is_ready();
        }
        let is_frozen = here.clock.get().is_frozen();
        let is_next = is_frozen || !here.wheel.borrow().holds_back(due);
        if !is_frozen && here.wheel.borrow().has_passed(due) {
            pass(due.deadline);
            return true;
        }
        // What was made in an earlier poll may have been made long ago.
        if is_next && !is_frozen && self.made != event_loop::turn() && backend::is_up_already() {
            here.wheel.borrow_mut().pass_unset(due, here.turn().number);
            pass(due.deadline);
            return true;
        }
        // tokio rounds deadlines up to its clock's next tick, and looks at its clock between polls only: what is awaited
        // where it is made waits, be its time past.
        let is_past = if is_frozen { has_ticked(due.deadline) } else { has_come(due.deadline) };
        if is_next && is_past {
            self.has_yielded = true;
            let_others(context.waker());
            return false;
        }
        self.timer.insert(Timer::set(&here, due)).poll(context.waker()).is_ready()
    }
}

/// A timer of a loop, which others may let be. Its time passes only where somebody waits for it.
struct Timer {
    /// Its loop's.
    home: Arc<Mailbox>,
    /// On its loop's wheel.
    number: Number,
    alarm: Alarm,
}

/// What a timer sets off. Whoever runs its loop has it, one thread after another.
pub(super) type Alarm = Arc<Mutex<AlarmState>>;

#[derive(Default)]
pub(super) struct AlarmState {
    is_up: bool,
    is_over: bool,
    sleeper: Option<Waiter>,
}

impl Timer {
    /// It is up whenever the checker likes, and the loop's clock shows the deadline then. Native draws that; the others let
    /// as many threads as there are timers each call the loop once.
    fn set(here: &EventLoop, due: Due) -> Self {
        let (home, alarm) = (here.mailbox.clone(), Alarm::default());
        let number = here.wheel.borrow_mut().set(due, alarm.clone());
        if backend::current() != Backend::Native {
            let mailbox = home.clone();
            thread::spawn(move || mailbox.call(move |here| here.let_one_be_up(number)));
        }
        Timer { home, number, alarm }
    }

    /// Whether the current loop is its own. On another one it can only be dropped: who waits there sets a new one.
    fn is_home(&self) -> bool {
        event_loop::current().is_some_and(|here| Arc::ptr_eq(&here.mailbox, &self.home))
    }

    /// On the loop that it was set on only.
    fn is_up(&self) -> bool {
        own(&self.alarm).is_up
    }

    /// Whether it is up; who waits is woken when it is. On the loop that it was set on only.
    fn poll(&self, waker: &Waker) -> Poll<()> {
        let mut alarm = own(&self.alarm);
        if alarm.is_up {
            return Poll::Ready(());
        }
        alarm.sleeper = Some(Waiter::new(waker));
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // Elsewhere it would be a use that the checker cannot see. Its loop's time passes then for nobody, and whoever
        // waited there last is woken for nothing, which any waker may do.
        let Some(here) = event_loop::current().filter(|here| Arc::ptr_eq(&here.mailbox, &self.home)) else {
            return;
        };
        own(&self.alarm).is_over = true;
        here.wheel.borrow_mut().cancel(self.number);
    }
}

/// Its time is up.
pub(super) fn ring(alarm: &Alarm, deadline: Deadline) {
    let sleeper = {
        let mut alarm = own(alarm);
        alarm.is_up = true;
        (!alarm.is_over).then(|| alarm.sleeper.take())
    };
    if let Some(sleeper) = sleeper {
        pass(deadline);
        sleeper.into_iter().for_each(Waiter::wake);
    }
}

/// Whether the clock of the current loop shows that, or later.
fn has_come(deadline: Deadline) -> bool {
    deadline.since_beginning() <= passing::of_loop(clock::shown())
}

/// Whether the clock of the current loop shows the tick of that, or later.
fn has_ticked(deadline: Deadline) -> bool {
    tick(deadline.since_beginning()) <= passing::of_loop(clock::shown())
}

/// The clock of the current loop shows that, or later, from here on.
fn pass(deadline: Deadline) {
    let shown = deadline.since_beginning();
    let on_thread = match event_loop::current() {
        Some(here) => here.set_clock(|clock| {
            clock.advance_to(shown);
            clock.on_thread(shown)
        }),
        None => Some(shown),
    };
    on_thread.and_then(Deadline::at).into_iter().for_each(Deadline::pass);
}
