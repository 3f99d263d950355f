//! Waiting in virtual time.

use super::event_loop::{self, Mailbox};
use super::lock::Lock;
use crate::backend::clock::Deadline;
use crate::thread;
use std::future::{pending, poll_fn};
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Ends whenever the checker likes, and the clock shows then that it has. Each sleep that is not zero is a thread that
/// does nothing but call its loop, so that the order in which sleeps end is an order of threads.
pub(in crate::task) async fn sleep(duration: Duration) {
    if duration.is_zero() {
        return yield_now().await;
    }
    let Some(deadline) = Deadline::after(duration) else { return pending().await };
    let alarm = alarm_at_any_time(deadline);
    poll_fn(|context| {
        alarm.with(|alarm| {
            if alarm.rung {
                return Poll::Ready(());
            }
            alarm.sleeper = Some(context.waker().clone());
            Poll::Pending
        })
    })
    .await
}

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

/// Who returns `Pending` after this is polled again when the others have had a turn.
pub(crate) fn let_others(waker: &Waker) {
    match event_loop::current() {
        Some(here) => here.let_others(waker),
        None => waker.wake_by_ref(),
    }
}

/// A timer of the current loop, which others may let be. Its time passes only where somebody waits for it.
pub(crate) struct Timer {
    /// Its loop's.
    home: Arc<Mailbox>,
    state: Arc<Lock<TimerState>>,
}

#[derive(Default)]
struct TimerState {
    is_up: bool,
    is_over: bool,
    sleeper: Option<Waker>,
}

impl Timer {
    /// It is up whenever the checker likes, and the loop's clock shows the deadline then.
    pub(crate) fn set(deadline: Deadline) -> Self {
        let here = event_loop::current().expect("a timer was awaited outside a runtime");
        let state = Arc::new(Lock::home(TimerState::default()));
        let (home, mailbox, timer) = (here.mailbox.clone(), here.mailbox.clone(), state.clone());
        thread::spawn(move || {
            mailbox.call(move |_| {
                let sleeper = timer.with(|timer| {
                    timer.is_up = true;
                    (!timer.is_over).then(|| timer.sleeper.take())
                });
                if let Some(sleeper) = sleeper {
                    deadline.pass();
                    sleeper.into_iter().for_each(Waker::wake);
                }
            });
        });
        Timer { home, state }
    }

    /// Whether the current loop is its own. On another one it can only be dropped: who waits there sets a new one.
    pub(crate) fn is_home(&self) -> bool {
        event_loop::current().is_some_and(|here| Arc::ptr_eq(&here.mailbox, &self.home))
    }

    /// On the loop that it was set on only.
    pub(crate) fn is_up(&self) -> bool {
        self.state.with(|timer| timer.is_up)
    }

    /// Whether it is up; who waits is woken when it is. On the loop that it was set on only.
    pub(crate) fn poll(&self, waker: &Waker) -> Poll<()> {
        self.state.with(|timer| {
            if timer.is_up {
                return Poll::Ready(());
            }
            timer.sleeper = Some(waker.clone());
            Poll::Pending
        })
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        // Elsewhere it would be a use that the checker cannot see. Its loop's time passes then for nobody, and whoever
        // waited there last is woken for nothing, which any waker may do.
        if self.is_home() {
            self.state.with(|timer| timer.is_over = true);
        }
    }
}

#[derive(Default)]
struct Alarm {
    rung: bool,
    sleeper: Option<Waker>,
}

/// An alarm for the current loop, set off by a thread of its own.
fn alarm_at_any_time(deadline: Deadline) -> Arc<Lock<Alarm>> {
    let here = event_loop::current().expect("`sleep` was awaited outside a runtime");
    let alarm = Arc::new(Lock::home(Alarm::default()));
    let (mailbox, rings) = (here.mailbox.clone(), alarm.clone());
    thread::spawn(move || {
        deadline.pass();
        mailbox.call(move |_| rings.with(Alarm::ring).into_iter().for_each(Waker::wake));
    });
    alarm
}

impl Alarm {
    /// Whom to wake.
    fn ring(&mut self) -> Option<Waker> {
        self.rung = true;
        self.sleeper.take()
    }
}
