//! What tokio asks of its `sync` under loom, asked again of the facade: in each execution it is so, and these are all
//! executions.
//!
//! loom switches inside of tokio's code; here a call, a poll and an end are one step each. Not asked again is what is not to
//! be had from outside: the list of blocks and the waker of a channel.

mod broadcast;
mod mpsc;
mod notify;
mod oneshot;
mod rw_lock;
mod semaphore;
mod set_once;
mod watch;

use conccheck::{Checker, Verdict, panic};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

/// A program always comes to its end, and this is how many executions it has.
#[track_caller]
fn holds(program: impl Fn() + Send + Sync + 'static) -> u64 {
    let report = Checker::new().explore(program);
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    assert!(report.is_complete(), "{report}");
    report.executions()
}

/// What must not pass, so that it is known who would tell.
#[track_caller]
fn fails(program: impl Fn() + Send + Sync + 'static) {
    let check = panic::AssertUnwindSafe(|| Checker::new().check(program));
    let text = panic::message(&*panic::catch_unwind(check).expect_err("it must not pass"));
    assert!(text.starts_with("FAIL under native") || text.starts_with("HANG under native"), "{text}");
}

/// Whether a future is ready, which nobody wakes.
fn is_ready<F: Future>(future: &mut Pin<Box<F>>) -> bool {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
}
