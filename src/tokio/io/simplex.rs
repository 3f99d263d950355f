//! A pipe in memory of one direction: tokio's, each poll of which is announced.

use super::pipe::Pipe;
use super::{ReadHalf, WriteHalf, split};
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, SimplexStream as Tokio};

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
    pipe: Pipe,
}

impl SimplexStream {
    /// A pipe that is not split: [`tokio::io::SimplexStream::new_unsplit`].
    ///
    /// # Panics
    /// If `max_buf_size` is 0.
    #[track_caller]
    pub fn new_unsplit(max_buf_size: usize) -> Self {
        SimplexStream { tokio: Tokio::new_unsplit(max_buf_size), pipe: Pipe::new() }
    }

    fn parts(&mut self) -> (Pin<&mut Tokio>, &Pipe) {
        (Pin::new(&mut self.tokio), &self.pipe)
    }
}

impl AsyncRead for SimplexStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (mut tokio, pipe) = self.parts();
        pipe.poll_read(context, buffer, |context, buffer| tokio.as_mut().poll_read(context, buffer))
    }
}

impl AsyncWrite for SimplexStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (mut tokio, pipe) = self.parts();
        pipe.poll_write(context, |context| tokio.as_mut().poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (mut tokio, pipe) = self.parts();
        pipe.poll_write(context, |context| tokio.as_mut().poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (tokio, pipe) = self.parts();
        pipe.shutdown(|| tokio.poll_shutdown(context))
    }
}

impl fmt::Debug for SimplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimplexStream").finish_non_exhaustive()
    }
}
