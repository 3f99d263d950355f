//! A stream by its two halves, which share a lock. tokio's own lock would be held while the stream is polled, where others
//! may run that want it: inside a check it is one that the checker sees.

use crate::sync::Mutex;
use crate::tokio::sync::announced::is_real;
use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream's half that reads, and the one that writes: [`tokio::io::split`](::tokio::io::split).
///
/// # Examples
/// ```
/// use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let (near, far) = duplex(8);
///         let (mut reader, mut writer) = split(near);
///         let (mut far_reader, mut far_writer) = split(far);
///         let echo = async { conccheck::tokio::io::copy(&mut far_reader, &mut far_writer).await };
///         let client = async {
///             writer.write_all(b"ping").await?;
///             writer.shutdown().await?;
///             let mut answer = [0; 4];
///             reader.read_exact(&mut answer).await?;
///             Ok::<_, std::io::Error>(answer)
///         };
///         let (copied, answer) = conccheck::tokio::try_join!(echo, client).unwrap();
///         assert_eq!((copied, &answer), (4, b"ping"));
///     });
/// });
/// ```
#[track_caller]
pub fn split<T>(stream: T) -> (ReadHalf<T>, WriteHalf<T>)
where
    T: AsyncRead + AsyncWrite,
{
    if is_real() {
        let (read, write) = tokio::io::split(stream);
        return (ReadHalf(Reading::Real(read)), WriteHalf(Writing::Real(write)));
    }
    let is_write_vectored = stream.is_write_vectored();
    let whole = Arc::new(Whole { stream: Mutex::new(Box::pin(stream)), is_write_vectored });
    (ReadHalf(Reading::Checked(whole.clone())), WriteHalf(Writing::Checked(whole)))
}

/// The half that reads.
pub struct ReadHalf<T>(Reading<T>);

/// The half that writes.
pub struct WriteHalf<T>(Writing<T>);

enum Reading<T> {
    Real(tokio::io::ReadHalf<T>),
    Checked(Arc<Whole<T>>),
}

enum Writing<T> {
    Real(tokio::io::WriteHalf<T>),
    Checked(Arc<Whole<T>>),
}

struct Whole<T> {
    stream: Mutex<Pin<Box<T>>>,
    is_write_vectored: bool,
}

impl<T> Whole<T> {
    fn with<R>(&self, act: impl FnOnce(Pin<&mut T>) -> R) -> R {
        act(self.stream.lock().unwrap().as_mut())
    }
}

impl<T> ReadHalf<T> {
    /// Whether both are of one stream.
    pub fn is_pair_of(&self, other: &WriteHalf<T>) -> bool {
        match (&self.0, &other.0) {
            (Reading::Real(read), Writing::Real(write)) => read.is_pair_of(write),
            (Reading::Checked(one), Writing::Checked(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    /// The stream again.
    ///
    /// # Panics
    /// If the two are not of one stream.
    #[track_caller]
    pub fn unsplit(self, write: WriteHalf<T>) -> T
    where
        T: Unpin,
    {
        match (self.0, write.0) {
            (Reading::Real(read), Writing::Real(write)) => read.unsplit(write),
            (Reading::Checked(one), Writing::Checked(other)) if Arc::ptr_eq(&one, &other) => {
                drop(other);
                let whole = Arc::try_unwrap(one).ok().expect("there are two halves");
                *Pin::into_inner(whole.stream.into_inner().unwrap())
            }
            _ => panic!("Unrelated `split::Write` passed to `split::Read::unsplit`."),
        }
    }
}

impl<T> WriteHalf<T> {
    /// Whether both are of one stream.
    pub fn is_pair_of(&self, other: &ReadHalf<T>) -> bool {
        other.is_pair_of(self)
    }
}

impl<T: AsyncRead> AsyncRead for ReadHalf<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Reading::Real(read) => Pin::new(read).poll_read(context, buffer),
            Reading::Checked(whole) => whole.with(|stream| stream.poll_read(context, buffer)),
        }
    }
}

impl<T: AsyncWrite> AsyncWrite for WriteHalf<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Writing::Real(write) => Pin::new(write).poll_write(context, bytes),
            Writing::Checked(whole) => whole.with(|stream| stream.poll_write(context, bytes)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Writing::Real(write) => Pin::new(write).poll_flush(context),
            Writing::Checked(whole) => whole.with(|stream| stream.poll_flush(context)),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().0 {
            Writing::Real(write) => Pin::new(write).poll_shutdown(context),
            Writing::Checked(whole) => whole.with(|stream| stream.poll_shutdown(context)),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().0 {
            Writing::Real(write) => Pin::new(write).poll_write_vectored(context, bytes),
            Writing::Checked(whole) => whole.with(|stream| stream.poll_write_vectored(context, bytes)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.0 {
            Writing::Real(write) => write.is_write_vectored(),
            Writing::Checked(whole) => whole.is_write_vectored,
        }
    }
}

impl<T> fmt::Debug for ReadHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::ReadHalf").finish()
    }
}

impl<T> fmt::Debug for WriteHalf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("split::WriteHalf").finish()
    }
}
