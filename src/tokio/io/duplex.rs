//! A pair of streams in memory: tokio's, each poll of which is announced on the pipe of its direction.

use super::pipe::Pipe;
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream as Tokio, ReadBuf};

/// Two streams, each of which reads what the other writes: [`tokio::io::duplex`](::tokio::io::duplex).
///
/// # Panics
/// If `max_buf_size` is 0.
///
/// # Examples
/// ```
/// use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
/// use conccheck::{Checker, Verdict, task};
///
/// // A read may bring less than was written, as where the pipe holds two bytes.
/// let whole_message = || {
///     task::block_on(async {
///         let (mut client, mut server) = duplex(2);
///         let writing = task::spawn(async move { client.write_all(b"ping").await });
///         let mut message = [0; 4];
///         let count = server.read(&mut message).await.unwrap();
///         assert_eq!(&message[..count], b"ping");
///         writing.await.unwrap().unwrap();
///     });
/// };
/// assert_eq!(Checker::new().explore(whole_message).verdict(), Verdict::Fail);
/// ```
#[track_caller]
pub fn duplex(max_buf_size: usize) -> (DuplexStream, DuplexStream) {
    let (one, other) = tokio::io::duplex(max_buf_size);
    let [there, back] = [Pipe::new(), Pipe::new()];
    let stream = |tokio, read, write| DuplexStream { tokio: Some(tokio), read, write };
    (stream(one, back.clone(), there.clone()), stream(other, there, back))
}

/// One of the two streams of a [`duplex`].
pub struct DuplexStream {
    /// `None` where it is dropped.
    tokio: Option<Tokio>,
    /// The pipe that it reads from.
    read: Pipe,
    /// The one that it writes to.
    write: Pipe,
}

impl DuplexStream {
    /// Tokio's, and the two pipes.
    fn parts(&mut self) -> (Pin<&mut Tokio>, &Pipe, &Pipe) {
        let DuplexStream { tokio, read, write } = self;
        (Pin::new(tokio.as_mut().expect("it goes with this")), read, write)
    }
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (mut tokio, pipe, _) = self.parts();
        pipe.poll_read(context, buffer, |context, buffer| tokio.as_mut().poll_read(context, buffer))
    }
}

impl AsyncWrite for DuplexStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (mut tokio, _, pipe) = self.parts();
        pipe.poll_write(context, |context| tokio.as_mut().poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let (mut tokio, _, pipe) = self.parts();
        pipe.poll_write(context, |context| tokio.as_mut().poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let (tokio, _, pipe) = self.parts();
        pipe.shutdown(|| tokio.poll_shutdown(context))
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        let Some(mut tokio) = self.tokio.take() else { return };
        // tokio closes one pipe and then the other, and so does this.
        if self.write.is_checked() {
            let mut nobody = Context::from_waker(Waker::noop());
            self.write.close(|| _ = Pin::new(&mut tokio).poll_shutdown(&mut nobody));
        }
        self.read.close(|| drop(tokio));
    }
}

impl fmt::Debug for DuplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexStream").finish_non_exhaustive()
    }
}
