//! What `#[conccheck::test]` is made of.

#[cfg(feature = "check")]
use crate::checker::Checker;
use crate::tokio::runtime::Runtime;
use std::fmt::Debug;
use std::future::Future;
use std::io;

/// What a test may come to.
#[doc(hidden)]
pub trait __Passes {
    /// Panics if it is a failure.
    fn pass(self);
}

impl __Passes for () {
    fn pass(self) {}
}

impl<T: __Passes, E: Debug> __Passes for Result<T, E> {
    fn pass(self) {
        match self {
            Ok(value) => value.pass(),
            Err(error) => panic!("the test came to an error: {error:?}"),
        }
    }
}

/// Explores an async test.
#[doc(hidden)]
#[track_caller]
pub fn __test<F: Future<Output: __Passes> + 'static>(build: fn() -> io::Result<Runtime>, test: fn() -> F) {
    #[cfg(feature = "check")]
    __test_with(&Checker::new(), build, test);
    #[cfg(not(feature = "check"))]
    run(build, test);
}

/// As `__test`, with that checker.
#[cfg(feature = "check")]
#[doc(hidden)]
#[track_caller]
pub fn __test_with<F>(checker: &Checker, build: fn() -> io::Result<Runtime>, test: fn() -> F)
where
    F: Future<Output: __Passes> + 'static,
{
    checker.check(move || run(build, test));
}

fn run<F: Future<Output: __Passes>>(build: fn() -> io::Result<Runtime>, test: fn() -> F) {
    let runtime = build().expect("the system gives threads and a timer");
    runtime.block_on(test()).pass();
}
