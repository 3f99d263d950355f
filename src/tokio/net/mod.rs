//! The network, as in `tokio::net`.
//!
//! Outside of a check everything here is tokio's. Inside one there is a network of the execution's own: TCP at the loopback
//! addresses, and Unix sockets, in runtimes that have I/O. To bind port 0 gives 40000, 40001 and so on; an address that is taken is `AddrInUse`, one that nobody
//! listens at `ConnectionRefused`; who connects is accepted in that order.
//!
//! # What is explored
//!
//! * What is written arrives later, at any moment, in order; and so do the end of a stream, a reset, the news that one is
//!   connected, and a connection at who accepts. Nothing bounds that. So a read brings any number of the writes before it,
//!   a `select!` has the other branch first, and a timeout may come before an answer.
//! * A read brings all that has arrived, as far as there is room; or the first byte alone, or all but the last, so often in an
//!   execution as [`Checker::short_reads_max`](crate::Checker::short_reads_max) says: once, if nothing is said. The rest is late then: a read finds it at any moment after. That finds who
//!   takes what one `read` brings for a message, a length that arrives in halves, and a line whose end is cut in two. Other
//!   cuts of one write are not explored, whatever the bound. So it is with who peeks.
//! * Of what a socket is ready for, tokio knows what it was told last: one that was read by `try_read`, or has just been
//!   accepted, is `readable` until somebody finds nothing there. So a `try_read` or `try_write` after that may be told
//!   `WouldBlock`.
//! * A write takes all that it is given, as long as not more than 64 KiB are on their way or unread in its direction; or the
//!   first byte alone, so often as [`Checker::short_writes_max`](crate::Checker::short_writes_max) says: never, if nothing
//!   is said.
//! * A TCP connection breaks in the middle, so often as
//!   [`Checker::disconnections_max`](crate::Checker::disconnections_max) says: never, if nothing is said. It is a fault to ask
//!   for, that what gets over it is checked.
//!
//! # How ends are closed
//!
//! As Linux does, and tokio, to whom shutting down what is reset is no error. What was sent before is read first, and then the end, by a read of 0 bytes. Who writes to a TCP socket that
//! nobody has any more succeeds at first, and is told `BrokenPipe` once the answer has arrived. Who closes with something unread
//! resets the connection: the other end is told `ConnectionReset` once. A Unix socket is told `BrokenPipe` at once where it
//! writes, and that it was reset where it reads.
//!
//! # Not there
//!
//! UDP, datagrams, raw sockets and named pipes; hosts other than this machine, and names other than `localhost`. Inside a check
//! refused are `into_std`, `from_std`, `try_io`, `async_io` and `peer_cred`: what is done by other means than tokio's is not
//! seen. The length of a backlog makes no difference: nobody who connects is kept waiting for it. Options (`nodelay`, `ttl`)
//! are taken, and make none either. A socket's number (`AsRawFd`) it has not, inside of a check or outside.
//!
//! ```
//! use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
//! use conccheck::tokio::net::{TcpListener, TcpStream};
//! use conccheck::{Checker, Verdict, task};
//!
//! /// The broken one takes what a read brings for a message of four bytes.
//! async fn receive(socket: &mut TcpStream, is_broken: bool) -> [u8; 4] {
//!     let mut message = [0; 4];
//!     if is_broken {
//!         socket.read(&mut message).await.unwrap();
//!     } else {
//!         socket.read_exact(&mut message).await.unwrap();
//!     }
//!     message
//! }
//!
//! let program = |is_broken| move || {
//!     task::block_on(async {
//!         let listener = TcpListener::bind("localhost:0").await.unwrap();
//!         let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
//!         let (mut server, _) = listener.accept().await.unwrap();
//!         client.write_all(b"ping").await.unwrap();
//!         assert_eq!(&receive(&mut server, is_broken).await, b"ping");
//!     });
//! };
//! let checker = Checker::new().short_reads_max(4);
//! assert_eq!(checker.explore(program(false)).verdict(), Verdict::Pass);
//! assert_eq!(checker.explore(program(true)).verdict(), Verdict::Fail);
//! ```

mod addr;
mod stream;
mod wire;

pub mod tcp;
#[cfg(unix)]
pub mod unix;

#[cfg(unix)]
pub use self::unix::{listener::UnixListener, stream::UnixStream};
pub use self::{
    addr::{ToSocketAddrs, lookup_host},
    tcp::{listener::TcpListener, socket::TcpSocket, stream::TcpStream},
};
