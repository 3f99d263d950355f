//! "Exploring" for real: the program runs again and again on the operating system's threads. It sees
//! what this machine happens to do, which proves nothing but costs little.

use super::search::Search;
use crate::outcome::{Incomplete, Outcome};
use crate::panic;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// A real run that takes longer than this hangs, as far as anyone can tell.
const HANG_AFTER: Duration = Duration::from_secs(5);

/// Runs `body` until `search` has enough.
pub(crate) fn explore<T>(mut search: Search<T>, body: Arc<dyn Fn() -> T + Send + Sync>) -> Search<T>
where
    T: Ord + Send + 'static,
{
    while search.may_begin() {
        let body = Arc::clone(&body);
        let (done, result) = channel();
        std::thread::spawn(move || {
            let result = panic::catch_unwind(panic::AssertUnwindSafe(|| body()));
            let _ = done.send(result.map_err(|payload| panic::message(&*payload)));
        });
        // Never much less than a program needs: the time budget is looked at between executions.
        let patience =
            search.time_left().map_or(HANG_AFTER, |left| left.clamp(Duration::from_secs(1), HANG_AFTER));
        match result.recv_timeout(patience) {
            Ok(answer) => {
                search.record(answer.map_or_else(Outcome::Panicked, Outcome::Returned).into());
            }
            Err(RecvTimeoutError::Disconnected) => unreachable!("the thread catches its panics"),
            Err(RecvTimeoutError::Timeout) => {
                search.record(Outcome::Unfinished { after: patience }.into());
                search.give_up(Incomplete::FirstHang);
            }
        }
    }
    search
}
