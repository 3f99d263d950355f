//! The lock itself: `take_gil` and `drop_gil` of CPython's `Python/ceval_gil.c` (3.13), with its
//! fields. Knows nothing of interpreters or jobs.
//!
//! A waiter sleeps for at most the switch interval; if nobody switched meanwhile it raises the drop
//! request. The holder sees the request at its next check point, lets go, wakes one waiter, and does
//! not go on before somebody else has taken the lock (*forced switching*): otherwise it would nearly
//! always have it back before the waiter is awake.
//!
//! Departures from CPython:
//! * The drop request is a flag of the lock, as before 3.13, not of the holder's thread state. The
//!   next taker clears it either way.
//! * `drop_gil` does not set `last_holder`: there it mends what `PyThreadState_Swap` changed, and
//!   here only `take` changes it, under the mutex that guards it.
//! * The wait of forced switching re-checks its condition, so a spurious wakeup does not end it.
//! * One waiter keeps the time for all. In CPython each has its timeout, and ten thousand of them wake
//!   every five milliseconds only to raise a request that one of them has raised. Who takes the lock
//!   while nobody keeps the time wakes a waiter that will, from then on. A request comes when the
//!   timekeeper has waited for an interval in which nobody switched; in CPython, when any waiter has. So
//!   it can come later here, where others' intervals would end before the timekeeper's, and earlier,
//!   where a timekeeper begins its interval anew: by less than one interval either way.
//! * A switch interval of zero (CPython rounds it up to a microsecond) means that a waiter's interval
//!   is always over: it asks at once and waits without a timeout, and whoever takes the lock finds
//!   the request raised if others still wait.

use crate::sync::atomic::{AtomicBool, Ordering};
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Who holds, or last held, the lock: CPython's thread state.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct ThreadId(u64);

/// Why a holder lets go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Release {
    /// It will take the lock again.
    Suspend,
    /// It will not, so it owes nobody a switch.
    Final,
}

/// The global interpreter lock.
///
/// Whenever `drop_request` is raised, a thread waits in [`Gil::take`]: only a waiter raises it, on a
/// locked lock, and whoever takes the lock lowers it unless others still wait. So forced switching
/// always finds somebody to switch to.
pub(super) struct Gil {
    switch_interval: Duration,
    drop_request: AtomicBool,
    /// CPython's `mutex`, with `released` as its `cond`.
    state: Mutex<State>,
    released: Condvar,
    /// CPython's `switch_mutex`, with `switched` as its `switch_cond`. Taken after `state`, never before.
    last_holder: Mutex<Option<ThreadId>>,
    switched: Condvar,
}

struct State {
    locked: bool,
    /// How often the lock went to another thread than before.
    switch_number: u64,
    /// How many threads wait for the lock.
    waiting: usize,
    /// Whether one of them keeps the time.
    is_timed: bool,
    /// How many threads there have been.
    threads: u64,
}

impl Gil {
    pub fn new(switch_interval: Duration) -> Self {
        Gil {
            switch_interval,
            drop_request: AtomicBool::new(false),
            state: Mutex::new(State {
                locked: false,
                switch_number: 0,
                waiting: 0,
                is_timed: false,
                threads: 0,
            }),
            released: Condvar::new(),
            last_holder: Mutex::new(None),
            switched: Condvar::new(),
        }
    }

    /// Takes the lock for one more thread, and gives it its name.
    pub fn take_first(&self) -> ThreadId {
        let mut state = lock(&self.state);
        state.threads += 1;
        let me = ThreadId(state.threads);
        self.take_from(state, me);
        me
    }

    pub fn is_drop_requested(&self) -> bool {
        self.drop_request.load(Ordering::SeqCst)
    }

    /// `take_gil`: waits until nobody holds the lock, and holds it.
    pub fn take(&self, me: ThreadId) {
        self.take_from(lock(&self.state), me);
    }

    fn take_from(&self, mut state: MutexGuard<'_, State>, me: ThreadId) {
        while state.locked {
            state = self.wait_for_release(state);
        }
        state.locked = true;
        let mut last_holder = lock(&self.last_holder);
        if *last_holder != Some(me) {
            *last_holder = Some(me);
            state.switch_number += 1;
        }
        self.switched.notify_one();
        drop(last_holder);
        self.drop_request.store(self.asks_at_once() && state.waiting > 0, Ordering::SeqCst);
        if !self.asks_at_once() && state.waiting > 0 && !state.is_timed {
            self.released.notify_one();
        }
    }

    /// `drop_gil`: lets go and wakes one waiter; if one had asked, returns only when another thread
    /// has taken the lock.
    pub fn release(&self, me: ThreadId, release: Release) {
        let mut state = lock(&self.state);
        state.locked = false;
        self.released.notify_one();
        drop(state);
        if release == Release::Final || !self.is_drop_requested() {
            return;
        }
        let mut last_holder = lock(&self.last_holder);
        if *last_holder == Some(me) {
            // Nobody has taken the lock since, so this request is still the one made to this thread.
            self.drop_request.store(false, Ordering::SeqCst);
        }
        while *last_holder == Some(me) {
            last_holder = self.switched.wait(last_holder).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sleeps until the lock is released; whoever keeps the time, for at most one interval, after
    /// which it asks for the lock if nobody switched meanwhile.
    fn wait_for_release<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.waiting += 1;
        if self.asks_at_once() {
            self.drop_request.store(true, Ordering::SeqCst);
            state = self.released.wait(state).unwrap_or_else(PoisonError::into_inner);
        } else if state.is_timed {
            state = self.released.wait(state).unwrap_or_else(PoisonError::into_inner);
        } else {
            state.is_timed = true;
            let seen = state.switch_number;
            let waited = self.released.wait_timeout(state, self.switch_interval);
            let (guard, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.is_timed = false;
            if timeout.timed_out() && state.locked && state.switch_number == seen {
                self.drop_request.store(true, Ordering::SeqCst);
            }
        }
        state.waiting -= 1;
        state
    }

    fn asks_at_once(&self) -> bool {
        self.switch_interval.is_zero()
    }
}

/// No code panics while it holds one of these mutexes, so a poisoned one is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
