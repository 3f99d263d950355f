//! A connection of Unix sockets, by one of its ends.

use super::{SocketAddr, UCred, address, named};
use crate::task;
use crate::tokio::net::wire::{Address, Network};
use std::path::Path;

/// One end of a connection of Unix sockets: [`tokio::net::UnixStream`](::tokio::net::UnixStream).
///
/// # Examples
/// ```
/// use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use conccheck::tokio::net::UnixStream;
/// use conccheck::{Checker, Verdict, task};
///
/// // A read may bring less than a whole message.
/// let broken = || {
///     task::block_on(async {
///         let (mut near, mut far) = UnixStream::pair().unwrap();
///         near.write_all(b"ping").await.unwrap();
///         let mut message = [0; 4];
///         let count = far.read(&mut message).await.unwrap();
///         assert_eq!(&message[..count], b"ping");
///     });
/// };
/// assert_eq!(Checker::new().explore(broken).verdict(), Verdict::Fail);
/// ```
pub struct UnixStream(Inner);

super::super::stream::stream!(UnixStream, tokio::unix, std::os::unix::net::UnixStream, SocketAddr);

impl UnixStream {
    /// Connects to who listens at the path.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when nobody listens there, or nobody ever did.
    #[track_caller]
    pub fn connect<P: AsRef<Path>>(path: P) -> impl Future<Output = io::Result<UnixStream>> {
        let place = Location::caller();
        async move {
            if backend::current() == Backend::Real {
                return ::tokio::net::UnixStream::connect(path).await.map(UnixStream::real);
            }
            let to = Address::Unix(Some(path.as_ref().to_path_buf()));
            Network::of_execution().connect(None, to, place).await.map(UnixStream::checked)
        }
    }

    /// Connects to who listens at the address.
    ///
    /// # Errors
    /// As [`UnixStream::connect`].
    #[track_caller]
    pub fn connect_addr(address: &SocketAddr) -> impl Future<Output = io::Result<UnixStream>> {
        let place = Location::caller();
        async move {
            if backend::current() == Backend::Real {
                return ::tokio::net::UnixStream::connect_addr(address).await.map(UnixStream::real);
            }
            Network::of_execution().connect(None, named(address)?, place).await.map(UnixStream::checked)
        }
    }

    /// Both ends of a connection.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[track_caller]
    pub fn pair() -> io::Result<(UnixStream, UnixStream)> {
        if backend::current() == Backend::Real {
            let (one, other) = ::tokio::net::UnixStream::pair()?;
            return Ok((UnixStream::real(one), UnixStream::real(other)));
        }
        task::expect_io();
        let [one, other] = End::unix_pair(Location::caller());
        Ok((UnixStream::checked(one), UnixStream::checked(other)))
    }

    /// Who has the other end.
    ///
    /// # Errors
    /// As tokio's.
    ///
    /// # Panics
    /// Inside a check it is refused: all is one process.
    pub fn peer_cred(&self) -> io::Result<UCred> {
        match self.view() {
            View::Real(stream) => stream.peer_cred(),
            View::Checked(_) => refuse("`peer_cred`", "all ends are of this process"),
        }
    }
}
