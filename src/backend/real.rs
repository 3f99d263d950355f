//! "Exploring" for real: the program runs again and again on the operating system's threads. It sees
//! what this machine happens to do, which proves nothing but costs little.

use super::any_value::Body;
use super::search::Search;
use crate::outcome::{Incomplete, Outcome};
use crate::panic;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A real run that takes longer than this hangs, as far as anyone can tell.
const HANG_AFTER: Duration = Duration::from_secs(5);

/// Runs `body` until `search` has enough.
pub(crate) fn explore(mut search: Search, body: Body) -> Search {
    while search.may_begin() {
        // Never much less than a program needs: the time budget is looked at between executions.
        let patience =
            search.time_left().map_or(HANG_AFTER, |left| left.clamp(Duration::from_secs(1), HANG_AFTER));
        let (body, result) = (Arc::clone(&body), Arc::new(Mutex::new(None)));
        let slot = Arc::clone(&result);
        let has_ended = ends_within(
            patience,
            Box::new(move || {
                let result = panic::catch_unwind(panic::AssertUnwindSafe(|| body()));
                *lock(&slot) = Some(result.map_err(|payload| panic::message(&*payload)));
            }),
        );
        let result = lock(&result).take().filter(|_| has_ended);
        match result {
            Some(result) => {
                search.record(result.map_or_else(Outcome::Panicked, Outcome::Returned).into());
            }
            None => {
                search.record(Outcome::Unfinished { after: patience }.into());
                search.give_up(Incomplete::FirstHang);
            }
        }
    }
    search
}

/// Runs `act`, which catches its panics, on a thread of its own; whether it ends in that time.
fn ends_within(patience: Duration, act: Box<dyn FnOnce() + Send>) -> bool {
    let (done, ended) = channel();
    std::thread::spawn(move || {
        act();
        let _ = done.send(());
    });
    ended.recv_timeout(patience).is_ok()
}

fn lock<R>(slot: &Mutex<R>) -> MutexGuard<'_, R> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
