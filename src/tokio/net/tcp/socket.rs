//! A TCP socket that is neither connected nor listens yet.

use super::listener::TcpListener;
use super::stream::TcpStream;
use crate::backend::{self, Backend};
use crate::tokio::net::wire::{Address, Network, Reserved};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

/// A TCP socket on its way to a connection: [`tokio::net::TcpSocket`](::tokio::net::TcpSocket).
///
/// Inside a check an address that was bound to is taken until the socket is connected, and for as long as it listens. Of the
/// options, others than that for the reuse of addresses are not there.
#[derive(Debug)]
pub struct TcpSocket(Inner);

#[derive(Debug)]
enum Inner {
    Real(::tokio::net::TcpSocket),
    Checked {
        any: SocketAddr,
        /// Where it was bound to.
        bound: Mutex<Option<Reserved>>,
        /// Whether addresses may be used again.
        reuses: AtomicBool,
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
            _ => {
                let (bound, reuses) = (Mutex::new(None), AtomicBool::new(false));
                Ok(TcpSocket(Inner::Checked { any, bound, reuses }))
            }
        }
    }

    /// Lets the address be used again soon after it was.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_reuseaddr(&self, reuseaddr: bool) -> io::Result<()> {
        match &self.0 {
            Inner::Real(socket) => socket.set_reuseaddr(reuseaddr),
            Inner::Checked { reuses, .. } => {
                reuses.store(reuseaddr, Relaxed);
                Ok(())
            }
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
            Inner::Checked { any, bound, .. } => {
                let bound = bound.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(bound.as_ref().map_or(*any, Reserved::address))
            }
        }
    }

    /// Takes an address.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when it has one, somebody else has this one, or it is none of this machine.
    #[track_caller]
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        match &self.0 {
            Inner::Real(socket) => socket.bind(address),
            Inner::Checked { bound, reuses, .. } => {
                let lock = || bound.lock().unwrap_or_else(PoisonError::into_inner);
                if lock().is_some() {
                    return Err(ErrorKind::InvalidInput.into());
                }
                let network = Network::of_execution();
                let reserved = network.reserve(address, reuses.load(Relaxed), Location::caller())?;
                *lock() = Some(reserved);
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
                    let bound = bound.into_inner().unwrap_or_else(PoisonError::into_inner);
                    let from = bound.as_ref().map(Reserved::address);
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
            Inner::Checked { any, bound, .. } => {
                let place = Location::caller();
                let listening = match bound.into_inner().unwrap_or_else(PoisonError::into_inner) {
                    Some(reserved) => reserved.listen(place),
                    None => Network::of_execution().bind(Address::Tcp(any), place),
                };
                listening.map(TcpListener::checked)
            }
        }
    }
}
