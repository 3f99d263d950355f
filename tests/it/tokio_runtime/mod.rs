//! The runtimes of `conccheck::tokio` do under a checker what tokio's do: what programs come to is known
//! exactly, they come to nothing else for real, and under shuttle to nothing else either. Each promise has a
//! broken twin.

mod aborts;
mod attribute;
mod blocking;
mod drivers;
mod ends;
mod handles;
mod join_errors;
mod join_set;
mod kept;
mod local_set;
mod loops;
mod misuse;
mod runtimes;
mod statics;

use crate::policy::values;
use conccheck::tokio::runtime::{Builder, Runtime};
use conccheck::{Backend, Checker, Strategy};
use std::fmt::Debug;

/// Under the native checker the program comes to exactly this, always; for real and under shuttle to nothing
/// else. How many executions that took.
#[track_caller]
fn comes_to<T, const N: usize>(expected: [T; N], program: impl Program<T>) -> u64
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let real = program();
    assert!(expected.contains(&real), "for real: {real:?}");
    let report = Checker::new().explore(program.clone());
    assert_eq!(values(&report), expected.clone().into(), "{report}");
    assert!(report.is_complete(), "{report}");
    let shuttle = Checker::new().backend(Backend::Shuttle).executions_max(100).explore(program);
    assert!(values(&shuttle).is_subset(&expected.into()), "{shuttle}");
    report.executions()
}

/// As [`comes_to`], and the search that leaves nothing out finds the same.
#[track_caller]
fn comes_to_all<T, const N: usize>(expected: [T; N], program: impl Program<T>) -> u64
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let executions = comes_to(expected.clone(), program.clone());
    let all = Checker::new().strategy(Strategy::Dfs).executions_max(200_000).explore(program);
    assert_eq!(values(&all), expected.into(), "{all}");
    assert!(executions <= all.executions(), "{executions}, {all}");
    executions
}

trait Program<T>: Fn() -> T + Clone + Send + Sync + 'static {}
impl<T, F: Fn() -> T + Clone + Send + Sync + 'static> Program<T> for F {}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn many_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
