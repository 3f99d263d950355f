//! tokio's primitives are tokio's own under the native checker: what programs of them come to is known exactly, and each
//! right one has a broken twin that is caught. The same programs run for real.

mod against_dfs;
mod backends;
mod barrier;
mod broadcast;
mod counted;
mod mpsc;
mod mutex;
mod notify;
mod once;
mod oneshot;
mod owned_parts;
mod rw_lock;
mod semaphore;
mod shown;
mod watch;
mod witnesses;

use crate::policy::values;
use conccheck::task::{self, Runtime};
use conccheck::{Checker, Outcome, Report};
use std::fmt::Debug;

/// Runs a future where each task has a thread.
pub(crate) fn on_threads<F: Future>(future: F) -> F::Output {
    Runtime::multi_thread(2).block_on(future)
}

/// Runs a future where all tasks share a thread.
pub(crate) fn on_loop<F: Future>(future: F) -> F::Output {
    task::block_on(future)
}

/// Under the native checker the program comes to exactly this, always; for real to nothing else. How many executions
/// that took.
#[track_caller]
pub(crate) fn comes_to<T, const N: usize>(expected: [T; N], program: fn() -> T) -> u64
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let real = program();
    assert!(expected.contains(&real), "for real: {real:?}");
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), expected.into(), "{report}");
    assert!(report.is_complete(), "{report}");
    report.executions()
}

/// Some execution hangs; what those came to that do not.
#[track_caller]
pub(crate) fn hangs<T>(program: fn() -> T) -> Vec<T>
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let report: Report<T> = Checker::new().explore(program);
    assert!(report.outcomes().any(Outcome::is_hang), "{report}");
    let returned = |outcome: &Outcome<T>| match outcome {
        Outcome::Returned(value) => Some(value.clone()),
        _ => None,
    };
    report.outcomes().filter_map(returned).collect()
}
