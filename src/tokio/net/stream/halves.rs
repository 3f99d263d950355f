//! The halves of a stream, lent or owned, and how two become one again.

/// Those of `$Stream`, which for real are `$tokio`'s of its `$family`.
macro_rules! halves {
    ($Stream:ident, $tokio:ident::$family:ident) => {
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
    };
}

pub(in crate::tokio::net) use halves;
