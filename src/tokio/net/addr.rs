//! Where somebody is, as a program says it.

use crate::backend::{self, Backend};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// What can be taken for socket addresses, as `tokio::net::ToSocketAddrs`: for the same types.
///
/// Inside a check `localhost` is 127.0.0.1, and no other name is known: the check is refused that asks for one.
pub trait ToSocketAddrs: ::tokio::net::ToSocketAddrs {
    /// The addresses, inside a check.
    #[doc(hidden)]
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>>;
}

/// Looks up a host: [`tokio::net::lookup_host`](::tokio::net::lookup_host).
///
/// # Errors
/// As tokio's.
///
/// # Examples
/// ```
/// use conccheck::tokio::net::lookup_host;
/// use conccheck::{Checker, task};
///
/// Checker::new().check(|| {
///     let found = task::block_on(async { lookup_host("localhost:80").await.unwrap().next() });
///     assert_eq!(found, Some(([127, 0, 0, 1], 80).into()));
/// });
/// ```
pub async fn lookup_host<T: ToSocketAddrs>(host: T) -> io::Result<impl Iterator<Item = SocketAddr>> {
    if backend::current() != Backend::Real {
        return host.__addresses().map(Vec::into_iter);
    }
    let found: Vec<SocketAddr> = ::tokio::net::lookup_host(host).await?.collect();
    Ok(found.into_iter())
}

/// What is wrong with no address at all.
pub(super) fn no_address() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "could not resolve to any address")
}

/// A port, and the address of a host.
fn named(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    if host != "localhost" {
        backend::unsupported(
            &format!("the look-up of the host {host:?}"),
            "say an address: a check has only this machine, `localhost`",
        );
    }
    Ok(vec![(Ipv4Addr::LOCALHOST, port).into()])
}

macro_rules! one_address {
    ($($Type:ty),*) => {$(
        impl ToSocketAddrs for $Type {
            fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
                Ok(vec![(*self).into()])
            }
        }
    )*};
}

one_address!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

impl ToSocketAddrs for &[SocketAddr] {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        Ok(self.to_vec())
    }
}

impl ToSocketAddrs for str {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = self.parse() {
            return Ok(vec![address]);
        }
        let (host, port) = self
            .rsplit_once(':')
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidInput, "invalid socket address"))?;
        let port = port.parse().map_err(|_| io::Error::new(ErrorKind::InvalidInput, "invalid port value"))?;
        named(host, port)
    }
}

impl ToSocketAddrs for (&str, u16) {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        named(self.0, self.1)
    }
}

impl ToSocketAddrs for (String, u16) {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        named(&self.0, self.1)
    }
}

impl ToSocketAddrs for String {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        self.as_str().__addresses()
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    fn __addresses(&self) -> io::Result<Vec<SocketAddr>> {
        (**self).__addresses()
    }
}
