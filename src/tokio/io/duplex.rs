//! A pair of streams in memory: tokio's, each poll of which is announced on the pipe of its direction.

use super::{read_at_one_go, told_of_read, told_of_write};
use crate::backend::Call;
use crate::tokio::sync::announced::{Owner, Place, Shared, poll_unconstrained};
use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::panic::Location;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream as Tokio, ReadBuf};

const READ: Call = Call::takes(&"read");
const WRITE: Call = Call::takes(&"write");
const SHUTDOWN: Call = Call::changes(&"shutdown");
const CLOSE: Call = Call::changes(&"close");

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
    let [there, back] = [Shared::new("a pipe"), Shared::new("a pipe")];
    let place = Location::caller();
    let stream = |tokio, read, write| DuplexStream { tokio: Some(tokio), read, write, place };
    (stream(one, back.clone(), there.clone()), stream(other, there, back))
}

/// One of the two streams of a [`duplex`].
pub struct DuplexStream {
    /// `None` where it is dropped.
    tokio: Option<Tokio>,
    /// The pipe that it reads from.
    read: Shared,
    /// The one that it writes to.
    write: Shared,
    place: Place,
}

impl DuplexStream {
    fn tokio(&mut self) -> Pin<&mut Tokio> {
        Pin::new(self.tokio.as_mut().expect("it goes with this"))
    }

    /// Announces a write, and does it.
    fn poll_write_by(
        &mut self,
        context: &mut Context<'_>,
        mut write: impl FnMut(Pin<&mut Tokio>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let (pipe, place) = (self.write.clone(), self.place);
        let write = poll_fn(|context| write(self.tokio(), context));
        pipe.poll_told(WRITE, place, || poll_unconstrained(pin!(write), context), told_of_write)
    }
}

impl AsyncRead for DuplexStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let (pipe, place) = (self.read.clone(), self.place);
        let told = told_of_read(buffer.remaining() > 0);
        let read =
            || read_at_one_go(context, buffer, |context, buffer| self.tokio().poll_read(context, buffer));
        pipe.poll_told(READ, place, read, told).map_ok(drop)
    }
}

impl AsyncWrite for DuplexStream {
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
        let (pipe, place) = (self.write.clone(), self.place);
        pipe.call_at(SHUTDOWN, place, || self.tokio().poll_shutdown(context))
    }
}

impl Drop for DuplexStream {
    fn drop(&mut self) {
        let Some(mut tokio) = self.tokio.take() else { return };
        // tokio closes one pipe and then the other, and so does this.
        if self.write.is_checked() {
            let mut nobody = Context::from_waker(Waker::noop());
            self.write.end(CLOSE, self.place, || _ = Pin::new(&mut tokio).poll_shutdown(&mut nobody));
        }
        self.read.end(CLOSE, self.place, || drop(tokio));
    }
}

impl fmt::Debug for DuplexStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplexStream").finish_non_exhaustive()
    }
}
