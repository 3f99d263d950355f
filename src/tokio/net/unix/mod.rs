//! Unix sockets, as in `tokio::net::unix`.

pub(super) mod listener;
pub(super) mod stream;

pub use ::tokio::net::unix::{SocketAddr, UCred};
pub use stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};

use super::wire::Address;
use std::io;
use std::os::unix::net;

/// What tokio has for an address.
fn address(address: &Address) -> io::Result<SocketAddr> {
    match address {
        Address::Unix(Some(path)) => net::SocketAddr::from_pathname(path).map(SocketAddr::from),
        // One that has no name, which std makes for none but sockets.
        _ => net::UnixDatagram::unbound()?.local_addr().map(SocketAddr::from),
    }
}

/// The address that has this name.
fn named(address: &SocketAddr) -> io::Result<Address> {
    match address.as_pathname() {
        Some(path) => Ok(Address::Unix(Some(path.to_path_buf()))),
        None => {
            crate::backend::unsupported("a Unix socket whose name is no path", "give it the path of a file")
        }
    }
}
