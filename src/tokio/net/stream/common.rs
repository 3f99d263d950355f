//! What a stream and each of its halves can do: say where its ends are, and wait until it is ready.

/// Where an end is, is an `$Address`.
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

pub(in crate::tokio::net) use common;
