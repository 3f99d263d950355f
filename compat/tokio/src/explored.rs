//! How an async test of somebody's is explored: for how long, and what is told of it. Reads the environment.

use conccheck::tokio::runtime::Runtime;
use conccheck::{Checker, Progress};
use std::env;
use std::future::Future;
use std::io::{self, Write};
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// Explores an async test.
#[track_caller]
pub fn __test<F>(build: fn() -> io::Result<Runtime>, test: fn() -> F)
where
    F: Future<Output: conccheck::__Passes> + 'static,
{
    let (progress, place) = (Arc::new(Progress::default()), Location::caller());
    let told = Told { progress: progress.clone(), place };
    let checker = Checker::new().time_max(seconds()).progress(progress);
    conccheck::__test_with(&checker, build, test);
    drop(told);
}

fn seconds() -> Duration {
    let name = "CONCCHECK_TOKIO_SECONDS";
    match env::var(name) {
        Err(_) => Duration::from_secs(20),
        Ok(text) => match text.trim().parse() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => panic!("{name} is {text:?}; it takes a whole number, as in {name}=20"),
        },
    }
}

/// Tells, when a test ends in whatever way, how many executions it had.
struct Told {
    progress: Arc<Progress>,
    place: &'static Location<'static>,
}

impl Drop for Told {
    fn drop(&mut self) {
        if env::var_os("CONCCHECK_TOKIO_LOG").is_some() {
            let (file, line, executions) = (self.place.file(), self.place.line(), self.progress.executions());
            // Not by `eprintln`, which the harness keeps for itself; and where nobody can be told, nobody is.
            let text = format!("tokio: the test at {file}:{line} had {executions} executions\n");
            _ = io::stderr().write_all(text.as_bytes());
        }
    }
}
