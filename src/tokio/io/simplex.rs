//! A pipe in memory of one direction: tokio's, each poll of which is announced.

use super::{ReadHalf, WriteHalf, read_at_one_go, split, told_of_read, told_of_write};
use crate::backend::Call;
use crate::tokio::sync::announced::{Owner, Place, Shared, poll_unconstrained};
use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, SimplexStream as Tokio};

const READ: Call = Call::takes(&"read");
const WRITE: Call = Call::takes(&"write");
const SHUTDOWN: Call = Call::changes(&"shutdown");

/// A pipe of one direction, by its two halves: [`tokio::io::simplex`](::tokio::io::simplex).
///
/// # Panics
/// If `max_buf_size` is 0.
///
/// # Examples
/// ```
/// use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, simplex};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let (mut reader, mut writer) = simplex(8);
///         writer.write_all(b"ping").await.unwrap();
///         writer.shutdown().await.unwrap();
///         let mut read = String::new();
///         reader.read_to_string(&mut read).await.unwrap();
///         assert_eq!(read, "ping");
///     });
/// });
/// ```
#[track_caller]
pub fn simplex(max_buf_size: usize) -> (ReadHalf<SimplexStream>, WriteHalf<SimplexStream>) {
    split(SimplexStream::new_unsplit(max_buf_size))
}

/// A pipe that one reads from and writes to.
pub struct SimplexStream {
    tokio: Tokio,
    pipe: Shared,
    place: Place,
}

impl SimplexStream {
    /// A pipe that is not split: [`tokio::io::SimplexStream::new_unsplit`].
    ///
    /// # Panics
    /// If `max_buf_size` is 0.
    #[track_caller]
    pub fn new_unsplit(max_buf_size: usize) -> Self {
        let (tokio, pipe) = (Tokio::new_unsplit(max_buf_size), Shared::new("a pipe"));
        SimplexStream { tokio, pipe, place: Location::caller() }
    }

    /// Announces a write, and does it.
    fn poll_write_by(
        &mut self,
        context: &mut Context<'_>,
        mut write: impl FnMut(Pin<&mut Tokio>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let write = poll_fn(|context| write(Pin::new(&mut self.tokio), context));
        self.pipe.poll_told(WRITE, self.place, || poll_unconstrained(pin!(write), context), told_of_write)
    }
}

impl AsyncRead for SimplexStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let SimplexStream { tokio, pipe, place } = &mut *self;
        let told = told_of_read(buffer.remaining() > 0);
        let read = || {
            read_at_one_go(context, buffer, |context, buffer| {
                Pin::new(&mut *tokio).poll_read(context, buffer)
            })
        };
        pipe.poll_told(READ, place, read, told).map_ok(drop)
    }
}

impl AsyncWrite for SimplexStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_by(context, |tokio, context| tokio.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_by(context, |tokio, context| tokio.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let SimplexStream { tokio, pipe, place } = &mut *self;
        pipe.call_at(SHUTDOWN, place, || Pin::new(tokio).poll_shutdown(context))
    }
}

impl fmt::Debug for SimplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimplexStream").finish_non_exhaustive()
    }
}
