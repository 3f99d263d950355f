//! Signals, as in `tokio::signal`.
//!
//! Inside a check none comes from outside. Whoever listens for a kind of signal gets one, of its own accord: the first who does
//! so in an execution sends for it, and it comes at any moment from then on, which is explored; sooner or later it does. So a
//! server that waits for Ctrl-C is checked with its shutdown before, in the middle of and after all that its clients do.
//!
//! More come only if the program raises them, by [`raise_ctrl_c`] or [`unix::raise`]: who waits for a second one that nobody
//! raises hangs. A listener hears what comes after it was made, and of several that come before it looks, one.
//!
//! ```
//! use conccheck::tokio::{select, signal, sync::oneshot};
//! use conccheck::{Checker, Outcome, task};
//!
//! let report = Checker::new().explore(|| {
//!     task::block_on(async {
//!         let (done, work) = oneshot::channel();
//!         task::spawn(async move { done.send(()).unwrap_or(()) });
//!         select! {
//!             biased;
//!             interrupted = signal::ctrl_c() => interrupted.map(|()| "interrupted").unwrap(),
//!             _ = work => "done",
//!         }
//!     })
//! });
//! let outcomes: Vec<_> = report.outcomes().cloned().collect();
//! assert_eq!(outcomes, ["done", "interrupted"].map(Outcome::Returned));
//! ```

mod process;

#[cfg(unix)]
pub mod unix;

use self::process::Process;
use crate::task;
use crate::tokio::sync::announced::is_real;
use std::future::poll_fn;
use std::io;
use std::panic::Location;

/// What Ctrl-C sends.
const INTERRUPT: i32 = 2;

/// Waits for the next Ctrl-C: [`tokio::signal::ctrl_c`].
///
/// # Errors
/// When the operating system does not let one listen; never inside a check.
#[track_caller]
pub fn ctrl_c() -> impl Future<Output = io::Result<()>> {
    let place = Location::caller();
    async move {
        if is_real() {
            return ::tokio::signal::ctrl_c().await;
        }
        task::expect_io();
        let mut listener = Process::of_execution().listen_at(INTERRUPT, place);
        poll_fn(|context| listener.poll_recv(context)).await;
        Ok(())
    }
}

/// Sends the checked program one more Ctrl-C, which comes at any moment from now on.
///
/// # Panics
/// Outside of a check: nothing of tokio's does that.
#[track_caller]
pub fn raise_ctrl_c() {
    Process::of_execution().raise(INTERRUPT);
}
