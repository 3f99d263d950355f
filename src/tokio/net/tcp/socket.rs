//! A TCP socket that is neither connected nor listens yet.

use super::listener::TcpListener;
use super::stream::TcpStream;
use crate::backend::{self, Backend};
use crate::tokio::net::wire::{Address, Network};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::Location;
use std::sync::Mutex;
use std::sync::PoisonError;

/// A TCP socket on its way to a connection: [`tokio::net::TcpSocket`](::tokio::net::TcpSocket).
///
/// Inside a check an address is taken when somebody listens there or connects from there; of the options, those for the reuse of
/// addresses are taken and make no difference, and others are not there.
#[derive(Debug)]
pub struct TcpSocket(Inner);

#[derive(Debug)]
enum Inner {
    Real(::tokio::net::TcpSocket),
    Checked {
        any: SocketAddr,
        /// Where it was bound to.
        bound: Mutex<Option<SocketAddr>>,
    },
}

impl TcpSocket {
    /// One of the fourth version.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn new_v4() -> io::Result<TcpSocket> {
        TcpSocket::new((Ipv4Addr::UNSPECIFIED, 0).into(), ::tokio::net::TcpSocket::new_v4)
    }

    /// One of the sixth version.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn new_v6() -> io::Result<TcpSocket> {
        TcpSocket::new((Ipv6Addr::UNSPECIFIED, 0).into(), ::tokio::net::TcpSocket::new_v6)
    }

    fn new(any: SocketAddr, real: fn() -> io::Result<::tokio::net::TcpSocket>) -> io::Result<TcpSocket> {
        match backend::current() {
            Backend::Real => real().map(|socket| TcpSocket(Inner::Real(socket))),
            _ => Ok(TcpSocket(Inner::Checked { any, bound: Mutex::new(None) })),
        }
    }

    /// Lets the address be used again soon after it was.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_reuseaddr(&self, reuseaddr: bool) -> io::Result<()> {
        match &self.0 {
            Inner::Real(socket) => socket.set_reuseaddr(reuseaddr),
            Inner::Checked { .. } => Ok(()),
        }
    }

    /// Has what is written be sent at once.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        match &self.0 {
            Inner::Real(socket) => socket.set_nodelay(nodelay),
            Inner::Checked { .. } => Ok(()),
        }
    }

    /// Its address.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.0 {
            Inner::Real(socket) => socket.local_addr(),
            Inner::Checked { any, bound } => {
                Ok(bound.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(*any))
            }
        }
    }

    /// Takes an address.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when it has one.
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        match &self.0 {
            Inner::Real(socket) => socket.bind(address),
            Inner::Checked { bound, .. } => {
                let mut bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
                if bound.is_some() {
                    return Err(ErrorKind::InvalidInput.into());
                }
                *bound = Some(address);
                Ok(())
            }
        }
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when nobody listens there.
    #[track_caller]
    pub fn connect(self, address: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        let place = Location::caller();
        async move {
            match self.0 {
                Inner::Real(socket) => socket.connect(address).await.map(TcpStream::real),
                Inner::Checked { bound, .. } => {
                    let from = bound.into_inner().unwrap_or_else(PoisonError::into_inner);
                    let from = from.filter(|from| from.port() > 0);
                    let connecting = Network::of_execution().connect(from, Address::Tcp(address), place);
                    connecting.await.map(TcpStream::checked)
                }
            }
        }
    }

    /// Listens at its address. Inside a check any number may wait to be accepted.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when somebody listens there, or it is no address of this machine.
    #[track_caller]
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        match self.0 {
            Inner::Real(socket) => socket.listen(backlog).map(TcpListener::real),
            Inner::Checked { any, bound } => {
                let bound = bound.into_inner().unwrap_or_else(PoisonError::into_inner);
                let address = Address::Tcp(bound.unwrap_or(any));
                Network::of_execution().bind(address, Location::caller()).map(TcpListener::checked)
            }
        }
    }
}
