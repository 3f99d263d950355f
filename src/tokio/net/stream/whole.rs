//! The stream itself: where it comes from, and what it becomes.

/// `$Stream` for real is `$tokio`'s of that name, and `$Std` without a runtime.
macro_rules! whole {
    ($Stream:ident, $tokio:ident, $Std:ty) => {
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

        impl AsRef<Self> for $Stream {
            fn as_ref(&self) -> &Self {
                self
            }
        }

        fn refuse(what: &str, instead: &str) -> ! {
            backend::unsupported(&format!("{what} of a {}", stringify!($Stream)), instead)
        }
    };
}

pub(in crate::tokio::net) use whole;
