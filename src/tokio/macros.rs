//! tokio's macros. They are tokio's own; where a `select!` starts is drawn by the checker.

/// Waits for the first of several futures, and drops the others: [`tokio::select!`](::tokio::select).
///
/// Inside a check each branch is the first to be polled in some execution, at each poll, unless it is `biased;`.
///
/// ```
/// use conccheck::tokio::select;
/// use conccheck::{Checker, task};
///
/// let report = Checker::new().explore(|| {
///     task::block_on(async {
///         select! {
///             left = async { "left" } => left,
///             right = async { "right" } => right,
///         }
///     })
/// });
/// assert_eq!(report.outcomes().count(), 2);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __tokio_select {
    () => { $crate::tokio::__tokio::select!() };
    (biased; $($branches:tt)*) => { $crate::tokio::__tokio::select!(biased; $($branches)*) };
    (else => $($otherwise:tt)*) => { $crate::tokio::__tokio::select!(else => $($otherwise)*) };
    // This is how tokio's macro calls itself when it has drawn a lot.
    ($($branches:tt)*) => {
        $crate::tokio::__tokio::select!(@{ start={ $crate::tokio::__start(BRANCHES) }; () } $($branches)*)
    };
}

pub use __tokio_select as select;

/// Where a `select!` of so many branches starts.
#[doc(hidden)]
#[track_caller]
pub fn __start(branches: u32) -> u32 {
    match u8::try_from(branches) {
        Ok(count @ 2..) => crate::backend::draw(count, || ::tokio::macros::support::thread_rng_n(branches)),
        _ => 0,
    }
}
