//! A direction of a stream in memory, as the checker sees it: what is done there is announced, and tokio's own does it. Knows
//! no stream.

use super::{read_at_one_go, told_of_read, told_of_write};
use crate::backend::Call;
use crate::tokio::sync::announced::{Owner, Place, Shared, poll_unconstrained};
use std::future::poll_fn;
use std::io;
use std::panic::Location;
use std::pin::pin;
use std::task::{Context, Poll};
use tokio::io::ReadBuf;

const READ: Call = Call::takes(&"read");
const WRITE: Call = Call::takes(&"write");
const SHUTDOWN: Call = Call::changes(&"shutdown");
const CLOSE: Call = Call::changes(&"close");

#[derive(Clone)]
pub(super) struct Pipe {
    shared: Shared,
    place: Place,
}

impl Pipe {
    #[track_caller]
    pub(super) fn new() -> Self {
        Pipe { shared: Shared::new("a pipe"), place: Location::caller() }
    }

    /// Whether it was made inside a check.
    pub(super) fn is_checked(&self) -> bool {
        self.shared.is_checked()
    }

    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
        read: impl FnMut(&mut Context<'_>, &mut ReadBuf<'_>) -> Poll<io::Result<()>>,
    ) -> Poll<io::Result<()>> {
        let told = told_of_read(buffer.remaining() > 0);
        self.shared.poll_told(READ, self.place, || read_at_one_go(context, buffer, read), told).map_ok(drop)
    }

    pub(super) fn poll_write(
        &self,
        context: &mut Context<'_>,
        write: impl FnMut(&mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let write = poll_fn(write);
        self.shared.poll_told(WRITE, self.place, || poll_unconstrained(pin!(write), context), told_of_write)
    }

    pub(super) fn shutdown<R>(&self, shutdown: impl FnOnce() -> R) -> R {
        self.shared.call_at(SHUTDOWN, self.place, shutdown)
    }

    /// In a destructor.
    pub(super) fn close(&self, close: impl FnOnce()) {
        self.shared.end(CLOSE, self.place, close);
    }
}
