//! Who waits for TCP connections.

use super::address;
use super::stream::TcpStream;
use crate::backend::{self, Backend};
use crate::tokio::net::addr::{ToSocketAddrs, no_address};
use crate::tokio::net::wire::{Address, Listening, Network};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Waits for TCP connections: [`tokio::net::TcpListener`](::tokio::net::TcpListener).
///
/// # Examples
/// ```
/// use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use conccheck::tokio::net::{TcpListener, TcpStream};
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     task::block_on(async {
///         let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
///         let address = listener.local_addr().unwrap();
///         let server = task::spawn(async move {
///             let (mut socket, _) = listener.accept().await.unwrap();
///             socket.write_all(b"hello").await.unwrap();
///         });
///         let mut client = TcpStream::connect(address).await.unwrap();
///         let mut greeting = String::new();
///         client.read_to_string(&mut greeting).await.unwrap();
///         assert_eq!(greeting, "hello");
///         server.await.unwrap();
///     });
/// });
/// ```
pub struct TcpListener(Inner);

enum Inner {
    Real(::tokio::net::TcpListener),
    Checked(Arc<Listening>),
    /// It was given away.
    Gone,
}

impl TcpListener {
    /// Listens at the first of the addresses that can be had.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when somebody listens there, or it is no address of this machine.
    #[track_caller]
    pub fn bind<A: ToSocketAddrs>(address: A) -> impl Future<Output = io::Result<TcpListener>> {
        let place = Location::caller();
        async move {
            if backend::current() == Backend::Real {
                return ::tokio::net::TcpListener::bind(address).await.map(TcpListener::real);
            }
            let mut last = no_address();
            for address in address.__addresses()? {
                match Network::of_execution().bind(Address::Tcp(address), place) {
                    Ok(listening) => return Ok(TcpListener::checked(listening)),
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
    }

    pub(super) fn real(listener: ::tokio::net::TcpListener) -> Self {
        TcpListener(Inner::Real(listener))
    }

    pub(super) fn checked(listening: Arc<Listening>) -> Self {
        TcpListener(Inner::Checked(listening))
    }

    /// That of std's listener, which does not block.
    ///
    /// # Errors
    /// As tokio's.
    ///
    /// # Panics
    /// Inside a check it is refused: what std's listeners do there is not seen.
    pub fn from_std(listener: std::net::TcpListener) -> io::Result<TcpListener> {
        if backend::current() != Backend::Real {
            backend::unsupported("a `TcpListener` of std's", "make it by `TcpListener::bind`");
        }
        ::tokio::net::TcpListener::from_std(listener).map(TcpListener::real)
    }

    /// As std's listener.
    ///
    /// # Errors
    /// As tokio's.
    ///
    /// # Panics
    /// Inside a check it is refused: there is none.
    pub fn into_std(mut self) -> io::Result<std::net::TcpListener> {
        match std::mem::replace(&mut self.0, Inner::Gone) {
            Inner::Real(listener) => listener.into_std(),
            _ => backend::unsupported("`into_std` of a `TcpListener`", "use the listener itself"),
        }
    }

    /// The next connection, and where it comes from.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[track_caller]
    pub fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> {
        let place = Location::caller();
        async move {
            match &self.0 {
                Inner::Real(listener) => {
                    listener.accept().await.map(|(stream, from)| (TcpStream::real(stream), from))
                }
                Inner::Checked(listening) => {
                    let end = listening.accept(place).await;
                    let from = address(end.peer_address())?;
                    Ok((TcpStream::checked(end), from))
                }
                Inner::Gone => Err(io::ErrorKind::NotConnected.into()),
            }
        }
    }

    /// As [`TcpListener::accept`], for who writes a future.
    #[track_caller]
    pub fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        match &self.0 {
            Inner::Real(listener) => {
                listener.poll_accept(context).map_ok(|(stream, from)| (TcpStream::real(stream), from))
            }
            Inner::Checked(listening) => listening.poll_accept(context, Location::caller()).map(|end| {
                let from = address(end.peer_address())?;
                Ok((TcpStream::checked(end), from))
            }),
            Inner::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
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
            Inner::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// How many hops a packet may make.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn ttl(&self) -> io::Result<u32> {
        match &self.0 {
            Inner::Real(listener) => listener.ttl(),
            _ => Ok(64),
        }
    }

    /// Sets how many hops a packet may make, which makes no difference inside a check.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        match &self.0 {
            Inner::Real(listener) => listener.set_ttl(ttl),
            _ => Ok(()),
        }
    }
}

impl TryFrom<std::net::TcpListener> for TcpListener {
    type Error = io::Error;

    fn try_from(listener: std::net::TcpListener) -> io::Result<Self> {
        TcpListener::from_std(listener)
    }
}

impl Drop for TcpListener {
    fn drop(&mut self) {
        if let Inner::Checked(listening) = &self.0 {
            Network::close(listening);
        }
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Real(listener) => listener.fmt(f),
            Inner::Checked(listening) => {
                f.debug_struct("TcpListener").field("local", listening.address()).finish()
            }
            Inner::Gone => f.write_str("TcpListener"),
        }
    }
}
