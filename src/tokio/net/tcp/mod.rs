//! TCP, as in `tokio::net::tcp`.

pub(super) mod listener;
pub(super) mod socket;
pub(super) mod stream;

pub use stream::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};

use super::wire::Address;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};

/// What std has for an address.
fn address(address: &Address) -> io::Result<SocketAddr> {
    match address {
        Address::Tcp(address) => Ok(*address),
        // No end of this family is there.
        Address::Unix(_) => Ok((Ipv4Addr::UNSPECIFIED, 0).into()),
    }
}
