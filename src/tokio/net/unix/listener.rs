//! Who waits for connections of Unix sockets.

use super::stream::UnixStream;
use super::{SocketAddr, address, named};
use crate::backend::{self, Backend};
use crate::tokio::net::wire::{Address, Listening, Network};
use std::fmt;
use std::io;
use std::panic::Location;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Waits for connections of Unix sockets: [`tokio::net::UnixListener`](::tokio::net::UnixListener).
///
/// Inside a check there is no file: its path is only a name, which is taken from when it is bound on, for good.
pub struct UnixListener(Inner);

enum Inner {
    Real(::tokio::net::UnixListener),
    Checked(Arc<Listening>),
}

impl UnixListener {
    /// Listens at a path.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when somebody listens there, or did.
    ///
    /// # Panics
    /// Outside of a check, when there is no runtime, as tokio.
    #[track_caller]
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
        if backend::current() == Backend::Real {
            return ::tokio::net::UnixListener::bind(path)
                .map(|listener| UnixListener(Inner::Real(listener)));
        }
        let address = Address::Unix(Some(path.as_ref().to_path_buf()));
        let listening = Network::of_execution().bind(address, Location::caller())?;
        Ok(UnixListener(Inner::Checked(listening)))
    }

    /// Listens at an address.
    ///
    /// # Errors
    /// As [`UnixListener::bind`].
    ///
    /// # Panics
    /// As [`UnixListener::bind`].
    #[track_caller]
    pub fn bind_addr(address: &SocketAddr) -> io::Result<UnixListener> {
        if backend::current() == Backend::Real {
            let listener = ::tokio::net::UnixListener::bind_addr(address)?;
            return Ok(UnixListener(Inner::Real(listener)));
        }
        let listening = Network::of_execution().bind(named(address)?, Location::caller())?;
        Ok(UnixListener(Inner::Checked(listening)))
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[track_caller]
    pub fn accept(&self) -> impl Future<Output = io::Result<(UnixStream, SocketAddr)>> {
        let place = Location::caller();
        async move {
            match &self.0 {
                Inner::Real(listener) => {
                    listener.accept().await.map(|(stream, from)| (UnixStream::real(stream), from))
                }
                Inner::Checked(listening) => {
                    let end = listening.accept(place).await;
                    let from = address(end.peer_address())?;
                    Ok((UnixStream::checked(end), from))
                }
            }
        }
    }

    /// As [`UnixListener::accept`], for who writes a future.
    #[track_caller]
    pub fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<(UnixStream, SocketAddr)>> {
        match &self.0 {
            Inner::Real(listener) => {
                listener.poll_accept(context).map_ok(|(stream, from)| (UnixStream::real(stream), from))
            }
            Inner::Checked(listening) => listening.poll_accept(context, Location::caller()).map(|end| {
                let from = address(end.peer_address())?;
                Ok((UnixStream::checked(end), from))
            }),
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.0 {
            Inner::Real(listener) => listener.local_addr(),
            Inner::Checked(listening) => address(listening.address()),
        }
    }
}

impl Drop for UnixListener {
    fn drop(&mut self) {
        if let Inner::Checked(listening) = &self.0 {
            Network::close(listening);
        }
    }
}

impl fmt::Debug for UnixListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Real(listener) => listener.fmt(f),
            Inner::Checked(listening) => {
                f.debug_struct("UnixListener").field("local", listening.address()).finish()
            }
        }
    }
}
