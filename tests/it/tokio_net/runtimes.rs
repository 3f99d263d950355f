//! Sockets and signals are a runtime's that has I/O, as with tokio.

use conccheck::tokio::net::{TcpListener, TcpSocket, TcpStream};
use conccheck::tokio::runtime::{Builder, Runtime};
use conccheck::{Checker, Verdict};
use std::panic::catch_unwind;
use std::pin::pin;
use std::task::{Context, Waker};

const NO_RUNTIME: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
const NO_IO: &str = "A Tokio 1.x context was found, but IO is disabled. Call `enable_io` on the runtime builder to enable IO.";

/// The program panics with these words, for real and inside a check.
#[track_caller]
fn panics(words: &str, program: fn()) {
    let panic = catch_unwind(program).expect_err("for real");
    let told = panic.downcast_ref::<String>().cloned();
    let told = told.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    assert_eq!(told.as_deref(), Some(words));
    let report = Checker::new().explore(program);
    assert_eq!(report.verdict(), Verdict::Fail, "{report}");
    assert!(report.to_string().contains(&words[..40]), "{report}");
}

/// Polls once, on a thread that runs nothing.
fn poll<F: Future>(future: F) {
    _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

/// One of one thread, without anything, or with timers only.
fn runtime(has_timers: bool) -> Runtime {
    let mut builder = Builder::new_current_thread();
    if has_timers {
        builder.enable_time();
    }
    builder.build().unwrap()
}

#[test]
fn there_is_no_socket_outside_of_a_runtime() {
    panics(NO_RUNTIME, || poll(TcpListener::bind("127.0.0.1:0")));
    panics(NO_RUNTIME, || poll(TcpStream::connect("127.0.0.1:1")));
    panics(NO_RUNTIME, || drop(TcpSocket::new_v4().unwrap().listen(8)));
    #[cfg(unix)]
    panics(NO_RUNTIME, || drop(conccheck::tokio::net::UnixStream::pair()));
    #[cfg(unix)]
    panics(NO_RUNTIME, || poll(conccheck::tokio::signal::ctrl_c()));
}

#[test]
fn nor_in_one_that_was_built_without() {
    panics(NO_IO, || _ = runtime(true).block_on(TcpListener::bind("127.0.0.1:0")));
    panics(NO_IO, || _ = runtime(false).block_on(TcpStream::connect("127.0.0.1:1")));
    #[cfg(unix)]
    panics(NO_IO, || _ = runtime(true).block_on(async { conccheck::tokio::net::UnixStream::pair() }));
    #[cfg(unix)]
    panics(NO_IO, || _ = runtime(true).block_on(conccheck::tokio::signal::ctrl_c()));
}

#[test]
fn one_with_io_has_it_and_no_timers_for_that() {
    let bound = |builder: &mut Builder| {
        let runtime = builder.build().unwrap();
        runtime.block_on(async { TcpListener::bind("127.0.0.1:0").await.is_ok() })
    };
    assert!(bound(Builder::new_current_thread().enable_io()));
    let report = Checker::new().explore(move || {
        assert!(bound(Builder::new_current_thread().enable_io()));
        assert!(bound(Builder::new_multi_thread().enable_all()));
    });
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
    panics(
        "A Tokio 1.x context was found, but timers are disabled. Call `enable_time` on the runtime builder to enable timers.",
        || {
            let runtime = Builder::new_current_thread().enable_io().build().unwrap();
            runtime.block_on(async { conccheck::tokio::time::sleep(std::time::Duration::ZERO).await });
        },
    );
}
