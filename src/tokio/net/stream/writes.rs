//! What can be done with what writes.

use std::io::IoSlice;

/// As one buffer.
pub(in crate::tokio::net) fn joined(buffers: &[IoSlice<'_>]) -> Vec<u8> {
    buffers.iter().flat_map(|buffer| buffer.iter().copied()).collect()
}

/// What writes: `$get` gives tokio's own, or else the end.
macro_rules! writes {
    ($Type:ty, |$it:ident| $get:expr) => {
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
                    View::Checked(end) => end
                        .try_write(&$crate::tokio::net::stream::writes::joined(buffers), Location::caller()),
                }
            }
        }

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
                    Err(end) => end.poll_write(context, &$crate::tokio::net::stream::writes::joined(buffers)),
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

pub(in crate::tokio::net) use writes;
