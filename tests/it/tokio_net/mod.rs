//! Sockets under the native checker are ends of a network of the execution's own: what programs of them come to is known
//! exactly, and each right one has a broken twin that is caught. The same programs run for real.

mod backends;
mod bounds;
mod ends;
mod framing;
mod listening;
mod readiness;
mod runtimes;
mod servers;
mod shown;
mod unix;

use crate::policy::values;
use conccheck::tokio::net::{TcpListener, TcpStream};
use conccheck::{Checker, Incomplete, Report};
use std::collections::BTreeSet;
use std::fmt::Debug;

/// Both ends of a TCP connection, that of who has connected first.
async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (client, accepted) =
        conccheck::tokio::try_join!(TcpStream::connect(address), listener.accept()).unwrap();
    (client, accepted.0)
}

/// Under the native checker the program comes to exactly this, always; for real to nothing else. How many executions that
/// took.
#[track_caller]
fn comes_to<T, const N: usize>(expected: [T; N], program: fn() -> T) -> u64
where
    T: Ord + Clone + Debug + Send + 'static,
{
    let real = program();
    assert!(expected.contains(&real), "for real: {real:?}");
    let report = Checker::new().explore(program);
    assert_eq!(values(&report), BTreeSet::from(expected), "{report}");
    assert_is_whole(&report);
    report.executions()
}

/// Everything was seen but for more short reads.
#[track_caller]
fn assert_is_whole<T: Ord + Debug>(report: &Report<T>) {
    let is_bound =
        |why: &Incomplete| matches!(why, Incomplete::ShortReadsMax(_) | Incomplete::ShortWritesMax(_));
    assert!(report.incomplete_because().iter().all(is_bound), "{report}");
}
