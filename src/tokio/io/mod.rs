//! Reading and writing, as in `tokio::io`.
//!
//! The traits, their extensions and what is made of readers and writers (`BufReader`, `copy`, `join` and so on) are tokio's
//! own, so that what is generic over them works here as it does there. Inside a check
//!
//! * a [`duplex`] pipe is tokio's: each poll is an operation of the checker on the pipe of its direction, and what was
//!   written can be read at once, all of it. Bytes that arrive in pieces, late, or never, are a matter of
//!   [`net`](crate::tokio::net); a pipe that holds one byte (`duplex(1)`) cuts all that is longer;
//! * the halves of [`split`] share a lock, as with tokio, which here is one that the checker sees.
//!
//! To readers of a witness, who reads and writes by tokio's traits does it where the stream was made: what calls them, the
//! traits do not tell.
//!
//! Not there are `stdin`, `stdout` and `stderr`, and `AsyncFd`: they are of the process, and a check has many in one.
//!
//! ```
//! use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
//! use conccheck::{Checker, task};
//!
//! Checker::new().check(|| {
//!     task::block_on(async {
//!         let (mut client, mut server) = duplex(2);
//!         let echo = task::spawn(async move {
//!             let mut message = [0; 4];
//!             server.read_exact(&mut message).await.unwrap();
//!             server.write_all(&message).await.unwrap();
//!         });
//!         client.write_all(b"ping").await.unwrap();
//!         let mut answer = Vec::new();
//!         client.read_to_end(&mut answer).await.unwrap();
//!         echo.await.unwrap();
//!         assert_eq!(answer, b"ping");
//!     });
//! });
//! ```

mod duplex;
mod pipe;
mod simplex;
mod split;
mod told;

pub use self::{
    duplex::{DuplexStream, duplex},
    simplex::{SimplexStream, simplex},
    split::{ReadHalf, WriteHalf, split},
};
pub use ::tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, AsyncWrite,
    AsyncWriteExt, BufReader, BufStream, BufWriter, Chain, Empty, Error, ErrorKind, Interest, Join, Lines,
    ReadBuf, Ready, Repeat, Result, SeekFrom, Sink, Split, Take, copy, copy_bidirectional,
    copy_bidirectional_with_sizes, copy_buf, empty, join, repeat, sink,
};
pub(super) use told::{read_at_one_go, told_of_read, told_of_write};
