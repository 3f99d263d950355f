//! What the streams of both families have in common: each is tokio's for real, and an end of the virtual network inside a
//! check. Knows no addresses.

/// A stream and its halves. `$address` is what its ends are at, of which `address` makes one.
macro_rules! stream {
    ($Stream:ident, $tokio:ident::$family:ident, $Std:ty, $Address:ty) => {
        use crate::backend::{self, Backend};
        use crate::tokio::net::wire::End;
        use ::tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
        use std::error::Error;
        use std::fmt;
        use std::io::{self, IoSlice, IoSliceMut};
        use std::panic::Location;
        use std::pin::Pin;
        use std::task::{Context, Poll};

        enum Inner {
            Real(::$tokio::net::$Stream),
            Checked(End),
        }

        impl $Stream {
            /// An end of the virtual network.
            pub(in crate::tokio::net) fn checked(end: End) -> Self {
                $Stream(Inner::Checked(end))
            }

            /// tokio's.
            pub(in crate::tokio::net) fn real(stream: ::$tokio::net::$Stream) -> Self {
                $Stream(Inner::Real(stream))
            }

            /// That of std's stream, which does not block.
            ///
            /// # Errors
            /// As tokio's.
            ///
            /// # Panics
            /// Inside a check it is refused: what std's streams do there is not seen.
            pub fn from_std(stream: $Std) -> io::Result<Self> {
                if backend::current() != Backend::Real {
                    refuse("a stream of std's", "make it by `connect` or `accept`");
                }
                ::$tokio::net::$Stream::from_std(stream).map($Stream::real)
            }

            /// As std's stream.
            ///
            /// # Errors
            /// As tokio's.
            ///
            /// # Panics
            /// Inside a check it is refused: there is none.
            pub fn into_std(self) -> io::Result<$Std> {
                match self.0 {
                    Inner::Real(stream) => stream.into_std(),
                    Inner::Checked(_) => refuse("`into_std`", "use the stream itself"),
                }
            }

            /// What went wrong and was not told yet.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            #[track_caller]
            pub fn take_error(&self) -> io::Result<Option<io::Error>> {
                match self.view() {
                    View::Real(stream) => stream.take_error(),
                    View::Checked(end) => Ok(end.take_error(Location::caller()).map(Into::into)),
                }
            }

            /// As [`Self::readable`], for who writes a future.
            #[track_caller]
            pub fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.view() {
                    View::Real(stream) => stream.poll_read_ready(context),
                    View::Checked(end) => {
                        end.poll_ready(Interest::READABLE, None, context, Location::caller()).map(|_| Ok(()))
                    }
                }
            }

            /// As [`Self::writable`], for who writes a future.
            #[track_caller]
            pub fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                match self.view() {
                    View::Real(stream) => stream.poll_write_ready(context),
                    View::Checked(end) => {
                        end.poll_ready(Interest::WRITABLE, None, context, Location::caller()).map(|_| Ok(()))
                    }
                }
            }

            /// Does input or output by other means.
            ///
            /// # Errors
            /// As tokio's.
            ///
            /// # Panics
            /// Inside a check it is refused: other means are not seen.
            pub fn try_io<R>(
                &self,
                interest: Interest,
                act: impl FnOnce() -> io::Result<R>,
            ) -> io::Result<R> {
                match &self.0 {
                    Inner::Real(stream) => stream.try_io(interest, act),
                    Inner::Checked(_) => refuse("`try_io`", "use `try_read` or `try_write`"),
                }
            }

            /// Does input or output by other means, when it is ready.
            ///
            /// # Errors
            /// As tokio's.
            ///
            /// # Panics
            /// Inside a check it is refused: other means are not seen.
            pub async fn async_io<R>(
                &self,
                interest: Interest,
                act: impl FnMut() -> io::Result<R>,
            ) -> io::Result<R> {
                match &self.0 {
                    Inner::Real(stream) => stream.async_io(interest, act).await,
                    Inner::Checked(_) => refuse("`async_io`", "read and write by tokio's traits"),
                }
            }

            /// Its two halves, as long as it is lent.
            pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
                match &mut self.0 {
                    Inner::Real(stream) => {
                        let (read, write) = stream.split();
                        (ReadHalf(Reading::Real(read)), WriteHalf(Writing::Real(write)))
                    }
                    Inner::Checked(end) => {
                        let end = &*end;
                        (ReadHalf(Reading::Checked(end)), WriteHalf(Writing::Checked(end)))
                    }
                }
            }

            /// Its two halves. Dropping the one that writes shuts that direction down.
            pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
                match self.0 {
                    Inner::Real(stream) => {
                        let (read, write) = stream.into_split();
                        let write = OwnedWriting::Real(write);
                        (OwnedReadHalf(OwnedReading::Real(read)), OwnedWriteHalf(Some(write)))
                    }
                    Inner::Checked(end) => {
                        let read = OwnedReading::Checked(end.share());
                        (OwnedReadHalf(read), OwnedWriteHalf(Some(OwnedWriting::Checked(end))))
                    }
                }
            }
        }

        /// Whatever a stream or a half of one lends of it.
        enum View<'a> {
            Real(&'a ::$tokio::net::$Stream),
            Checked(&'a End),
        }

        impl $Stream {
            fn view(&self) -> View<'_> {
                match &self.0 {
                    Inner::Real(stream) => View::Real(stream),
                    Inner::Checked(end) => View::Checked(end),
                }
            }
        }

        impl TryFrom<$Std> for $Stream {
            type Error = io::Error;

            fn try_from(stream: $Std) -> io::Result<Self> {
                $Stream::from_std(stream)
            }
        }

        impl AsyncRead for $Stream {
            fn poll_read(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                match &mut self.get_mut().0 {
                    Inner::Real(stream) => Pin::new(stream).poll_read(context, buffer),
                    Inner::Checked(end) => end.poll_read(context, buffer),
                }
            }
        }

        impl AsRef<Self> for $Stream {
            fn as_ref(&self) -> &Self {
                self
            }
        }

        /// The half of a stream that reads, as long as the stream is lent.
        pub struct ReadHalf<'a>(Reading<'a>);

        /// The half of a stream that writes, as long as the stream is lent.
        pub struct WriteHalf<'a>(Writing<'a>);

        /// The half of a stream that reads.
        pub struct OwnedReadHalf(OwnedReading);

        /// The half of a stream that writes. Dropping it shuts that direction down.
        pub struct OwnedWriteHalf(Option<OwnedWriting>);

        enum Reading<'a> {
            Real(::$tokio::net::$family::ReadHalf<'a>),
            Checked(&'a End),
        }

        enum Writing<'a> {
            Real(::$tokio::net::$family::WriteHalf<'a>),
            Checked(&'a End),
        }

        enum OwnedReading {
            Real(::$tokio::net::$family::OwnedReadHalf),
            Checked(End),
        }

        enum OwnedWriting {
            Real(::$tokio::net::$family::OwnedWriteHalf),
            Checked(End),
        }

        /// Two halves that are not of one stream.
        pub struct ReuniteError(
            /// The half that reads.
            pub OwnedReadHalf,
            /// The half that writes.
            pub OwnedWriteHalf,
        );

        impl fmt::Display for ReuniteError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tried to reunite halves that are not from the same socket")
            }
        }

        impl fmt::Debug for ReuniteError {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple("ReuniteError").field(&self.0).field(&self.1).finish()
            }
        }

        impl Error for ReuniteError {}

        impl OwnedReadHalf {
            /// The stream again.
            ///
            /// # Errors
            /// If the two are not of one stream.
            pub fn reunite(self, mut other: OwnedWriteHalf) -> Result<$Stream, ReuniteError> {
                match (self.0, other.0.take()) {
                    (OwnedReading::Checked(read), Some(OwnedWriting::Checked(write)))
                        if read.is_same(&write) =>
                    {
                        drop(read);
                        Ok($Stream::checked(write))
                    }
                    (OwnedReading::Real(read), Some(OwnedWriting::Real(write))) => {
                        read.reunite(write).map($Stream::real).map_err(|error| {
                            ReuniteError(
                                OwnedReadHalf(OwnedReading::Real(error.0)),
                                OwnedWriteHalf(Some(OwnedWriting::Real(error.1))),
                            )
                        })
                    }
                    (read, write) => Err(ReuniteError(OwnedReadHalf(read), OwnedWriteHalf(write))),
                }
            }
        }

        impl OwnedWriteHalf {
            /// The stream again.
            ///
            /// # Errors
            /// If the two are not of one stream.
            pub fn reunite(self, other: OwnedReadHalf) -> Result<$Stream, ReuniteError> {
                other.reunite(self)
            }

            /// Drops it without shutting its direction down.
            pub fn forget(mut self) {
                match self.0.take() {
                    Some(OwnedWriting::Real(write)) => write.forget(),
                    other => drop(other),
                }
            }
        }

        impl Drop for OwnedWriteHalf {
            fn drop(&mut self) {
                if let Some(OwnedWriting::Checked(end)) = &self.0 {
                    end.shutdown_at_end();
                }
            }
        }

        impl ReadHalf<'_> {
            fn view(&self) -> View<'_> {
                match &self.0 {
                    Reading::Real(half) => View::Real(half.as_ref()),
                    Reading::Checked(end) => View::Checked(end),
                }
            }
        }

        impl WriteHalf<'_> {
            fn view(&self) -> View<'_> {
                match &self.0 {
                    Writing::Real(half) => View::Real(half.as_ref()),
                    Writing::Checked(end) => View::Checked(end),
                }
            }
        }

        impl OwnedReadHalf {
            fn view(&self) -> View<'_> {
                match &self.0 {
                    OwnedReading::Real(half) => View::Real(half.as_ref()),
                    OwnedReading::Checked(end) => View::Checked(end),
                }
            }
        }

        impl OwnedWriteHalf {
            fn view(&self) -> View<'_> {
                match self.0.as_ref().expect("it goes with this") {
                    OwnedWriting::Real(half) => View::Real(half.as_ref()),
                    OwnedWriting::Checked(end) => View::Checked(end),
                }
            }
        }

        impl AsyncRead for ReadHalf<'_> {
            fn poll_read(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                match &mut self.get_mut().0 {
                    Reading::Real(half) => Pin::new(half).poll_read(context, buffer),
                    Reading::Checked(end) => end.poll_read(context, buffer),
                }
            }
        }

        impl AsyncRead for OwnedReadHalf {
            fn poll_read(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                match &mut self.get_mut().0 {
                    OwnedReading::Real(half) => Pin::new(half).poll_read(context, buffer),
                    OwnedReading::Checked(end) => end.poll_read(context, buffer),
                }
            }
        }

        $crate::tokio::net::stream::common!($Stream, $Address);
        $crate::tokio::net::stream::common!(ReadHalf<'_>, $Address);
        $crate::tokio::net::stream::common!(WriteHalf<'_>, $Address);
        $crate::tokio::net::stream::common!(OwnedReadHalf, $Address);
        $crate::tokio::net::stream::common!(OwnedWriteHalf, $Address);
        $crate::tokio::net::stream::reads!($Stream);
        $crate::tokio::net::stream::reads!(ReadHalf<'_>);
        $crate::tokio::net::stream::reads!(OwnedReadHalf);
        $crate::tokio::net::stream::writes!($Stream);
        $crate::tokio::net::stream::writes!(WriteHalf<'_>);
        $crate::tokio::net::stream::writes!(OwnedWriteHalf);
        $crate::tokio::net::stream::async_write!($Stream, |stream| match &mut stream.0 {
            Inner::Real(real) => Ok(real),
            Inner::Checked(end) => Err(&*end),
        });
        $crate::tokio::net::stream::async_write!(WriteHalf<'_>, |half| match &mut half.0 {
            Writing::Real(real) => Ok(real),
            Writing::Checked(end) => Err(*end),
        });
        $crate::tokio::net::stream::async_write!(OwnedWriteHalf, |half| {
            match half.0.as_mut().expect("it goes with this") {
                OwnedWriting::Real(real) => Ok(real),
                OwnedWriting::Checked(end) => Err(&*end),
            }
        });

        /// As one buffer.
        fn joined(buffers: &[IoSlice<'_>]) -> Vec<u8> {
            buffers.iter().flat_map(|buffer| buffer.iter().copied()).collect()
        }

        fn refuse(what: &str, instead: &str) -> ! {
            backend::unsupported(&format!("{what} of a {}", stringify!($Stream)), instead)
        }
    };
}

/// What a stream and each of its halves can do.
macro_rules! common {
    ($Type:ty, $Address:ty) => {
        impl $Type {
            /// The address of this end.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            pub fn local_addr(&self) -> io::Result<$Address> {
                match self.view() {
                    View::Real(stream) => stream.local_addr().map(Into::into),
                    View::Checked(end) => address(end.address()),
                }
            }

            /// The address of the other end.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            pub fn peer_addr(&self) -> io::Result<$Address> {
                match self.view() {
                    View::Real(stream) => stream.peer_addr().map(Into::into),
                    View::Checked(end) => address(end.peer_address()),
                }
            }

            /// Waits until it can be read from or written to, as `interest` asks.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            #[track_caller]
            pub fn ready(&self, interest: Interest) -> impl Future<Output = io::Result<Ready>> + '_ {
                let place = Location::caller();
                async move {
                    match self.view() {
                        View::Real(stream) => stream.ready(interest).await,
                        View::Checked(end) => Ok(end.ready(interest, place).await),
                    }
                }
            }
        }

        impl fmt::Debug for $Type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.view() {
                    View::Real(stream) => stream.fmt(f),
                    View::Checked(end) => f
                        .debug_struct(stringify!($Type))
                        .field("local", end.address())
                        .field("peer", end.peer_address())
                        .finish(),
                }
            }
        }
    };
}

/// What can be done with what reads.
macro_rules! reads {
    ($Type:ty) => {
        impl $Type {
            /// Waits until it can be read from.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            #[track_caller]
            pub fn readable(&self) -> impl Future<Output = io::Result<()>> + '_ {
                let ready = self.ready(Interest::READABLE);
                async { ready.await.map(drop) }
            }

            /// Reads what is there.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read(buffer),
                    View::Checked(end) => {
                        let read = end.try_read(buffer.len(), Location::caller())?;
                        buffer[..read.len()].copy_from_slice(&read);
                        Ok(read.len())
                    }
                }
            }

            /// Reads what is there into several buffers, one after the other.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read_vectored(&self, buffers: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read_vectored(buffers),
                    View::Checked(end) => {
                        let room = buffers.iter().map(|buffer| buffer.len()).sum();
                        let read = end.try_read(room, Location::caller())?;
                        let mut rest = &read[..];
                        for buffer in buffers {
                            let (here, later) = rest.split_at(rest.len().min(buffer.len()));
                            buffer[..here.len()].copy_from_slice(here);
                            rest = later;
                        }
                        Ok(read.len())
                    }
                }
            }

            /// Reads what is there into a buffer that grows.
            ///
            /// # Errors
            /// `WouldBlock` if nothing is, and as tokio's.
            #[track_caller]
            pub fn try_read_buf<B: bytes::BufMut>(&self, buffer: &mut B) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_read_buf(buffer),
                    View::Checked(end) => {
                        let room = buffer.chunk_mut().len();
                        let read = end.try_read(room, Location::caller())?;
                        buffer.put_slice(&read);
                        Ok(read.len())
                    }
                }
            }
        }
    };
}

/// What can be done with what writes.
macro_rules! writes {
    ($Type:ty) => {
        impl $Type {
            /// Waits until it can be written to.
            ///
            /// # Errors
            /// As tokio's; none inside a check.
            #[track_caller]
            pub fn writable(&self) -> impl Future<Output = io::Result<()>> + '_ {
                let ready = self.ready(Interest::WRITABLE);
                async { ready.await.map(drop) }
            }

            /// Writes what there is room for.
            ///
            /// # Errors
            /// `WouldBlock` if there is none, and as tokio's.
            #[track_caller]
            pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_write(bytes),
                    View::Checked(end) => end.try_write(bytes, Location::caller()),
                }
            }

            /// Writes what there is room for of several buffers.
            ///
            /// # Errors
            /// `WouldBlock` if there is none, and as tokio's.
            #[track_caller]
            pub fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
                match self.view() {
                    View::Real(stream) => stream.try_write_vectored(buffers),
                    View::Checked(end) => end.try_write(&joined(buffers), Location::caller()),
                }
            }
        }
    };
}

/// Something that writes: `$get` gives tokio's own, or else the end.
macro_rules! async_write {
    ($Type:ty, |$it:ident| $get:expr) => {
        impl AsyncWrite for $Type {
            fn poll_write(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $it = self.get_mut();
                match $get {
                    Ok(real) => Pin::new(real).poll_write(context, bytes),
                    Err(end) => end.poll_write(context, bytes),
                }
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffers: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let $it = self.get_mut();
                match $get {
                    Ok(real) => Pin::new(real).poll_write_vectored(context, buffers),
                    Err(end) => end.poll_write(context, &joined(buffers)),
                }
            }

            fn is_write_vectored(&self) -> bool {
                true
            }

            fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
                // As tokio's: what is written is sent.
                Poll::Ready(Ok(()))
            }

            fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
                let $it = self.get_mut();
                match $get {
                    Ok(real) => Pin::new(real).poll_shutdown(context),
                    Err(end) => {
                        end.shutdown_here();
                        Poll::Ready(Ok(()))
                    }
                }
            }
        }
    };
}

pub(super) use {async_write, common, reads, stream, writes};
