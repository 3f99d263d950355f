//! A TCP connection, by one of its ends.

use super::address;
use crate::tokio::net::addr::{ToSocketAddrs, no_address};
use crate::tokio::net::wire::{Address, Network};
use std::net::SocketAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// One end of a TCP connection: [`tokio::net::TcpStream`](::tokio::net::TcpStream).
///
/// Options are taken, and make no difference inside a check.
pub struct TcpStream(Inner);

super::super::stream::stream!(TcpStream, tokio::tcp, std::net::TcpStream, SocketAddr);

impl TcpStream {
    /// Connects to the first of the addresses where somebody listens.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when nobody listens.
    #[track_caller]
    pub fn connect<A: ToSocketAddrs>(address: A) -> impl Future<Output = io::Result<TcpStream>> {
        let place = Location::caller();
        async move {
            if backend::current() == Backend::Real {
                return ::tokio::net::TcpStream::connect(address).await.map(TcpStream::real);
            }
            let mut last = no_address();
            for address in address.__addresses()? {
                match Network::of_execution().connect(None, Address::Tcp(address), place).await {
                    Ok(end) => return Ok(TcpStream::checked(end)),
                    Err(error) => last = error,
                }
            }
            Err(last)
        }
    }

    /// Looks at what is there without taking it, and waits until something is.
    ///
    /// # Errors
    /// As tokio's. Inside a check: when the connection was reset.
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let place = Location::caller();
        async move {
            match self.view() {
                View::Real(stream) => stream.peek(buffer).await,
                View::Checked(end) => end.peek(buffer, place).await,
            }
        }
    }

    /// As [`TcpStream::peek`], for who writes a future.
    #[track_caller]
    pub fn poll_peek(&self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        match self.view() {
            View::Real(stream) => stream.poll_peek(context, buffer),
            View::Checked(end) => end.poll_peek(context, buffer, Location::caller()),
        }
    }

    /// Whether what is written is sent at once.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn nodelay(&self) -> io::Result<bool> {
        match self.view() {
            View::Real(stream) => stream.nodelay(),
            View::Checked(end) => Ok(end.options().nodelay.load(Relaxed)),
        }
    }

    /// Has what is written be sent at once.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        match self.view() {
            View::Real(stream) => stream.set_nodelay(nodelay),
            View::Checked(end) => {
                end.options().nodelay.store(nodelay, Relaxed);
                Ok(())
            }
        }
    }

    /// Whether what arrives is acknowledged at once.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn quickack(&self) -> io::Result<bool> {
        match self.view() {
            View::Real(stream) => stream.quickack(),
            View::Checked(end) => Ok(end.options().quickack.load(Relaxed)),
        }
    }

    /// Has what arrives be acknowledged at once.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn set_quickack(&self, quickack: bool) -> io::Result<()> {
        match self.view() {
            View::Real(stream) => stream.set_quickack(quickack),
            View::Checked(end) => {
                end.options().quickack.store(quickack, Relaxed);
                Ok(())
            }
        }
    }

    /// How many hops a packet may make.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn ttl(&self) -> io::Result<u32> {
        match self.view() {
            View::Real(stream) => stream.ttl(),
            View::Checked(end) => Ok(end.options().ttl.load(Relaxed)),
        }
    }

    /// Sets how many hops a packet may make.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        match self.view() {
            View::Real(stream) => stream.set_ttl(ttl),
            View::Checked(end) => {
                end.options().ttl.store(ttl, Relaxed);
                Ok(())
            }
        }
    }

    /// Has the connection be reset when it is closed.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    pub fn set_zero_linger(&self) -> io::Result<()> {
        match self.view() {
            View::Real(stream) => stream.set_zero_linger(),
            View::Checked(end) => {
                end.reset_at_end();
                Ok(())
            }
        }
    }

    /// How long closing waits for what was written to be sent: inside a check it never does.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[allow(deprecated, reason = "as tokio's")]
    #[deprecated = "`SO_LINGER` causes the socket to block the thread on drop"]
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        match self.view() {
            View::Real(stream) => stream.linger(),
            View::Checked(_) => Ok(None),
        }
    }

    /// Sets how long closing waits for what was written to be sent: inside a check zero has the connection be reset, and
    /// anything else makes no difference.
    ///
    /// # Errors
    /// As tokio's; none inside a check.
    #[allow(deprecated, reason = "as tokio's")]
    #[deprecated = "`SO_LINGER` causes the socket to block the thread on drop"]
    pub fn set_linger(&self, duration: Option<Duration>) -> io::Result<()> {
        match self.view() {
            View::Real(stream) => stream.set_linger(duration),
            View::Checked(end) => {
                if duration == Some(Duration::ZERO) {
                    end.reset_at_end();
                }
                Ok(())
            }
        }
    }
}

/// The half that reads can look at what is there.
macro_rules! peeks {
    ($Half:ty) => {
        impl $Half {
            /// Looks at what is there without taking it, and waits until something is.
            ///
            /// # Errors
            /// As tokio's. Inside a check: when the connection was reset.
            #[track_caller]
            pub fn peek(&mut self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
                let place = Location::caller();
                async move {
                    match self.view() {
                        View::Real(stream) => stream.peek(buffer).await,
                        View::Checked(end) => end.peek(buffer, place).await,
                    }
                }
            }

            /// As [`Self::peek`], for who writes a future.
            #[track_caller]
            pub fn poll_peek(
                &mut self,
                context: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<usize>> {
                match self.view() {
                    View::Real(stream) => stream.poll_peek(context, buffer),
                    View::Checked(end) => end.poll_peek(context, buffer, Location::caller()),
                }
            }
        }
    };
}

peeks!(ReadHalf<'_>);
peeks!(OwnedReadHalf);
