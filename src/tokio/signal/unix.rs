//! Signals of Unix, as in `tokio::signal::unix`.

use super::process::{Listener, Process};
use crate::task;
use crate::tokio::sync::announced::is_real;
use std::future::poll_fn;
use std::io;
use std::task::{Context, Poll};

pub use ::tokio::signal::unix::SignalKind;

/// How many kinds there are at most.
const COUNT: i32 = 64;

/// SIGILL, SIGFPE, SIGKILL, SIGSEGV and SIGSTOP, for which nobody listens.
const FORBIDDEN: [i32; 5] = [4, 8, 9, 11, if cfg!(target_os = "linux") { 19 } else { 17 }];

/// Listens for signals of a kind: [`tokio::signal::unix::signal`].
///
/// # Errors
/// When the operating system does not let one listen; inside a check, for those for which it never does.
///
/// # Panics
/// When there is no runtime, or one without I/O, as tokio.
#[track_caller]
pub fn signal(kind: SignalKind) -> io::Result<Signal> {
    if is_real() {
        return ::tokio::signal::unix::signal(kind).map(|signal| Signal(Inner::Real(signal)));
    }
    task::expect_io();
    let number = kind.as_raw_value();
    if !(1..=COUNT).contains(&number) || FORBIDDEN.contains(&number) {
        return Err(io::Error::other(format!("Refusing to register signal {number}")));
    }
    Ok(Signal(Inner::Checked(Process::of_execution().listen(number))))
}

/// Sends the checked program a signal, which comes at any moment from now on.
///
/// # Panics
/// Outside of a check: nothing of tokio's does that.
#[track_caller]
pub fn raise(kind: SignalKind) {
    Process::of_execution().raise(kind.as_raw_value());
}

/// Hears signals of a kind.
#[derive(Debug)]
#[must_use = "streams do nothing unless polled"]
pub struct Signal(Inner);

#[derive(Debug)]
enum Inner {
    Real(::tokio::signal::unix::Signal),
    Checked(Listener),
}

impl Signal {
    /// Waits for the next signal.
    pub async fn recv(&mut self) -> Option<()> {
        match &mut self.0 {
            Inner::Real(signal) => signal.recv().await,
            Inner::Checked(_) => poll_fn(|context| self.poll_recv(context)).await,
        }
    }

    /// As [`Signal::recv`], for who writes a future.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<()>> {
        match &mut self.0 {
            Inner::Real(signal) => signal.poll_recv(context),
            Inner::Checked(listener) => listener.poll_recv(context).map(Some),
        }
    }
}
